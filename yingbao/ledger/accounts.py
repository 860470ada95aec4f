"""The accounts of a book, opened when they are first needed. 开户"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from yingbao.ledger.posting import KINDS, AccountName, Role


def account_of(book: str, role: Role | str, detail: str = "") -> int:
    """The id of this account, which is opened if nobody needed it before. 取账户"""
    name = AccountName(Role(role), detail)
    open_accounts(book, [name])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_account WHERE code = %s", [name.code(book)])
        return int(cursor.fetchone()[0])


def open_accounts(book: str, names: Iterable[AccountName]) -> None:
    """Open those of these accounts that are missing; two at once end with one of each. 开户"""
    # In order of their codes: whoever else opens some of them waits, and never in a ring.
    rows = sorted((name.code(book), book, name.role, name.detail, KINDS[name.role]) for name in set(names))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_account (code, book, role, detail, kind)
            SELECT n.* FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
                AS n(code, book, role, detail, kind)
            WHERE NOT EXISTS (SELECT FROM ledger_account a WHERE a.code = n.code)
            ORDER BY n.code
            ON CONFLICT DO NOTHING
            """,
            [[str(row[place]) for row in rows] for place in range(5)],
        )
