"""One first-timer: the data, the papers due, what is decided once registered; approve, send back, hand on. 登记审核"""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment import registering
from yingbao.enrolment.correcting import is_open
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.models import Enrolment, RegistrationRequest
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.reasons import facts_used, payer, reasons, verdict
from yingbao.enrolment.seasons import policy_of, windows_text
from yingbao.people.grades import grade_name
from yingbao.people.looks import looked
from yingbao.people.models import BasicRegistration, SchoolRoll
from yingbao.policy import terms
from yingbao.values import clock, divisions
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.agency.registrations import mark
from yingbao.web.school.pupil import RELATIONS, STALE, TWICE
from yingbao.web.school.pupils import LONGEST_REASON, season_of
from yingbao.web.tax.shared import tell

Asked = RegistrationRequest.State
OFTEN = {
    "papers": Text("材料不齐，请补：", "Papers are missing: "),
    "differs": Text("资料与证件不符，请核对：", "The data differ from the documents: "),
    "other": Text("其他（请写明）", "Another reason (please write it)"),
}
"""What requests are sent back for most. 常用退回原因"""


@require_GET
@desk(Desk.AGENCY)
def registration(request: Seated, pk: int) -> HttpResponse:
    """One child, every number masked; the look is recorded. 登记审核"""
    one = found(request, pk)
    _look(request, one)
    return render(request, "agency/registration.html", page(request, one))


def found(request: Seated, pk: int) -> Enrolment:
    """The child's enrolment of this season in the officer's pooling area, or 404. 查阅范围"""
    rows = Enrolment.objects.visible_to(request.appointment).filter(season=season_of(request), person=pk)
    one: Enrolment | None = rows.select_related("person", "season", "organisation").first()
    if one is None:
        raise Http404
    return one


def page(request: Seated, one: Enrolment, **more: Any) -> dict[str, Any]:
    """All that the page shows. 页面内容"""
    policy = policy_of(one.season)
    asked = list(one.registration_requests.select_related("asked_by", "answered_by").order_by("-pk"))
    open_ = next((each for each in asked if each.state == Asked.ASKED), None)
    known = BasicRegistration.objects.filter(person=one.person, pooling_area=one.season.pooling_area).first()
    return {
        "one": one, "seen": mark(one), "policy": policy, "verdict": verdict(one), "payer": payer(one, policy),
        "reasons": reasons(one, policy), "facts": facts_used(one), "known": known,
        "known_channel": REGISTRATION_PLACES.get(known.channel) if known else None,
        "place": REGISTRATION_PLACES.get(one.registration), "open_request": open_,
        "asked": [{"one": each, "state": registering.STATE_TEXTS[Asked(each.state)],
                   "place": registering.place_of(each)} for each in asked],
        "papers": registering.papers_due(one.facts, city=one.season.pooling_area[:4]),
        "in_time": is_open(one, clock.today()),
        "windows": windows_text(policy), "wrong_channel": one.registration != registering.CHANNEL,
        "waits": one.state == State.DRAFT,
        "back": request.session.get("registrations", reverse("agency-registrations")),
        "often": list(OFTEN.items()), "typed": {}, "wrong": {}, "open": "", **who(one),
    } | more  # fmt: skip


def who(one: Enrolment) -> dict[str, Any]:
    """The child's data as they are on file. 基本信息"""
    person = one.person
    roll = (
        SchoolRoll.objects.filter(person=person, left_on__isnull=True).select_related("school").order_by("pk").first()
    )
    return {
        "documents": [
            {"row": row, "kind": terms.IDENTITY_TYPES[row.kind]}
            for row in person.documents.order_by(F("replaced_at").desc(nulls_first=True))
        ],
        "hukou": divisions.full_name(person.hukou) if person.hukou else "",
        "guardians": [
            {
                "row": row,
                "relation": RELATIONS.get(row.relation),
                "hukou": divisions.full_name(row.hukou) if row.hukou else "",
            }
            for row in person.guardians.order_by("position")
        ],
        "roll": roll,
        "grade": grade_name(roll.stage, roll.grade) if roll else None,
    }


