"""A bank statement: every line gets its meaning, the file counts whole or not at all. 对账单"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.collection.bank import NUMBER, ON, account, booked, line, statement
from tests.collection.building import told
from tests.declaration.building import officer
from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.collection import refunding
from yingbao.collection.arriving import hold
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.explaining import explain
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Alarm, Arrival, Bill, Refund, Statement, StatementLine
from yingbao.collection.recognising import recognise
from yingbao.collection.refunding import send_back
from yingbao.collection.statements import take_statement
from yingbao.ledger.audit import examine
from yingbao.ledger.balances import balances
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sound(suzhou):
    """Whatever a test does, the book has to be right at its end."""
    yield
    assert examine(INVARIANTS) == []


def bill(net_fen: int = 97_000, *, day: date = ON, fees_fen: int = 600, channel: str = "wechat", **more) -> Bill:
    gross = net_fen + fees_fen + more.get("refunds_fen", 0)
    values = {"pooling_area": "320500", "merchant": "1900000109", "sha256": bytes(32), "refunds_fen": 0} | more
    return Bill.objects.create(
        channel=channel, day=day, gross_fen=gross, fees_fen=fees_fen, fetched_at=AT, **values
    )  # fmt: skip


def test_money_of_unknown_payers_waits_in_suspense_and_the_bank_ledger_is_the_statement():
    taken = booked(line(50_000, "社保"), line(30_000, "张老师 学费"), opening=1_000_000)
    assert taken.counts == {"arrival": 2}
    assert balances("320500") == {
        f"320500:bank:{account().pk}": 80_000, "320500:suspense": 80_000,
    }  # fmt: skip
    first = StatementLine.objects.get(ordinal=1)
    assert first.arrival.key == f"line:{first.key}"
    assert first.arrival.why_suspended == "unidentified"


def test_the_other_sides_account_is_sealed_and_shown_masked():
    booked(line(50_000))
    kept = StatementLine.objects.get()
    assert kept.counterparty_masked == "6222****5678"
    assert sealed.unseal(kept.counterparty_cipher) == "6222020200012345678"


def test_the_same_file_twice_gets_the_first_answer():
    file = statement(line(50_000))
    first = take_statement(account=account(), file=file, by=officer(), at=AT)
    again = take_statement(account=account(), file=file, by=officer(), at=AT)
    assert (again.fresh, again.statement) == (False, first.statement)
    assert Arrival.objects.count() == Statement.objects.count() == 1


def test_two_equal_lines_are_two_payments():
    booked(line(50_000, "社保", serial="", key="a" * 64), line(50_000, "社保", serial="", key="b" * 64))
    assert Arrival.objects.count() == 2


def test_a_line_that_says_something_else_now_keeps_the_whole_file_out_and_calls_a_person():
    booked(line(50_000, serial="S1"))
    other = statement(line(50_001, serial="S1"), line(20_000, serial="S2"), opening=0, first=ON)
    with pytest.raises(Refused, match="something else"):
        take_statement(account=account(), file=other, by=officer(), at=AT)
    assert Arrival.objects.count() == Statement.objects.count() == 1
    assert Alarm.objects.get().kind == "conflict"


def test_a_longer_file_of_the_same_days_adds_only_what_is_new():
    first = line(50_000, serial="S1")
    booked(first, opening=7)
    taken = booked(first, line(20_000, serial="S2"), opening=7, first=ON)
    assert taken.counts == {"arrival": 1}
    assert Arrival.objects.count() == 2


def test_a_file_that_holds_nothing_new_changes_nothing():
    first = line(50_000, serial="S1")
    before = booked(first)
    again = booked(first, opening=0, first=ON, name="另存.csv")
    assert (again.fresh, again.statement) == (False, before.statement)


def test_days_without_a_statement_in_between_are_named():
    booked(line(50_000))
    later = statement(line(1, on=ON + timedelta(days=3)), first=ON + timedelta(days=3))
    with pytest.raises(Refused, match="2019-11-13 to 2019-11-14 is missing"):
        take_statement(account=account(), file=later, by=officer(), at=AT)
    reaching = later._replace(first=ON + timedelta(days=1))
    assert take_statement(account=account(), file=reaching, by=officer(), at=AT).fresh


def test_an_opening_balance_that_is_not_the_last_closing_one_is_refused():
    booked(line(50_000))
    with pytest.raises(Refused, match="does not follow"):
        booked(line(1, on=ON + timedelta(days=1)), opening=49_999)
    assert Statement.objects.count() == 1


def test_a_file_without_balances_goes_on_from_the_last_one():
    booked(line(50_000))
    taken = booked(line(100, on=ON + timedelta(days=1)), opening=0, opening_fen=None, closing_fen=None)
    assert taken.statement.closing_fen == 50_100


def test_a_day_on_which_nothing_moved_is_taken_too():
    booked(line(50_000))
    taken = booked(last=ON + timedelta(days=1))
    assert (taken.counts, taken.statement.last) == ({}, ON + timedelta(days=1))


def test_the_statement_of_another_account_is_refused():
    with pytest.raises(Refused, match="another account"):
        booked(line(1), account="99" + NUMBER)


@pytest.mark.parametrize(("kind", "area"), [("school", "320500"), ("tax_authority", "500103")])
def test_only_the_areas_own_tax_officers_take_statements(kind, area):
    with pytest.raises(Refused, match="tax officers"):
        booked(line(1), by=clerk(organisation(kind, area=area)))


def test_a_channels_payout_settles_its_bill_with_the_fee():
    of = bill()
    booked(line(97_000, "财付通结算 1900000109 20191112", counterparty="财付通支付科技有限公司"))
    of.refresh_from_db()
    assert of.settled_by.meaning == "settlement"
    assert balances("320500") == {
        f"320500:bank:{account().pk}": 97_000, "320500:channel:wechat": -97_600, "320500:fee": 600,
    }  # fmt: skip


def test_a_payout_that_is_not_what_the_bill_says_waits_and_calls_a_person():
    of = bill()
    booked(line(96_999, "财付通结算 1900000109 20191112"))
    of.refresh_from_db()
    assert of.settled_by is None
    assert Arrival.objects.get().suspense_fen == 96_999
    assert Alarm.objects.get().kind == "difference"


def test_a_parent_who_writes_the_channels_name_is_no_settlement():
    bill()
    booked(line(97_000, "微信转账 王女士"))
    assert Arrival.objects.get().suspense_fen == 97_000


def test_two_days_of_the_same_sum_are_told_by_their_dates():
    one, two = bill(day=date(2019, 11, 10)), bill(day=date(2019, 11, 11))
    booked(line(97_000, "财付通结算 1900000109 2019-11-11"))
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.settled_by, two.settled_by) == (None, StatementLine.objects.get())


def test_what_one_merchant_took_for_another_area_waits_beside_our_own_part():
    own = bill(60_000, fees_fen=0)
    bill(37_000, fees_fen=0, pooling_area="500103")
    booked(line(97_000, "财付通结算 1900000109 20191112"))
    own.refresh_from_db()
    assert own.settled_by is not None
    assert Arrival.objects.get().suspense_fen == 37_000
    assert balances("320500")["320500:channel:wechat"] == -60_000


def test_a_payout_that_was_booked_before_its_bill_came_is_recognised_later():
    booked(line(97_000, "财付通结算 1900000109 20191112"))
    assert Arrival.objects.get().suspense_fen == 97_000
    of = bill()
    assert recognise(pooling_area="320500", at=AT) == 1
    assert recognise(pooling_area="320500", at=AT) == 0
    of.refresh_from_db()
    assert of.settled_by.meaning == "settlement"
    assert Arrival.objects.get().suspense_fen == 0
    assert balances("320500")["320500:suspense"] == 0


def test_a_day_below_zero_is_taken_out_of_our_account():
    of = bill(-500, fees_fen=0, refunds_fen=2_000)
    booked(line(500, "财付通结算 1900000109 20191112", incoming=False), opening=1_000)
    of.refresh_from_db()
    assert of.settled_by.meaning == "settlement"


def test_what_is_handed_to_the_treasury_leaves_what_is_owed_to_it():
    taken = booked(line(40_000, "划缴国库 11月", incoming=False), opening=40_000)
    assert taken.counts == {"hand_over": 1}
    assert balances("320500")["320500:treasury"] == -40_000


def test_money_that_left_and_nobody_knows_why_is_to_be_explained():
    booked(line(1_000, "手续费", incoming=False), opening=5_000)
    assert balances("320500")["320500:unexplained"] == 1_000
    assert Alarm.objects.get().kind == "difference"


def refund_of_a_transfer(amount_fen: int = 30_000) -> Refund:
    booked(line(amount_fen, "不知为何"))
    arrival = Arrival.objects.latest("pk")
    asked = send_back(arrival=arrival, reason="unidentified", note="无法认定", by=officer(), at=AT)
    return refunding.approve(refund=asked, by=officer(), at=AT)


def test_a_refund_named_by_its_number_is_paid_by_the_line():
    refund = refund_of_a_transfer()
    taken = booked(line(30_000, f"退费 {refund.number}", incoming=False, on=ON + timedelta(days=1)))
    refund.refresh_from_db()
    assert taken.counts == {"refund": 1}
    assert refund.state == RefundState.SUCCEEDED
    assert balances("320500")[f"320500:bank:{account().pk}"] == 0


def test_a_refund_that_a_result_file_told_before_is_not_posted_twice():
    refund = refund_of_a_transfer()
    refunding.submit(refunds=[refund.pk], at=AT)
    refunding.heard(number=refund.number, outcome=RefundState.SUCCEEDED, at=AT)
    booked(line(30_000, f"退费 {refund.number}", incoming=False, on=ON + timedelta(days=1)))
    assert balances("320500")[f"320500:bank:{account().pk}"] == 0


def test_a_refund_of_another_sum_or_paid_out_twice_is_to_be_explained():
    refund = refund_of_a_transfer()
    booked(line(5, "利息"))
    day = ON + timedelta(days=1)
    booked(line(30_000, f"退费 {refund.number}", incoming=False, on=day))
    again = booked(line(5, f"退费 {refund.number}", incoming=False, on=day + timedelta(days=1)))
    assert again.counts == {"unexplained": 1}
    assert Alarm.objects.filter(kind="difference").count() == 1


def test_a_refund_of_card_money_is_made_up_for_by_the_bank_that_paid_it():
    held = hold(told("card:1", 30_000, way="card"), why="no_order", at=AT).arrival
    asked = send_back(arrival=held, reason="unidentified", note="无法认定", by=officer(), at=AT)
    refund = refunding.approve(refund=asked, by=officer(), at=AT)
    booked(line(30_000, refund.number, incoming=False), opening=50_000)
    left = balances("320500")
    assert (left["320500:channel:card"], left[f"320500:bank:{account().pk}"]) == (30_000, -30_000)


def test_a_refund_that_comes_back_to_our_account_calls_a_person():
    refund = refund_of_a_transfer()
    day = ON + timedelta(days=1)
    booked(line(30_000, refund.number, incoming=False, on=day))
    booked(line(30_000, f"退汇 {refund.number} 账号不符", on=day + timedelta(days=1)))
    assert "退汇" in Alarm.objects.get().said


def test_money_of_a_closed_day_is_posted_into_the_first_open_one(suzhou):
    from yingbao.ledger.closing import close_day

    close_day(book="320500", day=ON, by=officer().user_id, confirmed_by=officer().user_id, at=at("2019-11-13"))
    taken = booked(line(50_000))
    assert taken.counts == {"arrival": 1}


def test_a_thousand_lines_are_taken_in_a_few_statements(django_assert_max_num_queries):
    lines = [line(100 + number, f"汇款{number}") for number in range(1_000)]
    file, by = statement(*lines), officer()
    ours = account()
    with django_assert_max_num_queries(60):
        take_statement(account=ours, file=file, by=by, at=AT)
    assert Arrival.objects.count() == 1_000


def test_money_out_that_tells_nothing_is_explained_as_a_hand_over(suzhou):
    booked(line(1_000, "转账", incoming=False), opening=5_000)
    by = officer()
    with pytest.raises(Refused, match="how one knows"):
        explain(line=StatementLine.objects.get(), what="hand_over", note=" ", by=by, at=AT)
    done = explain(line=StatementLine.objects.get(), what="hand_over", note="国库回单", by=by, at=AT)
    left = balances("320500")
    assert (done.meaning, left["320500:unexplained"], left["320500:treasury"]) == ("hand_over", 0, -1_000)
    assert Alarm.objects.get().settled_by == by.user
    with pytest.raises(Refused, match="cannot be"):
        explain(line=done, what="hand_over", note="再来", by=by, at=AT)


def test_a_payout_for_card_payments_leaves_suspense_by_an_officers_word():
    hold(told("card:1", 30_000, way="card"), why="no_order", at=AT)
    booked(line(30_000, "POS 结算"))
    done = explain(line=StatementLine.objects.get(), what="card", note="收单机构回单", by=officer(), at=AT)
    left = balances("320500")
    assert (done.meaning, left["320500:suspense"], left["320500:channel:card"]) == ("settlement", 30_000, 0)
    assert Arrival.objects.get(way="transfer").suspense_fen == 0


def test_more_than_the_counters_took_is_no_payout_for_cards():
    booked(line(30_000, "POS 结算"))
    with pytest.raises(Refused, match="less by card"):
        explain(line=StatementLine.objects.get(), what="card", note="收单机构回单", by=officer(), at=AT)


def test_money_of_which_something_was_settled_is_no_payout_for_cards():
    refund_of_a_transfer()
    with pytest.raises(Refused, match="settled already"):
        explain(line=StatementLine.objects.get(), what="card", note="x", by=officer(), at=AT)
