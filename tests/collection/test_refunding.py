"""Refunds: found by themselves, approved by another, paid, failed, told twice. 退费"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.collection.building import confirmed, owed, pay, told
from tests.enrolment.building import AT, at, body, clerk, organisation
from yingbao.collection.adjusting import follow
from yingbao.collection.arriving import hold
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import REFUND_EDGES, RefundState
from yingbao.collection.models import Alarm, Refund
from yingbao.collection.receipting import issue_all
from yingbao.collection.refunding import approve, heard, reject, send_back, submit
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.ledger.models import Journal
from yingbao.people.models import AssistedStatus
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def collectors(suzhou):
    bureau = organisation("tax_authority")
    return clerk(bureau), clerk(bureau)


@pytest.fixture
def twice(suzhou, school):
    """A child paid for through two channels; the second waits for its payer."""
    (one,) = owed(suzhou, confirmed(suzhou, school))
    pay(one)
    pay(one, "alipay:1:t2", way="alipay")
    return Refund.objects.get()


def sent(refund, collector):
    approve(refund=refund, by=collector, at=AT)
    return submit(refunds=[refund.pk], at=AT)[0]


def test_every_refund_state_but_the_last_ones_leads_on():
    last = {RefundState.SUCCEEDED, RefundState.REJECTED, RefundState.DROPPED}
    assert {origin for origin, _ in REFUND_EDGES} == set(RefundState) - last


def test_an_approved_refund_is_in_transit_until_the_channel_has_paid(twice, collectors):
    sent(twice, collectors[0])
    due = twice.amount_fen
    assert (balances("320500")["320500:transit"], balances("320500")["320500:overpaid"]) == (due, 0)
    assert examine(INVARIANTS) == []
    heard(number=twice.number, outcome=RefundState.PROCESSING, at=AT)
    heard(number=twice.number, outcome=RefundState.SUCCEEDED, at=at("2019-11-13"), amount_fen=due)
    twice.refresh_from_db()
    assert (twice.state, twice.finished_at) == ("succeeded", at("2019-11-13"))
    left = balances("320500")
    assert (left["320500:transit"], left["320500:channel:alipay"]) == (0, 0)
    assert examine(INVARIANTS) == []


def test_a_second_approval_and_a_second_result_change_nothing(twice, collectors):
    sent(twice, collectors[0])
    approve(refund=twice, by=collectors[1], at=AT)
    assert submit(refunds=[twice.pk], at=AT) == []
    for _ in range(3):
        heard(number=twice.number, outcome=RefundState.SUCCEEDED, at=AT)
    assert Journal.objects.filter(event="refund_paid").count() == 1
    assert examine(INVARIANTS) == []


def test_who_asks_for_a_refund_cannot_approve_or_reject_it(suzhou, collectors):
    line = hold(told("line:1", 700, way="transfer"), why="unidentified", at=AT).arrival
    refund = send_back(arrival=line, reason="unidentified", note="付款人要求退回", by=collectors[0], at=AT)
    with pytest.raises(Refused, match="cannot approve"):
        approve(refund=refund, by=collectors[0], at=AT)
    with pytest.raises(Refused, match="does not decide"):
        reject(refund=refund, note="不退", by=collectors[0], at=AT)
    assert approve(refund=refund, by=collectors[1], at=AT).state == "approved"


def test_the_database_itself_keeps_maker_and_checker_apart(suzhou, collectors):
    line = hold(told("line:1", 700, way="transfer"), why="unidentified", at=AT).arrival
    refund = send_back(arrival=line, reason="unidentified", note="付款人要求退回", by=collectors[0], at=AT)
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(state="approved", decided_by=collectors[0].user, decided_at=AT)


def test_a_refund_that_fails_is_overpaid_again_and_can_be_tried_anew(twice, collectors):
    sent(twice, collectors[0])
    heard(number=twice.number, outcome=RefundState.ABNORMAL, at=AT, said="收款账户已注销")
    assert balances("320500")["320500:overpaid"] == twice.amount_fen
    assert Alarm.objects.get().kind == "abnormal_refund"
    assert examine(INVARIANTS) == []
    twice.refresh_from_db()
    approve(refund=twice, by=collectors[1], at=at("2019-11-14"))
    submit(refunds=[twice.pk], at=at("2019-11-14"))
    heard(number=twice.number, outcome=RefundState.SUCCEEDED, at=at("2019-11-15"))
    assert balances("320500")["320500:overpaid"] == balances("320500")["320500:transit"] == 0
    assert examine(INVARIANTS) == []


def test_a_rejected_refund_says_why_and_the_money_stays_held(twice, collectors):
    with pytest.raises(Refused, match="no reason"):
        reject(refund=twice, note=" ", by=collectors[0], at=AT)
    assert reject(refund=twice, note="与家长核实后抵缴", by=collectors[0], at=AT).state == "rejected"
    assert balances("320500")["320500:overpaid"] == twice.amount_fen
    with pytest.raises(Refused):
        approve(refund=twice, by=collectors[1], at=AT)


def test_a_result_for_another_sum_is_refused_and_calls_an_officer(twice, collectors):
    sent(twice, collectors[0])
    with pytest.raises(Refused, match="another sum"):
        heard(number=twice.number, outcome=RefundState.SUCCEEDED, at=AT, amount_fen=1)
    twice.refresh_from_db()
    assert twice.state == "submitted"


def test_a_result_before_anything_was_sent_is_refused(twice):
    with pytest.raises(Refused):
        heard(number=twice.number, outcome=RefundState.SUCCEEDED, at=AT)
    with pytest.raises(Refused, match="no refund of this number"):
        heard(number="T0", outcome=RefundState.SUCCEEDED, at=AT)


def test_a_school_cannot_approve_a_refund_and_no_other_area_can(twice, by, yuzhong):
    stranger = clerk(organisation("tax_authority", area="500103"))
    for one in (by, stranger):
        with pytest.raises(Refused, match="only tax officers"):
            approve(refund=twice, by=one, at=AT)


def test_the_receipt_of_a_refunded_payment_is_void_once_the_money_is_back(suzhou, school, collectors):
    (one,) = owed(suzhou, confirmed(suzhou, school))
    pay(one)
    issue_all(pooling_area="320500", at=AT)
    AssistedStatus.objects.create(person=one.person, category="orphan", provided_by=body(), first=AT.date())
    follow(season=suzhou, person_ids=[one.person_id], at=AT)
    refund = sent(Refund.objects.get(), collectors[0])
    (receipt,) = one.receipts.all()
    assert receipt.voided_at is None
    assert examine(INVARIANTS) == []
    heard(number=refund.number, outcome=RefundState.SUCCEEDED, at=AT + timedelta(hours=1))
    receipt.refresh_from_db()
    assert receipt.void_reason == "款项已退回"
    assert examine(INVARIANTS) == []
