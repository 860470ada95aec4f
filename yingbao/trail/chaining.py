"""Rows that were written are sealed into the chain; no writer waits for it. 封存

Rows get their ids before they are committed, so a row with a lower id may become visible after one with a higher id.
A block must not end behind such a row, or it would be passed over for ever. So for each log the highest id to be seen
is noted together with the transactions that are writing just then (`Horizon`); once all of them have ended, nothing at
or below that id can come any more, and it is sealed. Transactions that began later have higher ids.
"""

from __future__ import annotations

import time
from datetime import datetime

from django.db import connection, transaction
from psycopg import sql

from yingbao.trail.chain import GENESIS, LOWEST_ID, VERSION, digest_of, end_of_block, fixed, rows_of
from yingbao.trail.models import Block, Horizon
from yingbao.trail.sources import Source, sources

ROWS_IN_A_BLOCK = 10_000
CHAIN = 0x5452_4149
"""Advisory lock under which the next block is made."""
LOOK_AGAIN_SECONDS = 0.1

# Whoever writes a row holds one of these locks from before the row gets its id until the end of the transaction.
# Reading alone takes none of them: a long report or a backup does not hold up the seals.
WRITING = """
SELECT DISTINCT l.virtualtransaction FROM pg_locks l
WHERE l.locktype = 'relation' AND l.mode IN ('RowShareLock', 'RowExclusiveLock')
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.pid IS DISTINCT FROM pg_backend_pid()"""


def extend(*, at: datetime, patience_seconds: float = 2.0) -> int:
    """Block everything that is certain to be complete; returns how many rows. 封存新增记录

    Waits a moment for transactions that are just writing; what is still being written then, the next run seals.
    """
    logs = sources()
    with fixed():
        safe = horizons(logs)
    until = time.monotonic() + patience_seconds
    sealed = 0
    while True:
        for log in logs:
            if log.table in safe:
                sealed += _sealed(log, safe[log.table], at)
        if not Horizon.objects.exists() or time.monotonic() > until:
            return sealed
        time.sleep(LOOK_AGAIN_SECONDS)
        with transaction.atomic():
            safe = _ripe()


def horizons(logs: list[Source]) -> dict[str, int]:
    """Up to which id each log is complete by now; what has to wait is noted. 可封存界限"""
    safe = _ripe()
    waiting = set(Horizon.objects.values_list("table_name", flat=True))
    sealed = _sealed_up_to(logs)
    highest = _highest([log for log in logs if log.table not in waiting])
    # Asked after the ids above, in a statement of its own: who wrote lower ids and is not done yet is among these.
    writing = _writing()
    for table, last in highest.items():
        if last <= max(sealed.get(table, LOWEST_ID), safe.get(table, LOWEST_ID)):
            continue
        if writing:
            Horizon.objects.update_or_create(table_name=table, defaults={"last_id": last, "holders": sorted(writing)})
        else:
            safe[table] = last
    return safe


def _ripe() -> dict[str, int]:
    """The horizons whose writers have all ended; they are taken off."""
    writing = _writing()
    ripe = {
        one.table_name: one.last_id
        for one in Horizon.objects.select_for_update().order_by("table_name")
        if not writing.intersection(one.holders)
    }
    Horizon.objects.filter(table_name__in=ripe).delete()
    return ripe


def _writing() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITING)
        return {holder for (holder,) in cursor.fetchall()}


def _highest(logs: list[Source]) -> dict[str, int]:
    if not logs:
        return {}
    each = [
        sql.SQL("SELECT {}, max({}) FROM {}").format(
            sql.Literal(log.table), sql.Identifier(log.columns[0]), sql.Identifier(log.table)
        )
        for log in logs
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(each))
        return {table: last for table, last in cursor.fetchall() if last is not None}


def _sealed_up_to(logs: list[Source]) -> dict[str, int]:
    """One look into the index for each log: there are a block a minute of each, for years."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT log, (SELECT max(last_id) FROM trail_block WHERE table_name = log) FROM unnest(%s::text[]) log",
            [[log.table for log in logs]],
        )
        return {table: last for table, last in cursor.fetchall() if last is not None}


def _sealed(log: Source, last: int, at: datetime) -> int:
    """Make blocks of a log up to this id, each in a transaction of its own."""
    rows = 0
    while (made := _block(log, last, at)) is not None:
        rows += made
    return rows


def _block(log: Source, last: int, at: datetime) -> int | None:
    """Make the next block of a log; None if there is nothing left up to that id."""
    with fixed():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN])
        own = Block.objects.filter(table_name=log.table).order_by("-last_id").values_list("last_id", flat=True).first()
        after = LOWEST_ID if own is None else own
        end = end_of_block(log.table, log.columns[0], after, last, ROWS_IN_A_BLOCK)
        rows = rows_of(log.table, log.columns, after, end)
        if not rows.ids:
            return None
        before = Block.objects.order_by("-number").only("number", "digest").first()
        block = Block(
            number=before.number + 1 if before else 1,
            version=VERSION,
            table_name=log.table,
            columns=list(log.columns),
            after_id=after,
            last_id=rows.ids[-1],
            ids=rows.ids,
            digests=rows.digests,
            previous=bytes(before.digest) if before else GENESIS,
            sealed_at=at,
        )
        block.digest = digest_of(block)
        block.save(force_insert=True)
    return len(rows.ids)
