"""One child on whom two pooling areas work: our side, and what the two agencies say to each other. 两地参保"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.cases import handing, wording
from yingbao.cases.kinds import AREAS
from yingbao.cases.lifecycle import State as CaseState
from yingbao.cases.models import Case, CaseQuerySet
from yingbao.cases.refusals import LONGEST
from yingbao.collection import adjusting
from yingbao.enrolment.lifecycle import ENDED, Act, State
from yingbao.enrolment.models import Enrolment
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.doubles import forget
from yingbao.web.agency.duplicates import agency_of
from yingbao.web.agency.registration import who
from yingbao.web.school.pupil import STALE, TWICE
from yingbao.web.school.pupils import season_of
from yingbao.web.tax.shared import tell
from yingbao.web.wall import beyond, by_platform

ASKED = Text(
    "已请“{place}”核实，个案编号{number}；对方的答复会出现在这里。",
    "{place} was asked: case {number}. Its answer appears here.",
)
ASKED_ALREADY = Text(
    "{who}已经请“{place}”核实，个案编号{number}，没有重复办理。您写的话没有送出；要补充的，打开个案。",
    "{who} has asked {place} already: case {number}; nothing was done twice. Your words were not sent; open the case "
    "to add to it.",
)
WITHDRAWN_HERE = Text("已撤回本地参保：", "Withdrawn here: ")


@require_GET
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def areas(request: Seated, pk: int) -> HttpResponse:
    """One child in two areas: our side, that there is another, and whom to ask. 两地参保"""
    return shown_areas(request, ours(request, pk))


def ours(request: Seated, pk: int) -> Enrolment:
    """Our enrolment of the child, or 404."""
    rows = Enrolment.objects.filter(season=season_of(request), person=pk)
    one = rows.select_related("person", "organisation", "season").first()
    if one is None:
        raise Http404
    return one


def other_sides(one: Enrolment) -> list[Enrolment]:
    """The same child's live enrolments of the year in other areas."""
    rows = Enrolment.objects.filter(person=one.person, plan_year=one.plan_year).exclude(pk=one.pk)
    return list(rows.exclude(state__in=sorted(ENDED)).select_related("organisation", "season").order_by("pk"))


def suggestion(mine: Enrolment, other: Enrolment) -> Text:
    """Which place wins: a pupil's school over the hukou, where the child lives over where it is registered. 建议"""
    at_school = [one.organisation.kind == OrganisationKind.SCHOOL for one in (mine, other)]
    if at_school == [True, False]:
        return Text("孩子在本地就读，学籍地优先于户籍地：由本地参保，请对方撤回。",
                    "The child is at school here; the place of the school wins: keep it here.")  # fmt: skip
    if at_school == [False, True]:
        return Text("孩子在对方就读，学籍地优先于户籍地：由对方参保，本地撤回。",
                    "The child is at school there; the place of the school wins: withdraw it here.")  # fmt: skip
    return Text("两边情况相同：以常住地为准，请与家长和对方核实后决定。",
                "Both sides are alike: where the child lives wins; ask the family and the other agency.")  # fmt: skip


