"""Who looked at or changed what: by person, user, organisation, kind and day. 审计查询

A person's number comes by POST and stays in the session as a mask and the ids it found; the search itself is a look
at personal data and needs a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.people.looks import looked
from yingbao.people.models import Person
from yingbao.people.search import SHORTEST_NUMBER
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.trail.searching import Line, Wanted, lines, persons_named, users_of
from yingbao.values import clock, identity
from yingbao.values.clock import CHINA
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.audit.words import KINDS, WHATS, more_said, what_said
from yingbao.web.templatetags.words import language
from yingbao.web.wall.seating import by_platform

PAGE_SIZE = 50
MOST_EXPORTED = 10_000
FINDS_KEPT = 20
USERS_FOUND = 200
DAYS_SHOWN = 7
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
TYPED = ("number", "reason", "who", "place", "from", "to", "kind", "what")
FILTERS = ("kind", "what", "user", "organisation", "from", "to", "find")


def midnight(day: date) -> datetime:
    """When a day begins in China."""
    return datetime.combine(day, time(), CHINA)


def day_asked(text: str) -> date | None:
    """A day out of an address or a form; None if it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None


def wanted_of(request: Seated, asked: Mapping[str, str]) -> tuple[Wanted, dict[str, Any]]:
    """What the address asks for, and the find that it names. 查询条件"""
    area = request.appointment.organisation.pooling_area
    find = dict(request.session.get("audit finds", {}).get(asked.get("find", ""), {}))
    kind = asked.get("kind", "") if asked.get("kind") in KINDS else "look"
    first, last = day_asked(asked.get("from", "")), day_asked(asked.get("to", ""))
    if first is None and last is None and "persons" not in find:
        # Whoever asks for nothing in particular sees the last days; one person's trail is shown whole.
        first = clock.today() - timedelta(days=DAYS_SHOWN - 1)
    wanted = Wanted(
        area=area,
        kind=kind,
        first=midnight(first) if first else None,
        until=midnight(last + timedelta(days=1)) if last else None,
        users=_one(asked.get("user", ""), find.get("users")),
        organisations=_one(asked.get("organisation", ""), find.get("places")),
        persons=frozenset(find["persons"]) if "persons" in find and kind != "event" else None,
        what=asked.get("what", "") if asked.get("what") in WHATS[kind] else "",
    )
    return wanted, find


def _one(number: str, found: list[int] | None) -> frozenset[int] | None:
    """The one that the address names, else those that a search found; None: whichever."""
    if number.isascii() and number.isdigit() and len(number) < 16:
        return frozenset([int(number)])
    return None if found is None else frozenset(found)


@require_GET
@desk(Desk.AUDIT)
def trail(request: Seated) -> HttpResponse:
    """Rows of one log, the newest first. 审计查询"""
    return shown(request, request.GET.dict())


def shown(
    request: Seated, asked: Mapping[str, str], *, typed: Mapping[str, str] | None = None, wrong: Text | None = None
) -> HttpResponse:
    """The page; with what was typed and what is wrong about it, if it is. 查询页面"""
    wanted, find = wanted_of(request, asked)
    before = asked.get("before", "")
    found = lines(
        wanted, before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
        most=PAGE_SIZE + 1,
    )  # fmt: skip
    area = wanted.area
    shown_from = asked.get("from", "") or (wanted.first.date().isoformat() if wanted.first else "")
    context = {
        "kind": wanted.kind,
        "kinds": KINDS.items(),
        "what": wanted.what,
        "whats": WHATS[wanted.kind].items(),
        "rows": [row_of(wanted.kind, line) for line in found[:PAGE_SIZE]],
        "more": found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
        "paged": bool(before),
        "find": {"masked": "", "who": "", "place": "", **find},
        "user": _named(users_of(area), asked.get("user", "")),
        "place": _named(Organisation.objects.filter(pooling_area=area), asked.get("organisation", "")),
        "asked": {name: asked.get(name, "") for name in FILTERS},
        "first": wanted.first,
        "from": shown_from,
        "typed": typed
        or {
            "who": find.get("who", ""),
            "place": find.get("place", ""),
            "from": asked.get("from", ""),
            "to": asked.get("to", ""),
        },
        "wrong": wrong,
    }
    return render(request, "audit/trail.html", context, status=422 if wrong else 200)


def row_of(kind: str, line: Line) -> dict[str, Any]:
    """A row in words. 查询结果"""
    return {"line": line, "what": what_said(kind, line.what), "more": more_said(kind, line.more)}


def _named(rows: Any, number: str) -> Any:
    return rows.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 16 else None


