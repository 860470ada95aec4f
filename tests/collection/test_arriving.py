"""Money arrives, once, twice, late, wrong, for the exempt and for many at a time. 到账"""

from __future__ import annotations

from datetime import date

import pytest

from tests.collection.building import confirmed, owed, pay, told
from tests.enrolment.building import AT, at
from yingbao.collection.arriving import Use, hold, match, take
from yingbao.collection.models import Alarm, Allocation, Arrival, Refund
from yingbao.ledger.balances import balances
from yingbao.ledger.models import Journal

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(suzhou, school):
    (obligation,) = owed(suzhou, confirmed(suzhou, school))
    return obligation


def test_a_payment_pays_the_child_and_its_cover_follows(one):
    taken = pay(one)
    one.refresh_from_db()
    one.enrolment.refresh_from_db()
    assert taken.fresh
    assert taken.uses == {one.pk: Use.PAYS}
    assert (one.is_paid, one.paid_on) == (True, date(2019, 11, 12))
    assert (one.enrolment.state, one.enrolment.coverage_from) == ("paid", date(2020, 1, 1))
    assert balances("320500") == {
        "320500:channel:wechat": one.due_fen, "320500:receivable:family": 0, "320500:treasury": one.due_fen,
    }  # fmt: skip


def test_the_same_money_told_five_times_is_posted_once(one):
    first = pay(one)
    for _ in range(4):
        again = pay(one)
        assert (again.fresh, again.arrival.pk, again.conflict) == (False, first.arrival.pk, False)
    assert Journal.objects.filter(key="wechat:1:t1").count() == Arrival.objects.count() == 1


def test_the_same_key_with_another_sum_is_a_conflict_and_an_alarm(one):
    pay(one)
    again = take(told("wechat:1:t1", one.due_fen + 1), wanted={one.pk: one.due_fen}, at=AT)
    assert again.conflict
    assert Alarm.objects.get().kind == "conflict"
    assert Arrival.objects.get().amount_fen == one.due_fen


def test_money_through_a_second_channel_is_held_for_its_payer_and_a_refund_opens(one):
    pay(one)
    second = pay(one, "alipay:1:t2", way="alipay")
    assert second.uses == {one.pk: Use.DUPLICATE}
    refund = Refund.objects.get()
    assert (refund.arrival, refund.amount_fen, refund.reason, refund.requested_by) == (
        second.arrival, one.due_fen, "duplicate", None,
    )  # fmt: skip
    assert balances("320500")["320500:overpaid"] == one.due_fen


def test_a_wrong_sum_waits_in_suspense_and_never_pays(one):
    taken = take(told("wechat:1:t1", one.due_fen - 1), wanted={one.pk: one.due_fen}, at=AT)
    one.refresh_from_db()
    assert not one.is_paid
    assert taken.arrival.suspense_fen == one.due_fen - 1
    assert Alarm.objects.get().kind == "wrong_amount"
    assert balances("320500")["320500:suspense"] == one.due_fen - 1


def test_money_taken_after_the_close_waits_in_suspense(one):
    taken = pay(one, at=at("2019-12-01"))
    assert taken.uses == {one.pk: Use.LATE}
    assert taken.arrival.why_suspended == "after_close"
    assert Alarm.objects.get().kind == "late"


def test_money_taken_in_time_counts_though_we_hear_of_it_late(one):
    late = told("wechat:1:t1", one.due_fen, paid_at=at("2019-11-30", 23))
    take(late, wanted={one.pk: one.due_fen}, at=at("2019-12-03"))
    one.refresh_from_db()
    assert one.paid_on == date(2019, 11, 30)


def test_a_short_transfer_pays_only_the_children_it_names_in_full(suzhou, school):
    three = owed(suzhou, confirmed(suzhou, school, 3))
    due = three[0].due_fen
    line = hold(told("line:1", 2 * due + 100, way="transfer"), why="unidentified", at=AT).arrival
    uses = match(line, obligations=[one.pk for one in three[:2]], at=AT)
    line.refresh_from_db()
    assert set(uses.values()) == {Use.PAYS}
    assert (line.allocated_fen, line.suspense_fen, line.why_suspended) == (2 * due, 100, "short")
    assert Allocation.objects.count() == 2
    assert match(line, obligations=[three[2].pk], at=AT) == {three[2].pk: Use.WRONG}
    assert balances("320500")["320500:suspense"] == 100


def test_a_transfer_that_is_over_pays_the_named_and_goes_back_for_the_rest(suzhou, school):
    two = owed(suzhou, confirmed(suzhou, school, 2))
    line = hold(told("line:1", 2 * two[0].due_fen + 500, way="transfer"), why="unidentified", at=AT).arrival
    match(line, obligations=[one.pk for one in two], at=AT, rest_overpaid=True)
    line.refresh_from_db()
    assert (line.suspense_fen, line.overpaid_fen) == (0, 500)
    assert Refund.objects.get().reason == "overpaid"


def test_money_for_an_exempt_child_goes_back(suzhou, school):
    (free,) = owed(suzhou, confirmed(suzhou, school, assisted="minimum_living"))
    assert free.due_fen == 0
    assert pay(free).uses == {free.pk: Use.EXEMPTED}
    assert Refund.objects.get().reason == "exempted"
