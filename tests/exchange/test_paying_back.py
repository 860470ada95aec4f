"""Refunds by the bank and at the counter: to the account or card it came from, nowhere else. 银行与刷卡退款"""

from __future__ import annotations

import csv
import io

import pytest

from tests.enrolment.building import AT, at, clerk, organisation
from tests.web import tax_season as day
from yingbao.agents.models import Desk
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import DebitBatch, DebitItem, Mandate, Payment, Refund
from yingbao.collection.refunding import approve, send_back
from yingbao.enrolment.seasons import open_season
from yingbao.exchange import paying_back
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.sealing.sealed import seal
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return day.busy(open_season(policy_id="320500/2020", at=AT), 4)


def sent_back(town, number=1, *, known=True, approved=True) -> Refund:
    """A transfer that goes back to its payer."""
    line = day.transferred(town, 700, number, day=f"2019-11-{number:02}", known=known)
    refund = send_back(arrival=line, reason="unidentified", note="退回", by=town.second, at=AT)
    return approve(refund=refund, by=town.officer, at=AT) if approved else refund


def rows_of(payout) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(payout.content.decode())))


def test_the_file_pays_the_account_that_the_money_came_from(town):
    refunds = [sent_back(town, number) for number in (1, 2)]
    made = paying_back.payout_file(refunds=[one.pk for one in refunds], by=town.officer, at=AT)
    rows = rows_of(made)
    assert [(row["收款账号"], row["收款户名"], row["金额"]) for row in rows] == [
        ("6228480400001234567", "苏州枕波文化有限公司", "7.00")
    ] * 2
    assert [row["端到端编号"] for row in rows] == [one.number for one in refunds]
    assert set(Refund.objects.values_list("state", flat=True)) == {"submitted"}


def test_a_refund_goes_into_one_file_only_and_the_same_file_can_be_had_again(town):
    refund = sent_back(town)
    made = paying_back.payout_file(refunds=[refund.pk], by=town.officer, at=AT)
    with pytest.raises(Refused, match="no approved refund"):
        paying_back.payout_file(refunds=[refund.pk], by=town.officer, at=at("2019-11-13"))
    again = paying_back.payout_again(submitted_at=AT, account=town.account, by=town.officer)
    assert (again.name, again.content) == (made.name, made.content)
    paying_back.bank_failed(refund=refund, reason="账户已销户", by=town.officer, at=AT)
    with pytest.raises(Refused, match="have their outcome"):
        paying_back.payout_again(submitted_at=AT, account=town.account, by=town.officer)


def test_without_the_payers_account_nothing_is_submitted_and_the_number_is_named(town):
    known, unknown = sent_back(town, 1), sent_back(town, 2, known=False)
    with pytest.raises(Refused, match=unknown.number):
        paying_back.payout_file(refunds=[known.pk, unknown.pk], by=town.officer, at=AT)
    assert set(Refund.objects.values_list("state", flat=True)) == {"approved"}
    assert len(rows_of(paying_back.payout_file(refunds=[known.pk], by=town.officer, at=AT))) == 1


def test_what_is_not_approved_or_of_another_area_is_not_paid(town):
    refund = sent_back(town, approved=False)
    with pytest.raises(Refused, match="no approved refund"):
        paying_back.payout_file(refunds=[refund.pk], by=town.officer, at=AT)
    done = sent_back(town, 2)
    for stranger in (clerk(organisation("tax_authority", area="500103")), clerk(town.school)):
        with pytest.raises(Refused):
            paying_back.payout_file(refunds=[done.pk], by=stranger, at=AT)
        with pytest.raises(Refused, match="only tax officers"):
            paying_back.bank_failed(refund=done, reason="x", by=stranger, at=AT)


