"""How far a child's year has come, step by step: when, what is next, and who acts. 参保进度

Registered, determined, declared, paid, covered, card: for families these are six things, not one word.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from yingbao.cards import needing
from yingbao.cards.models import Card
from yingbao.cards.needing import Standing as CardStanding
from yingbao.collection.models import Obligation
from yingbao.enrolment.lifecycle import ENDED, TAKEN, Act, State
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.parts import REGISTRATION_PLACES
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.families.given_back import given_back
from yingbao.people.models import BasicRegistration
from yingbao.policy.model import CardRule, Policy
from yingbao.values.text import Text

Standing = Literal["done", "next", "open", "later", "stopped"]
"""`open`: it does not wait for the steps before it"""
NOBODY = Text("", "")
AGENCY = Text("医保经办机构", "the insurance agency")
FAMILY = Text("家长", "you")
SCHOOL = Text("学校、市民卡中心", "school and card centre")
CENTRE = Text("市民卡中心", "the card centre")
BY_ITSELF = Text("不用办，到日自动生效", "nobody; it begins by itself")


class Stage(NamedTuple):
    """One of the steps. 步骤"""

    id: str
    name: Text
    state: Standing
    on: date | None
    """when it was done, or will be"""
    text: Text
    who: Text
    """who acts next; empty where nobody has to"""

    @property
    def word(self) -> Text:
        """How it stands, for who cannot see the mark."""
        return {
            "done": Text("已完成", "done"), "next": Text("当前这一步", "now"),
            "open": Text("现在可办", "can be done now") if self.who == FAMILY else Text("正在办", "under way"),
            "later": Text("未到", "later"), "stopped": Text("已停止", "stopped"),
        }[self.state]  # fmt: skip


class _Fact(NamedTuple):
    """A step before it is known which is next: whether it is done, and what to say of it either way."""

    id: str
    name: Text
    done: bool
    on: date | None
    text: Text
    who: Text
    waits: bool = True
    """for the steps before it"""


NOT_ANY_MORE = Text("本年度不再办理", "Not any more this year")
GOES_BACK = Text("不用再缴；已缴的钱按原路退回", "Nothing to pay; what was paid goes back the way it came")


def stages(enrolment: Enrolment, at: datetime) -> list[Stage]:
    """The steps of a child's year, the first that is not done being next. 参保步骤"""
    policy, today = policy_of(enrolment.season), china_day(at)
    live = Obligation.objects.filter(enrolment=enrolment, ended_at__isnull=True)
    owed = live.select_related("declaration").first()
    ended = enrolment.state in ENDED
    facts = [
        _registered(enrolment), _determined(enrolment), _declared(enrolment, owed), _paid(enrolment, owed),
        _covered(enrolment, today),
    ]  # fmt: skip
    if policy.card is not None:
        facts.append(_card(policy.card, enrolment, owed))
    if ended:
        facts = [_ended(one, enrolment) for one in facts]
    return _standing(facts, over=ended or enrolment.status == "ineligible")


def _ended(one: _Fact, enrolment: Enrolment) -> _Fact:
    """A step of a child who left: what was done stands; of the rest only that nothing more comes of it."""
    if one.done:
        return one
    text = GOES_BACK if one.id == "paid" and given_back(enrolment) else NOT_ANY_MORE
    return one._replace(text=text, on=None)


def _standing(facts: list[_Fact], *, over: bool) -> list[Stage]:
    found, reached = [], True
    for one in facts:
        state: Standing = "later"
        if one.done:
            state = "done"
        elif over:
            state = "stopped"
        elif reached or not one.waits:
            state = "next" if reached else "open"
        who = one.who if state in ("next", "open") else NOBODY
        found.append(Stage(one.id, one.name, state, one.on, one.text, who))
        reached = reached and one.done
    return found


def _registered(one: Enrolment) -> _Fact:
    name = Text("基本信息登记", "Registered")
    known = BasicRegistration.objects.filter(person=one.person_id, pooling_area=one.season.pooling_area).first()
    if known is not None:
        return _Fact("registered", name, True, known.registered_on, Text("已登记", "On file"), NOBODY)
    if not one.registration:
        return _Fact("registered", name, one.state != State.DRAFT, None, Text("不用登记", "Not needed"), AGENCY)
    place = REGISTRATION_PLACES[one.registration]
    text = Text("首次参保，先登记：{place}", "A first-timer is registered first: {place}").filled(place=place)
    return _Fact("registered", name, False, None, text, place)


def _determined(one: Enrolment) -> _Fact:
    name = Text("核定", "Determined")
    last = one.steps.filter(act=Act.DETERMINE).order_by("pk").reverse().first()
    on = china_day(last.at) if last else one.as_of
    texts = {
        "enrolled": Text("可以参保", "Can be enrolled"),
        "ineligible": Text("不符合本年度参保条件", "Cannot be enrolled for this year"),
        "refer": Text("须由医保经办人员决定", "An officer has to decide"),
        "not_open": Text("还没有到办理时间", "It is too early"),
        "closed": Text("已过办理期限", "The time is over"),
    }
    text = texts.get(one.status, Text("还没有核定", "Not decided yet"))
    done = one.status == "enrolled" and one.state not in (State.DRAFT, State.REGISTERED)
    return _Fact("determined", name, done, on if done else None, text, AGENCY)


