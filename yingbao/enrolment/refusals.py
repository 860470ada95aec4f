"""How the acts on an enrolment are refused: what stands in the way, and what to do. 办理中的拒绝"""

from __future__ import annotations

from datetime import date

from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.lifecycle import Act, State
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.needs import why_not
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.seasons import policy_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def no_way(act: Act, enrolment: Enrolment) -> Refused:
    """The act leads nowhere from this state. 当前状态不能办理"""
    what = Text("当前状态是“{state}”，不能{act}", "It is {state}, so it cannot be {act}").filled(
        state=enrolment.state_text, act=act.text
    )
    mend = {
        State.DECLINED: Text("如家长改变主意，请先“重新办理”。", "If the family changed its mind, reopen it first."),
        State.WITHDRAWN: Text("如需参保，请先“重新办理”。", "To enrol the child, reopen it first."),
        State.CONFIRMED: Text("如需改变，请先“撤回”并写明原因。", "To change that, withdraw it first and say why."),
    }.get(State(enrolment.state), Text("请刷新页面，查看最新状态。", "Reload the page to see how it stands now."))
    return Refused(where=enrolment.person.name, what=what, mend=mend)


def not_the_agent(organisation: Organisation, by: Appointment) -> Refused:
    """Somebody else's list. 非本单位名单"""
    named = organisation.pooling_area == by.organisation.pooling_area
    return Refused(
        where=by.organisation.name,
        what=Text("这份名单由“{agent}”办理", "This list is worked on by {agent}").filled(
            agent=organisation.name if named else Text("其他统筹区", "another pooling area")
        ),
        mend=Text("请由该单位的经办人员操作。", "Leave it to their clerk."),
    )


def register_first(enrolment: Enrolment) -> Refused:
    """No enrolment before registration. 须先登记"""
    return Refused(
        where=enrolment.person.name,
        what=Text("首次参保，基本信息还没有登记", "A first-timer: the basic data are not registered yet"),
        mend=Text("先登记：{place}。", "Register first at: {place}.").filled(
            place=REGISTRATION_PLACES[enrolment.registration]
        ),
    )


def not_entitled(enrolment: Enrolment) -> Refused:
    """The decision lets nobody confirm: ineligible, or for an officer to decide. 不能确认"""
    if enrolment.status == "ineligible":
        what = Text("不符合参保条件，不能确认", "The child cannot be enrolled, so there is nothing to confirm")
        mend = why_not(policy_of(enrolment.season), enrolment.because, enrolment.facts, enrolment.as_of or date.min)
    else:
        what = Text("须由医保经办人员决定", "An officer of the insurance agency has to decide")
        mend = Text("请联系医保经办机构。", "Ask the insurance agency.")
    return Refused(where=enrolment.person.name, what=what, mend=mend)


def enrolled_elsewhere(enrolment: Enrolment) -> Refused:
    """The person is taken for the year; where is not said, because it lies in another pooling area. 已在外地参保"""
    return Refused(
        where=enrolment.person.name,
        what=Text(
            "{year}年度已在其他统筹区确认参保", "The child is already enrolled for {year} in another pooling area"
        ).filled(year=enrolment.plan_year),
        mend=Text(
            "请家长选定一处；另一处撤回后即可确认。",
            "The family chooses one place; once the other is withdrawn, it can be confirmed here.",
        ),
    )


def nothing_to_register(enrolment: Enrolment) -> Refused:
    """No registration is due. 无需登记"""
    if enrolment.status == "ineligible":
        return not_entitled(enrolment)
    return Refused(
        where=enrolment.person.name,
        what=Text("现在没有需要登记的基本信息", "No basic data are to be registered now"),
        mend=Text("请刷新页面，查看最新状态。", "Reload the page to see how it stands now."),
    )


def other_channel(enrolment: Enrolment) -> Refused:
    """The policy sends this first-timer to another place. 登记渠道不符"""
    return Refused(
        where=enrolment.person.name,
        what=Text("登记渠道不符", "This is not the place where the child is registered"),
        mend=Text("登记地点：{place}。", "The place: {place}.").filled(
            place=REGISTRATION_PLACES[enrolment.registration]
        ),
    )


def reason_missing(enrolment: Enrolment) -> Refused:
    """Leaving needs a reason. 缺少原因"""
    return Refused(
        where=enrolment.person.name,
        what=Text("没有写原因", "There is no reason"),
        mend=Text("请写明原因，例如“已参加职工医保”。", "Say why, such as: insured as an employee's child elsewhere."),
    )


def reason_too_long(enrolment: Enrolment, longest: int) -> Refused:
    """The reason does not fit. 原因过长"""
    return Refused(
        where=enrolment.person.name,
        what=Text("原因太长", "The reason is too long"),
        mend=Text("请不超过{longest}字。", "Keep it within {longest} characters.").filled(longest=longest),
    )


def cover_has_begun(enrolment: Enrolment) -> Refused:
    """Who is covered already is not withdrawn: the individual's payment is not given back then. 待遇已开始"""
    return Refused(
        where=enrolment.person.name,
        what=Text("待遇已于{day}开始，不能撤回", "cover began on {day}; it cannot be withdrawn any more").filled(
            day=enrolment.coverage_from
        ),
        mend=Text("请与医保经办机构联系。", "Ask the insurance agency."),
    )
