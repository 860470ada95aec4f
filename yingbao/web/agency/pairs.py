"""Two records that look alike, side by side: two people, or one whose records are merged in two steps. 疑似重复"""

from __future__ import annotations

import hashlib
import re
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import adjusting
from yingbao.collection.claims import masked_name
from yingbao.collection.models import Obligation, Receipt
from yingbao.collection.whole import whole
from yingbao.enrolment.lifecycle import ENDED, STATE_NAMES, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.reasons import verdict
from yingbao.jobs.assisted import after_statuses
from yingbao.people import alike, history
from yingbao.people.looks import looked
from yingbao.people.merging import merge
from yingbao.people.models import NotTheSame, Person
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.doubles import forget
from yingbao.web.agency.duplicates import agency_of
from yingbao.web.agency.registration import who
from yingbao.web.school.pupil import STALE, TWICE
from yingbao.web.school.pupils import LONGEST_REASON, season_of
from yingbao.web.tax.shared import area_of, tell
from yingbao.web.wall import beyond, by_platform


class _Undo(Exception):
    """Take back what a preview wrote."""


class Moves(NamedTuple):
    """What goes from the record that goes to the one that is kept. 并档移动"""

    documents: int
    guardians: int
    enrolments: list[tuple[int, Text]]
    """plan year and state"""
    withdrawn: list[Text]
    """enrolments of the record that goes that have to be withdrawn first, because both are enrolled"""
    paid_fen: int
    """held for the record that goes"""
    receipts: int


class Preview(NamedTuple):
    """What merging would lead to. 并档预览"""

    moves: Moves
    after: list[tuple[Text, Text, int]]
    """agent, decision and the family's part of the kept record's enrolments, season by season"""
    refunds: int
    refused: Refused | None


def found(request: Seated, pair: str) -> tuple[Person, Person]:
    """The two records, at least one of them worked on in this area; else 404. 查阅范围"""
    match = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", pair)
    people = Person.objects.in_bulk([int(part) for part in match.groups()] if match else [])
    here = Enrolment.objects.filter(person__in=people, season__pooling_area=area_of(request))
    if match is None or len(people) != 2 or not here.exists():
        raise Http404
    return people[int(match[1])], people[int(match[2])]


def sides(request: Seated, people: tuple[Person, Person]) -> list[dict[str, Any]]:
    """What of each record may be seen: all of our own, of another area's only that there is one. 两份档案"""
    season, area = season_of(request), area_of(request)
    shown: list[dict[str, Any]] = []
    for person in people:
        every = list(
            Enrolment.objects.filter(person=person).select_related("season", "organisation", "person").order_by("pk")
        )
        own = next((one for one in every if one.season_id == season.pk), None)
        far = next((one.season.pooling_area for one in every if one.season.pooling_area != area), None)
        mine = any(one.season.pooling_area == area for one in every) or not every
        entry: dict[str, Any] = {"person": person, "ours": mine, "one": own, "name": masked_name(person.name)}
        if mine:
            paid = Obligation.objects.filter(person=person, ended_at__isnull=True).aggregate(sum=Sum("paid_fen"))
            about = own or Enrolment(person=person)
            entry |= {"name": person.name, "verdict": verdict(own) if own else None, "paid_fen": paid["sum"] or 0}
            entry |= who(about)
        entry["agency"] = agency_of(far) if far else None
        shown.append(entry)
    return shown


