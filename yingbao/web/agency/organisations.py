"""Agents of the area: whom to ask, how far they are, who takes over when one ends. 单位"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.campaign import closing
from yingbao.enrolment import dissolving, tallying
from yingbao.enrolment.models import Season, Step
from yingbao.enrolment.seasons import season_for
from yingbao.enrolment.standing import ClassOf
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.shared import area_of, page_of, tell
from yingbao.web.wall import beyond

ON_A_PAGE = 50
CHOICES_AT_MOST = 200
"""With more of them a name is written instead of chosen, so that the page stays small."""
KINDS = {
    "school": Text("学校", "Schools"),
    "community": Text("社区", "Communities"),
    "sub_district": Text("街道", "Sub-districts"),
}
"""What is listed here; bureaus are looked after by the system administrator. 单位类别"""
STATES = {
    "empty": Text("没有名单", "No list yet"),
    "no_desk": Text("没有经办人", "Nobody at its desk"),
    "closed": Text("已停办", "Closed"),
}


def own(request: Seated) -> QuerySet[Organisation]:
    """The agents and sub-districts of the officer's area. 本统筹区单位"""
    return Organisation.objects.visible_to(request.appointment).filter(kind__in=list(KINDS))


def current(area: str) -> Season | None:
    """The season that is worked on, if one was opened."""
    return season_for(area, clock.today()) if Season.objects.filter(pooling_area=area).exists() else None


@require_GET
@desk(Desk.AGENCY)
def organisations(request: Seated) -> HttpResponse:
    """The list, by kind, by name, by what is missing. 单位名单"""
    season, today = current(area_of(request)), clock.today()
    kind = request.GET.get("kind", "school") if request.GET.get("kind", "school") in KINDS else "school"
    state, term = request.GET.get("state", ""), request.GET.get("q", "").strip()[:60]
    holding = Q(appointments__since__lte=today) & (
        Q(appointments__until__isnull=True) | Q(appointments__until__gte=today)
    )
    rows = own(request).filter(kind=kind).select_related("parent")
    counts = dict(own(request).filter(active=True).values_list("kind").annotate(n=Count("pk")).order_by())
    if term:
        rows = rows.filter(Q(name__icontains=term) | Q(code__iexact=term) | Q(contact=term))
    rows = rows.filter(active=state != "closed")
    figures = tallying.by_agent(season) if season else {}
    if state == "empty":
        rows = rows.exclude(pk__in=[key for key, each in figures.items() if each.listed])
    rows = rows.annotate(holders=Count("appointments", filter=holding, distinct=True))
    if state == "no_desk":
        rows = rows.filter(holders=0)
    pages = page_of(request, rows.count(), ON_A_PAGE)
    shown = list(rows.order_by("parent__name", "name", "pk")[pages["first"] : pages["first"] + ON_A_PAGE])
    left = dissolving.still_with(one for one in shown if not one.active) if state == "closed" else set()
    context: dict[str, Any] = {
        "rows": [
            {"one": one, "figures": figures.get(one.pk, tallying.Figures()), "left": one.pk in left} for one in shown
        ],
        "kinds": [(key, words, counts.get(key, 0), key == kind) for key, words in KINDS.items()],
        "states": [(key, words, key == state) for key, words in STATES.items() if key != "empty" or kind == "school"],
        "kind": kind, "state": state, "q": term, "total": rows.count(), **pages,
    }  # fmt: skip
    return render(request, "agency/organisations.html", context)


@require_GET
@desk(Desk.AGENCY)
def organisation(request: Seated, pk: int) -> HttpResponse:
    """One agent: whom to ask, who holds its desk, how far it is; close it and hand its children over. 单位"""
    return page(request, get_object_or_404(own(request).select_related("parent"), pk=pk))


