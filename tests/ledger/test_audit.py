"""Each invariant of the book is broken on purpose and found. 账簿稽核测试"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tests.ledger.conftest import AT, BANK, BOOK, DAY, FAMILY, SUSPENSE, entry, posting
from yingbao.ledger.accounts import account_of
from yingbao.ledger.audit import INVARIANTS, Invariant, examine
from yingbao.ledger.closing import close_day
from yingbao.ledger.journals import post
from yingbao.ledger.models import Account
from yingbao.values.text import Text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book() -> None:
    """Two closed days and an open one."""
    for number in range(3):
        day = DAY + timedelta(days=number)
        said = [entry(source=number), entry(SUSPENSE, FAMILY, 30, 7, number)]
        post(posting(f"line {number}", *said, day=day), book=BOOK, at=AT)
        if number < 2:
            close_day(book=BOOK, day=day, by=1, confirmed_by=2, at=AT)


@contextmanager
def unguarded() -> Iterator[None]:
    """As someone who may switch triggers off."""
    execute("SET LOCAL session_replication_role = replica")
    yield
    execute("SET LOCAL session_replication_role = origin")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def broken() -> dict[str, list[dict[str, object]]]:
    """The rows that break each invariant that does not hold."""
    return {finding.invariant.id.removeprefix("ledger."): finding.rows for finding in examine(INVARIANTS)}


def without(constraint: str, table: str, statement: str) -> None:
    """Drop what forbids it, then do it."""
    execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    with unguarded():
        execute(statement)


def journal_id(key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_journal WHERE key = %s", [key])
        return int(cursor.fetchone()[0])


def test_an_untouched_book_breaks_nothing() -> None:
    assert broken() == {}


def test_a_transfer_between_two_books_is_found() -> None:
    foreign = account_of("500103", "bank", "a")
    with unguarded():
        execute(f"UPDATE ledger_transfer SET debit_id = {foreign} WHERE subject IS NULL AND day = '{DAY}'")
    found = broken()
    assert [row["key"] for row in found["transfer_stays_in_its_book"]] == ["line 0"]
    assert {row["book"] for row in found["debits_equal_credits"]} == {BOOK, "500103"}


def test_a_transfer_of_an_account_that_is_gone_is_found() -> None:
    with unguarded():
        execute("DELETE FROM ledger_account WHERE role = 'receivable'")
    found = broken()
    assert len(found["transfer_stays_in_its_book"]) == 3
    assert {row["book"] for row in found["debits_equal_credits"]} == {BOOK, None}


def test_an_amount_below_zero_is_found() -> None:
    statement = f"UPDATE ledger_transfer SET amount_fen = -5 WHERE journal_id = {journal_id('line 2')} AND ordinal = 1"
    without("transfer_amount_above_zero", "ledger_transfer", statement)
    assert broken()["transfer_moves_an_amount"] == [
        {"journal_id": journal_id("line 2"), "ordinal": 1, "amount_fen": -5}
    ]


def test_a_journal_without_a_transfer_is_found() -> None:
    with unguarded():
        execute(f"DELETE FROM ledger_transfer WHERE journal_id = {journal_id('line 2')} AND ordinal = 2")
    assert broken() == {
        "journal_has_its_transfers": [{"id": journal_id("line 2"), "key": "line 2", "stated": 2, "found": 1}]
    }


def test_a_transfer_added_to_an_old_journal_is_found() -> None:
    with unguarded():
        execute(
            "INSERT INTO ledger_transfer (journal_id, ordinal, day, debit_id, credit_id, amount_fen) "
            f"SELECT journal_id, 3, day, debit_id, credit_id, 1 FROM ledger_transfer "
            f"WHERE journal_id = {journal_id('line 2')} AND ordinal = 1"
        )
    assert [row["key"] for row in broken()["journal_has_its_transfers"]] == ["line 2"]


def test_a_transfer_without_a_journal_is_found() -> None:
    number = journal_id("line 2")
    with unguarded():
        execute(f"DELETE FROM ledger_journal WHERE id = {number}")
    assert {(row["id"], row["key"]) for row in broken()["journal_has_its_transfers"]} == {(number, None)}


def test_a_transfer_moved_to_another_day_is_found() -> None:
    with unguarded():
        execute(f"UPDATE ledger_transfer SET day = day + 1 WHERE journal_id = {journal_id('line 2')} AND ordinal = 1")
    assert {row["key"] for row in broken()["journal_has_its_transfers"]} == {"line 2"}


def test_a_key_posted_twice_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'ledger_journal'::regclass AND contype = 'u'"
        )
        unique = cursor.fetchone()[0]
    without(unique, "ledger_journal", "UPDATE ledger_journal SET key = 'line 1' WHERE key = 'line 2'")
    assert broken()["a_key_is_posted_once"] == [{"key": "line 1", "journals": 2, "digest_bytes": 32}]


def test_a_digest_cut_short_is_found() -> None:
    statement = r"UPDATE ledger_journal SET digest = '\x00' WHERE key = 'line 2'"
    without("journal_digest_is_a_sha256", "ledger_journal", statement)
    assert broken()["a_key_is_posted_once"] == [{"key": "line 2", "journals": 1, "digest_bytes": 1}]


def test_a_posting_into_a_closed_day_is_found_with_the_first_day_that_forbade_it() -> None:
    with unguarded():
        post(posting("late", day=DAY), book=BOOK, at=AT)
    found = broken()
    assert [(row["key"], row["closed_day"]) for row in found["nothing_after_closing"]] == [("late", DAY)]
    assert {row["day"] for row in found["kept_balances_equal_sums"]} == {DAY, DAY + timedelta(days=1)}


def test_a_day_closed_by_one_person_is_found() -> None:
    statement = f"UPDATE ledger_closedday SET confirmed_by = 1 WHERE day = '{DAY}'"
    without("closing_takes_two_people", "ledger_closedday", statement)
    assert broken() == {"closing_took_two": [{"book": BOOK, "day": DAY, "by": 1}]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_daybalance SET debit_fen = debit_fen + 1 WHERE account_id = {bank}",
        "DELETE FROM ledger_daybalance WHERE account_id = {bank}",
        "INSERT INTO ledger_daybalance SELECT debit_fen, credit_fen, 0, closed_id FROM ledger_daybalance LIMIT 1",
    ],
)
def test_a_kept_balance_that_was_touched_is_found(statement: str) -> None:
    with unguarded():
        execute(statement.format(bank=Account.objects.get(code=BANK.code(BOOK)).pk))
    found = broken()
    assert list(found) == ["kept_balances_equal_sums"]


def test_more_taken_from_suspense_than_came_is_found() -> None:
    post(posting("over", entry(SUSPENSE, FAMILY, 211), day=DAY + timedelta(days=2)), book=BOOK, at=AT)
    assert broken() == {"nobody_owes_less_than_nothing": [{"code": "320500:suspense", "balance_fen": -1}]}


def test_an_arrival_matched_twice_is_found() -> None:
    post(posting("twice", entry(SUSPENSE, FAMILY, 71, 8, 2), day=DAY + timedelta(days=2)), book=BOOK, at=AT)
    assert broken() == {
        "no_arrival_is_matched_beyond_its_amount": [{"code": "320500:suspense", "source": 2, "left_fen": -1}]
    }


@pytest.mark.parametrize("how", ["DISABLE TRIGGER whole", "DISABLE TRIGGER never_rewritten", "DISABLE TRIGGER ALL"])
def test_a_trigger_that_was_switched_off_is_found(how: str) -> None:
    execute(f"ALTER TABLE ledger_transfer {how}")
    assert {row["guarded"] for row in broken()["guards_stand"]} == {"ledger_transfer"}


def test_every_invariant_of_the_book_says_what_it_means() -> None:
    assert len({each.id for each in INVARIANTS}) == len(INVARIANTS)
    assert all(each.id.startswith("ledger.") and each.says.zh and each.says.en for each in INVARIANTS)


def test_other_packages_have_their_own_invariants_examined_with_parameters() -> None:
    own = Invariant(
        "own", Text("甲", "a"), "SELECT key FROM ledger_journal WHERE key LIKE 'line%%' AND book = %(book)s"
    )
    (finding,) = examine([own], parameters={"book": BOOK}, most=2)
    assert (len(finding.rows), finding.more) == (2, True)
    (finding,) = examine([own], parameters={"book": BOOK})
    assert ([row["key"] for row in finding.rows], finding.more) == (["line 0", "line 1", "line 2"], False)
    with transaction.atomic():
        assert examine([own], parameters={"book": "500103"}) == []