@require_POST
@desk(Desk.AGENCY)
def act(request: Seated, pk: int, act: str) -> HttpResponseBase:
    """Approve, send back or hand on; a second click does nothing, a stale page is told. 审核办理"""
    one = found(request, pk)
    typed = {name: str(request.POST.get(name, "")).strip() for name in ("why", "reason", "hukou")}
    request_ = one.registration_requests.order_by("-pk").select_related("answered_by").first()
    if request_ is None:
        return again(request, one, act, typed, {"": STALE}, 409)
    if request.POST.get("seen") != mark(one):
        if request_.answered_by_id == request.user.pk and request_.state == _TARGETS[act]:
            tell(request, TWICE)
            return redirect("agency-registration", pk=pk)
        told = STALE if request_.answered_by is None else _said(registering.answered_already(request_))
        return again(request, one, act, typed, {"": told}, 409)
    wrong, hukou = _checked(act, typed, one.season.pooling_area)
    if wrong:
        return again(request, one, act, typed, wrong, 422)
    try:
        _perform(request, request_, act, typed, hukou)
    except Refused as refused:
        return again(request, found(request, pk), act, typed, {"": _said(refused)}, 422)
    tell(request, _DONE[act])
    return redirect(request.session.get("registrations", reverse("agency-registrations")))


_TARGETS = {"approve": Asked.REGISTERED, "send-back": Asked.SENT_BACK, "hand-on": Asked.HANDED}
_DONE = {
    "approve": Text("已登记基本信息，学校现在可以确认参保。", "Registered; the school can confirm the child now."),
    "send-back": Text("已退回学校，学校会看到原因。", "Sent back; the school reads why."),
    "hand-on": Text("已转办，学校会看到该到哪里登记。", "Handed on; the school reads where the child is registered."),
}


def _perform(request: Seated, asked: RegistrationRequest, act: str, typed: dict[str, str], hukou: str | None) -> None:
    by, at = request.appointment, clock.now()
    if act == "approve":
        registering.approve(requests=[asked], by=by, at=at)
    elif act == "send-back":
        often = "" if typed["why"] == "other" else OFTEN[typed["why"]].zh
        registering.send_back(request=asked, reason=f"{often}{typed['reason']}", by=by, at=at)
    else:
        registering.hand_on(request=asked, reason=typed["reason"], hukou=hukou, by=by, at=at)


def _checked(act: str, typed: dict[str, str], near: str) -> tuple[dict[str, Text], str | None]:
    """What is wrong with the form, by field; and the hukou's code, if one was given. 表单检查"""
    wrong: dict[str, Text] = {}
    hukou: str | None = None
    if act == "send-back" and typed["why"] not in OFTEN:
        wrong["why"] = Text("请选一个原因。", "Please choose a reason.")
    if act != "approve" and not typed["reason"]:
        wrong["reason"] = Text("请写明，学校据此补办。", "Please write it; the school acts on it.")
    if len(typed["reason"]) > LONGEST_REASON - 20:
        wrong["reason"] = Text("最多 {n} 个字。", "At most {n} characters.").filled(n=LONGEST_REASON - 20)
    if act == "hand-on" and typed["hukou"]:
        try:
            hukou = divisions.code_of(typed["hukou"], near=near)
        except Fault as fault:
            wrong["hukou"] = Text(f"{fault.what.zh}。{fault.mend.zh}", f"{fault.what.en}. {fault.mend.en}")
    return wrong, hukou


def again(
    request: Seated, one: Enrolment, act: str, typed: dict[str, str], wrong: dict[str, Text], status: int
) -> HttpResponse:
    """The page once more, with what was typed and what is wrong with it. 退回修改"""
    context = page(request, one, typed=typed, wrong=wrong, general=wrong.get(""), open=act)
    _look(request, one)
    return render(request, "agency/registration.html", context, status=status)


def _said(refused: Refused) -> Text:
    return Text(
        f"{refused.what.zh.rstrip('。')}。{refused.mend.zh}", f"{refused.what.en.rstrip('.')}. {refused.mend.en}"
    )


def _look(request: Seated, one: Enrolment) -> None:
    looked(
        user=request.user, organisation=request.appointment.organisation, what="page", person=one.person, at=clock.now()
    )
