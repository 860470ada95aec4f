"""Suzhou's rules of 2020 written by hand in Polars: the yardstick for the engine. 手写对照

As quick as we know how to write them for these rules alone: no checks of the facts, no policy file, words as
enums until the end. `determination_polars.py FACTS OUT` runs it as a process of its own.
"""

from __future__ import annotations

import sys
from datetime import date

import polars as pl

URBAN = ["320505", "320506", "320507", "320508"]
ROLL = ["kindergarten", "primary", "junior", "senior", "vocational", "special"]
EXEMPT = (
    "minimum_living", "minimum_living_margin", "destitute", "orphan", "temporary_relief", "preferential_treatment",
    "registered_poor", "disabled_hardship",
)  # fmt: skip
ENTITLEMENT = [
    "roll_city_hukou", "roll_without_hukou", "roll_parent_city_hukou", "roll_registered_before", "roll_senior_stage",
    "roll_points_admitted", "points_missed", "community_not_at_school", "community_studies_elsewhere",
    "roll_elsewhere_in_city", "not_at_school_of_age", "not_covered",
]  # fmt: skip
PHASE = ["paid_too_early", "paid_in_window", "paid_as_newborn", "paid_after_close"]
REGISTRATION = [
    "registration_done", "register_at_hukou_community", "register_by_points", "register_through_school",
    "register_at_community",
]  # fmt: skip
WAYS = [None, "hukou_community", "points", "school", "community"]
COVER = ["newborn_without_month_left", "newborn_from_next_month", "cover_whole_year"]


def decisions(facts: pl.LazyFrame, as_of: date) -> pl.LazyFrame:
    """The contract's columns for Suzhou 2020. 手写核定"""
    hukou, parents, school = pl.col("hukou"), pl.col("parent_hukou"), pl.col("school_division")
    stage, birth, points = pl.col("school_stage"), pl.col("birth_date"), pl.col("points_admitted_on")
    signs = facts.with_columns(pl.col("paid_on").fill_null(as_of)).with_columns(
        urban=hukou.is_in(URBAN).fill_null(False),
        city=hukou.str.starts_with("3205").fill_null(False),
        parent=parents.str.contains("(?:^|;)3205").fill_null(False),
        here=school.is_in(URBAN).fill_null(False),
        in_city=school.str.starts_with("3205").fill_null(False),
        roll=stage.is_in(ROLL).fill_null(False),
        minor=(birth > date(2002, 1, 1)).fill_null(False),
        admitted=points.is_between(date(2019, 6, 1), date(2019, 9, 10)).fill_null(False),
        assisted=pl.col("assistance").str.contains("(?:^|;)(?:" + "|".join(EXEMPT) + ")(?:;|$)").fill_null(False),
        registered=pl.col("registered_before").fill_null(False),
        baby=(pl.col("paid_on") <= birth.dt.offset_by("3mo")).fill_null(False),
    )
    return signs.with_columns(entitlement=_entitlement()).with_columns(**_rows()).select(_columns())


def _first(*rows: pl.Expr) -> pl.Expr:
    """The place of the first that holds; the last place if none does."""
    place = pl.lit(len(rows), pl.UInt32)
    for number in reversed(range(len(rows))):
        place = pl.when(rows[number]).then(pl.lit(number, pl.UInt32)).otherwise(place)
    return place


def _entitlement() -> pl.Expr:
    stage, at_school = pl.col("school_stage"), pl.col("here") & pl.col("roll")
    idle = pl.col("urban") & (stage.is_null() | (stage == "none"))
    elsewhere = pl.col("school_division").is_not_null() & ~pl.col("in_city")
    return _first(
        at_school & pl.col("city"),
        at_school & pl.col("hukou").is_null(),
        at_school & pl.col("parent"),
        at_school & pl.col("registered"),
        at_school & stage.is_in(["senior", "vocational"]),
        at_school & pl.col("admitted"),
        at_school,
        idle & pl.col("minor"),
        pl.col("parent") & elsewhere & pl.col("roll") & (stage != "kindergarten").fill_null(False),
        pl.col("in_city") & pl.col("roll"),
        idle & pl.col("birth_date").is_not_null(),
    )


