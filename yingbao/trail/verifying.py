"""Whether every sealed row is as it was, and the chain whole. 核验"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db import ProgrammingError, connection
from django.db.models import Max, QuerySet

from yingbao.trail.chain import DIGEST_BYTES, GENESIS, LOWEST_ID, Rows, digest_of, fixed, rows_of
from yingbao.trail.models import Block
from yingbao.trail.sources import sources
from yingbao.values.text import Text

MOST_FINDINGS = 1_000

SAYS = {
    "altered": Text(
        "{table} 第{row}行在封存后被改动（第{number}块）", "{table} row {row} was altered (block {number})"
    ),
    "removed": Text(
        "{table} 第{row}行在封存后被删除（第{number}块）", "{table} row {row} was removed (block {number})"
    ),
    "inserted": Text(
        "{table} 第{row}行是封存后插入的（第{number}块的范围内）",
        "{table} row {row} was inserted afterwards (in the span of block {number})",
    ),
    "unreadable": Text(
        "{table} 已缺少封存时的表或列，第{number}块无法核对",
        "{table} lacks the table or columns that were sealed; block {number} cannot be checked",
    ),
    "block_altered": Text("第{number}块本身被改动", "block {number} itself was altered"),
    "block_missing": Text("第{number}块不见了，链在此断开", "block {number} is missing: the chain breaks here"),
    "chain_broken": Text(
        "第{number}块不接前一块，链在此断开", "block {number} does not follow the one before: the chain breaks here"
    ),
    "span_broken": Text(
        "{table} 在第{number}块之前有一段没有封存", "{table}: something before block {number} is not sealed"
    ),
    "unguarded": Text(
        "{table} 防改动的触发器不在或已停用", "{table}: the triggers that keep it from being rewritten are gone or off"
    ),
    "anchor_missing": Text(
        "链中没有所给的锚值：链尾被去掉，或整条链被重写",
        "the anchor is not in the chain: its end was cut off, or all of it was rewritten",
    ),
}


class Finding(NamedTuple):
    """One thing that is not as it was sealed. 发现"""

    kind: str
    """a key of SAYS"""
    table: str = ""
    row: int | None = None
    number: int | None = None

    @property
    def text(self) -> Text:
        """In words."""
        return SAYS[self.kind].filled(table=self.table, row=self.row, number=self.number)


class Report(NamedTuple):
    """What a verification looked at and found. 核验结果"""

    blocks: int
    rows: int
    findings: list[Finding]
    last_number: int
    last_digest: str
    """the anchor to keep elsewhere, in hexadecimal; of an empty chain what stands before its first block"""
    last_sealed_at: datetime | None


def verify(
    *,
    since: datetime | None = None,
    anchor: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Check every block, or those sealed since a moment, against the rows as they are now. 核验

    `anchor` is the digest of a block that was kept elsewhere: it has to be in the chain. `tell` is told how many
    blocks of how many are done. Rows that are not sealed yet are not looked at.
    """
    newest = Block.objects.aggregate(last=Max("number"))["last"] or 0
    wanted = Block.objects.filter(number__lte=newest)
    if since is not None:
        first = wanted.filter(sealed_at__gte=since).order_by("number").values_list("number", flat=True).first()
        wanted = wanted.filter(number__gte=newest + 1 if first is None else first)
    total = wanted.count()
    findings: list[Finding] = []
    blocks = rows = 0
    for found, sealed in _checked(wanted, since is None):
        findings += found
        blocks, rows = blocks + 1, rows + sealed
        tell(blocks, total)
        if len(findings) >= MOST_FINDINGS:
            break
    findings += _unguarded()
    if anchor and not Block.objects.filter(digest=bytes.fromhex(anchor)).exists():
        findings.append(Finding("anchor_missing"))
    last = Block.objects.filter(number=newest).only("digest", "sealed_at").first()
    digest = bytes(last.digest) if last else GENESIS
    return Report(blocks, rows, findings, newest, digest.hex(), last.sealed_at if last else None)


def _checked(wanted: QuerySet[Block], whole: bool) -> Iterator[tuple[list[Finding], int]]:
    """Each block with what is wrong about it, and how many rows it sealed."""
    numbers = list(wanted.order_by("number").values_list("number", flat=True))
    before = Block.objects.filter(number=numbers[0] - 1).first() if numbers and not whole else None
    expected = before.number + 1 if before else 1 if whole or not numbers else numbers[0]
    previous = bytes(before.digest) if before else None if expected > 1 else GENESIS
    reached: dict[str, int] = {}
    for number in numbers:
        block = Block.objects.get(pk=number)
        found = [Finding("block_missing", number=missing) for missing in range(expected, min(number, expected + 20))]
        if digest_of(block) != bytes(block.digest) or len(block.digests) != DIGEST_BYTES * len(block.ids):
            found.append(Finding("block_altered", number=number))
        if not found and previous is not None and bytes(block.previous) != previous:
            found.append(Finding("chain_broken", number=number))
        start = reached.get(block.table_name, LOWEST_ID if whole else block.after_id)
        if block.after_id != start:
            found.append(Finding("span_broken", block.table_name, number=number))
        found += _rows_compared(block)
        reached[block.table_name] = block.last_id
        expected, previous = number + 1, bytes(block.digest)
        yield found, len(block.ids)


def _rows_compared(block: Block) -> list[Finding]:
    try:
        with fixed():
            now = rows_of(block.table_name, block.columns, block.after_id, block.last_id)
    except ProgrammingError:
        return [Finding("unreadable", block.table_name, number=block.number)]
    if now.ids == block.ids and hashlib.sha256(now.digests).digest() == hashlib.sha256(block.digests).digest():
        return []
    sealed, present = Rows(list(block.ids), bytes(block.digests)).pairs(), now.pairs()
    kinds = {
        row: "removed" if row not in present else "inserted" if row not in sealed else "altered"
        for row in sealed.keys() | present.keys()
        if sealed.get(row) != present.get(row)
    }
    return [Finding(kind, block.table_name, row, block.number) for row, kind in sorted(kinds.items())]


def _unguarded() -> list[Finding]:
    """Tables that were sealed and are not kept from being rewritten any more."""
    guarded = {one.table for one in sources()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT table_name FROM trail_block ORDER BY 1")
        return [Finding("unguarded", table) for (table,) in cursor.fetchall() if table not in guarded]
