"""One child on whom two pooling areas work: our side, and what the two agencies say to each other. 两地参保"""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
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
    others = other_sides(one)
    context = {
        "one": one, "seen": areas_mark(one), "typed": {}, "wrong": {}, "settled": not others or not one.is_live,
        "others": [{"agency": agency_of(each.season.pooling_area), "rule": suggestion(one, each)} for each in others],
        **who(one),
    }  # fmt: skip
    return render(request, "agency/duplicate_areas.html", context | more, status=status)


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
        with by_platform("what was paid for a child who leaves becomes free by rule"):
            adjusting.withdraw(enrolment=one, reason=reason, by=request.appointment, at=clock.now())
    except Refused as refused:
        told = Text(f"{refused.what.zh}。{refused.mend.zh}", f"{refused.what.en}. {refused.mend.en}")
        return shown_areas(request, one, status=422, typed={"reason": reason}, wrong={"reason": told})
    forget(one.season)
    tell(request, Text("本地已撤回，由对方参保。", "Withdrawn here; the other area enrols the child."))
    return redirect("agency-duplicate-areas", pk=pk)
