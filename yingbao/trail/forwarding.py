"""What was sealed goes to a syslog outside, in order, each block at least once. 外送

A block is marked as sent when the way to the collector ended well; if it broke, the whole block is sent again. Each
message carries the digest that the chain holds of its row, and each block's last message the block's digest: who
keeps them outside has anchors.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yingbao.trail.chain import split
from yingbao.trail.models import Block, Forwarded
from yingbao.trail.syslog import message, opened
from yingbao.values.refusal import Refused

MOST_BLOCKS = 100
"""so many in one run, so that a backlog leaves the worker to others in between"""
ALARMING = frozenset({"chain_broken", "locked_out"})

SHOWN = {
    "people_change": (
        "change",
        "id, at, actor_id AS user, source, person_id AS person, table_name AS of, row_id AS of_row,"
        " (SELECT string_agg(field, ',' ORDER BY field) FROM jsonb_object_keys(coalesce(after, before)) field)"
        " AS fields",
    ),
    "people_look": (
        "look",
        "id, at, user_id AS user, organisation_id AS organisation, person_id AS person, what, count",
    ),
    "enrolment_step": (
        "step",
        "id, at, by_id AS user, enrolment_id AS enrolment, act, from_state AS from, to_state AS to",
    ),
    "trail_event": ("event", "id, at, user_id AS user, organisation_id AS organisation, what, about"),
}
"""Of these logs every row is told, in ids and words; of the others their blocks."""


def forward(*, to: str, at: datetime) -> int:
    """Send the blocks that have not been sent there; returns how many. 外送新块

    Why it failed stands in `Forwarded.fault` until it succeeds again; the next run goes on where this one ended.
    """
    Forwarded.objects.get_or_create(destination=to[:200])
    sent = 0
    while sent < MOST_BLOCKS and _one_sent(to, at):
        sent += 1
    return sent


def _one_sent(to: str, at: datetime) -> bool:
    with transaction.atomic():
        # Another worker that is sending has the row; what it sends need not be sent twice.
        reached = Forwarded.objects.select_for_update(skip_locked=True).filter(destination=to[:200]).first()
        if reached is None:
            return False
        block = Block.objects.filter(number__gt=reached.number).order_by("number").first()
        if block is None:
            return False
        try:
            with opened(to) as send:
                for one in _messages(block):
                    send(one)
        except (OSError, Refused) as fault:
            reached.fault = f"{type(fault).__name__}: {fault}"[:200]
            reached.save(update_fields=["fault"])
            return False
        reached.number, reached.at, reached.fault = block.number, at, ""
        reached.save(update_fields=["number", "at", "fault"])
        return True


def _messages(block: Block) -> Iterator[bytes]:
    if block.table_name in SHOWN:
        kind, columns = SHOWN[block.table_name]
        digests = dict(zip(block.ids, split(bytes(block.digests)), strict=True))
        for row in _rows(block, columns):
            key, moment = row.pop("id"), row.pop("at")
            said = {"table": block.table_name, "row": key, "digest": digests[key].hex(), **row}
            yield message(kind, said, at=moment, critical=row.get("what") in ALARMING)
    said = {
        "number": block.number,
        "table": block.table_name,
        "rows": len(block.ids),
        "last": block.last_id,
        "previous": bytes(block.previous).hex(),
        "digest": bytes(block.digest).hex(),
    }
    yield message("block", said, at=block.sealed_at)


def _rows(block: Block, columns: str) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_quoted(columns)} FROM {block.table_name} WHERE id = ANY(%s) ORDER BY id",  # noqa: S608  ours
            [block.ids],
        )
        names = [column.name for column in cursor.description]
        for row in cursor.fetchall():
            yield dict(zip(names, row, strict=True))


def _quoted(columns: str) -> str:
    """Names such as user and from are words of SQL."""
    return columns.replace(" AS user", ' AS "user"').replace(" AS from", ' AS "from"').replace(" AS to", ' AS "to"')
