"""The hard cases of money that comes by the bank: files of a running bank, taken through the platform's own entry. 难例

Schools declare, transfer and sign mandates; statements, debit files and their results travel as bytes. After each
story every invariant holds.
"""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from tests.collection.bank import declared, mandate, owed
from tests.enrolment.building import AT, at, clerk
from tests.exchange.season import (
    SUZHOU,
    exempted,
    fresh,
    gateways,
    later,
    officer,
    pay,
    placed,
    refunded,
    stands,
    started,
)
from yingbao.collection import alarming, debiting, receipting
from yingbao.collection.advising import advise, settle
from yingbao.collection.closing import ask_close, confirm_close
from yingbao.collection.models import (
    Alarm,
    Arrival,
    BankAccount,
    BankFile,
    Close,
    DebitBatch,
    Receipt,
    Refund,
    StatementLine,
)
from yingbao.collection.suggesting import waiting
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import open_season
from yingbao.exchange import banking, bills
from yingbao.jobs.money import settle_the_night
from yingbao.ledger.closing import last_closed
from yingbao.ledger.models import Journal
from yingbao.values import clock
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["gateways", "started"]
SCHOOL = {"payer_name": "砚桥实验小学（演示）", "payer_account": "32050161000000100011"}
_numbers = itertools.count(32050161000000090001)


@pytest.fixture
def account(gateways) -> BankAccount:
    """An account of the authority at the simulated bank, which keeps its lines: each test has its own."""
    number = str(next(_numbers))
    gateways.control("bank/accounts", {"number": number, "name": "税务专户", "kind": "authority"})
    return BankAccount.objects.create(
        pooling_area=SUZHOU, holder="税务专户", number=number, bank="演示银行", bank_code="105305000018"
    )


def due(declaration: Declaration) -> int:
    return sum(one.due_fen for one in owed(declaration))


def paid(declaration: Declaration) -> list[bool]:
    return [one.is_paid for one in owed(declaration)]


def a_school(count: int = 3, method: str = "transfer") -> Declaration:
    return declared(open_season(policy_id="320500/2020", at=AT), count, method=method)


def taken(account: BankAccount, content: bytes, name: str = "对账单.csv", kind: str = "statement") -> BankFile:
    """An officer uploads a file, and the platform's job takes it."""
    by = officer()
    file = banking.receive(kind=kind, name=name, content=content, by=by, at=clock.now(), account=account)
    return banking.take(file=file, by=by, at=clock.now())


def statement(gateways, account: BankAccount, day: str, form: str = "csv", **more: str) -> BankFile:
    """The bank's statement of that day is downloaded and taken."""
    content = gateways.download(f"statements/{account.number}.{form}", **{"day": day, **more})
    return taken(account, content, f"对账单.{form}")


def as_transfer(gateways, account: BankAccount, amount_fen: int, remark: str, day: str, **more) -> None:
    gateways.transfer(**SCHOOL, account=account.number, amount_fen=amount_fen, remark=remark, day=day, **more)


def test_parent_and_school_both_pay_and_the_school_gets_its_part_back(gateways, account):
    day = "2019-11-13"
    declaration = a_school(3)
    later(gateways, at(day))
    child = owed(declaration)[0]
    pay(gateways, placed(child.enrolment, payer="王女士"))
    assert paid(declaration) == [True, False, False]
    as_transfer(gateways, account, due(declaration), f"保费 {declaration.reference}", day)
    assert statement(gateways, account, day).state == "taken"
    # The sum is not what is still owed: nobody guesses, an officer sees who is paid for already.
    (held,) = waiting(pooling_area=SUZHOU, at=clock.now())
    assert (held.references, paid(declaration)) == ((declaration.reference,), [True, False, False])
    with pytest.raises(Refused, match="paid for already"):
        settle(arrival=held.arrival, obligations=[one.pk for one in owed(declaration)], by=officer(), at=clock.now())
    unpaid = [one.pk for one in owed(declaration) if not one.is_paid]
    settle(arrival=held.arrival, obligations=unpaid, by=officer(), at=clock.now(), rest_overpaid=True)
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.arrival.payer) == (child.due_fen, SCHOOL["payer_name"])
    assert paid(declaration) == [True, True, True]
    assert stands(SUZHOU, "overpaid") == child.due_fen