def _declared(one: Enrolment, owed: Obligation | None) -> _Fact:
    name, agent = Text("申报", "Declared"), Text(one.organisation.name, one.organisation.name)
    if one.state in TAKEN and owed is not None:
        text = Text("已向税务部门申报", "Declared to the tax authority")
        if owed.declaration is None:
            text = Text("家长直接缴费，不用学校申报", "You pay directly; no school declares")
        return _Fact("declared", name, True, china_day(owed.assessed_at), text, NOBODY)
    if one.state in TAKEN:
        return _Fact("declared", name, True, None, Text("已申报", "Declared"), NOBODY)
    if one.channel == "online":
        return _Fact("declared", name, True, None, Text("家长直接缴费，不用申报", "You pay directly"), NOBODY)
    if one.state == State.CONFIRMED:
        return _Fact("declared", name, False, None, Text("已确认参保，等待申报", "Confirmed, to be declared"), agent)
    return _Fact("declared", name, False, None, Text("先确认参保，再申报", "To be confirmed, then declared"), agent)


def _paid(one: Enrolment, owed: Obligation | None) -> _Fact:
    name = Text("缴费", "Paid")
    if one.state == State.EXEMPT or (one.state == State.COVERED and not one.self_paid_fen):
        return _Fact("paid", name, True, None, Text("家庭不用缴费", "Nothing to pay"), NOBODY)
    if owed is not None and owed.is_paid:
        return _Fact("paid", name, True, owed.paid_on, Text("已到账", "The money has arrived"), NOBODY)
    if one.state in (State.PAID, State.COVERED):
        return _Fact("paid", name, True, None, Text("已到账", "The money has arrived"), NOBODY)
    if one.status == "enrolled" and not one.self_paid_fen:
        return _Fact("paid", name, False, None, Text("家庭不用缴费，申报后即可", "Nothing to pay"), NOBODY)
    if one.channel == "school":
        text = Text("把钱交给学校，由学校统一缴；学校申报后也可以在手机上缴",
                    "Hand the money to the school, which pays; once declared you can pay by phone too")  # fmt: skip
    elif one.channel == "community":
        text = Text("由社区收费；申报后也可以在手机上缴", "Paid at the community; once declared also by phone")
    else:
        text = Text("在手机上用微信或支付宝缴", "By phone, with WeChat or Alipay")
    return _Fact("paid", name, False, None, text, FAMILY)


def _covered(one: Enrolment, today: date) -> _Fact:
    name = Text("待遇享受", "Covered")
    taken = one.state in (State.PAID, State.EXEMPT, State.COVERED)
    begun = taken and one.coverage_from is not None and one.coverage_from <= today
    text = (
        Text("可以按居民医保报销", "Bills are reimbursed") if begun else Text("缴费后按期享受", "Follows the payment")
    )
    return _Fact("covered", name, begun, one.coverage_from if taken else None, text, BY_ITSELF)


CARD_STANDS = {
    CardStanding.PHOTO: (
        Text("没有卡，还缺照片：手机拍了交，或交给学校", "A photo is missing: take one here, or at the school"),
        FAMILY,
    ),
    CardStanding.LOOK: (Text("照片已收到，等审核", "The photo is being looked at"), CENTRE),
    CardStanding.MONEY: (Text("缴费到账后制卡", "The card is made once the money is in"), FAMILY),
    CardStanding.ORDER: (Text("缴费和照片已齐，等制卡", "Money and photo are in; it will be ordered"), CENTRE),
    CardStanding.MAKING: (Text("制卡中", "The card is being made"), CENTRE),
    CardStanding.READY: (Text("卡已可领，由学校或社区发放", "Ready; school or community hands it out"), SCHOOL),
    CardStanding.HELD: (Text("已有卡", "You have the card"), NOBODY),
}  # fmt: skip
"""What is said of each standing, and who acts."""


def _card(rule: CardRule, one: Enrolment, owed: Obligation | None) -> _Fact:
    """The card as it really stands, also of who left; without one, before it is confirmed, only what is to come."""
    name = Text("社会保障卡", "Card")
    row: Any = needing.with_standing(one.season, Enrolment.objects.filter(pk=one.pk)).first()
    held = next((each for each in needing.cards_of(one.person, one.season.pooling_area) if each.state == "held"), None)
    if row is None and held is None:
        text = Text(
            "首次参保的孩子，缴费、交照片满{n}个月后领卡",
            "First-timers collect it {n} month(s) after payment and photo",
        )
        return _Fact("card", name, False, None, text.filled(n=rule.ready_after_months), SCHOOL)
    standing = CardStanding(row.standing) if row is not None else CardStanding.HELD
    text, who = CARD_STANDS[standing]
    if standing is CardStanding.HELD and rule.collect_at is not None:
        text = Text(f"{text.zh}；补卡：{rule.collect_at.zh}", f"{text.en}; replaced at: {rule.collect_at.en}")
    card = Card.objects.filter(pk=row.card_key).first() if row is not None and row.card_key else held
    day, waits = _card_day(rule, one, owed, card), standing is CardStanding.MONEY
    return _Fact("card", name, standing is CardStanding.HELD, day, text, who, waits)


def _card_day(rule: CardRule, one: Enrolment, owed: Obligation | None, card: Card | None) -> date | None:
    """When the card came, or will be ready as far as that is known."""
    if card is not None:
        return card.held_on or card.ready_on
    photo = needing.photo_of(one.person, one.season.pooling_area)
    needed = needing.needs_photo(one.person, policy_of(one.season))
    if owed is None or owed.paid_on is None or (needed and photo is None):
        return None
    return needing.ready_on(rule, owed.paid_on, needing.photo_day(photo))


def who_pays_rest(one: Enrolment, policy: Policy) -> Text | None:
    """Who pays what the family does not. 资助方"""
    return policy.subsidy_payers.get(one.paid_by, Text(one.paid_by, one.paid_by)) if one.subsidised_fen else None
