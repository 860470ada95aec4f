"""The agency begins a correction itself, for a family that wrote to it; another officer decides. 代家长申请更正"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment import actions, correcting
from yingbao.enrolment.corrections import FIELDS
from yingbao.enrolment.lifecycle import Act
from yingbao.enrolment.models import CorrectionRequest, Enrolment
from yingbao.enrolment.seasons import policy_of, windows_text
from yingbao.people.looks import looked
from yingbao.people.models import Person
from yingbao.values import clock
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.registration import who
from yingbao.web.school.pupil import STALE, TWICE, check, seen
from yingbao.web.tax.shared import tell

ASKED = Text(
    "更正申请已提出，由另一位经办人员核对后更正。",
    "The correction was asked for; another officer checks and decides it.",
)
Open = CorrectionRequest.State.OPEN


def found(request: Seated, pk: int) -> Enrolment:
    """The child's latest enrolment in the officer's pooling area, or 404. 查阅范围"""
    rows = Enrolment.objects.visible_to(request.appointment).filter(person=pk).order_by("-plan_year")
    one: Enrolment | None = rows.select_related("person", "season", "organisation").first()
    if one is None:
        raise Http404
    return one


@require_GET
@desk(Desk.AGENCY)
def new(request: Seated, pk: int) -> HttpResponseBase:
    """What is on file, and the form that says what is right. 申请更正"""
    merged = Person.objects.filter(pk=pk, merged_into__isnull=False).values_list("merged_into", flat=True).first()
    if merged is not None:
        return redirect("agency-correction-new", pk=found(request, merged).person_id)
    return shown(request, found(request, pk))


def shown(request: Seated, one: Enrolment, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, with what was typed and what is wrong with it. 页面"""
    looked(
        user=request.user, organisation=request.appointment.organisation, what="page", person=one.person,
        at=clock.now(),
    )  # fmt: skip
    context: dict[str, Any] = {
        "one": one, "seen": seen(one), "correctable": list(FIELDS.items()),
        "windows": windows_text(policy_of(one.season)),
        "in_time": one.is_live and correcting.is_open(one, clock.today()), "typed": {}, "wrong": {},
        "asked": [{"one": each, "field": FIELDS[each.field]}
                  for each in one.corrections.select_related("asked_by").order_by("-pk")],
        **who(one),
    }  # fmt: skip
    return render(request, "agency/correction_new.html", context | more, status=status)


def impossible(one: Enrolment, typed: dict[str, str]) -> dict[str, Text]:
    """What is wrong with what is said to be right: it would be refused when it is to be written. 内容核对"""
    try:
        correcting.check_wanted(one, typed["field"], typed["wanted"], on=clock.today())
    except Fault as fault:
        what, mend = fault.what, fault.mend
        return {"wanted": Text(f"{what.zh.rstrip('。')}。{mend.zh}", f"{what.en.rstrip('.')}. {mend.en}")}
    return {}


@sensitive_post_parameters()
@require_POST
@desk(Desk.AGENCY)
def ask(request: Any, pk: int) -> HttpResponseBase:
    """Put the request; a second click asks nothing twice, a stale page keeps what was typed. 提出更正"""
    one = found(request, pk)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("field", "wanted", "reason")}
    if request.POST.get("seen") != seen(one):
        mine = one.corrections.filter(field=typed["field"], state=Open, asked_by=request.user, reason=typed["reason"])
        if (held := mine.first()) is not None:
            tell(request, TWICE)
            return redirect("agency-correction", pk=held.pk)
        return shown(request, one, status=409, typed=typed, wrong={"": STALE})
    if wrong := check(Act.CORRECT, typed) or impossible(one, typed):
        return shown(request, one, status=422, typed=typed, wrong=wrong)
    try:
        asked = actions.ask_correction(enrolment=one, **typed, by=request.appointment, at=clock.now())
    except Refused as refused:
        told = Text(
            f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
        )
        return shown(request, found(request, pk), status=422, typed=typed, wrong={"": told})
    tell(request, ASKED)
    return redirect("agency-correction", pk=asked.pk)
