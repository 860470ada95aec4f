"""What the database itself refuses. 账簿约束测试"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.ledger.conftest import AT, BOOK, DAY, posting
from yingbao.ledger.accounts import account_of
from yingbao.ledger.closing import close_day
from yingbao.ledger.journals import post
from yingbao.ledger.models import Account, ClosedDay, DayBalance, Journal, Transfer

pytestmark = pytest.mark.django_db

TABLES = [Account, Journal, Transfer, ClosedDay, DayBalance]


def execute(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def written() -> int:
    """The id of a journal in a day that was closed."""
    number = post(posting("a"), book=BOOK, at=AT).journal_id
    close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=AT)
    return number


@pytest.mark.parametrize("model", TABLES)
def test_no_row_of_the_book_is_edited_or_deleted(model: type[Account], written: int) -> None:
    table = model._meta.db_table
    assert model.objects.exists()
    column = model._meta.get_fields()[-1].column if model is not Account else "detail"
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"UPDATE {table} SET {column} = {column}")
    with pytest.raises(IntegrityError, match="append-only"):
        execute(f"DELETE FROM {table}")


def test_the_triggers_refuse_emptying_a_table_outside_the_tests(written: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('ledger_never_rewritten'::regproc)")
        assert "current_database() LIKE 'test\\_%'" in cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgfoid = 'ledger_never_rewritten'::regproc AND tgtype & 32 = 32"
        )
        assert cursor.fetchone() == (len(TABLES),)


JOURNAL = (
    "INSERT INTO ledger_journal (key, digest, event, book, day, at, note, transfers) "
    "VALUES (%s, sha256('x'), 'arrived', %s, %s, %s, '', %s) RETURNING id"
)
TRANSFER = (
    "INSERT INTO ledger_transfer (journal_id, ordinal, day, debit_id, credit_id, amount_fen) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)


def test_a_journal_without_transfers_is_refused() -> None:
    for count in (1, 0, -1):
        with pytest.raises(IntegrityError):
            execute(JOURNAL, "a", BOOK, DAY, AT, count)


def test_a_posted_journal_takes_no_further_transfer(written: int) -> None:
    bank, suspense = account_of(BOOK, "bank", "a"), account_of(BOOK, "suspense")
    for ordinal in (0, 1, 2):
        with pytest.raises(IntegrityError):
            execute(TRANSFER, written, ordinal, DAY, bank, suspense, 5)


@pytest.mark.parametrize(
    ("day", "debit", "credit", "amount_fen", "complaint"),
    [
        (DAY, "bank", "suspense", 0, "transfer_amount_above_zero"),
        (DAY, "bank", "suspense", -1, "transfer_amount_above_zero"),
        (DAY, "bank", "bank", 1, "transfer_between_two_accounts"),
        (DAY + timedelta(days=1), "bank", "suspense", 1, "day, number and book"),
        (DAY, "elsewhere", "suspense", 1, "day, number and book"),
        (DAY, "bank", "elsewhere", 1, "day, number and book"),
        (DAY, "nowhere", "suspense", 1, "day, number and book"),
    ],
)
def test_a_transfer_fits_its_journal_and_its_book(
    day: object, debit: str, credit: str, amount_fen: int, complaint: str
) -> None:
    accounts = {"bank": account_of(BOOK, "bank", "a"), "suspense": account_of(BOOK, "suspense")}
    accounts |= {"elsewhere": account_of("500103", "bank", "a"), "nowhere": 0}
    statement = f"WITH j AS ({JOURNAL}) {TRANSFER.replace('VALUES (%s,', 'SELECT j.id,').replace('%s)', '%s FROM j')}"
    good = ["a", BOOK, DAY, AT, 1, 1]
    with pytest.raises(IntegrityError, match=complaint):
        execute(statement, *good, day, accounts[debit], accounts[credit], amount_fen)
    execute(statement, *good, DAY, accounts["bank"], accounts["suspense"], 1)
    assert Transfer.objects.count() == 1


def test_a_transfer_of_a_journal_that_does_not_exist_is_refused() -> None:
    with pytest.raises(IntegrityError, match="day, number and book"):
        execute(TRANSFER, 0, 1, DAY, account_of(BOOK, "bank", "a"), account_of(BOOK, "suspense"), 1)


@pytest.mark.parametrize(
    ("code", "book", "role", "detail", "kind"),
    [
        ("320500:bank:a", "320500", "bank", "a", "liability"),
        ("320500:gold", "320500", "gold", "", "asset"),
        ("320500:bank", "320500", "bank", "a", "asset"),
        ("320500:bank:", "320500", "bank", "", "asset"),
        ("500103:bank:a", "320500", "bank", "a", "asset"),
        ("a b:bank", "a b", "bank", "", "asset"),
    ],
)
def test_an_account_is_what_its_code_says(code: str, book: str, role: str, detail: str, kind: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(code=code, book=book, role=role, detail=detail, kind=kind)


def test_a_posting_past_the_functions_into_a_closed_day_is_refused(written: int) -> None:
    with pytest.raises(DatabaseError, match="the day is closed: 320500 2019-11-12"):
        execute(JOURNAL, "b", BOOK, DAY, AT, 1)


@pytest.mark.parametrize(("key", "taken"), [("", False), ("x", True), ("号" * 200, True), ("x" * 201, False)])
def test_the_database_too_wants_a_key_of_sensible_length(key: str, taken: bool) -> None:
    bank, suspense = account_of(BOOK, "bank", "a"), account_of(BOOK, "suspense")
    statement = f"WITH j AS ({JOURNAL}) {TRANSFER.replace('VALUES (%s,', 'SELECT j.id,').replace('%s)', '%s FROM j')}"
    values = [key, BOOK, DAY, AT, 1, 1, DAY, bank, suspense, 1]
    if taken:
        execute(statement, *values)
    else:
        with pytest.raises(IntegrityError, match="journal_has_a_key"):
            execute(statement, *values)
