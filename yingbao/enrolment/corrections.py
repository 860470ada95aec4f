"""An agent, or an officer for a family, asks that a child's data be put right, inside the window. 更正申请"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.enrolment.determining import decide
from yingbao.enrolment.lifecycle import Act
from yingbao.enrolment.models import CorrectionRequest, Enrolment, Step
from yingbao.enrolment.parts import check_may
from yingbao.enrolment.seasons import OPEN_PHASES, china_day, outside_window
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

FIELDS: dict[str, Text] = {
    "name": Text("姓名", "name"),
    "identity_number": Text("证件号码", "identity number"),
    "birth_date": Text("出生日期", "date of birth"),
    "sex": Text("性别", "sex"),
    "hukou": Text("户籍所在地", "hukou"),
    "parent_hukou": Text("父母户籍", "a parent's hukou"),
    "guardian_phone": Text("监护人电话", "guardian's phone"),
    "registered_before": Text("以往参保登记", "earlier registration"),
    "points": Text("积分入医", "points admission"),
    "assistance": Text("免缴或资助类别", "assistance"),
    "school_roll": Text("学籍", "school roll"),
    "other": Text("其他", "something else"),
}
"""What can be asked to be put right, by what it is called. 可更正项目"""
SEALED = {"identity_number": sealed.number, "guardian_phone": sealed.phone}
LONGEST = 200


def ask_correction(
    *, enrolment: Enrolment, field: str, wanted: str, reason: str, by: Appointment, at: datetime
) -> CorrectionRequest:
    """Ask that a field be put right, and say what is right and why. 申请更正

    Asking the same again while it is open changes nothing; asking something else about the same field is refused.
    """
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update(of=("self",)).select_related("person", "organisation", "season")
        enrolment = locked.get(pk=enrolment.pk)
        check_may(Act.CORRECT, by, enrolment)
        wanted, reason = _checked(enrolment, field, wanted, reason)
        cipher, _, masked = SEALED[field](wanted) if field in SEALED else (None, None, wanted)
        open_ = enrolment.corrections.filter(field=field, state=CorrectionRequest.State.OPEN).first()
        if open_ is not None:
            if _wanted(open_) == wanted:
                return open_
            raise _asked_already(enrolment, field)
        _check_open(enrolment, at)
        Step.objects.create(
            enrolment=enrolment, act=Act.CORRECT, from_state=enrolment.state, to_state=enrolment.state, at=at,
            by=by.user, reason=reason, changes={"field": field},
        )  # fmt: skip
        return CorrectionRequest.objects.create(
            enrolment=enrolment, field=field, wanted=masked, wanted_cipher=cipher, reason=reason, asked_by=by.user,
            asked_at=at,
        )  # fmt: skip


def answer_correction(
    *, request: CorrectionRequest, done: bool, answer: str, by: Appointment, at: datetime
) -> CorrectionRequest:
    """The insurance agency says what became of a request; answering again changes nothing. 答复更正申请"""
    with transaction.atomic():
        locked = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("enrolment__season")
        request = locked.get(pk=request.pk)
        if by.desk != Desk.AGENCY or by.organisation.pooling_area != request.enrolment.season.pooling_area:
            raise Refused(
                where=str(FIELDS[request.field].zh),
                what=Text("更正申请由医保经办机构答复", "Corrections are answered by the insurance agency"),
                mend=Text("请等待答复。", "Please wait for its answer."),
            )
        if request.state != CorrectionRequest.State.OPEN:
            return request
        request.state = CorrectionRequest.State.DONE if done else CorrectionRequest.State.REFUSED
        request.answer, request.answered_by, request.answered_at = answer[:LONGEST], by.user, at
        request.save()
        return request


def _wanted(request: CorrectionRequest) -> str:
    return sealed.unseal(bytes(request.wanted_cipher)) if request.wanted_cipher else request.wanted


def _checked(enrolment: Enrolment, field: str, wanted: str, reason: str) -> tuple[str, str]:
    wanted, reason = " ".join(wanted.split()), " ".join(reason.split())
    name = enrolment.person.name
    if field not in FIELDS:
        raise Refused(
            where=name,
            what=Text("没有“{field}”这个项目", "There is no field {field}").filled(field=field),
            mend=Text("请从列表中选择。", "Choose one from the list."),
        )
    if not wanted or not reason:
        raise Refused(
            where=name,
            what=Text("缺少正确内容或原因", "What is right, or why, is missing"),
            mend=Text("两项都要填写。", "Fill in both."),
        )
    if len(wanted) > LONGEST or len(reason) > LONGEST:
        raise Refused(
            where=name,
            what=Text("内容太长", "The text is too long"),
            mend=Text("每项不超过{longest}字。", "Keep each within {longest} characters.").filled(longest=LONGEST),
        )
    if not enrolment.is_live:
        raise Refused(
            where=name,
            what=Text("已不在办理中，不能申请更正", "It is not being worked on, so nothing is corrected"),
            mend=Text("请先“重新办理”。", "Reopen it first."),
        )
    return wanted, reason


def _check_open(enrolment: Enrolment, at: datetime) -> None:
    on = china_day(at)
    phase = decide(season=enrolment.season, person_ids=[enrolment.person_id], as_of=on)["phase"][0]
    if phase not in OPEN_PHASES:
        raise outside_window(where=enrolment.person.name, season=enrolment.season, phase=phase, on=on)


def _asked_already(enrolment: Enrolment, field: str) -> Refused:
    return Refused(
        where=enrolment.person.name,
        what=Text("“{field}”已有一项更正申请待处理", "A correction of the {field} is waiting already").filled(
            field=FIELDS[field]
        ),
        mend=Text("请等医保经办机构答复后再申请。", "Ask again once the insurance agency has answered."),
    )
