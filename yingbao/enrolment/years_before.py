"""What earlier seasons know of a child: years missed in a row, years taken, statuses not confirmed anew. 往年参保

Facts of a person say what was stated when it was taken on; the years since then the platform has seen itself. Both are
put together here, for one child or a whole city in one statement. The function behind it (in this application's
migrations) reads as its owner: a school that took a child in last week does not see the other school's year, and its
decision has to be the same as everybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl
from django.db import connection

SCHEMA: dict[str, pl.DataType] = {
    "person_id": pl.String(),
    "missed": pl.Int64(),
    "unbroken": pl.Boolean(),
    "taken_here": pl.Boolean(),
    "unconfirmed": pl.Boolean(),
    "confirmed": pl.String(),
}


def with_years_before(
    facts: pl.DataFrame, *, pooling_area: str, plan_year: int, season_id: int | None, on: date
) -> pl.DataFrame:
    """The facts with what earlier seasons of the platform add to them. 并入往年参保

    `lapsed_years`: the years up to this one in which the child was known here and nobody took it, anywhere; not the
    year of its birth nor one in which it could not be enrolled. What was stated before the platform knew the child
    comes on top as long as it was never taken since; then `repaired_years` stands as stated, else nothing is left to
    repair. A child taken here before is a renewal. A status that waits for its body's word does not count.
    """
    persons = [int(person) for person in facts["person_id"]]
    return joined(
        facts,
        years_before(persons, pooling_area=pooling_area, plan_year=plan_year, season_id=season_id, on=on),
    )


def joined(facts: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The facts with what was found of earlier seasons, by person. 并入"""
    if found.is_empty():
        return facts
    return (
        facts.join(found, on="person_id", how="left", maintain_order="left")
        .with_columns(
            lapsed_years=pl.when("unbroken").then(pl.col("lapsed_years").fill_null(0)).otherwise(0) + pl.col("missed"),
            repaired_years=pl.when("unbroken").then(pl.col("repaired_years")).otherwise(0),
            registered_before=pl.col("registered_before") | pl.col("taken_here"),
            assistance=pl.when("unconfirmed").then(pl.col("confirmed")).otherwise(pl.col("assistance")),
            told=pl.col("missed").is_not_null(),
        )
        .with_columns(
            **{
                name: pl.when("told").then(pl.col(name)).otherwise(facts[name])
                for name in ("lapsed_years", "repaired_years", "registered_before", "assistance")
            }
        )
        .select(facts.columns)
    )


def years_before(
    persons: Sequence[int], *, pooling_area: str, plan_year: int, season_id: int | None, on: date
) -> pl.DataFrame:
    """A row for each of these persons of whom earlier seasons know something. 往年参保"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id::text, missed, unbroken, taken_here, unconfirmed, confirmed "
            "FROM enrolment_years_before(%s, %s, %s, %s::bigint[], %s)",
            [pooling_area, plan_year, season_id, list(persons), on],
        )
        return pl.DataFrame(cursor.fetchall(), schema=SCHEMA, orient="row")
