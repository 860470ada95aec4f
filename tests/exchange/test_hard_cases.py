"""The hard cases of money, with real gateways: paid twice, told twice, too late, too much, to the wrong child. 难例

Each is a story: orders go to a running gateway, its payer pays, its notices come by HTTP to a running server. After
each of them every invariant holds.
"""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import transaction

from tests.collection.bank import declared, owed
from tests.collection.orders import ordered, pupils, school_of_yuzhong
from tests.enrolment.building import AT, at, clerk, organisation
from tests.exchange.season import (
    CHANNELS,
    SUZHOU,
    YUZHONG,
    exempted,
    fresh,
    gateways,
    later,
    nothing_is_dropped,
    officer,
    owed_by,
    pay,
    placed,
    refunded,
    stands,
    started,
    until,
)
from yingbao.collection import receipting
from yingbao.collection.adjusting import follow_all
from yingbao.collection.models import Alarm, Allocation, Arrival, BillLine, Obligation, Payment, Receipt, Refund
from yingbao.collection.refunding import approve
from yingbao.declaration.freezing import freeze
from yingbao.declaration.models import Declaration
from yingbao.declaration.refusals import NothingToDeclare
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.exchange import bills, channels, paying, refunding
from yingbao.ledger.models import Journal
from yingbao.people.models import LeaveReason, SchoolRoll
from yingbao.people.rolls import enter_roll, leave_roll
from yingbao.values import clock
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["gateways", "started"]
LAST_DAY = "2019-11-30"
"""of Suzhou's window"""


def families(count: int = 1) -> list[Enrolment]:
    """So many children of Yuzhong whose families pay by phone."""
    return pupils(open_season(policy_id="500103/2020", at=AT), school_of_yuzhong(), count)


def declared_children(count: int = 2) -> Declaration:
    """A school of Suzhou has declared them and the tax desk has accepted."""
    return declared(open_season(policy_id="320500/2020", at=AT), count)


def children_of(declaration: Declaration) -> list[Enrolment]:
    return list(Enrolment.objects.filter(obligations__declaration=declaration).select_related("season").order_by("pk"))


def at_once(*acts) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_two_channels_at_once_pay_a_child_once_and_the_other_payment_goes_back_by_itself(gateways):
    twice, once = families(2)
    both = placed(twice, once, channel="wechat", payer="爸爸")
    alone = placed(twice, channel="alipay", payer="妈妈")
    at_once(*[lambda each=each: gateways.pay(each.channel, each.number) for each in (both, alone)])
    until(lambda: {fresh(both).state, fresh(alone).state} == {"succeeded"})
    due = owed_by(twice).due_fen
    assert all(owed_by(child).is_paid for child in (twice, once))
    refund = Refund.objects.get()
    assert (refund.reason, refund.requested_by, refund.amount_fen) == ("duplicate", None, due)
    assert refund.obligation == owed_by(twice)
    assert Allocation.objects.get(obligation=owed_by(twice)).arrival != refund.arrival
    assert stands(YUZHONG, "overpaid") == due
    nothing_is_dropped(gateways, both, alone)
    # It goes back the way it came, and no other.
    done = refunded(gateways, refund)
    assert done.arrival.payment.channel == done.arrival.way
    other = {"wechat": 2 * due, "alipay": due}
    other[done.arrival.way] -= due
    assert {name: stands(YUZHONG, f"channel:{name}") for name in CHANNELS} == other
    assert all(owed_by(child).is_paid for child in (twice, once))


