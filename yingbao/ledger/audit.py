"""What must hold of the book, each as one query that names the rows that break it. 账簿稽核

Triggers and constraints keep these from breaking; the queries find what a switched-off trigger, a restored file or a
hand on the database has done. Packages above bring lists of their own and have them examined here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.db import connection, transaction

from yingbao.values.text import Text


class Invariant(msgspec.Struct, frozen=True):
    """Something that is always so. 不变式"""

    id: str
    says: Text
    sql: str
    """gives the rows that break it, none if it holds; `%(name)s` stands for a parameter, `%%` for a per cent sign"""


class Finding(msgspec.Struct, frozen=True):
    """An invariant that does not hold, and where. 稽核发现"""

    invariant: Invariant
    rows: list[dict[str, Any]]
    """the rows that break it by column, at most as many as were asked for"""
    more: bool
    """whether there are others"""


def examine(
    invariants: Sequence[Invariant], *, parameters: Mapping[str, Any] | None = None, most: int = 100
) -> list[Finding]:
    """Those of these invariants that do not hold, with the rows that break them. 稽核"""
    findings = []
    with connection.cursor() as cursor:
        for each in invariants:
            cursor.execute(f"SELECT * FROM ({each.sql}) broken LIMIT {most + 1}", dict(parameters or {}))  # noqa: S608
            rows = cursor.fetchall()
            if rows:
                names = [column.name for column in cursor.description]
                told = [dict(zip(names, row, strict=True)) for row in rows[:most]]
                findings.append(Finding(each, told, more=len(rows) > most))
    return findings


def examine_at_once(invariants: Sequence[Invariant], *, most: int = 100) -> list[Finding]:
    """The same over one moment of the database, while others go on posting. 定点稽核

    Opens a transaction of its own, so the caller must not be in one.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return examine(invariants, most=most)