def areas_mark(one: Enrolment) -> str:
    """A mark of what the page showed. 页面版本"""
    shown = (one.state, one.organisation_id, [each.pk for each in other_sides(one)])
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def shown_areas(request: Seated, one: Enrolment, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of one child in two areas. 页面"""
    looked(
        user=request.user, organisation=request.appointment.organisation, what="page", person=one.person,
        at=clock.now(),
    )  # fmt: skip
    others, asked, told = other_sides(one), asked_by_us(request, one), asked_of_us(request, one)
    about = who(one)
    if about["roll"] is not None and about["roll"].school.pooling_area != one.season.pooling_area:
        about["roll"] = None  # the other area's school is theirs to name
    context = {
        "one": one, "seen": areas_mark(one), "typed": {}, "wrong": {}, "settled": not others or not one.is_live,
        "others": [{"agency": agency_of(each.season.pooling_area), "rule": suggestion(one, each),
                    "season": each.season_id,
                    "case": next((case for case in asked if case.season_id == each.season_id), None)}
                   for each in others],
        "asked": asked, "told": told, "longest": LONGEST, "today": clock.today(), **about,
    }  # fmt: skip
    return render(request, "agency/duplicate_areas.html", context | more, status=status)


def cases_about(one: Enrolment) -> CaseQuerySet:
    """What agencies asked each other about this child for this year, the last in front. 两地个案"""
    rows = Case.objects.filter(kind=AREAS, person=one.person, season__plan_year=one.plan_year)
    return rows.select_related("to_organisation", "asked_by_organisation").order_by("-pk")


def asked_by_us(request: Seated, one: Enrolment) -> list[Case]:
    """What this agency asked of others: what is open, and what came of it. 已请对方"""
    return list(cases_about(one).filter(asked_by_organisation=request.appointment.organisation))


def asked_of_us(request: Seated, one: Enrolment) -> list[Case]:
    """What others wait for here. 对方所请"""
    return list(cases_about(one).unsettled().filter(to_organisation=request.appointment.organisation))


@require_POST
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def ask_other(request: Seated, pk: int) -> HttpResponseBase:
    """Ask the other area's agency to withdraw the child there: a case that is followed to its end. 请对方撤回"""
    one = ours(request, pk)
    question, wanted = (str(request.POST.get(name, "")).strip() for name in ("question", "season"))
    typed = {"question": question, "season": wanted}
    there = next((each.season for each in other_sides(one) if str(each.season_id) == wanted), None)
    to = agency_of(there.pooling_area) if there else None
    if there is None or to is None or not one.is_live:
        return shown_areas(request, one, status=409, typed=typed, wrong={"": STALE})
    before = next((case for case in asked_by_us(request, one) if case.season_id == there.pk), None)
    try:
        case = handing.ask(
            person=one.person, season=there, kind=AREAS, question=question, to=to, by=request.appointment,
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return shown_areas(request, one, status=422, typed=typed, wrong={"question": told})
    asker = case.steps.select_related("by").order_by("pk")[0].by
    if asker != request.user or (before == case and case.question != " ".join(question.split())):
        words = ASKED_ALREADY.filled(who=asker.name if asker else "", place=to.name, number=case.number)
        return shown_areas(request, one, status=409, typed=typed, wrong={"question": words})
    tell(request, TWICE if before == case else ASKED.filled(place=to.name, number=case.number))
    return redirect("agency-duplicate-areas", pk=pk)


def settle_asked(request: Seated, one: Enrolment, reason: str) -> None:
    """What the other agency asked is done with the withdrawal here: its case is settled. 随即办结"""
    for case in asked_of_us(request, one):
        by, at = request.appointment, clock.now()
        if case.state == CaseState.OPEN:
            handing.accept(case=case, by=by, at=at)
        if case.state != CaseState.RETURNED:
            handing.settle(case=case, answer=f"{WITHDRAWN_HERE.zh}{reason}"[:LONGEST], by=by, at=at)


@require_POST
@desk(Desk.AGENCY)
@beyond("is one child enrolled, or recorded, in two places?")
def withdraw_here(request: Seated, pk: int) -> HttpResponseBase:
    """Leave the child to the other area: our enrolment is withdrawn, what was paid goes back. 本地撤回"""
    one = ours(request, pk)
    reason = str(request.POST.get("reason", "")).strip()
    if request.POST.get("seen") != areas_mark(one):
        if one.state == State.WITHDRAWN:
            step = one.steps.filter(act=Act.WITHDRAW).select_related("by").last()
            if step is not None and step.by == request.user:
                tell(request, TWICE)
                return redirect("agency-duplicate-areas", pk=pk)
        return shown_areas(request, one, status=409, typed={"reason": reason}, wrong={"": STALE})
    try:
        wording.refuse_a_number(reason, where="reason")  # the other agency reads it in its case
        with by_platform("what was paid for a child who leaves becomes free by rule"):
            adjusting.withdraw(enrolment=one, reason=reason, by=request.appointment, at=clock.now())
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return shown_areas(request, one, status=422, typed={"reason": reason}, wrong={"reason": told})
    settle_asked(request, one, reason)
    forget(one.season)
    tell(request, Text("本地已撤回，由对方参保。", "Withdrawn here; the other area enrols the child."))
    return redirect("agency-duplicate-areas", pk=pk)
