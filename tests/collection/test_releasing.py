"""A returned debit, a wrong match, a second return: corrections are new rows. 冲正"""

from __future__ import annotations

import pytest

from tests.collection.building import confirmed, owed, pay, told
from tests.enrolment.building import AT, at
from yingbao.collection.arriving import hold, match, take
from yingbao.collection.models import Allocation, Arrival, Refund
from yingbao.collection.releasing import reverse, unmatch
from yingbao.ledger.balances import balances
from yingbao.ledger.models import Journal
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def debit(suzhou, school):
    """A debit that succeeded for two children; for a third, exempt meanwhile, the money is held for the school."""
    paying = owed(suzhou, confirmed(suzhou, school, 2))
    free = owed(suzhou, confirmed(suzhou, school, assisted="orphan"))
    due = paying[0].due_fen
    wanted = dict.fromkeys([one.pk for one in (*paying, *free)], due)
    return take(told("debit:1", 3 * due, way="debit"), wanted=wanted, at=AT).arrival


def test_a_returned_debit_is_owed_again_and_nothing_of_it_is_left(debit):
    owing = reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=at("2019-11-18"))
    debit.refresh_from_db()
    assert len(owing) == 2
    assert (debit.suspense_fen, debit.overpaid_fen, debit.reversed_at) == (0, 0, at("2019-11-18"))
    assert set(Allocation.objects.values_list("released_because", "obligation__paid_fen")) == {("returned", 0)}
    assert set(Allocation.objects.values_list("obligation__enrolment__state", flat=True)) == {"declared"}
    assert Refund.objects.get().state == "dropped"
    left = balances("320500")
    assert left["320500:channel:debit"] == left["320500:overpaid"] == 0
    assert left["320500:receivable:family"] == debit.amount_fen // 3 * 2


def test_a_return_told_twice_is_done_once(debit):
    reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=AT)
    assert reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=AT) == []
    assert Journal.objects.filter(event="returned").count() == 1


def test_a_return_of_another_sum_is_refused(debit):
    with pytest.raises(Refused, match="another sum"):
        reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen - 1, at=AT)
    assert not Journal.objects.filter(event="returned").exists()


def test_a_debit_can_be_paid_again_after_it_was_returned(debit):
    (first, *_) = reverse(arrival=debit, key="return:1", returned_fen=debit.amount_fen, at=AT)
    again = Allocation.objects.get(obligation=first).obligation
    pay(again, "wechat:2", at=at("2019-11-20"))
    again.refresh_from_db()
    assert again.is_paid
    assert Allocation.objects.filter(obligation=first).count() == 2


def test_a_wrong_match_is_undone_and_the_money_waits_again(suzhou, school, by):
    (one,) = owed(suzhou, confirmed(suzhou, school))
    line = hold(told("line:1", one.due_fen, way="transfer"), why="unidentified", at=AT).arrival
    match(line, obligations=[one.pk], at=AT, by=by.user)
    unmatch(allocations=list(Allocation.objects.all()), at=AT, by=by.user)
    line.refresh_from_db()
    one.refresh_from_db()
    assert (line.suspense_fen, one.is_paid) == (line.amount_fen, False)
    match(line, obligations=[one.pk], at=AT, by=by.user)
    one.refresh_from_db()
    assert one.is_paid
    assert Arrival.objects.get().suspense_fen == 0
