"""Why a child cannot be paid for by this way today, and what to do instead. 不能缴费的原因"""

from __future__ import annotations

from datetime import date

from yingbao.collection.models import Obligation
from yingbao.determination.counter import Decision
from yingbao.enrolment import refusals
from yingbao.enrolment.lifecycle import LEFT, State
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.seasons import OPEN_PHASES, outside_window
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

PAID = (State.PAID, State.COVERED)


def why(
    *, enrolment: Enrolment, decision: Decision, owed: Obligation | None, kind: str, today: date, elsewhere: bool
) -> Refused | None:
    """What stands in the way, the first of it; None if nothing does. 不能缴费的原因

    `decision`: for today; `owed`: what the child owes already; `elsewhere`: taken for the year by another place.
    """
    if elsewhere:
        return refusals.enrolled_elsewhere(enrolment)
    if enrolment.state in PAID or (owed is not None and owed.is_paid):
        return nothing_due(enrolment)
    if enrolment.state == State.EXEMPT or (owed is not None and owed.due_fen == 0):
        return nothing_due(enrolment)
    if enrolment.state in LEFT:
        return left(enrolment)
    if decision.status in ("ineligible", "refer"):
        return refusals.not_entitled(enrolment)
    if decision.phase not in OPEN_PHASES or enrolment.state == State.LAPSED:
        return outside_window(where=enrolment.person.name, season=enrolment.season, phase=decision.phase, on=today)
    if enrolment.state in (State.DRAFT, State.REGISTERED):
        return register_first(enrolment, decision)
    if decision.self_paid_fen == 0:
        return nothing_due(enrolment)
    if owed is not None and owed.declaration_id is not None and owed.due_fen != decision.self_paid_fen:
        return being_checked(enrolment)
    return _other_way(enrolment, decision, owed, kind)


def _other_way(enrolment: Enrolment, decision: Decision, owed: Obligation | None, kind: str) -> Refused | None:
    """A family pays online, a community at its counter, a school for all its pupils.

    A child whose school has declared it may be paid for by the family all the same: the money is owed, and families
    do it. Who pays second gets the money back.
    """
    declared = owed is not None and owed.declaration_id is not None
    if decision.channel == "community":
        return None if kind == "counter" or declared else at_the_counter(enrolment)
    if kind == "counter":
        return online(enrolment) if decision.channel == "online" else through_school(enrolment)
    return None if decision.channel == "online" or owed is not None else through_school(enrolment)


def nothing_due(enrolment: Enrolment) -> Refused:
    """Paid already, or somebody else pays: which of the two is not said to everyone. 无需缴费"""
    return Refused(
        where=enrolment.person.name,
        what=Text("{year}年度已办好，不用再缴费", "For {year} nothing is to be paid any more").filled(
            year=enrolment.plan_year
        ),
        mend=Text(
            "如已经重复缴费，多缴的钱会按原路退回，不用申请。",
            "If it was paid twice, the second payment goes back the way it came, without an application.",
        ),
    )


def left(enrolment: Enrolment) -> Refused:
    """Somebody said that the family enrols not. 已登记不参保"""
    return Refused(
        where=enrolment.person.name,
        what=Text("已登记为不参保或已撤回", "The child is recorded as not enrolling"),
        mend=Text("如要参保，请联系{agent}重新办理。", "To enrol, ask {agent} to take it up again.").filled(
            agent=enrolment.organisation.name
        ),
    )


def register_first(enrolment: Enrolment, decision: Decision) -> Refused:
    """No payment before registration. 须先登记"""
    place = REGISTRATION_PLACES.get(decision.registration or "", Text("社区", "the community"))
    return Refused(
        where=enrolment.person.name,
        what=Text("首次参保，还没有登记基本信息", "A first-timer: the basic data are not registered yet"),
        mend=Text("请先到{place}登记，登记后即可缴费。", "Register first at {place}; then it can be paid.").filled(
            place=place
        ),
    )


def at_the_counter(enrolment: Enrolment) -> Refused:
    """The policy has it paid at the community. 到社区缴费"""
    return Refused(
        where=enrolment.person.name,
        what=Text("今年由社区现场收费，不能在这里缴", "This year it is paid at the community, not here"),
        mend=Text(
            "请带孩子的证件到社区，可刷卡、微信或支付宝；办理单位：{agent}。",
            "Bring the child's document to the community: card, WeChat or Alipay. It is worked on by {agent}.",
        ).filled(agent=enrolment.organisation.name),
    )


def online(enrolment: Enrolment) -> Refused:
    """Enrolled before: the family pays by phone. 线上缴费"""
    return Refused(
        where=enrolment.person.name,
        what=Text("续保的孩子由家长在手机上缴费", "The child was enrolled before: the family pays by phone"),
        mend=Text("请家长扫“家长缴费”二维码，用微信或支付宝缴。", "Let the family scan the code of the payment page."),
    )


def through_school(enrolment: Enrolment) -> Refused:
    """The school declares and pays. 由学校缴费"""
    return Refused(
        where=enrolment.person.name,
        what=Text("由学校统一申报缴费，家长不用在这里缴", "The school declares and pays; the family does not pay here"),
        mend=Text("请按学校通知把钱交给{agent}。", "Follow the letter of {agent}.").filled(
            agent=enrolment.organisation.name
        ),
    )


def being_checked(enrolment: Enrolment) -> Refused:
    """What was declared is no longer what is right. 金额核对中"""
    return Refused(
        where=enrolment.person.name,
        what=Text("已申报的金额与今天的标准不同，正在核对", "What was declared differs from what is due today"),
        mend=Text("请联系{agent}更正申报。", "Ask {agent} to correct the declaration.").filled(
            agent=enrolment.organisation.name
        ),
    )
