"""Decisions of many children as figures: how many pay how much, who pays, who falls out by which rule. 核定汇总

Children are first counted into cells, one for everything that is alike about them; all figures are sums over cells. So
parts add up to their totals whatever they are parted by, and every sum is exact in fen. Nothing of a single child is
left in a cell. Two policies' decisions on the same children are counted into the same cells, before beside after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl

DECISION = (
    "status", "agent", "phase", "premium_fen", "self_paid_fen", "subsidised_fen", "paid_by", "coverage_from",
    "coverage_to", "because",
)  # fmt: skip
"""What is alike about children in one cell, of the contract's columns."""
BEFORE = tuple(f"{name}_before" for name in DECISION)
OUTSIDE = ("ineligible", "refer", "not_open", "closed")
"""States of those who would not be insured, or not without an officer."""
DECIDING = {"ineligible": 0, "not_open": 1, "closed": 1, "refer": 5}
"""Which of the rules that decided tells why a child is in such a state: they stand in the order of the tables."""
Figures = dict[str, Any]

_SUMS = ("premium_fen", "self_paid_fen", "subsidised_fen")
_GROUPED = ("agent", *_SUMS, "paid_by", "coverage_from")
_CHILDREN = pl.col("children")
_WAS, _NOW = pl.col("status_before") == "enrolled", pl.col("status") == "enrolled"
_TOTALS = {
    "children": _CHILDREN.sum(),
    "enrolled": _CHILDREN.filter(_NOW).sum(),
    "free": _CHILDREN.filter(_NOW & (pl.col("self_paid_fen") == 0)).sum(),
} | {name: (pl.col(name) * _CHILDREN).sum() for name in _SUMS}
_DIFFERS = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in ("status", *_GROUPED))
KINDS = {
    "gained": ~_WAS & _NOW,
    "lost": _WAS & ~_NOW,
    "pay_more": _WAS & _NOW & (pl.col("self_paid_fen") > pl.col("self_paid_fen_before")),
    "pay_less": _WAS & _NOW & (pl.col("self_paid_fen") < pl.col("self_paid_fen_before")),
    "cover_later": _WAS & _NOW & (pl.col("coverage_from") > pl.col("coverage_from_before")),
    "cover_earlier": _WAS & _NOW & (pl.col("coverage_from") < pl.col("coverage_from_before")),
    "other_agent": _WAS & _NOW & pl.col("agent").ne_missing(pl.col("agent_before")),
    "other_state": ~_WAS & ~_NOW & pl.col("status").ne_missing(pl.col("status_before")),
    "same": ~_DIFFERS,
}
"""What a change is to a child; one may be of several kinds, but is never the same beside another."""
_MOVED = {
    "children": _CHILDREN.sum(),
    "family_fen": ((pl.col("self_paid_fen") - pl.col("self_paid_fen_before")) * _CHILDREN).sum(),
    "others_fen": ((pl.col("subsidised_fen") - pl.col("subsidised_fen_before")) * _CHILDREN).sum(),
}