def test_a_school_that_paid_first_is_paid_for_and_the_parents_order_goes_back(gateways, account):
    day = "2019-11-14"
    declaration = a_school(2)
    later(gateways, at(day))
    order = placed(owed(declaration)[0].enrolment, payer="王女士")
    as_transfer(gateways, account, due(declaration), declaration.reference, day)
    statement(gateways, account, day, "xml")
    assert paid(declaration) == [True, True]
    pay(gateways, order)
    refund = Refund.objects.get()
    assert (refund.reason, refund.arrival.payment, fresh(order).state) == ("duplicate", order, "succeeded")
    refunded(gateways, refund)
    assert stands(SUZHOU, "channel:wechat") == 0
    assert paid(declaration) == [True, True]


def test_a_short_transfer_waits_until_the_school_names_its_children_and_nothing_is_spread(gateways, account):
    day = "2019-11-15"
    declaration = a_school(3)
    later(gateways, at(day))
    one, two, three = owed(declaration)
    short = due(declaration) - one.due_fen - 100
    as_transfer(gateways, account, short, declaration.reference, day)
    statement(gateways, account, day)
    arrival = Arrival.objects.get()
    assert (paid(declaration), arrival.suspense_fen) == ([False] * 3, short)
    with pytest.raises(Refused, match="more than"):
        settle(arrival=arrival, obligations=[one.pk, two.pk], by=officer(), at=clock.now())
    assert paid(declaration) == [False] * 3
    advise(declaration=declaration, obligations=[two.pk], by=clerk(declaration.organisation), at=clock.now())
    arrival.refresh_from_db()
    assert paid(declaration) == [False, True, False]
    assert (arrival.allocated_fen, arrival.suspense_fen) == (two.due_fen, 0)
    assert Refund.objects.get().amount_fen == short - two.due_fen
    assert not three.is_paid


def test_a_transfer_that_is_over_pays_the_named_children_and_the_rest_is_the_schools(gateways, account):
    day = "2019-11-16"
    declaration = a_school(2)
    later(gateways, at(day))
    as_transfer(gateways, account, due(declaration) + 5_000, declaration.reference, day)
    statement(gateways, account, day, "xlsx")
    assert paid(declaration) == [False, False]
    named = [one.pk for one in owed(declaration)]
    advise(declaration=declaration, obligations=named, by=clerk(declaration.organisation), at=clock.now())
    assert paid(declaration) == [True, True]
    refund = Refund.objects.get()
    assert (refund.amount_fen, refund.reason, refund.arrival.payer) == (5_000, "overpaid", SCHOOL["payer_name"])
    assert (stands(SUZHOU, "suspense"), stands(SUZHOU, "overpaid")) == (0, 5_000)


def test_an_unidentified_line_shows_its_age_and_calls_at_3_7_and_30_days(gateways, account):
    day = "2019-11-17"
    declaration = a_school(1)
    later(gateways, at(day))
    as_transfer(gateways, account, due(declaration), "学费", day)
    as_transfer(gateways, account, 7, "", day, serial="", copies=2)
    statement(gateways, account, day)
    assert (Arrival.objects.count(), StatementLine.objects.count()) == (3, 3)
    seen = {}
    for days in (2, 3, 7, 29, 30):
        moment = at(day) + timedelta(days=days)
        alarming.remind_of_suspense(at=moment)
        alarming.remind_of_suspense(at=moment)
        (shown,) = [one for one in waiting(pooling_area=SUZHOU, at=moment) if one.arrival.amount_fen > 7]
        seen[days] = (shown.days, Alarm.objects.filter(kind="suspense", arrival=shown.arrival).count())
    assert seen == {2: (2, 0), 3: (3, 1), 7: (7, 2), 29: (29, 2), 30: (30, 3)}
    # The statement again, in another form, brings nothing new: the two equal lines stay two.
    again = statement(gateways, account, day, "xlsx")
    assert (again.state, Arrival.objects.count()) == ("taken", 3)
    assert stands(SUZHOU, "suspense") == due(declaration) + 14