def page(request: Seated, one: Organisation, *, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    """The page of an organisation, with what was typed if a deed was refused. 单位页面"""
    season, today = current(one.pooling_area), clock.today()
    held = Appointment.objects.filter(organisation=one, since__lte=today).exclude(until__lt=today)
    on_roll, listed = dissolving.children_of(one)
    context: dict[str, Any] = {
        "one": one, "refused": refused, "said": request.POST, "kind": KINDS[one.kind], "season": season,
        "holders": held.values("user").distinct().count(), "on_roll": on_roll, "listed": listed,
        "figures": tallying.by_agent(season, [one.pk]).get(one.pk, tallying.Figures()) if season else None,
        "left": bool(on_roll or listed),
        "successors": dissolving.successors(one) if open_to_close(one, on_roll, listed) else [],
        "short": dissolving.short_name(one.name), "choose_at_most": CHOICES_AT_MOST, "seen": dissolving.mark_of(one),
        "in_hand": closing.declarations_in_hand(one), "below": own(request).filter(parent=one).count(),
        "went": went(one) if not one.active else [],
        "renamed": [] if one.active else [renamed_text(each) for each in dissolving.renamed_of(one)],
    }  # fmt: skip
    return render(request, "agency/organisation.html", context, status=status)


def open_to_close(one: Organisation, on_roll: int, listed: int) -> bool:
    """Whether its children may be handed over: it is open, or was closed while it had some. 可办移交"""
    return one.kind in dissolving.AGENTS and (one.active or bool(on_roll or listed))


def went(one: Organisation) -> list[str]:
    """Where a closed agent's children went, by the history of their lists."""
    keys = (
        Step.objects.filter(act="move", changes__organisation__0=one.pk)
        .values_list("changes__organisation__1", flat=True)
        .distinct()
    )
    return list(Organisation.objects.filter(pk__in=list(keys[:5])).order_by("name").values_list("name", flat=True))


@require_POST
@desk(Desk.AGENCY)
def contact(request: Seated, pk: int) -> HttpResponseBase:
    """Put right whom to ask and where. 更正联系方式"""
    one = get_object_or_404(own(request), pk=pk)
    name, phone = request.POST.get("contact", "").strip(), request.POST.get("phone", "").strip()
    if len(name) > 50 or len(phone) > 30 or not all(sign.isdigit() or sign in "-+ 转()（）" for sign in phone):
        wrong = Refused(
            where=one.name,
            what=Text("联系电话不对", "this is no telephone number"),
            mend=Text("写办公电话，只用数字和短横。", "Give the office's number: digits and hyphens."),
        )
        return page(request, one, refused=wrong, status=422)
    if (one.contact, one.phone) != (name, phone):
        Organisation.objects.filter(pk=one.pk).update(contact=name, phone=phone)
        noted(request, "organisation.contact", one)
    tell(request, Text("已更正。", "Put right."))
    return redirect("agency-organisation", pk=pk)


@require_POST
@desk(Desk.AGENCY)
def close(request: Seated, pk: int) -> HttpResponseBase:
    """Close an agent and hand its children to another one. 停办移交"""
    one = get_object_or_404(own(request).select_related("parent"), pk=pk)
    wanted = request.POST.get("successor", "")
    try:
        taking = named(one, wanted)
        if taking is None:
            raise Refused(
                where=one.name,
                what=Text("没有选择接收单位", "no one is named who takes the children"),
                mend=Text("选择接收的单位。", "Choose who takes them."),
            )
        with beyond("what a closing body has in hand goes on with its children, also what this desk does not read"):
            went_on = closing.close(
                organisation=one, successor=taking, reason=request.POST.get("reason", ""), by=request.appointment,
                at=clock.now(), seen=request.POST.get("seen", ""),
            )  # fmt: skip
        handed = went_on.children
    except Refused as refused:
        return page(request, one, refused=refused, status=409)
    if went_on.things:
        noted(request, "organisation.closed", one, successor=taking.code, reason=request.POST["reason"].strip()[:200],
              on_roll=handed.on_roll, listed=handed.enrolments, renamed=len(handed.renamed),
              **went_on.things)  # fmt: skip
        told = Text("已停办，{n} 名孩子转到{to}{more}。", "Closed; {n} children went to {to}{more}.")
        tell(request, told, n=max(handed.on_roll, handed.enrolments), to=taking.name, more=besides(went_on.things))
        if handed.renamed:
            same = Text("两校有同名的班，转入的改了名：{classes}。",
                        "Classes of one name were kept apart: {classes}.")  # fmt: skip
            names = [renamed_text(each) for each in handed.renamed]
            tell(
                request, same, classes=Text("、".join(each.zh for each in names), ", ".join(each.en for each in names))
            )
    else:
        tell(request, Text("已停办过，没有要移交的孩子。", "It was closed before; nobody is left to hand over."))
    return redirect("agency-organisation", pk=pk)


def renamed_text(one: dissolving.Renamed) -> Text:
    """A class as it was called, and as it is called with its new school. 班级改名"""
    before, now = (ClassOf(one.stage, one.grade, name).text for name in (one.was, one.now))
    return Text(f"{before.zh} → {now.zh}", f"{before.en} → {now.en}")


def besides(things: dict[str, int]) -> Text:
    """What went over beside the children, in words. 一并移交"""
    some = [(closing.HAND_OVER[word][0], count) for word, count in things.items() if count]
    zh = "".join(f"，{name.zh} {count} 件" for name, count in some)
    return Text(zh, "".join(f", {count} {name.en}" for name, count in some))


def named(one: Organisation, wanted: str) -> Organisation | None:
    """Who is meant by what was chosen, or written: its key, name or code. 接收单位"""
    wanted = wanted.strip()
    fitting = [each for each in dissolving.successors(one) if wanted in (str(each.pk), each.name, each.code)]
    return fitting[0] if wanted and len(fitting) == 1 else None


def noted(request: Seated, what: str, one: Organisation, **said: object) -> None:
    """The deed as the audit administrator sees it. 审计"""
    note(
        what=what, user=request.user, organisation=request.appointment.organisation, about=one.code, said=said,
        at=clock.now(),
    )  # fmt: skip
