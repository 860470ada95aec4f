"""What stands on the accounts: the last closed day's balances and what was posted since. 余额

No row holds a running balance, so postings never wait for each other. Sums are whole fen; assets and expenses grow
by debits, liabilities by credits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection

from yingbao.ledger.posting import KINDS, AccountName, Kind, grows

BALANCES = """
WITH kept AS (
    SELECT c.id, c.day FROM ledger_closedday c
    WHERE c.book = %(book)s AND c.day <= %(until)s ORDER BY c.day DESC LIMIT 1
)
SELECT a.code, a.kind, coalesce(b.debit_fen, 0) + debited.fen, coalesce(b.credit_fen, 0) + credited.fen
FROM ledger_account a
LEFT JOIN kept ON true
LEFT JOIN ledger_daybalance b ON b.closed_id = kept.id AND b.account_id = a.id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.amount_fen), 0) AS fen FROM ledger_transfer t
    WHERE t.debit_id = a.id AND t.day > coalesce(kept.day, '-infinity') AND t.day <= %(until)s) debited
CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.amount_fen), 0) AS fen FROM ledger_transfer t
    WHERE t.credit_id = a.id AND t.day > coalesce(kept.day, '-infinity') AND t.day <= %(until)s) credited
WHERE a.book = %(book)s AND (%(code)s::text IS NULL OR a.code = %(code)s::text) ORDER BY a.code
"""

BY_DIMENSION = """
SELECT t.{dimension}, sum(CASE WHEN t.debit_id = a.id THEN t.amount_fen ELSE 0 END),
       sum(CASE WHEN t.credit_id = a.id THEN t.amount_fen ELSE 0 END)
FROM ledger_account a JOIN ledger_transfer t ON {narrowed} AND (t.debit_id = a.id OR t.credit_id = a.id)
WHERE a.code = %(code)s GROUP BY t.{dimension}
"""


def balances(book: str, until: date | None = None) -> dict[str, int]:
    """Fen on each account of a book at the end of a day, or of all days, by account code. 各户余额"""
    return _balances(book, until, None)


def balance_of(book: str, name: AccountName, until: date | None = None) -> int:
    """Fen on one account at the end of a day, or of all days; 0 if it is not opened. 账户余额"""
    return _balances(book, until, name.code(book)).get(name.code(book), 0)


def sum_by_subject(book: str, name: AccountName, subjects: Sequence[int] | None = None) -> dict[int, int]:
    """Fen on an account for each subject (an obligation), for these subjects only or for all. 按对象汇总

    A subject that was never posted to the account is left out.
    """
    return _by_dimension("subject", book, name, subjects)


def sum_by_source(book: str, name: AccountName, sources: Sequence[int] | None = None) -> dict[int, int]:
    """Fen on an account for each source (an arrival), for these sources only or for all. 按来源汇总"""
    return _by_dimension("source", book, name, sources)


def _balances(book: str, until: date | None, code: str | None) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, {"book": book, "until": until or date.max, "code": code})
        return {code: grows(Kind(kind), int(debit), int(credit)) for code, kind, debit, credit in cursor.fetchall()}


def _by_dimension(dimension: str, book: str, name: AccountName, only: Sequence[int] | None) -> dict[int, int]:
    # The partial index serves the narrowed question, the account's own indexes the whole one.
    narrowed = f"t.{dimension} IS NOT NULL" if only is None else f"t.{dimension} = ANY(%(only)s)"
    statement = BY_DIMENSION.format(dimension=dimension, narrowed=narrowed)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"code": name.code(book), "only": None if only is None else list(only)})
        kind = KINDS[name.role]
        return {number: grows(kind, int(debit), int(credit)) for number, debit, credit in cursor.fetchall()}