def test_money_that_came_after_the_close_waits_and_what_came_in_time_is_matched(gateways, account):
    declaration, other = a_school(1), None
    other = declared(declaration.season, 1)
    later(gateways, at("2019-12-02"))
    as_transfer(gateways, account, due(declaration), declaration.reference, "2019-11-30")
    as_transfer(gateways, account, due(other), other.reference, "2019-12-01")
    content = gateways.download(f"statements/{account.number}.csv", **{"from": "2019-11-30", "to": "2019-12-01"})
    assert taken(account, content).state == "taken"
    assert (paid(declaration), paid(other)) == ([True], [False])
    assert owed(declaration)[0].paid_on == date(2019, 11, 30)
    assert [one.why_suspended for one in Arrival.objects.order_by("paid_at")] == ["", "after_close"]


def debited(gateways, account: BankAccount, day: str, form: str = "csv") -> tuple[Declaration, DebitBatch, str]:
    """A school's debit has gone out in a batch to the bank; the bank's name for the batch."""
    declaration = a_school(2, method="debit")
    later(gateways, at(day))
    mandate(declaration.organisation)
    batch = debiting.make_batch(
        pooling_area=SUZHOU, account=account, collect_on=date.fromisoformat(day), by=officer(), at=clock.now()
    )
    out = banking.batch_file(batch=batch, form=form, by=officer(), at=clock.now())
    answer = gateways.bank_file("debits", out.content, account.number)
    assert answer.status_code == 200, answer.text
    return declaration, batch, answer.json()["batch"]


@pytest.mark.parametrize(("day", "form", "answer"), [("2019-11-18", "pain008", "xml"), ("2019-11-19", "csv", "csv")])
def test_a_returned_debit_is_reversed_its_receipts_void_and_its_children_owe_again(
    gateways, account, day, form, answer
):
    declaration, batch, name = debited(gateways, account, day, form)
    results = gateways.download(f"batches/{name}/result.{answer}")
    assert taken(account, results, f"回盘.{answer}", "results").state == "taken"
    assert taken(account, results, f"回盘.{answer}", "results").state == "taken"
    assert paid(declaration) == [True, True]
    assert receipting.issue_all(pooling_area=SUZHOU, at=clock.now()) == 2
    item = batch.items.get()
    next_day = at(day) + timedelta(days=4)
    later(gateways, next_day)
    gateways.control(
        "bank/return", {"end_to_end": item.end_to_end, "reason": "账户已销户", "day": f"{next_day:%Y-%m-%d}"}
    )
    returns = gateways.download(f"batches/{name}/returns.{answer}")
    assert taken(account, returns, f"退回.{answer}", "results").state == "taken"
    item.refresh_from_db()
    assert (item.state, paid(declaration)) == ("returned", [False, False])
    assert not Receipt.objects.filter(voided_at__isnull=True).exists()
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"declared"}
    assert Journal.objects.filter(event="returned").count() == 1
    assert taken(account, returns, f"退回.{answer}", "results").state == "taken"
    # The bank's own book: money in on the day, out again later.
    content = gateways.download(f"statements/{account.number}.csv", **{"from": day, "to": f"{next_day:%Y-%m-%d}"})
    assert taken(account, content).state == "taken"
    assert set(StatementLine.objects.values_list("meaning", flat=True)) <= {"debit", "debit_return"}
    assert stands(SUZHOU, f"bank:{account.pk}") == 0


