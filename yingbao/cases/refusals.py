"""How the acts on a case are refused: what stands in the way, and what to do. 个案中的拒绝"""

from __future__ import annotations

from yingbao.cases.lifecycle import Act
from yingbao.cases.models import Case
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST = 300


def no_way(case: Case, act: Act) -> Refused:
    """The act leads nowhere from where the case stands. 当前状态不能办理"""
    return Refused(
        where="",
        what=Text(
            "这件个案现在是“{state}”，不能{act}", "The case is in the state “{state}”: {act} is not possible"
        ).filled(state=case.state_text, act=act.text),
        mend=Text("请看最新情况再办。", "Look at how it stands now."),
    )


def not_yours(case: Case) -> Refused:
    """It lies with somebody else. 不由本单位办理"""
    return Refused(
        where="",
        what=Text("这件个案现在由“{place}”办理", "The case lies with {place}").filled(place=case.to_organisation.name),
        mend=Text("请由该单位办理；着急的请打电话。", "Leave it to them, or call if it is urgent."),
    )


def decided_above(case: Case) -> Refused:
    """It went up once; what was said there stands. 上级已定"""
    place = case.raised_to.name if case.raised_to else ""
    return Refused(
        where="",
        what=Text("“{place}”已经指定由本单位办理，不能再退回或转交", "{place} has decided that you work on it").filled(
            place=place
        ),
        mend=Text("请接收办理；确有困难的，与“{place}”联系。", "Accept it; call {place} if it cannot be done.").filled(
            place=place
        ),
    )


def reason_missing() -> Refused:
    """Whoever gets it has to know why. 缺少说明"""
    return Refused(
        where="reason",
        what=Text("没有写说明", "Nothing is written"),
        mend=Text("请写明原因或结果，对方和家长都要看。", "Say why or what came of it; the other side reads it."),
    )


def reason_too_long() -> Refused:
    """It does not fit. 说明过长"""
    return Refused(
        where="reason",
        what=Text("说明太长", "It is too long"),
        mend=Text("请不超过{n}字。", "Keep it within {n} characters.").filled(n=LONGEST),
    )


def nobody_else(place: str) -> Refused:
    """A case is handed to another body, not to oneself. 须转给其他单位"""
    return Refused(
        where="to",
        what=Text("“{place}”就是现在的办理单位", "{place} has it already").filled(place=place),
        mend=Text("请选另一个单位。", "Choose another body."),
    )


def back_to_whoever_asked(place: str) -> Refused:
    """A case is returned to whoever asked, and not passed on to it as if it were new. 须退回"""
    return Refused(
        where="to",
        what=Text("“{place}”就是提出单位", "{place} is who asked").filled(place=place),
        mend=Text(
            "不归我们办的，请写明原因“退回提出单位”；查到另有单位的，转交那个单位。",
            "Return it and say why, or pass it on to the body whose it is.",
        ),
    )


def stays(case: Case) -> Refused:
    """Only the body that is asked can do it. 只能由对方办理"""
    return Refused(
        where="to",
        what=Text("这件个案只能由“{place}”办理", "Only {place} can see to this case").filled(
            place=case.to_organisation.name
        ),
        mend=Text("请接收办理，或写明依据退回。", "Accept it, or return it and say why."),
    )


def cannot_receive(place: str) -> Refused:
    """Nobody there works on cases. 不能接收"""
    return Refused(
        where="to",
        what=Text("“{place}”不办理个案", "{place} does not work on cases").filled(place=place),
        mend=Text(
            "请选学校、社区、街道或医保经办机构。", "Choose a school, community, sub-district or the insurance agency."
        ),
    )


def asked_already(case: Case) -> Refused:
    """The same question about the child is on its way. 已有个案"""
    return Refused(
        where="",
        what=Text(
            "这个孩子的同类个案{number}还没有办结，现在由“{place}”办理",
            "Case {number} asks the same about this child and lies with {place}",
        ).filled(number=case.number, place=case.to_organisation.name),
        mend=Text("请等它办结，或打电话问那个单位。", "Wait until it is settled, or call them."),
    )


def cannot_answer(place: str) -> Refused:
    """A question goes up, to the sub-district or a bureau. 不能向该单位提问"""
    return Refused(
        where="to",
        what=Text("“{place}”不能从这里提问", "{place} cannot be asked from here").filled(place=place),
        mend=Text("请从列表里选街道或部门。", "Choose the sub-district or a bureau from the list."),
    )


def nobody_answers() -> Refused:
    """Nobody to ask is on the platform. 没有答复单位"""
    return Refused(
        where="",
        what=Text("这里还没有答复问题的单位", "Nobody here answers questions yet"),
        mend=Text("请直接问街道或医保经办机构。", "Ask the sub-district or the insurance agency."),
    )


def no_topic() -> Refused:
    """What it is about is not chosen. 没有选类别"""
    return Refused(
        where="topic",
        what=Text("没有选问题类别", "It is not said what it is about"),
        mend=Text("请选一类；拿不准的选“其他”。", "Choose one; “Other” if in doubt."),
    )


def too_many_open(most: int) -> Refused:
    """A phone has so many questions open at a time. 未答问题过多"""
    return Refused(
        where="",
        what=Text("您有{n}个问题还没有答复", "{n} of your questions are open").filled(n=most),
        mend=Text("请等答复，或撤回不需要的。", "Wait for the answers, or withdraw what you do not need."),
    )


def form_is_used() -> Refused:
    """The mark of the form belongs to another question. 表单已用过"""
    return Refused(
        where="",
        what=Text("这张表单已经用过", "This form was used before"),
        mend=Text("请重新打开提问页再送。", "Open the form anew and send it again."),
    )