def mark(people: tuple[Person, Person]) -> str:
    """A mark of what the page showed of both. 页面版本"""
    shown = [
        (
            person.pk,
            person.name,
            person.birth_date,
            person.hukou,
            person.merged_into_id,
            list(person.documents.order_by("pk").values_list("pk", "replaced_at")),
            list(person.enrolments.order_by("pk").values_list("pk", "state", "self_paid_fen", "organisation")),
        )
        for person in people
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


@require_GET
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def pair(request: Seated, pair: str) -> HttpResponse:
    """Both records side by side, what speaks for one person or two. 疑似重复"""
    return shown(request, pair, found(request, pair))


def shown(request: Seated, key: str, people: tuple[Person, Person], *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a pair. 页面"""
    both = sides(request, people)
    for side in both:
        looked(
            user=request.user, organisation=request.appointment.organisation, what="page", person=side["person"],
            at=clock.now(),
        )  # fmt: skip
    one, other = people
    low, high = sorted((one.pk, other.pk))
    said = NotTheSame.objects.filter(first=low, second=high).select_related("said_by").first()
    merged = next((person for person in people if person.merged_into_id), None)
    context: dict[str, Any] = {
        "key": key, "sides": both, "suggestion": alike.suggest(one, other), "said": said, "merged": merged,
        "seen": mark(people), "all_ours": all(side["ours"] and side["agency"] is None for side in both),
        "typed": {}, "wrong": {}, "preview": None,
    }  # fmt: skip
    return render(request, "agency/pair.html", context | more, status=status)


@require_POST
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def apart(request: Seated, pair: str) -> HttpResponseBase:
    """Two people: remembered, and never shown again. 非同一人"""
    people = found(request, pair)
    reason = str(request.POST.get("reason", "")).strip()
    if request.POST.get("seen") != mark(people):
        return shown(request, pair, people, status=409, typed={"apart": reason}, wrong={"": STALE})
    try:
        alike.say_apart(one=people[0], other=people[1], reason=reason, by=request.user, at=clock.now())
    except Refused as refused:
        return shown(request, pair, people, status=422, typed={"apart": reason}, wrong={"apart": _said(refused)})
    forget(season_of(request))
    tell(request, Text("已记下：不是同一人，以后不再提示。", "Noted: two people. They are not shown again."))
    return redirect("agency-pair", pair=pair)


@require_POST
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def join(request: Seated, pair: str) -> HttpResponseBase:
    """One person: first what moves, then, if nothing changed since, the deed. 并档"""
    people = found(request, pair)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("keep", "reason")}
    if request.POST.get("seen") != mark(people):
        merged = next((person for person in people if person.merged_into_id), None)
        if merged and f"{merged.merged_into_id}" == typed["keep"] and joined_by(merged) == request.user.pk:
            tell(request, TWICE)
            return redirect("agency-pair", pair=pair)
        told = Text("这两份档案已经并为一份。", "These two records are one already.") if merged else STALE
        return shown(request, pair, people, status=409, typed=typed, wrong={"": told})
    if any(not side["ours"] or side["agency"] is not None for side in sides(request, people)):
        told = Text(
            "其中一份由另一统筹区办理，不能在这里合并；请与对方经办机构联系。",
            "Another area works on one of them, so they are not merged here; please call its agency.",
        )
        return shown(request, pair, people, status=422, typed=typed, wrong={"": told})
    kept = next((person for person in people if str(person.pk) == typed["keep"]), None)
    wrong: dict[str, Text] = {}
    if kept is None:
        wrong["keep"] = Text("请选保留哪一份。", "Please choose the record to keep.")
    if not 0 < len(typed["reason"]) <= LONGEST_REASON:
        wrong["reason"] = Text(
            "请写明怎样核实的（200 字以内）。", "Please say how it was found (up to 200 characters)."
        )
    if kept is None or wrong:
        return shown(request, pair, people, status=422, typed=typed, wrong=wrong)
    gone = people[1] if kept == people[0] else people[0]
    if request.POST.get("sure") != "yes":
        foreseen = preview(request, kept, gone, typed["reason"])
        return shown(request, pair, people, typed=typed, preview=foreseen, kept=kept, gone=gone)
    try:
        whole(lambda: merged_now(request, kept, gone, typed["reason"]))
    except Refused as refused:
        return shown(request, pair, people, status=422, typed=typed, wrong={"": _said(refused)})
    forget(season_of(request))
    tell(request, Text("已并为一份档案。", "The records are one now."))
    return redirect("agency-pair", pair=pair)


def joined_by(merged: Person) -> int | None:
    """The key of whoever merged a record into another. 并档人"""
    deeds = history.of(merged).filter(source=f"merge {merged.pk}")
    return deeds.values_list("actor", flat=True).first()


def preview(request: Seated, kept: Person, gone: Person, reason: str) -> Preview:
    """What merging would do: it is done and taken back again. 并档预览"""
    moves = moves_of(kept, gone)
    before = Obligation.objects.filter(person__in=[kept, gone], ended_because="withdrawn", paid_fen__gt=0).count()
    after: list[tuple[Text, Text, int]] = []
    refunds = 0
    try:
        with transaction.atomic():
            merged_now(request, kept, gone, reason)
            rows = Enrolment.objects.filter(person=kept).exclude(state__in=sorted(ENDED))
            after += [
                (Text(one.organisation.name, one.organisation.name), verdict(one).text, one.self_paid_fen)
                for one in rows.select_related("organisation", "season")
            ]
            ended = Obligation.objects.filter(person__in=[kept, gone], ended_because="withdrawn", paid_fen__gt=0)
            refunds = ended.count() - before
            raise _Undo
    except _Undo:
        return Preview(moves, after, refunds, None)
    except Refused as refused:
        return Preview(moves, [], 0, refused)


@by_platform("what hangs on two records of one child, money too, is moved to one")
def merged_now(request: Seated, kept: Person, gone: Person, reason: str) -> None:
    """Withdraw what both cannot have, merge, and decide afresh."""
    by, at = request.appointment, clock.now()
    for one in _both_enrolled(kept, gone):
        adjusting.withdraw(enrolment=one, reason=f"并档：{reason}"[:200], by=by, at=at)
    merge(kept=kept, gone=gone, by=by.user, at=at, reason=reason)
    for season in Season.objects.filter(enrolments__person=kept).order_by("pk").distinct():
        after_statuses(season=season, person_ids=[kept.pk], at=at, by=by.user)


def _both_enrolled(kept: Person, gone: Person) -> list[Enrolment]:
    """The enrolments of the record that goes, in seasons in which the kept one is enrolled as well."""
    live = Enrolment.objects.exclude(state__in=sorted(ENDED))
    seasons = live.filter(person=kept).values("season")
    return list(live.filter(person=gone, season__in=seasons).select_related("season", "organisation").order_by("pk"))


def moves_of(kept: Person, gone: Person) -> Moves:
    """What hangs on the record that goes. 将要移动的内容"""
    twice = _both_enrolled(kept, gone)
    rows = gone.enrolments.exclude(pk__in=[one.pk for one in twice]).order_by("plan_year")
    paid = Obligation.objects.filter(person=gone, ended_at__isnull=True).aggregate(sum=Sum("paid_fen"))["sum"] or 0
    return Moves(
        documents=gone.documents.count(),
        guardians=gone.guardians.count(),
        enrolments=[(one.plan_year, STATE_NAMES[State(one.state)]) for one in rows],
        withdrawn=[
            Text(f"{one.organisation.name} {one.state_text.zh}", f"{one.organisation.name} {one.state_text.en}")
            for one in twice
        ],
        paid_fen=paid,
        receipts=Receipt.objects.filter(obligation__person=gone).count(),
    )


def _said(refused: Refused) -> Text:
    return Text(
        f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
    )
