"""Made-up facts for the benchmark: a city of any size, the same in every run. 基准数据"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

ROWS_AT_A_TIME = 1_000_000

CHOICES: dict[str, tuple[list[str | None], list[int]]] = {
    "identity_type": (["resident_id", "hk_mo_permit", "tw_permit", "passport", "birth_certificate"], [94, 1, 1, 1, 3]),
    "hukou": (
        ["320505", "320506", "320507", "320508", "320571", "320509", "320581", "340102", "411502", "500103", None],
        [14, 14, 14, 14, 5, 5, 5, 10, 10, 5, 4],
    ),
    "parent_hukou": (
        [None, "320505;320506", "320508", "340102;340102", "411502;320507", "500103"],
        [10, 20, 20, 20, 20, 10],
    ),
    "school_division": (
        ["320505", "320506", "320507", "320508", "320571", "340102", "500103", None],
        [20, 20, 20, 20, 5, 5, 5, 5],
    ),
    "school_stage": (
        ["none", "kindergarten", "primary", "junior", "senior", "vocational", "special"],
        [5, 20, 40, 18, 10, 5, 2],
    ),
    "assistance": (
        [None, "minimum_living", "orphan;disabled_hardship", "near_poverty", "severely_disabled"],
        [92, 3, 2, 2, 1],
    ),
}


def facts(first: int, count: int) -> pl.DataFrame:
    """So many children from a number on; every column is drawn on its own. 生成事实"""
    numbers = pl.DataFrame({"number": pl.int_range(first, first + count, eager=True)})
    columns = [pl.format("P{}", pl.col("number").cast(pl.String).str.zfill(9)).alias("person_id")]
    columns += [_chosen(name, *CHOICES[name]) for name in CHOICES]
    columns += [
        _day("birth_date", date(2001, 9, 1), 6900),
        _day("points_admitted_on", date(2019, 5, 20), 130, empty=80),
        _day("paid_on", date(2019, 8, 20), 480, empty=7),
        *(
            (_below(name, 100) < share).alias(name)
            for name, share in (("registered_before", 70), ("residence_permit", 50))
        ),
        (_below("parent_employee_insured", 2) == 0).alias("parent_employee_insured"),
        pl.when(_below("tier", 10) < 2).then(2).when(_below("tier", 10) < 8).then(1).alias("tier"),
        *(
            pl.when(_below(name, 3) < 2).then(_below(name, 2)).alias(name)
            for name in ("lapsed_years", "repaired_years")
        ),
    ]
    return numbers.select(columns).with_columns(pl.col("tier", "lapsed_years", "repaired_years").cast(pl.Int64))


def write(path: Path, rows: int) -> Path:
    """A Parquet file of facts, written piece by piece. 写出事实"""
    pieces = [facts(first, min(ROWS_AT_A_TIME, rows - first)).lazy() for first in range(0, rows, ROWS_AT_A_TIME)]
    pl.concat(pieces).sink_parquet(path)
    return path


def _below(name: str, bound: int) -> pl.Expr:
    """A number below the bound that looks drawn at random, the same for the same child and column."""
    return pl.col("number").hash(sum(name.encode())) % bound


def _chosen(name: str, values: list[str | None], weights: list[int]) -> pl.Expr:
    spread = [value for value, weight in zip(values, weights, strict=True) for _ in range(weight)]
    return pl.lit(pl.Series(spread, dtype=pl.String)).gather(_below(name, len(spread))).alias(name)


def _day(name: str, first: date, days: int, empty: int = 0) -> pl.Expr:
    day = pl.lit(first) + pl.duration(days=_below(name, days))
    known = _below(name + "?", 100) >= empty
    return pl.when(known).then(day).alias(name)
