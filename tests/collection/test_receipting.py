"""Receipts: one for each payment, numbered without gaps also by two at once, voided and replaced. 电子票据"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from tests.collection.building import confirmed, owed, pay, told
from tests.enrolment.building import AT, at
from yingbao.collection.arriving import take
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Receipt, ReceiptSeries
from yingbao.collection.receipting import issue, issue_all, replace, void
from yingbao.collection.releasing import reverse
from yingbao.ledger.audit import examine
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def paid(season, school, count=1):
    children = owed(season, confirmed(season, school, count))
    total = {one.pk: one.due_fen for one in children}
    take(told(f"debit:{children[0].pk}", sum(total.values()), way="debit"), wanted=total, at=AT)
    return children


def test_every_paid_child_gets_one_receipt_and_no_second_one(suzhou, school):
    paid(suzhou, school, 3)
    assert issue_all(pooling_area="320500", at=AT) == 3
    assert issue_all(pooling_area="320500", at=AT) == 0
    assert list(Receipt.objects.order_by("ordinal").values_list("number", flat=True)) == [
        "320500190000000001", "320500190000000002", "320500190000000003",
    ]  # fmt: skip
    assert examine(INVARIANTS) == []


def test_a_voided_receipt_keeps_its_number_and_the_next_one_differs(suzhou, school):
    paid(suzhou, school)
    (first,) = issue(pooling_area="320500", at=AT)
    second = replace(receipt=first, reason="付款人姓名有误", payer="李女士", at=at("2019-11-13"))
    first.refresh_from_db()
    assert (first.void_reason, second.replaces, second.payer, second.ordinal) == ("付款人姓名有误", first, "李女士", 2)
    assert first.check_code != second.check_code
    assert examine(INVARIANTS) == []


def test_a_receipt_is_not_voided_without_a_reason(suzhou, school):
    paid(suzhou, school)
    (receipt,) = issue(pooling_area="320500", at=AT)
    with pytest.raises(Refused, match="no reason"):
        void(receipt=receipt, reason="", at=AT)


def test_a_returned_debit_voids_its_receipts_and_they_are_not_replaced(suzhou, school):
    paid(suzhou, school, 2)
    first, _ = issue(pooling_area="320500", at=AT)
    arrival = first.allocation.arrival
    reverse(arrival=arrival, key="return:1", returned_fen=arrival.amount_fen, at=at("2019-11-18"))
    assert Receipt.objects.filter(voided_at__isnull=False).count() == 2
    with pytest.raises(Refused, match="went back"):
        replace(receipt=first, reason="重开", at=at("2019-11-19"))
    assert issue_all(pooling_area="320500", at=at("2019-11-19")) == 0
    assert examine(INVARIANTS) == []


def test_a_child_that_pays_again_after_a_return_gets_a_new_number(suzhou, school):
    (one,) = paid(suzhou, school)
    (first,) = issue(pooling_area="320500", at=AT)
    arrival = first.allocation.arrival
    reverse(arrival=arrival, key="return:1", returned_fen=arrival.amount_fen, at=at("2019-11-18"))
    one.refresh_from_db()
    pay(one, at=at("2019-11-20"))
    (second,) = issue(pooling_area="320500", at=at("2019-11-20"))
    assert (second.obligation, second.ordinal) == (one, 2)


def test_numbers_are_never_given_back_or_given_twice(suzhou, school):
    paid(suzhou, school)
    issue(pooling_area="320500", at=AT)
    with pytest.raises(IntegrityError, match="not given back"), transaction.atomic():
        ReceiptSeries.objects.update(last=0)


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_the_same_moment_leave_no_gap(suzhou, school):
    paid(suzhou, school, 6)

    def one_at_a_time(_):
        try:
            return len(issue(pooling_area="320500", at=AT, most=1))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one_at_a_time, range(8))) == 6
    assert sorted(Receipt.objects.values_list("ordinal", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert examine(INVARIANTS) == []
