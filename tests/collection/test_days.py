"""A day beside its bills and statements: agreed, differing, explained, still to come. 日对账"""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from tests.collection.building import confirmed, owed, pay, told
from tests.collection.orders import ordered, pupils, said, school_of_yuzhong
from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.collection import days
from yingbao.collection.arriving import hold
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.lifecycle import RefundState, Word
from yingbao.collection.models import Alarm, BankAccount, BillLine, Refund, Statement
from yingbao.collection.reconciling import DayBill, Line, keep
from yingbao.collection.refunding import approve, heard, send_back, submit
from yingbao.collection.settling import settle
from yingbao.ledger.audit import examine
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2019, 11, 12), date(2019, 11, 13)
MERCHANT = "1900000001"
AREA = "500103"


@pytest.fixture
def officer(yuzhong):
    return clerk(organisation("tax_authority", area=AREA))


@pytest.fixture
def payment(yuzhong):
    """Somebody paid by WeChat on the day."""
    order = ordered(pupils(yuzhong, school_of_yuzhong())[0], channel="wechat")
    settle(paid=said(order), word=Word.NOTICE, at=AT)
    return order


def bill(*lines, day=DAY):
    content = hashlib.sha256(repr(lines).encode()).digest()
    keep(bill=DayBill("wechat", MERCHANT, day, content, lines), at=at("2019-11-13", 11))


def line_of(payment, *, transaction="42001", amount_fen=None, kind="payment", refund="") -> Line:
    sum_ = payment.total_fen if amount_fen is None else amount_fen
    return Line(kind, transaction, payment.number, refund, sum_, 0, AT)


def wechat(day=DAY, today=NEXT) -> days.AccountDay:
    return next(row for row in days.accounts(AREA, day, today) if (row.role, row.detail) == ("channel", "wechat"))


def test_a_day_is_awaited_until_its_bill_is_in_and_then_agrees(payment):
    before = wechat()
    assert (before.in_fen, before.told, before.awaited) == (payment.total_fen, None, True)
    assert days.states(AREA, DAY, NEXT, NEXT) == {DAY: "missing", NEXT: "open"}
    bill(line_of(payment))
    row = wechat()
    assert (row.told.in_fen, row.in_differs_fen, row.out_differs_fen, row.awaited) == (payment.total_fen, 0, 0, False)
    assert (row.opening_fen, row.closing_fen) == (0, payment.total_fen)
    assert days.differing_lines(AREA, DAY) == []
    assert days.states(AREA, DAY, DAY, NEXT) == {DAY: "agreed"}


def test_today_is_never_awaited_and_a_day_without_money_is_quiet(payment):
    assert not wechat(today=DAY).awaited
    span = days.states(AREA, date(2019, 11, 10), DAY, DAY)
    assert span == {date(2019, 11, 10): "quiet", date(2019, 11, 11): "quiet", DAY: "open"}


def test_what_the_bill_does_not_name_is_a_difference_until_an_officer_explains_it(payment, officer):
    bill()
    assert wechat().in_differs_fen == -payment.total_fen
    assert days.states(AREA, DAY, DAY, NEXT) == {DAY: "differs"}
    (line,) = days.differing_lines(AREA, DAY)
    assert line.outcome == "missing"
    explained = days.explain(line=line, said=" 渠道次日  补入账单 ", by=officer, at=AT)
    assert explained.explained == "渠道次日 补入账单（经办人 2019-11-12）"
    assert days.states(AREA, DAY, DAY, NEXT) == {DAY: "explained"}
    alarm = Alarm.objects.get(kind="difference")
    assert (alarm.settled_by, alarm.note) == (officer.user, explained.explained)


def test_a_difference_is_explained_by_the_areas_own_officer_and_in_words(payment, officer):
    bill()
    (line,) = days.differing_lines(AREA, DAY)
    stranger = clerk(organisation("tax_authority"))
    for by, words in ((stranger, "渠道补入"), (officer, "  ")):
        with pytest.raises(Refused):
            days.explain(line=line, said=words, by=by, at=AT)
    assert BillLine.objects.get().explained == ""


def test_a_line_that_agrees_needs_no_explanation(payment, officer):
    bill(line_of(payment))
    with pytest.raises(Refused, match="does not differ"):
        days.explain(line=BillLine.objects.select_related("bill").get(), said="没有差异", by=officer, at=AT)


def test_a_refund_that_we_heard_of_a_day_later_is_named_as_such(payment, officer):
    arrival = hold(told("wechat:1900000001:42009", 700, area=AREA), why="no_order", at=AT).arrival
    refund = send_back(arrival=arrival, reason="unidentified", note="付款人要求", by=officer, at=AT)
    approve(refund=refund, by=clerk(officer.organisation), at=AT)
    submit(refunds=[refund.pk], at=AT)
    heard(number=refund.number, outcome=RefundState.SUCCEEDED, at=at("2019-11-13", 1))
    foreign = Line("payment", "42009", "X", "", 700, 0, AT)
    back = Line("refund", "42009", "X", refund.number, 700, 0, AT)
    bill(line_of(payment), foreign, back)
    row = wechat()
    assert (row.out_fen, row.out_differs_fen) == (0, 700)
    (other,) = days.on_other_days(AREA, row, DAY)
    assert (other.key, other.day, other.fen, other.told_today) == (f"refund_paid:{refund.number}", NEXT, -700, True)
    assert Refund.objects.get().state == "succeeded"
    assert examine(INVARIANTS) == []


def test_a_bank_account_is_awaited_until_a_statement_covers_the_day(suzhou, school):
    account = BankAccount.objects.create(pooling_area="320500", holder="税务", number="6222", bank="农行")
    (one,) = owed(suzhou, confirmed(suzhou, school))
    pay(one)
    (row,) = [each for each in days.accounts("320500", DAY, NEXT) if each.role == "bank"]
    assert (row.told, row.awaited) == (None, True)
    Statement.objects.create(
        account=account, sha256=b"s", name="s.csv", form="csv", first=DAY, last=DAY, opening_fen=0, closing_fen=0,
        taken_at=AT,
    )  # fmt: skip
    (row,) = [each for each in days.accounts("320500", DAY, NEXT) if each.role == "bank"]
    assert (row.told.in_fen, row.awaited, row.in_differs_fen) == (0, False, 0)
    assert days.on_other_days("320500", row, DAY) == []


def test_a_card_has_nobody_who_tells_of_it(suzhou, school):
    (one,) = owed(suzhou, confirmed(suzhou, school))
    pay(one, "card:t1:20191112:1234", way="card")
    (row,) = [each for each in days.accounts("320500", DAY, NEXT) if each.detail == "card"]
    assert (row.in_fen, row.told, row.awaited) == (one.due_fen, None, False)