@pytest.mark.parametrize("channel", CHANNELS)
def test_five_callbacks_each_out_of_order_and_before_our_order_has_its_answer_are_one_posting_each(gateways, channel):
    first, *others = families(3)
    gateways.behave(channel, {"duplicate": 4})
    # Paid and told before the channel has answered our order: a page would still say that it is ordered.
    gateways.behave(channel, "before_answer", times=1)
    early = placed(first, channel=channel)
    payments = [placed(child, channel=channel) for child in others]
    gateways.behave(channel, "reorder", order=payments[0].number)
    for payment in payments:
        gateways.pay(channel, payment.number)
    for _ in range(4):
        assert gateways.control("replay", {"channel": channel, "order": early.number})["taken"]
    for payment in (early, *payments):
        tries = gateways.delivered(1 if payment == early else 5, channel=channel, order=payment.number)
        assert all(one["taken"] for one in tries), tries
        assert fresh(payment).state == "succeeded"
    assert (Journal.objects.filter(event="succeeded").count(), Arrival.objects.count()) == (3, 3)
    assert not Alarm.objects.exists()
    assert stands(YUZHONG, "receivable:family") == 0


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_notice_that_overtakes_our_commit_is_asked_for_again_and_is_kept_in_the_end(gateways, channel):
    child, other = families(2)
    with transaction.atomic():
        hidden = ordered(child, channel=channel, kind="qr", at=clock.now())
        _told_of(hidden)
        gateways.pay(channel, hidden.number)
        assert gateways.delivered(1, order=hidden.number)[0]["taken"] == 0
    gateways.delivered(2, order=hidden.number)
    until(lambda: fresh(hidden).state == "succeeded")
    assert owed_by(child).is_paid
    # One whose commit takes for ever: the money is held, the sender is at peace, and the order finds it.
    with transaction.atomic():
        slow = ordered(other, channel=channel, kind="qr", at=clock.now())
        _told_of(slow)
        gateways.behave(channel, "silent", times=1)
        gateways.pay(channel, slow.number)
        later(gateways, clock.now() + timedelta(minutes=11))
        gateways.control("notify", {"channel": channel, "order": slow.number})
        assert gateways.delivered(1, order=slow.number)[0]["taken"] == 1
    assert Arrival.objects.get(why_suspended="no_order").suspense_fen == slow.total_fen
    paying.ask(payment=fresh(slow), now=clock.now())
    assert fresh(slow).state == "succeeded"
    assert owed_by(other).is_paid
    assert stands(YUZHONG, "suspense") == 0
    nothing_is_dropped(gateways, hidden, slow)


def _told_of(payment: Payment) -> None:
    """The channel hears of an order that nobody else can see yet."""
    channels.gateway_of(payment.channel).open_order(
        order_number=payment.number, amount_fen=payment.total_fen, description="x", expires_at=payment.expires_at,
        kind="qr",
    )  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_paid_after_the_exemption_came_is_all_overpaid_and_a_refund_opens(gateways, channel):
    (child,) = children_of(declared_children(1))
    payment = placed(child, channel=channel)
    exempted(child)
    assert owed_by(child).due_fen == 0
    pay(gateways, payment)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_fen) == ("exempted", payment.total_fen)
    assert stands(SUZHOU, "overpaid") == payment.total_fen
    assert stands(SUZHOU, "receivable:family") == 0
    refunded(gateways, refund)
    assert stands(SUZHOU, f"channel:{channel}") == 0


def test_an_exemption_after_payment_pays_the_family_back_claims_on_the_body_and_corrects_the_declaration(gateways):
    declaration = declared_children(2)
    child, other = children_of(declaration)
    pay(gateways, placed(child))
    assert receipting.issue_all(pooling_area=SUZHOU, at=clock.now()) == 1
    receipt = Receipt.objects.get()
    later(gateways, at("2019-11-25"))
    exempted(child)
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_fen) == ("exempted", receipt.amount_fen)
    assert stands(SUZHOU, "receivable:treasury") == receipt.amount_fen
    supplement = Declaration.objects.get(ordinal=2)
    assert (supplement.corrections, supplement.lines.get().enrolment_id) == (1, child.pk)
    # The receipt stands until the money is back.
    receipt.refresh_from_db()
    assert receipt.voided_at is None
    refunded(gateways, refund)
    receipt.refresh_from_db()
    assert receipt.voided_at is not None
    assert (Enrolment.objects.get(pk=child.pk).state, owed_by(other).is_paid) == ("exempt", False)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_wrong_amount_is_a_conflict_whoever_says_it_and_is_never_paid(gateways, channel):
    told, asked = families(2)
    by_notice, by_query = placed(told, channel=channel), placed(asked, channel=channel)
    gateways.behave(channel, "wrong_amount", times=1)
    pay(gateways, by_notice)
    gateways.behave(channel, "silent", "wrong_amount_in_query", times=1)
    gateways.pay(channel, by_query.number)
    paying.ask(payment=by_query, now=clock.now())
    for payment, child in ((by_notice, told), (by_query, asked)):
        assert fresh(payment).state == "conflict"
        assert not owed_by(child).is_paid
    assert Alarm.objects.filter(kind="wrong_amount").count() == 2
    held = stands(YUZHONG, "suspense")
    assert held == by_notice.total_fen + by_query.total_fen + 2
    # The right sum under the same number is another content: an alarm, no posting.
    gateways.control("notify", {"channel": channel, "order": by_notice.number})
    gateways.delivered(2, channel=channel, order=by_notice.number)
    assert Alarm.objects.filter(kind="conflict").count() == 1
    assert (stands(YUZHONG, "suspense"), fresh(by_notice).state) == (held, "conflict")


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_channels_moment_of_success_decides_at_the_deadline(gateways, channel):
    later(gateways, at(LAST_DAY, 23))
    declaration = declared(open_season(policy_id="320500/2020", at=AT), 3)
    in_time, late, never = [placed(child, channel=channel) for child in children_of(declaration)]
    # Gateway orders end with the last day on which their sum is right.
    assert {one.expires_at for one in (in_time, late, never)} == {at(LAST_DAY, 23).replace(minute=59, second=59)}
    gateways.behave(channel, "silent")
    gateways.pay(channel, in_time.number, at=f"{LAST_DAY}T23:59:50+08:00")
    later(gateways, at("2019-12-01", 0))
    gateways.pay(channel, late.number, at="2019-12-01T00:00:10+08:00", force=True)
    with pytest.raises(AssertionError):
        gateways.pay(channel, never.number)
    for payment in (in_time, late, never):
        paying.ask(payment=payment, now=clock.now())
    one, two, three = owed(declaration)
    assert (fresh(in_time).state, one.is_paid, one.paid_on) == ("succeeded", True, date(2019, 11, 30))
    assert (two.is_paid, Arrival.objects.get(payment=late).why_suspended) == (False, "after_close")
    assert Alarm.objects.get().kind == "late"
    assert (three.is_paid, fresh(never).state) == (False, "closed")
    with pytest.raises(Refused):
        placed(children_of(declaration)[2], channel=channel)
    nothing_is_dropped(gateways, in_time, late, never)