def test_a_payment_that_the_bank_refused_is_overpaid_again_with_its_reason(town):
    refund = sent_back(town)
    paying_back.payout_file(refunds=[refund.pk], by=town.officer, at=AT)
    with pytest.raises(Refused, match="reason is missing"):
        paying_back.bank_failed(refund=refund, reason=" ", by=town.officer, at=AT)
    assert paying_back.bank_failed(refund=refund, reason="账户已销户", by=town.officer, at=AT).state == "abnormal"
    assert balances(day.AREA)[f"{day.AREA}:overpaid"] == 700
    assert examine([one for one in INVARIANTS if one.id.startswith(("refunds", "arrived", "ledger"))]) == []


def test_a_refund_of_a_debit_goes_to_the_account_of_its_mandate(town):
    refund = sent_back(town)
    mandate = Mandate.objects.create(
        organisation=town.school, number="M1", signed_on=AT.date(), bank="建设银行", holder="枕波小学",
        account_cipher=seal("6217000010001234567"), account_masked="6217****4567", entered_at=AT,
        entered_by=town.clerk.user,
    )  # fmt: skip
    batch = DebitBatch.objects.create(
        pooling_area=day.AREA, account=town.account, number="K1", collect_on=AT.date(), made_at=AT,
        made_by=town.officer.user, total_fen=700, heads=1,
    )  # fmt: skip
    DebitItem.objects.create(
        batch=batch, ordinal=1, end_to_end="K1001", mandate=mandate, amount_fen=700, arrival=refund.arrival,
        declaration=day.declared(town, town.owed[0].season), state="succeeded",
    )  # fmt: skip
    refund.arrival.way = "debit"
    assert paying_back.account_of(refund) == town.account.pk
    assert paying_back.payee_of(refund) == ("枕波小学", "6217000010001234567")
    assert paying_back.masked_payee(refund) == "6217****4567"


@pytest.fixture
def by_card(town) -> Refund:
    """A child paid for twice, the second time by card at a community's counter; approved."""
    community = organisation("community")
    payment = Payment.objects.create(
        pooling_area=day.AREA, number="P1", token="t1", channel="card", kind="counter", total_fen=24000, created_at=AT,
        expires_at=at("2019-11-13"), taken_at=community, terminal="30010001", payer="王建国",
    )  # fmt: skip
    refund = day.twice(town, way="card")
    refund.arrival.payment = payment
    refund.arrival.save(update_fields=["payment"])
    return approve(refund=refund, by=town.officer, at=AT)


def test_the_slip_of_the_terminal_proves_a_card_refund(town, by_card):
    done = paying_back.record_card_refund(refund=by_card, voucher=" 000123 ", by=town.officer, at=AT)
    assert (done.state, done.said) == ("succeeded", "退款凭证号 000123")
    assert balances(day.AREA)[f"{day.AREA}:channel:card"] == 0
    again = paying_back.record_card_refund(refund=by_card, voucher="000123", by=town.officer, at=AT)
    assert again.finished_at == AT


def test_the_community_that_took_the_card_may_enter_its_slip_and_no_other(town, by_card):
    community = by_card.arrival.payment.taken_at
    with pytest.raises(Refused, match="only tax officers"):
        paying_back.record_card_refund(
            refund=by_card, voucher="000123", by=clerk(organisation("community")), at=AT
        )  # fmt: skip
    worker = clerk(community, Desk.COMMUNITY)
    assert paying_back.record_card_refund(refund=by_card, voucher="000123", by=worker, at=AT).state == "succeeded"


@pytest.mark.parametrize("voucher", ["", "12", "凭证号一二", "1" * 21, "12 34"])
def test_a_slip_without_a_number_proves_nothing(town, by_card, voucher):
    with pytest.raises(Refused):
        paying_back.record_card_refund(refund=by_card, voucher=voucher, by=town.officer, at=AT)
    by_card.refresh_from_db()
    assert by_card.state == "approved"


def test_a_card_refund_that_nobody_approved_and_one_of_a_transfer_are_refused(town):
    waiting = day.twice(town, way="card")
    with pytest.raises(Refused, match="cannot become"):
        paying_back.record_card_refund(refund=waiting, voucher="000123", by=town.officer, at=AT)
    with pytest.raises(Refused, match="not taken by card"):
        paying_back.record_card_refund(refund=sent_back(town), voucher="000123", by=town.officer, at=AT)