def _rows() -> dict[str, pl.Expr]:
    paid, entitlement = pl.col("paid_on"), pl.col("entitlement")
    newborn = (entitlement == 7) & pl.col("baby") & (paid <= date(2020, 12, 31))
    return {
        "phase": _first(paid < date(2019, 9, 1), paid <= date(2019, 11, 30), newborn),
        "registration": _first(pl.col("registered"), pl.col("urban"), pl.col("admitted"), entitlement < 6),
        "exempt": pl.col("city") & pl.col("assisted"),
        "december": paid >= date(2020, 12, 1),
    }


def _columns() -> list[pl.Expr]:
    entitlement, phase = pl.col("entitlement"), pl.col("phase")
    school = entitlement < 6
    eligible = school | entitlement.is_in([7, 8])
    newborn = phase == 2
    refer = eligible & newborn & pl.col("december")
    enrolled = eligible & phase.is_in([1, 2]) & ~refer
    subsidised = pl.when(enrolled & pl.col("exempt")).then(24000).otherwise(0)
    premium = pl.when(enrolled).then(24000).otherwise(0)
    agent = _word(pl.when(school).then(0).when(eligible).then(1), ["school", "community"])
    status = _first(~eligible, phase == 0, phase == 3, refer)
    cover = pl.when(newborn).then(pl.when(pl.col("december")).then(0).otherwise(1)).otherwise(2)
    more = eligible & phase.is_in([1, 2])
    begins = pl.when(newborn).then(pl.col("paid_on").dt.month_start().dt.offset_by("1mo")).otherwise(date(2020, 1, 1))
    return [
        pl.col("person_id"),
        _word(status, ["ineligible", "not_open", "closed", "refer", "enrolled"]).alias("status"),
        agent.alias("agent"),
        _word(pl.when(eligible & (pl.col("registration") > 0)).then(pl.col("registration")), WAYS).alias(
            "registration"
        ),
        pl.when(enrolled).then(agent).alias("channel"),
        _word(phase, ["not_open", "open", "newborn", "closed"]).alias("phase"),
        premium.cast(pl.Int64).alias("premium_fen"),
        (premium - subsidised).cast(pl.Int64).alias("self_paid_fen"),
        subsidised.cast(pl.Int64).alias("subsidised_fen"),
        pl.when(subsidised > 0).then(pl.lit("treasury")).alias("paid_by"),
        pl.when(enrolled).then(begins).alias("coverage_from"),
        pl.when(enrolled).then(date(2020, 12, 31)).alias("coverage_to"),
        _because(eligible, more, cover),
    ]


def _because(eligible: pl.Expr, more: pl.Expr, cover: pl.Expr) -> pl.Expr:
    """One look-up on one number, as the engine does it; spelling the ids out row by row costs far more."""
    texts = [f"{entitlement};{phase}" for entitlement in ENTITLEMENT for phase in PHASE]
    short = len(texts)
    for head in texts[:short]:
        texts += [f"{head};{registration}" for registration in REGISTRATION]
    middle = len(texts)
    for head in texts[short:middle]:
        texts += [
            f"{head};premium_standard;{subsidy};{cover_rule};{channel}"
            for subsidy in ("exempt_whole", "paid_by_family")
            for cover_rule in COVER
            for channel in ("pay_through_school", "pay_through_community")
        ]
    first = pl.col("entitlement") * 4 + pl.col("phase")
    second = first * 5 + pl.col("registration")
    third = (second * 2 + (~pl.col("exempt")).cast(pl.UInt32)) * 3 + cover.cast(pl.UInt32)
    third = third * 2 + (pl.col("entitlement") >= 6).cast(pl.UInt32)
    place = pl.when(more).then(third + middle).when(eligible).then(second + short).otherwise(first)
    return _word(place, texts).alias("because")


def _word(place: pl.Expr, words: list[str | None]) -> pl.Expr:
    known = list(dict.fromkeys(word for word in words if word is not None))
    return pl.lit(pl.Series(words, dtype=pl.Enum(known))).gather(place)


def run(facts: str, out: str) -> None:
    """From file to file, streaming. 文件核定"""
    decided = decisions(pl.scan_parquet(facts), date(2019, 10, 8))
    decided.sink_parquet(out, compression="snappy", statistics=False)


# `make bench` calls every file here; without FACTS and OUT there is nothing to do.
if __name__ == "__main__" and len(sys.argv) == 3:
    run(sys.argv[1], sys.argv[2])
