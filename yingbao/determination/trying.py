"""A policy tried on a file of children: figures, and single children with their reasons. 试算文件

The very engine that decides for the platform decides here; beside it the counter tells why, for the few that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Protocol

import msgspec
import polars as pl
import pyarrow as pa

from yingbao.determination.counter import Decision, determine_one
from yingbao.determination.explain import Reason, reasons
from yingbao.determination.facts import COLUMNS, malformed, row_text
from yingbao.determination.frame import Determiner, MalformedFacts
from yingbao.determination.outputs import Book
from yingbao.determination.summing import DECISION, Figures, cells, figures, together
from yingbao.policy.model import Policy

LONGEST = 200
"""So many children are shown one by one at most: more is a file of its own."""


class Batches(Protocol):
    """A list of children in batches. 事实来源"""

    schema: pa.Schema

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Its rows in order, with these columns."""

    def line(self, row: int) -> int | None:
        """The line on which a row begins."""


class Shown(msgspec.Struct, frozen=True):
    """One child: what was decided, why, and what another policy would decide. 单人结果"""

    decision: Decision
    reasons: list[Reason]
    before: Decision | None = None

    @property
    def changed(self) -> list[str]:
        """The columns that differ from the other policy's."""
        if self.before is None:
            return []
        return [name for name in DECISION if getattr(self.decision, name) != getattr(self.before, name)]


class Tried(msgspec.Struct, frozen=True):
    """What came of a file. 试算结果"""

    figures: Figures
    children: list[Shown]
    unknown: list[str]
    """columns that nobody reads"""
    missing: list[str]
    """columns that a policy asks for and the file has not: everyone's is taken as empty"""


def tried(
    policy: Policy,
    source: Batches,
    *,
    where: str,
    as_of: date,
    against: Policy | None = None,
    first: int = 10,
    persons: Iterable[str] = (),
) -> Tried:
    """Decide for every row of a list and tell what came out. 试算

    The first children are shown one by one; with `against` the first of those who change; with `persons` these.
    Raises Refused on the first malformed value, as `determine` does.
    """
    sides = [_Side(each, source.schema, as_of, where) for each in (policy, against) if each is not None]
    columns = [name for name in COLUMNS if any(name in side.determiner.columns for side in sides)]
    wanted, first = frozenset(persons), min(first, LONGEST)
    counted: list[pl.DataFrame] = []
    chosen: list[dict[str, Any]] = []
    done = 0
    for batch in source.batches(columns):
        try:
            decided = [side.decided(batch) for side in sides]
        except MalformedFacts as error:
            row = done + error.malformed.row + 1
            bad = error.malformed
            raise malformed(where, bad.column, bad.value, row_text(row, source.line(row))) from None
        counted.append(cells(*decided))
        chosen += _chosen(batch, decided, wanted, 0 if wanted else first - len(chosen))
        done += len(batch)
    if not counted:
        counted.append(cells(*(side.decided(_nobody(source.schema, columns)) for side in sides)))
    asked = {name for side in sides for name in side.determiner.rulebook.signs.columns}
    return Tried(
        figures=figures(together(counted)),
        children=[_shown(policy, against, row, as_of) for row in chosen],
        unknown=[name for name in dict.fromkeys(source.schema.names) if name not in COLUMNS],
        missing=[name for name in COLUMNS if name in asked - {"paid_on"} and name not in source.schema.names],
    )


def day_to_try(policy: Policy, today: date) -> date:
    """Today if anything can be paid then; else the first day on which the policy is open. 试算日

    So last year's policy and next year's are tried on a day that says something.
    """

    def phase(day: date) -> str:
        return determine_one(policy, {"person_id": "anyone"}, day).phase

    if phase(today) in ("open", "late"):
        return today
    return next((day for day in sorted(each.first for each in policy.windows.values()) if phase(day) == "open"), today)


class _Side:
    """One of the policies, deciding batch by batch."""

    def __init__(self, policy: Policy, schema: pa.Schema, as_of: date, where: str) -> None:
        self.determiner = Determiner(policy, schema, as_of, where)
        self._book = Book([])

    def decided(self, batch: pa.RecordBatch) -> pl.DataFrame:
        """The contract's columns for a batch."""
        found = self.determiner.decide(batch)
        if self._book.size != len(self.determiner.rulebook.outcomes):
            self._book = Book(self.determiner.rulebook.outcomes)
        return self._book.as_polars([found])


def _chosen(
    batch: pa.RecordBatch, decided: list[pl.DataFrame], wanted: frozenset[str], room: int
) -> list[dict[str, Any]]:
    """The rows of a batch that are shown one by one."""
    if wanted:
        rows = pl.Series(batch.column("person_id").cast(pa.string())).is_in(list(wanted)).arg_true()
    elif room <= 0:
        return []
    elif len(decided) == 2:
        now, before = decided
        differs = [now[name].ne_missing(before[name]) for name in DECISION]
        rows = pl.select(pl.any_horizontal(differs)).to_series().arg_true().head(room)
    else:
        rows = pl.Series(range(min(room, len(batch))), dtype=pl.UInt32)
    found: list[dict[str, Any]] = batch.take(pa.array(rows.to_list(), pa.int64())).to_pylist()
    return found


def _shown(policy: Policy, against: Policy | None, row: dict[str, Any], as_of: date) -> Shown:
    decision = determine_one(policy, row, as_of)
    before = determine_one(against, row, as_of) if against is not None else None
    return Shown(decision, reasons(policy, row, decision, as_of), before)


def _nobody(schema: pa.Schema, columns: list[str]) -> pa.RecordBatch:
    fields = [schema.field(name) for name in columns]
    return pa.RecordBatch.from_arrays([pa.array([], field.type) for field in fields], schema=pa.schema(fields))
