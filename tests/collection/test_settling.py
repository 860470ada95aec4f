"""What a channel says of an order: once, five times, late, wrong, twice, before the order is known. 结算"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collection.orders import ordered, pending, pupils, said, school_of_yuzhong
from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.collection import settling
from yingbao.collection.arriving import Use
from yingbao.collection.lifecycle import PAYMENT_EDGES, PaymentState, Word, may_move
from yingbao.collection.models import Alarm, Arrival, Obligation, Payment, Refund
from yingbao.collection.settling import settle, take_card
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment
from yingbao.ledger.balances import balances
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def pupil(yuzhong) -> Enrolment:
    return pupils(yuzhong, school_of_yuzhong())[0]


@pytest.fixture
def newcomer(yuzhong) -> Enrolment:
    """A first-timer, registered at the community and to be paid for there."""
    (one,) = pupils(yuzhong, school_of_yuzhong(), registered=None)
    return actions.register(
        enrolment=one, channel="community", by=clerk(organisation("community", area="500103")), at=AT
    )


def test_a_notice_pays_the_order_and_every_child_in_it(yuzhong):
    rows = pupils(yuzhong, school_of_yuzhong(), 3)
    settled = settle(paid=said(pending(*rows)), word=Word.NOTICE, at=AT)
    assert set(settled.taken.uses.values()) == {Use.PAYS}
    payment = Payment.objects.get()
    assert (payment.state, payment.transaction, payment.paid_at) == ("succeeded", "42001", AT)
    assert {one.state for one in Enrolment.objects.all()} == {"paid"}


def test_the_same_callback_five_times_is_one_posting(pupil):
    payment = pending(pupil)
    for word in (Word.NOTICE, Word.NOTICE, Word.QUERY, Word.BILL, Word.NOTICE):
        settle(paid=said(payment), word=word, at=AT)
    assert Arrival.objects.count() == 1
    assert balances("500103")["500103:channel:wechat"] == payment.total_fen
    assert not Alarm.objects.exists()
    assert not Refund.objects.exists()


def test_a_wrong_amount_is_a_conflict_and_never_paid(pupil):
    payment = pending(pupil)
    settle(paid=said(payment, amount_fen=payment.total_fen - 1), word=Word.NOTICE, at=AT)
    payment.refresh_from_db()
    assert payment.state == "conflict"
    assert not Obligation.objects.get().is_paid
    assert Alarm.objects.get().kind == "wrong_amount"
    assert balances("500103")["500103:suspense"] == payment.total_fen - 1


def test_the_same_transaction_with_another_sum_is_a_conflict_and_posts_nothing(pupil):
    payment = pending(pupil)
    settle(paid=said(payment), word=Word.NOTICE, at=AT)
    settle(paid=said(payment, amount_fen=1), word=Word.QUERY, at=AT)
    payment.refresh_from_db()
    assert payment.state == "succeeded"
    assert Alarm.objects.get().kind == "conflict"
    assert Arrival.objects.get().amount_fen == payment.total_fen


def test_two_transactions_for_one_order_pay_once_and_the_second_goes_back(pupil):
    payment = pending(pupil)
    settle(paid=said(payment, "t1"), word=Word.NOTICE, at=AT)
    second = settle(paid=said(payment, "t2"), word=Word.BILL, at=AT)
    assert set(second.taken.uses.values()) == {Use.DUPLICATE}
    assert Refund.objects.get().arrival == second.taken.arrival
    payment.refresh_from_db()
    assert (payment.state, payment.transaction) == ("succeeded", "t1")


def test_two_channels_for_one_child_pay_once_and_the_second_goes_back(pupil):
    first, second = pending(pupil), pending(pupil, channel="alipay")
    settle(paid=said(second), word=Word.NOTICE, at=AT)
    late = settle(paid=said(first), word=Word.NOTICE, at=AT)
    assert set(late.taken.uses.values()) == {Use.DUPLICATE}
    assert Refund.objects.get().reason == "duplicate"
    assert balances("500103")["500103:overpaid"] == first.total_fen


def test_a_closed_order_that_is_paid_late_counts_because_the_money_is_real(pupil):
    payment = pending(pupil)
    settling.close(payment=payment, word=Word.QUERY, at=AT)
    settle(paid=said(payment), word=Word.NOTICE, at=AT + timedelta(hours=3))
    payment.refresh_from_db()
    assert payment.state == "succeeded"
    assert Obligation.objects.get().is_paid


def test_money_taken_after_the_last_day_waits_in_suspense_though_the_order_was_in_time(pupil):
    payment = pending(pupil, at=at("2020-09-30"))
    settled = settle(paid=said(payment, at=at("2020-10-01", 0)), word=Word.NOTICE, at=at("2020-10-01", 1))
    assert settled.taken.arrival.why_suspended == "after_close"
    assert Alarm.objects.get().kind == "late"


def test_money_taken_in_time_and_heard_of_after_the_close_counts(pupil):
    payment = pending(pupil, at=at("2020-09-30"))
    settle(paid=said(payment, at=at("2020-09-30", 23)), word=Word.BILL, at=at("2020-10-02"))
    pupil.refresh_from_db()
    assert pupil.state == "paid"


def test_money_for_an_order_nobody_knows_is_held_and_finds_its_order_later(pupil):
    payment = ordered(pupil)
    number = payment.number
    stranger = said(payment)._replace(order_number="500103191112FFFF")
    held = settle(paid=stranger, word=Word.BILL, at=AT)
    assert held.payment is None
    assert held.taken.arrival.why_suspended == "no_order"
    Payment.objects.filter(pk=payment.pk).update(checked_at=AT)
    other = pending(pupil)
    Arrival.objects.filter(pk=held.taken.arrival.pk)
    # The order comes to light under the number that the money named.
    late = _under_number(other, stranger.order_number)
    again = settle(paid=stranger, word=Word.QUERY, at=AT)
    assert (again.payment.pk, again.taken.fresh) == (late.pk, False)
    assert Obligation.objects.get().is_paid
    late.refresh_from_db()
    assert (late.state, number != stranger.order_number) == ("succeeded", True)


def _under_number(payment: Payment, number: str) -> Payment:
    """The same order, as if it had been known under this number all along."""
    twin = Payment.objects.create(
        number=number, token=f"{payment.token} again", pooling_area=payment.pooling_area, channel=payment.channel,
        kind=payment.kind, state="pending", total_fen=payment.total_fen, created_at=payment.created_at,
        expires_at=payment.expires_at,
    )  # fmt: skip
    for line in payment.lines.all():
        twin.lines.create(obligation=line.obligation, amount_fen=line.amount_fen)
    return twin


def test_an_unknown_number_belongs_to_the_area_it_begins_with(suzhou, yuzhong):
    assert settling.area_of("500103191112ABCD") == "500103"
    assert settling.area_of("320500191112ABCD") == "320500"
    assert settling.area_of("WX1") == "320500"


def test_a_card_at_the_counter_is_paid_at_once_and_a_second_click_changes_nothing(newcomer):
    payment = ordered(newcomer, kind="counter", channel="card", terminal="T0001")
    worker = clerk(organisation("community", area="500103")).user
    first = take_card(payment=payment, voucher="000123", by=worker, at=AT)
    again = take_card(payment=payment, voucher="000123", by=worker, at=AT)
    other = take_card(payment=payment, voucher="000124", by=worker, at=AT)
    assert first.taken.fresh
    assert not again.taken.fresh
    assert not other.taken.fresh
    assert Arrival.objects.get().key == "card:T0001:20191112:000123"
    assert balances("500103")["500103:channel:card"] == payment.total_fen


def test_a_voucher_counts_for_one_payment_only(yuzhong):
    school, worker = school_of_yuzhong(), clerk(organisation("community", area="500103"))
    rows = pupils(yuzhong, school, 2, registered=None)
    rows = [actions.register(enrolment=one, channel="community", by=worker, at=AT) for one in rows]
    first, second = (ordered(one, kind="counter", channel="card", terminal="T0001") for one in rows)
    take_card(payment=first, voucher="000123", by=worker.user, at=AT)
    with pytest.raises(Refused, match="another payment"):
        take_card(payment=second, voucher="000123", by=worker.user, at=AT)
    with pytest.raises(Refused, match="4 to 20"):
        take_card(payment=second, voucher="12 ", by=worker.user, at=AT)
    assert not Alarm.objects.exists()
    assert Arrival.objects.count() == 1


def test_a_query_without_an_answer_makes_the_outcome_unknown_and_a_later_one_repairs_it(pupil):
    payment = pending(pupil)
    assert settling.lose_sight(payment=payment, at=AT, said="no answer in time").state == "unknown"
    assert settling.wait(payment=payment, at=AT).state == "pending"
    settling.lose_sight(payment=payment, at=AT, said="no answer in time")
    assert settling.fail(payment=payment, word=Word.QUERY, at=AT).state == "failed"


@dataclass(frozen=True)
class Walk:
    """A word and what it says of an order's state."""

    target: PaymentState
    word: Word


@given(st.lists(st.builds(Walk, st.sampled_from(list(PaymentState)), st.sampled_from(list(Word)))))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paid_orders_stay_paid_whatever_is_said_afterwards(walks):
    state = PaymentState.CREATED
    for walk in walks:
        was = state
        if may_move(state, walk.target, walk.word):
            state = walk.target
        if was in (PaymentState.SUCCEEDED, PaymentState.CONFLICT):
            assert state == was
        if was == PaymentState.UNKNOWN and state != was and state not in ("succeeded", "conflict"):
            assert walk.word in (Word.QUERY, Word.BILL)


def test_every_state_but_the_last_ones_can_still_learn_of_real_money():
    for state in set(PaymentState) - {PaymentState.SUCCEEDED, PaymentState.CONFLICT}:
        assert any(e.origin == state and e.target == PaymentState.SUCCEEDED for e in PAYMENT_EDGES)
