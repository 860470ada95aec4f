"""How a row becomes a digest and how digests become a chain. 哈希链

Nothing here may change what has been sealed: another way to write rows as text is another VERSION beside this one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC
from typing import NamedTuple

from django.db import connection, transaction
from psycopg import sql

from yingbao.trail.models import Block

VERSION = 1
"""A row is the text of a jsonb array of its columns, moments in UTC, bytes in hexadecimal; SHA-256 of it in UTF-8.
Rows that share the key, such as the transfers of one journal, are sorted and joined by a line feed."""
DIGEST_BYTES = 32
LOWEST_ID = -(2**63)
GENESIS = hashlib.sha256(b"yingbao trail 1").digest()
"""What stands before the first block."""


class Rows(NamedTuple):
    """Rows of a log as they are now: their ids, and their digests one after another. 行摘要"""

    ids: list[int]
    digests: bytes

    def pairs(self) -> dict[int, bytes]:
        """id → digest"""
        return dict(zip(self.ids, split(self.digests), strict=False))


def split(digests: bytes) -> list[bytes]:
    """Digests that stand one after another, each by itself."""
    return [digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)]


FIXED = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    # A role from which a policy of the database hides rows must fail, not pass over them.
    "row_security": "off",
    # A log that has just been filled has no statistics yet, and every block would read all of it.
    "enable_seqscan": "off",
}
_SET = "SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(FIXED))


@contextmanager
def fixed() -> Iterator[None]:
    """A transaction in which values become text in one way only, and no row is passed over. 固定格式"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["current_setting(%s)"] * len(FIXED)), list(FIXED))
        before = cursor.fetchone()
        cursor.execute(_SET, [part for setting in FIXED.items() for part in setting])
        yield
        # After an exception the transaction or savepoint is rolled back, and the settings with it.
        cursor.execute(_SET, [part for setting in zip(FIXED, before, strict=True) for part in setting])


def end_of_block(table: str, key: str, after: int, last: int, most: int) -> int:
    """The key at which a block of `most` rows ends; `last` if fewer are left. 块的末行"""
    statement = sql.SQL("SELECT {key} FROM {table} WHERE {key} > %s AND {key} <= %s ORDER BY {key} OFFSET %s LIMIT 1")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(key=sql.Identifier(key), table=sql.Identifier(table)), [after, last, most - 1])
        found = cursor.fetchone()
    return int(found[0]) if found else last


def rows_of(table: str, columns: Sequence[str], after: int, last: int) -> Rows:
    """The rows with after < key ≤ last, as they are now. 读取行摘要

    The key is the first of the columns. Call it within `fixed`.
    """
    text = sql.SQL("jsonb_build_array({})::text").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    statement = sql.SQL(
        "SELECT coalesce(array_agg(key ORDER BY key), '{{}}'), coalesce(string_agg(digest, '' ORDER BY key), '')"
        " FROM (SELECT {key} AS key, sha256(convert_to(string_agg({text}, chr(10) ORDER BY {text}), 'UTF8')) AS digest"
        " FROM {table} WHERE {key} > %s AND {key} <= %s GROUP BY {key} ORDER BY {key}) one"
    ).format(text=text, table=sql.Identifier(table), key=sql.Identifier(columns[0]))
    with connection.cursor() as cursor:
        cursor.execute(statement, [after, last])
        ids, digests = cursor.fetchone()
    return Rows(list(ids), bytes(digests))


def digest_of(block: Block) -> bytes:
    """The digest of a block, reckoned from what it holds. 块摘要"""
    said = [
        block.number,
        block.version,
        block.table_name,
        list(block.columns),
        block.after_id,
        block.last_id,
        hashlib.sha256(json.dumps(list(block.ids), separators=(",", ":")).encode()).hexdigest(),
        block.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    header = json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()
    return hashlib.sha256(bytes(block.previous) + header + bytes(block.digests)).digest()