@sensitive_post_parameters("number")
@require_POST
@desk(Desk.AUDIT)
def find(request: Seated) -> HttpResponseBase:
    """Search by a person's number, a user, an organisation: what was typed stays out of the address. 查找"""
    typed = {name: str(request.POST.get(name, "")).strip()[:200] for name in TYPED}
    asked = {name: typed[name] for name in ("kind", "what", "from", "to") if typed[name]}
    wrong = mistake(typed)
    if wrong is not None:
        return shown(request, asked, typed=typed, wrong=wrong)
    kept = found_by(request, typed)
    if kept:
        finds = request.session.get("audit finds", {})
        number = str(1 + max(map(int, finds), default=0))
        request.session["audit finds"] = dict([*finds.items(), (number, kept)][-FINDS_KEPT:])
        asked["find"] = number
    return redirect(f"{reverse('audit-trail')}?{urlencode(asked)}")


def mistake(typed: Mapping[str, str]) -> Text | None:
    """What has to be mended before anything is searched. 填写检查"""
    number = identity.cleaned(typed["number"])
    if typed["number"] and (len(number) < SHORTEST_NUMBER or not any(map(str.isdigit, number))):
        return Text(
            "请输入完整的证件号码；姓名在这里查不到人。", "Give the whole identity number; a name finds nobody here."
        )
    if typed["number"] and not typed["reason"]:
        return Text(
            "按号码查一个人，要写明事由；这次查找本身也会记入审计。",
            "Searching for one person needs a reason; this search goes into the trail itself.",
        )
    for name in ("from", "to"):
        if typed[name] and day_asked(typed[name]) is None:
            return Text("日期应写成 2019-11-12。", "Write days as 2019-11-12.")
    return None


def found_by(request: Seated, typed: Mapping[str, str]) -> dict[str, Any]:
    """What is kept of a search: ids, a mask, and the words that are no secret. 查找结果"""
    organisation = request.appointment.organisation
    area = organisation.pooling_area
    kept: dict[str, Any] = {}
    if typed["number"]:
        number = identity.cleaned(typed["number"])
        with by_platform("who is meant by a number: the audit desk itself reads no document and no person"):
            persons = persons_named(number, area)
            only = Person.objects.filter(pk__in=persons).first() if len(persons) == 1 else None
        kept |= {"persons": sorted(persons), "masked": identity.masked(number)}
        looked(
            user=request.user, organisation=organisation, what="search", person=only, count=len(persons),
            reason=typed["reason"], at=clock.now(),
        )  # fmt: skip
    if typed["who"]:
        users = users_of(area)
        named = users.filter(username=typed["who"]) or users.filter(name__icontains=typed["who"])
        kept |= {"users": [one.pk for one in named[:USERS_FOUND]], "who": typed["who"]}
    if typed["place"]:
        places = Organisation.objects.filter(pooling_area=area, name__icontains=typed["place"])
        kept |= {"places": [one.pk for one in places[:USERS_FOUND]], "place": typed["place"]}
    return kept


@require_POST
@desk(Desk.AUDIT)
def export(request: Seated) -> HttpResponse:
    """What the page shows, all of it, as a workbook. 导出"""
    wanted, _ = wanted_of(request, {name: str(request.POST.get(name, "")) for name in FILTERS})
    said = language()
    found = lines(wanted, most=MOST_EXPORTED)
    columns = [
        ExportColumn(Text("编号", "Row").said(said), "number", 12),
        ExportColumn(Text("时间（北京）", "Moment (China)").said(said), "text", 20),
        ExportColumn(Text("用户", "User").said(said), "text", 14),
        ExportColumn(Text("机构", "Organisation").said(said), "text", 30),
        ExportColumn(Text("内容", "What").said(said), "text", 18),
        ExportColumn(Text("人员编号", "Person").said(said), "number", 12),
        ExportColumn(Text("人数", "Children").said(said), "number", 8),
        ExportColumn(Text("说明", "More").said(said), "text", 50),
    ]
    table = (
        (
            one.id,
            f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            one.user.name if one.user else "",
            one.organisation.name if one.organisation else "",
            what_said(wanted.kind, one.what).said(said),
            one.person,
            one.heads,
            more_said(wanted.kind, one.more).said(said),
        )
        for one in found
    )
    content = write_table(columns, table, sheet=KINDS[wanted.kind].said(said))
    looked(
        user=request.user, organisation=request.appointment.organisation, what="export", count=len(found),
        at=clock.now(),
    )  # fmt: skip
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="audit-{wanted.kind}-{clock.today():%Y%m%d}.xlsx"'
    return answer