@pytest.mark.parametrize("channel", CHANNELS)
def test_money_for_an_order_that_was_closed_or_had_expired_is_real(gateways, channel):
    cancelled, expired = [placed(child, channel=channel) for child in families(2)]
    gateways.control("scan", {"channel": channel, "order": cancelled.number})
    assert paying.cancel(payment=cancelled, now=clock.now()).state == "closed"
    gateways.behave(channel, "pay_late")
    pay(gateways, cancelled)
    later(gateways, expired.expires_at + timedelta(seconds=5))
    assert paying.ask(payment=expired, now=clock.now()).state == "closed"
    pay(gateways, expired)
    assert [fresh(one).state for one in (cancelled, expired)] == ["succeeded", "succeeded"]
    assert set(Obligation.objects.values_list("paid_on", flat=True)) == {date(2019, 11, 12)}


def test_a_child_who_moves_school_takes_its_obligation_along_and_the_old_school_keeps_its_line(gateways):
    declaration = declared_children(2)
    mover, stayer = children_of(declaration)
    new_school = organisation(name="新学校")
    later(gateways, at("2019-11-16"))
    was = SchoolRoll.objects.get(person=mover.person)
    about = {"person": mover.person, "school": new_school, "school_year": 2019, "stage": "primary", "grade": 1}
    enter_roll(**about, entered_on=date(2019, 11, 16), by=None, at=clock.now())
    leave_roll(roll=was, reason=LeaveReason.TRANSFERRED, on=date(2019, 11, 15), by=None, at=clock.now())
    list_and_determine(season=mover.season, organisation=new_school, at=clock.now())
    with pytest.raises(NothingToDeclare):
        freeze(season=mover.season, organisation=new_school, method="transfer", by=clerk(new_school), at=clock.now())
    pay(gateways, placed(mover))
    held = owed_by(mover)
    assert (held.is_paid, held.organisation_id) == (True, declaration.organisation_id)
    assert declaration.lines.count() == 2
    # The old school's next list neither adds nor removes it.
    old_school = declaration.organisation
    with pytest.raises(NothingToDeclare):
        freeze(season=mover.season, organisation=old_school, method="transfer", by=clerk(old_school), at=clock.now())
    assert follow_all(season=mover.season, at=clock.now()) == (0, 0, 0, 0)
    assert not owed_by(stayer).is_paid


