"""Which tables are sealed: every one whose rows the database refuses to rewrite. 封存范围

They are found by their triggers, so a log that is added later is sealed by itself. Of a table whose rows may change
in some columns the others are sealed; the trigger's arguments name those that change.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

LEFT_OUT = frozenset({"trail_block", "collection_receiptpaper"})
"""The chain itself, and the receipts' papers: each bears a signature of its own, and hashing all their bytes again
every night would take longer than everything else."""


class Source(NamedTuple):
    """One log and the columns of it that never change. 来源表"""

    table: str
    columns: tuple[str, ...]
    """the first one is the key that grows: its id, or the first column of a primary key of several"""


# Bits of tgtype: 8 DELETE, 16 UPDATE. Arguments of a trigger are stored with a zero byte after each.
SOURCES = r"""
WITH guard AS (
    SELECT t.tgrelid, p.proname, t.tgtype, t.tgenabled,
           array_remove(string_to_array(encode(t.tgargs, 'escape'), '\000'), '') AS changing
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal
), kept AS (
    SELECT tgrelid, ARRAY[]::text[] AS changing FROM guard
    WHERE proname IN ('people_never_rewritten', 'ledger_never_rewritten') AND tgtype & 24 = 24 AND tgenabled = 'O'
    UNION
    SELECT f.tgrelid, f.changing FROM guard f JOIN guard d USING (tgrelid)
    WHERE f.proname = 'only_these_change' AND f.tgtype & 16 = 16 AND f.tgenabled = 'O'
      AND d.proname = 'people_never_rewritten' AND d.tgtype & 8 = 8 AND d.tgenabled = 'O'
)
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum <> key.first, a.attnum)
FROM kept k
JOIN pg_class c ON c.oid = k.tgrelid AND c.relnamespace = current_schema()::regnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN (SELECT i.indrelid, i.indkey[0] AS first FROM pg_index i WHERE i.indisprimary) key ON key.indrelid = c.oid
WHERE NOT a.attname::text = ANY(k.changing) AND NOT c.relname = ANY(%s)
  AND EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attnum = key.first
                AND i.atttypid IN ('int8'::regtype, 'int4'::regtype, 'int2'::regtype))
GROUP BY c.relname ORDER BY c.relname"""


def sources() -> list[Source]:
    """Every table whose rows, or some columns of them, are never rewritten nor deleted. 列出来源表"""
    with connection.cursor() as cursor:
        cursor.execute(SOURCES, [sorted(LEFT_OUT)])
        return [Source(table, tuple(columns)) for table, columns in cursor.fetchall()]