def test_a_debit_taken_for_a_child_exempt_meanwhile_goes_back_for_that_child_alone(gateways, account):
    declaration, _, name = debited(gateways, account, "2019-11-25")
    child = Enrolment.objects.order_by("pk").first()
    exempted(child)
    taken(account, gateways.download(f"batches/{name}/result.csv"), "回盘.csv", "results")
    refund = Refund.objects.get()
    assert (refund.reason, refund.obligation.enrolment) == ("exempted", child)
    assert sorted(Enrolment.objects.values_list("state", flat=True)) == ["exempt", "paid"]
    assert refund.amount_fen * 2 == refund.arrival.amount_fen
    assert declaration.season_id == child.season_id


def test_the_close_takes_two_people_the_last_days_bills_and_a_list_of_what_is_in_suspense(gateways, account):
    last = "2019-11-30"
    declaration = a_school(3)
    later(gateways, at(last, 20))
    first, _, third = [one.enrolment for one in owed(declaration)]
    pay(gateways, placed(first))
    as_transfer(gateways, account, 4_200, "不明", last)
    maker, checker = officer(), officer()
    season = declaration.season
    with pytest.raises(Refused):
        ask_close(season=season, by=maker, at=clock.now())
    later(gateways, at("2019-12-01", 9))
    with pytest.raises(Refused):
        placed(third)
    with pytest.raises(Refused, match=r"bill of .* statement of"):
        ask_close(season=season, by=maker, at=clock.now())
    later(gateways, at("2019-12-01", 11))
    bills.fetch_bills(now=clock.now())
    statement(gateways, account, last)
    asked = ask_close(season=season, by=maker, at=clock.now())
    assert [one["fen"] for one in asked.suspense] == [4_200]
    with pytest.raises(Refused, match="cannot confirm"):
        confirm_close(close=asked, by=maker, at=clock.now())
    done = confirm_close(close=asked, by=checker, at=clock.now())
    assert (done.lapsed, last_closed(SUZHOU), Close.objects.count()) == (2, date(2019, 11, 30), 1)
    states = Enrolment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["paid", "lapsed", "lapsed"]
    assert settle_the_night(at=clock.now()) == []


SPOILT = ["bad_amount", "bad_date", "wrong_balance", "no_header", "other_account", "truncated", "html"]


def test_a_malformed_statement_is_refused_whole_with_row_and_reason(gateways, account):
    day = "2019-11-20"
    declaration = a_school(2)
    later(gateways, at(day))
    for amount in (due(declaration), 500, 70):
        as_transfer(gateways, account, amount, declaration.reference, day)
    for form in ("csv", "xml"):
        sound = gateways.download(f"statements/{account.number}.{form}", day=day)
        for variant in SPOILT:
            content = gateways.download(f"statements/{account.number}.{form}", day=day, variant=variant)
            if content == sound:
                continue
            told = taken(account, content, f"{variant}.{form}")
            assert (told.state, bool(told.message["zh"])) == ("refused", True), variant
    assert "第" in BankFile.objects.get(name="bad_amount.csv").message["zh"]
    assert not StatementLine.objects.exists()
    assert Journal.objects.filter(event__in=["arrived", "settled"]).count() == 0
    assert statement(gateways, account, day).state == "taken"
    assert StatementLine.objects.count() == 3


def test_a_malformed_or_lying_debit_file_is_refused_whole(gateways, account):
    declaration, batch, name = debited(gateways, account, "2019-11-21")
    sound = gateways.download(f"batches/{name}/result.csv")
    text = sound.decode("utf-8-sig")
    item = batch.items.get()
    lies = {
        "nobody's": text.replace(item.end_to_end, item.end_to_end[:-1] + "9"),
        "torn": text[: len(text) * 2 // 3],
        "no word": text.replace("成功", "大概"),
        "noise": "PK\x03\x04" + text,
    }
    for what, content in lies.items():
        assert content != text, what
        told = taken(account, content.encode(), f"{what}.csv", "results")
        assert (told.state, bool(told.message["zh"])) == ("refused", True), what
    item.refresh_from_db()
    assert (item.state, paid(declaration)) == ("pending", [False, False])
    assert not Arrival.objects.exists()
    assert taken(account, sound, "回盘.csv", "results").state == "taken"
    assert paid(declaration) == [True, True]