@pytest.mark.parametrize("channel", CHANNELS)
def test_an_outcome_that_is_not_known_stays_unknown_until_a_query_repairs_it(gateways, channel):
    children = families(4)
    payments = {}
    for child, how in zip(children, ("timeout", "unsigned", "forged_answer", "error"), strict=True):
        gateways.behave(channel, how)
        payments[how] = placed(child, channel=channel)
        assert payments[how].state == "unknown", how
        # Asked while it still misbehaves, nothing is concluded.
        assert paying.ask(payment=payments[how], now=clock.now()).state == "unknown"
        gateways.behave_again()
    never = payments.pop("error")
    gateways.behave(channel, "silent")
    for payment in payments.values():
        gateways.pay(channel, payment.number)
    assert paying.ask_open(now=clock.now() + timedelta(minutes=1)) == 4
    assert {fresh(one).state for one in payments.values()} == {"succeeded"}
    assert fresh(never).state == "unknown"
    later(gateways, never.expires_at + timedelta(seconds=5))
    assert paying.ask(payment=never, now=clock.now()).state == "closed"
    assert Obligation.objects.filter(paid_fen__gt=0).count() == 3
    nothing_is_dropped(gateways, *payments.values(), never)


def test_a_gateway_that_answers_too_slowly_is_asked_later(gateways):
    (child,) = families()
    gateways.behave("wechat", {"slow": 6}, times=1)
    payment = placed(child)
    assert payment.state == "unknown"
    assert paying.ask(payment=payment, now=clock.now()).state == "pending"
    pay(gateways, payment)
    assert fresh(payment).state == "succeeded"


@pytest.mark.parametrize(("channel", "day"), [("wechat", "2019-11-14"), ("alipay", "2019-11-18")])
def test_what_nobody_told_is_found_in_the_bill_and_every_difference_is_listed(gateways, channel, day):
    later(gateways, at(day))
    names = ("same", "found", "missing", "amount")
    payments = dict(zip(names, [placed(child, channel=channel) for child in families(4)], strict=True))
    gateways.behave(channel, "silent", order=payments["found"].number)
    gateways.behave(channel, "bill_missing", order=payments["missing"].number)
    gateways.behave(channel, "bill_amount", order=payments["amount"].number)
    gateways.behave(channel, {"bill_extra": 4200}, times=1)
    for name, payment in payments.items():
        pay(gateways, payment, tries=0 if name == "found" else 1)
    until(lambda: Arrival.objects.count() == 3)
    later(gateways, at(day, 11) + timedelta(days=1))
    assert (channel, date.fromisoformat(day)) in bills.fetch_bills(now=clock.now()).kept
    assert sorted(BillLine.objects.values_list("outcome", flat=True)) == sorted([*names, "foreign"])
    for name, payment in payments.items():
        line = BillLine.objects.get(outcome=name)
        assert (line.order_number, fresh(payment).state) == (payment.number, "succeeded")
    assert Obligation.objects.filter(paid_fen__gt=0, paid_on=day).count() == 4
    stranger = Arrival.objects.get(payment=None)
    assert (stranger.amount_fen, stranger.why_suspended, stranger.suspense_fen) == (4200, "no_order", 4200)
    assert Alarm.objects.filter(kind="difference", key__contains=":payment:").count() == 3
    assert bills.fetch_bills(now=clock.now()).kept == []
    assert Arrival.objects.count() == 5
    nothing_is_dropped(gateways, *payments.values())


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_refund_that_is_stuck_is_asked_about_and_one_that_fails_is_overpaid_again(gateways, channel):
    other = "alipay" if channel == "wechat" else "wechat"
    pairs = [(placed(child, channel=other), placed(child, channel=channel)) for child in families(2)]
    for payment in (*[first for first, _ in pairs], *[second for _, second in pairs]):
        pay(gateways, payment)
    stuck, fails = Refund.objects.order_by("pk")
    gateways.behave(channel, "refund_processing", order=stuck.number)
    gateways.behave(channel, "refund_abnormal", order=fails.number)
    by = officer(YUZHONG)
    for refund in (stuck, fails):
        approve(refund=refund, by=by, at=clock.now())
    assert refunding.send_due(at=clock.now()) == 2
    for minutes in (1, 20):
        later(gateways, AT + timedelta(minutes=minutes))
        refunding.ask_open(at=clock.now())
    stuck.refresh_from_db()
    assert stuck.state in ("submitted", "processing")
    until(lambda: Refund.objects.get(pk=fails.pk).state == "abnormal")
    assert Alarm.objects.filter(kind="abnormal_refund").count() == 1
    due = stuck.amount_fen
    assert (stands(YUZHONG, "transit"), stands(YUZHONG, "overpaid")) == (due, due)
    gateways.behave_again()
    gateways.control("refund", {"channel": channel, "refund": stuck.number, "state": "SUCCESS"})
    refunding.ask_open(at=clock.now())
    until(lambda: Refund.objects.get(pk=stuck.pk).state == "succeeded")
    assert (stands(YUZHONG, "transit"), stands(YUZHONG, f"channel:{channel}")) == (0, due)