def cells(decided: pl.DataFrame, before: pl.DataFrame | None = None, by: pl.DataFrame | None = None) -> pl.DataFrame:
    """Children counted by all that is alike about them. 计数

    `decided` and `before` are decisions on the same children in the same order, with the contract's columns; `by` has
    more columns to tell them apart, such as place and stage, for the same rows.
    """
    every = decided.select(DECISION)
    if before is not None:
        every = every.hstack(before.select(pl.col(name).alias(f"{name}_before") for name in DECISION))
    if by is not None:
        every = every.hstack(by)
    return every.group_by(every.columns).agg(children=pl.len().cast(pl.Int64))


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The cells of several counts as one. 合并"""
    every = pl.concat(list(parts))
    return every.group_by([name for name in every.columns if name != "children"]).agg(_CHILDREN.sum())


def figures(counted: pl.DataFrame, by: Sequence[str] = ()) -> Figures:
    """All figures of some cells, ready to be kept as JSON; `by` names further columns to part them by. 汇总

    `change` is there only if the cells say what was decided before.
    """
    told = _totals(counted) | {
        "statuses": _counted(counted, ["status"]),
        "groups": _groups(counted),
        "payers": payers(counted),
        "outside": outside(counted),
        "by": {name: _parts(counted, name) for name in by},
    }
    if "status_before" in counted.columns:
        told["change"] = change(counted)
    return told


def _totals(counted: pl.DataFrame) -> Figures:
    return counted.select(**_TOTALS).row(0, named=True)


def _counted(counted: pl.DataFrame, keys: list[str]) -> list[Figures]:
    """Children by some keys, the most first; ties in the order of the keys."""
    found = counted.group_by(keys).agg(_CHILDREN.sum())
    return _plain(found.sort(["children", *keys], descending=[True, *[False] * len(keys)], nulls_last=True))


def _groups(counted: pl.DataFrame) -> list[Figures]:
    """How many of the enrolled pay how much, who pays the rest, from when they are covered."""
    return _counted(counted.filter(pl.col("status") == "enrolled"), [*_GROUPED])


def payers(counted: pl.DataFrame) -> list[Figures]:
    """What each who pays would pay; the families first, whose payer is empty. 资金来源"""
    families = counted.filter(pl.col("self_paid_fen") > 0).select(
        payer=pl.lit(""), children=_CHILDREN, fen=pl.col("self_paid_fen") * _CHILDREN
    )
    others = counted.filter(pl.col("subsidised_fen") > 0).select(
        payer=pl.col("paid_by").fill_null("?"), children=_CHILDREN, fen=pl.col("subsidised_fen") * _CHILDREN
    )
    found = pl.concat([families, others]).group_by("payer").agg(_CHILDREN.sum(), pl.col("fen").sum())
    return _plain(found.sort("payer"))


def outside(counted: pl.DataFrame) -> list[Figures]:
    """Who would not be insured, by state and by the rule that says so. 未能参保的规则"""
    return _counted(_with_rule(counted.filter(pl.col("status").is_in(OUTSIDE))), ["status", "rule"])


def _with_rule(counted: pl.DataFrame) -> pl.DataFrame:
    """The cells with the rule that tells why the child is in its state."""
    rules = pl.col("because").str.split(";")
    place = pl.col("status").replace_strict(DECIDING, default=0, return_dtype=pl.Int64)
    return counted.with_columns(rule=rules.list.get(place, null_on_oob=True).fill_null(""))


def _parts(counted: pl.DataFrame, name: str) -> list[Figures]:
    """The same figures for each part, in the order of its name; with what changes, if that is known."""
    found = counted.group_by(pl.col(name).fill_null("").alias("key")).agg(**_TOTALS).sort("key").rows(named=True)
    if "status_before" not in counted.columns:
        return found
    heads = {kind: _CHILDREN.filter(condition).sum() for kind, condition in KINDS.items()}
    moved = counted.group_by(pl.col(name).fill_null("").alias("key")).agg(
        **heads, family_fen=_MOVED["family_fen"], others_fen=_MOVED["others_fen"]
    )
    changes = {row.pop("key"): row for row in moved.rows(named=True)}
    return [part | {"change": changes[part["key"]]} for part in found]


def change(counted: pl.DataFrame) -> Figures:
    """What differs from before: who comes in, who falls out and by which rule, who pays more or less. 变化"""
    return {
        "kinds": [{"kind": kind} | _moved(counted.filter(condition)) for kind, condition in KINDS.items()],
        "lost_by": _counted(_with_rule(counted.filter(KINDS["lost"])), ["status", "rule"]),
        "sides": _sides(counted.filter(_DIFFERS)),
    } | _moved(counted)


def _moved(counted: pl.DataFrame) -> Figures:
    """Heads, and by how much the families and the others would pay more or, below zero, less."""
    return counted.select(**_MOVED).row(0, named=True)


def _sides(counted: pl.DataFrame) -> list[Figures]:
    """Those who change, alike before and after, the most first."""
    shown = ("status", "self_paid_fen", "subsidised_fen", "paid_by", "coverage_from")
    keys = [*shown, *(f"{name}_before" for name in shown)]
    return [
        {
            "before": {name: row[f"{name}_before"] for name in shown},
            "after": {name: row[name] for name in shown},
            "children": row["children"],
        }
        for row in _counted(counted, keys)
    ]


def _plain(found: pl.DataFrame) -> list[Figures]:
    """Rows as JSON holds them: days as text."""
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in found.rows(named=True)
    ]