INVARIANTS: list[Invariant] = [
    Invariant(
        "ledger.debits_equal_credits",
        Text("每本账簿借方合计等于贷方合计", "in each book all debits equal all credits"),
        """
        SELECT book, sum(debit_fen) AS debit_fen, sum(credit_fen) AS credit_fen FROM (
            SELECT a.book, sum(t.amount_fen) AS debit_fen, 0 AS credit_fen
            FROM ledger_transfer t LEFT JOIN ledger_account a ON a.id = t.debit_id GROUP BY a.book
            UNION ALL
            SELECT a.book, 0, sum(t.amount_fen)
            FROM ledger_transfer t LEFT JOIN ledger_account a ON a.id = t.credit_id GROUP BY a.book
        ) sides GROUP BY book HAVING sum(debit_fen) <> sum(credit_fen) OR book IS NULL
        """,
    ),
    Invariant(
        "ledger.transfer_stays_in_its_book",
        Text("每条分录的借贷账户与凭证同属一本账簿", "a transfer's accounts and journal belong to one book"),
        """
        SELECT t.journal_id, t.ordinal, j.key, j.book, d.code AS debit, c.code AS credit FROM ledger_transfer t
        LEFT JOIN ledger_journal j ON j.id = t.journal_id
        LEFT JOIN ledger_account d ON d.id = t.debit_id LEFT JOIN ledger_account c ON c.id = t.credit_id
        WHERE (d.book = j.book AND c.book = j.book) IS NOT TRUE
        """,
    ),
    Invariant(
        "ledger.transfer_moves_an_amount",
        Text("分录金额大于零，借贷不同户", "a transfer moves more than nothing, between two accounts"),
        """
        SELECT t.journal_id, t.ordinal, t.amount_fen FROM ledger_transfer t
        WHERE t.amount_fen <= 0 OR t.debit_id = t.credit_id
        """,
    ),
    Invariant(
        "ledger.journal_has_its_transfers",
        Text(
            "凭证的分录一条不多、一条不少，日期一致", "a journal has its transfers, no more, no fewer, all of its day"
        ),
        """
        SELECT j.id, j.key, j.transfers AS stated, count(t.journal_id) AS found FROM ledger_journal j
        LEFT JOIN ledger_transfer t ON t.journal_id = j.id AND t.day = j.day AND t.ordinal BETWEEN 1 AND j.transfers
        GROUP BY j.id HAVING count(t.journal_id) <> j.transfers OR j.transfers < 1
        UNION ALL
        SELECT t.journal_id, j.key, j.transfers, count(*) FROM ledger_transfer t
        LEFT JOIN ledger_journal j ON j.id = t.journal_id
        WHERE (t.day = j.day AND t.ordinal BETWEEN 1 AND j.transfers) IS NOT TRUE GROUP BY t.journal_id, j.id
        """,
    ),
    Invariant(
        "ledger.a_key_is_posted_once",
        Text("同一业务键只入账一次，摘要完整", "a business key is posted once, and its digest is whole"),
        """
        SELECT j.key, count(*) AS journals, min(octet_length(j.digest)) AS digest_bytes FROM ledger_journal j
        GROUP BY j.key HAVING count(*) > 1 OR bool_or(octet_length(j.digest) <> 32) OR j.key = ''
        """,
    ),
    Invariant(
        "ledger.nothing_after_closing",
        Text("日结后没有补记的凭证", "nothing was posted into a day after it was closed"),
        """
        SELECT j.id, j.key, j.book, j.day, c.day AS closed_day FROM ledger_closedday c
        JOIN ledger_journal j ON j.book = c.book AND j.day <= c.day AND j.id > c.last_journal
        WHERE c.day = (SELECT min(f.day) FROM ledger_closedday f
                       WHERE f.book = j.book AND f.day >= j.day AND f.last_journal < j.id)
        """,
    ),
    Invariant(
        "ledger.closing_took_two",
        Text("日结由两人办理", "a day was closed by two people"),
        "SELECT c.book, c.day, c.by FROM ledger_closedday c WHERE c.by = c.confirmed_by",
    ),
    Invariant(
        "ledger.kept_balances_equal_sums",
        Text("日终余额等于分录合计", "the balances kept at a day's end equal the sums of its transfers"),
        """
        WITH moved AS (
            SELECT account, day, sum(debit_fen) AS debit_fen, sum(credit_fen) AS credit_fen FROM (
                SELECT t.debit_id AS account, t.day, sum(t.amount_fen) AS debit_fen, 0 AS credit_fen
                FROM ledger_transfer t GROUP BY 1, 2
                UNION ALL
                SELECT t.credit_id, t.day, 0, sum(t.amount_fen) FROM ledger_transfer t GROUP BY 1, 2
            ) sides GROUP BY account, day
        ), summed AS (
            SELECT c.id AS closed, a.id AS account, sum(m.debit_fen) AS debit_fen, sum(m.credit_fen) AS credit_fen
            FROM ledger_closedday c JOIN ledger_account a ON a.book = c.book
            JOIN moved m ON m.account = a.id AND m.day <= c.day GROUP BY c.id, a.id
        )
        SELECT c.book, c.day, a.code, b.debit_fen AS kept_debit_fen, s.debit_fen, b.credit_fen AS kept_credit_fen,
               s.credit_fen
        FROM summed s FULL JOIN ledger_daybalance b ON b.closed_id = s.closed AND b.account_id = s.account
        LEFT JOIN ledger_closedday c ON c.id = coalesce(s.closed, b.closed_id)
        LEFT JOIN ledger_account a ON a.id = coalesce(s.account, b.account_id)
        WHERE coalesce(s.debit_fen, 0) IS DISTINCT FROM coalesce(b.debit_fen, 0)
           OR coalesce(s.credit_fen, 0) IS DISTINCT FROM coalesce(b.credit_fen, 0)
        """,
    ),
    Invariant(
        "ledger.nobody_owes_less_than_nothing",
        Text("待认领款、多缴款、在途退款不为负", "suspense, overpaid and refunds in transit are never below zero"),
        """
        SELECT a.code, credited.fen - debited.fen AS balance_fen FROM ledger_account a
        CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount_fen), 0) AS fen FROM ledger_transfer t
                            WHERE t.debit_id = a.id) debited
        CROSS JOIN LATERAL (SELECT coalesce(sum(t.amount_fen), 0) AS fen FROM ledger_transfer t
                            WHERE t.credit_id = a.id) credited
        WHERE a.role IN ('suspense', 'overpaid', 'transit') AND credited.fen < debited.fen
        """,
    ),
    Invariant(
        "ledger.no_arrival_is_matched_beyond_its_amount",
        Text("每笔到账认领不超过其金额", "no arrival is matched for more than its amount"),
        """
        SELECT a.code, t.source,
               sum(CASE WHEN t.credit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END) AS left_fen
        FROM ledger_account a JOIN ledger_transfer t ON t.debit_id = a.id OR t.credit_id = a.id
        WHERE a.role = 'suspense' AND t.source IS NOT NULL GROUP BY a.code, t.source
        HAVING sum(CASE WHEN t.credit_id = a.id THEN t.amount_fen ELSE -t.amount_fen END) < 0
        """,
    ),
    Invariant(
        "ledger.guards_stand",
        Text("防改写的触发器均在岗", "the triggers that keep the book are all switched on"),
        """
        SELECT g.guarded, g.guard FROM (VALUES
            ('ledger_account', 'never_rewritten'), ('ledger_journal', 'never_rewritten'),
            ('ledger_transfer', 'never_rewritten'), ('ledger_closedday', 'never_rewritten'),
            ('ledger_daybalance', 'never_rewritten'), ('ledger_journal', 'whole'), ('ledger_transfer', 'whole'),
            ('ledger_closedday', 'before_closing'), ('ledger_closedday', 'keep_balances')) g(guarded, guard)
        WHERE NOT EXISTS (SELECT FROM pg_trigger p WHERE p.tgrelid = g.guarded::regclass AND p.tgname = g.guard
                          AND p.tgenabled IN ('O', 'A'))
        """,
    ),
]
