"""Recording postings: one by one in a single statement, many in a single statement. 入账

A business key is posted once. Whoever comes with it again and says the same gets the first answer; whoever says
something else gets a Conflict and nothing is posted. Two at the same moment: one posts, the other waits for its
commit and gets its answer. Calls belong to the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec
from django.db import DatabaseError, connection, transaction

from yingbao.ledger.accounts import open_accounts
from yingbao.ledger.posting import AccountName, Conflict, DayClosed, Posting, unlike

DAY_CLOSED = "YB001"
"""what the database's triggers say about a day that is closed"""

POST = """
SELECT journal_id, outcome FROM ledger_post(
    %s::text, %s::timestamptz, %s::bigint, %s::text, %s::bytea, %s::text, %s::date, %s::text,
    %s::text[], %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[])
"""
POST_MANY = """
SELECT * FROM ledger_post_many(
    %s::text, %s::timestamptz, %s::bigint,
    %s::text[], %s::bytea[], %s::text[], %s::date[], %s::text[], %s::smallint[],
    %s::text[], %s::int[], %s::smallint[], %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[])
"""


class Posted(msgspec.Struct, frozen=True, gc=False):
    """Where a posting stands now. 入账结果"""

    journal_id: int
    fresh: bool
    """false if it had been posted before"""


def post(posting: Posting, *, book: str, at: datetime, by: int | None = None) -> Posted:
    """Record one posting. 入账

    Raises Conflict if its key stands for something else (the caller's transaction goes on), DayClosed if its day
    takes no more (ask `closing.open_day` first).
    """
    accounts = _Accounts(book)
    debits, credits = accounts.places(posting)
    entries = posting.entries
    values = [
        book, at, by, posting.key, posting.digest, posting.event.value, posting.day, posting.note,
        accounts.codes, debits, credits, [entry.amount_fen for entry in entries],
        [entry.subject for entry in entries], [entry.source for entry in entries],
    ]  # fmt: skip
    with _closed_days_named(posting.key):
        (journal_id, outcome), *_ = _rows(POST, values)
        if outcome == "unopened":
            open_accounts(book, accounts.names)
            (journal_id, outcome), *_ = _rows(POST, values)
    if outcome == "conflict":
        raise Conflict(posting.key)
    return Posted(journal_id, fresh=outcome == "posted")


def post_many(postings: Sequence[Posting], *, book: str, at: datetime, by: int | None = None) -> list[Posted]:
    """Record these postings, all or none of them; where each stands, in their order. 批量入账

    Raises Conflict naming every key that stands for something else, DayClosed if a day takes no more.
    """
    if wrong := unlike(postings):
        raise Conflict(*wrong)
    first: dict[str, Posting] = {}
    for posting in postings:
        first.setdefault(posting.key, posting)
    distinct = list(first.values())
    if not distinct:
        return []
    accounts = _Accounts(book)
    values: list[Any] = [book, at, by, *_heads(distinct), accounts.codes, *_transfers(distinct, accounts)]
    with _closed_days_named(book), transaction.atomic():
        ids = [row[0] for row in _rows(POST_MANY, values)]
        if not ids:
            open_accounts(book, accounts.names)
            ids = [row[0] for row in _rows(POST_MANY, values)]
        known = _known(book, [each for each, number in zip(distinct, ids, strict=True) if number is None])
    answers = {
        each.key: Posted(known[each.key], fresh=False) if number is None else Posted(number, fresh=True)
        for each, number in zip(distinct, ids, strict=True)
    }
    return [_once(answers, posting.key) for posting in postings]


def _once(answers: dict[str, Posted], key: str) -> Posted:
    """The answer for a key; the second time it is asked for in a batch it is no longer fresh."""
    answer = answers[key]
    answers[key] = Posted(answer.journal_id, fresh=False)
    return answer


class _Accounts:
    """The accounts of a call, numbered from one as PostgreSQL does."""

    def __init__(self, book: str) -> None:
        self.book = book
        self.names: dict[AccountName, int] = {}
        self.codes: list[str] = []

    def place(self, name: AccountName) -> int:
        place = self.names.get(name)
        if place is None:
            place = self.names[name] = len(self.codes) + 1
            self.codes.append(name.code(self.book))
        return place

    def places(self, posting: Posting) -> tuple[list[int], list[int]]:
        """Of each transfer: which account is debited, which is credited."""
        entries = posting.entries
        return [self.place(entry.debit) for entry in entries], [self.place(entry.credit) for entry in entries]


def _heads(postings: Sequence[Posting]) -> list[list[Any]]:
    """Six columns: key, digest, event, day, note, number of transfers."""
    return [
        [posting.key for posting in postings],
        [posting.digest for posting in postings],
        [posting.event.value for posting in postings],
        [posting.day for posting in postings],
        [posting.note for posting in postings],
        [len(posting.entries) for posting in postings],
    ]


def _transfers(postings: Sequence[Posting], accounts: _Accounts) -> list[list[Any]]:
    """Seven columns: posting and ordinal from one, debited and credited account, amount, subject, source."""
    rows = [
        (
            number, ordinal, accounts.place(entry.debit), accounts.place(entry.credit), entry.amount_fen,
            entry.subject, entry.source,
        )
        for number, posting in enumerate(postings, 1)
        for ordinal, entry in enumerate(posting.entries, 1)
    ]  # fmt: skip
    return [list(column) for column in zip(*rows, strict=True)]


def _known(book: str, postings: Sequence[Posting]) -> dict[str, int]:
    """The journals of keys that were taken already; Conflict for those that say something else."""
    if not postings:
        return {}
    keys = [posting.key for posting in postings]
    rows = _rows("SELECT key, id, digest, book FROM ledger_journal WHERE key = ANY(%s)", [keys])
    said = {key: (number, bytes(digest), of) for key, number, digest, of in rows}
    wrong = [posting.key for posting in postings if said[posting.key][1:] != (posting.digest, book)]
    if wrong:
        raise Conflict(*wrong)
    return {key: number for key, (number, *_) in said.items()}


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


@contextmanager
def _closed_days_named(where: str) -> Iterator[None]:
    """Say DayClosed where the database says that the day is closed."""
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == DAY_CLOSED:
            raise DayClosed(where) from error
        raise
