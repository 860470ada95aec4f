"""A channel's bill beside the book: same, found, another sum, strange, missing, and the same bill again. 对账"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.collection.orders import pending, pupils, said, school_of_yuzhong
from tests.enrolment.building import AT, at
from yingbao.collection.lifecycle import Word
from yingbao.collection.models import Alarm, Arrival, Bill, BillLine, Refund
from yingbao.collection.reconciling import DayBill, Line, is_kept, keep
from yingbao.collection.settling import Paid, settle
from yingbao.enrolment.models import Enrolment
from yingbao.ledger.balances import balances

pytestmark = pytest.mark.django_db
DAY = date(2019, 11, 12)
NEXT = at("2019-11-13", 11)


@pytest.fixture
def three(yuzhong) -> list[Enrolment]:
    return pupils(yuzhong, school_of_yuzhong(), 3)


def line(paid: Paid, *, amount_fen: int | None = None, fee_fen: int = 0) -> Line:
    sum_ = paid.amount_fen if amount_fen is None else amount_fen
    return Line("payment", paid.transaction, paid.order_number, "", sum_, fee_fen, paid.paid_at)


def bill(*lines: Line, sha256: bytes = b"1" * 32) -> DayBill:
    return DayBill("wechat", "1900000001", DAY, sha256, lines)


def outcomes() -> list[str]:
    return sorted(BillLine.objects.values_list("outcome", flat=True))


def test_a_bill_that_agrees_raises_nothing_and_keeps_its_sums(three):
    paid = [said(pending(one), f"t{number}") for number, one in enumerate(three)]
    for one in paid:
        settle(paid=one, word=Word.NOTICE, at=AT)
    kept = keep(bill=bill(*[line(one, fee_fen=150) for one in paid]), at=NEXT)
    assert (kept.fresh, kept.outcomes) == (True, {"same": 3})
    part = Bill.objects.get()
    assert (part.gross_fen, part.fees_fen, part.net_fen) == (75000, 450, 74550)
    assert not Alarm.objects.exists()


def test_a_payment_nobody_told_us_of_is_recorded_by_the_bills_word(three):
    payment = pending(three[0])
    keep(bill=bill(line(said(payment, "lost"))), at=NEXT)
    payment.refresh_from_db()
    three[0].refresh_from_db()
    assert outcomes() == ["found"]
    assert (payment.state, three[0].state) == ("succeeded", "paid")
    assert not Alarm.objects.exists()


def test_the_notice_that_comes_after_the_bill_posts_nothing_more(three):
    payment = pending(three[0])
    keep(bill=bill(line(said(payment)._replace(paid_at=AT + timedelta(seconds=3)))), at=NEXT)
    assert not settle(paid=said(payment), word=Word.NOTICE, at=NEXT).taken.fresh
    assert Arrival.objects.count() == 1
    assert not Alarm.objects.exists()


def test_the_same_bill_again_changes_nothing_and_another_one_raises_an_alarm(three):
    paid = said(pending(three[0]))
    first = bill(line(paid))
    keep(bill=first, at=NEXT)
    assert not keep(bill=first, at=NEXT).fresh
    assert not keep(bill=first._replace(sha256=b"2" * 32), at=NEXT).fresh
    assert not Alarm.objects.exists()
    keep(bill=bill(line(paid, fee_fen=9), sha256=b"3" * 32), at=NEXT)
    assert Alarm.objects.get().kind == "difference"
    assert Bill.objects.get().fees_fen == 0


def test_another_sum_on_the_bill_is_a_difference_and_the_book_stays(three):
    paid = said(pending(three[0]))
    settle(paid=paid, word=Word.NOTICE, at=AT)
    keep(bill=bill(line(paid, amount_fen=paid.amount_fen + 100)), at=NEXT)
    assert outcomes() == ["amount"]
    assert Alarm.objects.get().kind == "difference"
    assert balances("500103")["500103:channel:wechat"] == paid.amount_fen


def test_a_payment_that_the_bill_does_not_name_is_listed_as_missing(three):
    here, gone = (said(pending(one), f"t{number}") for number, one in enumerate(three[:2]))
    for one in (here, gone):
        settle(paid=one, word=Word.NOTICE, at=AT)
    keep(bill=bill(line(here)), at=NEXT)
    missing = BillLine.objects.get(outcome="missing")
    assert (missing.transaction, missing.amount_fen) == ("t1", 25000)
    assert Bill.objects.get().gross_fen == 25000
    assert Alarm.objects.count() == 1


def test_money_for_an_order_that_is_not_ours_is_held_in_suspense(three):
    keep(bill=bill(Line("payment", "t9", "SHOP-1", "", 700, 0, AT)), at=NEXT)
    assert outcomes() == ["foreign"]
    assert Arrival.objects.get().why_suspended == "no_order"
    assert balances("500103")["500103:suspense"] == 700


def test_refunds_are_matched_by_their_numbers(three):
    payment = pending(three[0])
    settle(paid=said(payment, "t1"), word=Word.NOTICE, at=AT)
    settle(paid=said(payment, "t2"), word=Word.NOTICE, at=AT)
    refund = Refund.objects.get()
    lines = [
        Line("payment", "t1", payment.number, "", 25000, 0, AT),
        Line("payment", "t2", payment.number, "", 25000, 0, AT),
        Line("refund", "t2", payment.number, refund.number, 25000, 0, AT),
        Line("refund", "t1", payment.number, "BY-HAND", 100, 0, AT),
    ]
    kept = keep(bill=bill(*lines), at=NEXT)
    assert kept.outcomes == {"same": 2, "refund": 1, "foreign": 1}
    assert Bill.objects.get().refunds_fen == 25100
    assert Alarm.objects.count() == 1


def test_one_merchants_bill_is_kept_in_a_part_for_each_pooling_area(suzhou, three):
    paid = said(pending(three[0]))
    strange = Line("payment", "t9", "320500191112AAAA", "", 700, 0, AT)
    keep(bill=bill(line(paid), strange), at=NEXT)
    parts = dict(Bill.objects.values_list("pooling_area", "gross_fen"))
    assert parts == {"320500": 700, "500103": 25000}


def test_a_day_without_any_payment_is_kept_as_an_empty_bill(three):
    keep(bill=bill(), at=NEXT)
    assert is_kept(channel="wechat", merchant="1900000001", day=DAY)
    assert Bill.objects.get().net_fen == 0


def test_a_bill_cut_off_half_way_goes_on_where_it_ended(three):
    first, second = pending(three[0]), pending(three[1])
    settle(paid=said(first, "t1"), word=Word.BILL, at=NEXT)
    kept = keep(bill=bill(line(said(first, "t1")), line(said(second, "t2"))), at=NEXT)
    assert kept.outcomes == {"same": 1, "found": 1}
    assert Arrival.objects.count() == 2
