"""Everyone a season could concern, with the facts that determination asks for: a city in a few statements. 参保人口

`people.facts` looks the facts of some persons up one by one; for a million that takes minutes. Here each table is read
once and carried out as it lies, and put together outside the database. The facts are the same: a test holds both to it.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from yingbao.enrolment import years_before
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import windows
from yingbao.people.facts import SCHEMA
from yingbao.policy.model import Policy

Progress = Callable[[int, int], None]

# On a roll in the area, or on the season's list: also who is on no list yet, as a newcomer of this summer.
_EVERYONE = """
CREATE TEMP TABLE everyone ON COMMIT DROP AS
SELECT coalesce(roll.person_id, listed.person_id) AS person_id,
       coalesce(roll.school_id, listed.organisation_id) AS place, listed.tier
FROM (SELECT r.person_id, r.school_id FROM people_schoolroll r
      JOIN agents_organisation o ON o.id = r.school_id AND o.pooling_area = %(area)s
      WHERE r.left_on IS NULL AND NOT r.contested) roll
FULL JOIN (SELECT person_id, organisation_id, tier FROM enrolment_enrolment
           WHERE season_id = %(season)s AND state <> ALL(%(ended)s)) listed
     ON listed.person_id = roll.person_id
"""
_TABLES: dict[str, tuple[str, dict[str, pl.DataType]]] = {
    # what it tells: the statement, and its columns after the person's key
    "everyone": ("SELECT person_id, place, tier FROM everyone", {"place": pl.Int64(), "tier": pl.Int64()}),
    "person": (
        """SELECT p.id, p.birth_date, nullif(p.hukou, ''), p.residence_permit::text, p.parent_employee_insured::text,
                  p.lapsed_years, p.repaired_years
           FROM people_person p JOIN everyone e ON e.person_id = p.id""",
        {name: SCHEMA[name] for name in (
            "birth_date", "hukou", "residence_permit", "parent_employee_insured", "lapsed_years", "repaired_years")},
    ),
    "document": (
        """SELECT d.person_id, d.kind FROM people_identitydocument d JOIN everyone e ON e.person_id = d.person_id
           WHERE d.replaced_at IS NULL""",
        {"identity_type": SCHEMA["identity_type"]},
    ),
    "roll": (
        """SELECT r.person_id, o.division, r.stage FROM people_schoolroll r
           JOIN agents_organisation o ON o.id = r.school_id JOIN everyone e ON e.person_id = r.person_id
           WHERE r.left_on IS NULL AND NOT r.contested""",
        {"school_division": SCHEMA["school_division"], "school_stage": SCHEMA["school_stage"]},
    ),
    "registration": (
        """SELECT b.person_id, b.registered_on, (NOT (b.registered_on >= %(opens)s::date
                  OR b.channel = 'points' AND b.registered_on >= %(points_first)s::date) IS TRUE)::text
           FROM people_basicregistration b JOIN everyone e ON e.person_id = b.person_id
           WHERE b.pooling_area = %(area)s""",
        {name: SCHEMA[name] for name in ("registered_on", "registered_before")},
    ),
    "parents": (
        """SELECT g.person_id, g.hukou FROM people_guardian g JOIN everyone e ON e.person_id = g.person_id
           WHERE g.hukou <> '' AND g.relation IN ('father', 'mother', '')""",
        {"parent_hukou": SCHEMA["parent_hukou"]},
    ),
    "points": (
        """SELECT DISTINCT ON (a.person_id) a.person_id, a.admitted_on FROM people_pointsadmission a
           JOIN everyone e ON e.person_id = a.person_id WHERE a.pooling_area = %(area)s
           ORDER BY a.person_id, (a.admitted_on <= %(points_last)s::date) DESC NULLS LAST, a.admitted_on DESC""",
        {"points_admitted_on": SCHEMA["points_admitted_on"]},
    ),
    "assisted": (
        """SELECT a.person_id, a.category FROM people_assistedstatus a JOIN everyone e ON e.person_id = a.person_id
           WHERE a.first <= %(on)s::date AND (a.last IS NULL OR a.last >= %(on)s::date)""",
        {"assistance": SCHEMA["assistance"]},
    ),
}  # fmt: skip
_YEARS_BEFORE = """
SELECT person_id, missed, unbroken::text, taken_here::text, unconfirmed::text, confirmed FROM enrolment_years_before(
    %(area)s::varchar, %(year)s::integer, %(own)s::bigint,
    (SELECT coalesce(array_agg(person_id), '{}') FROM everyone), %(on)s::date)
"""
_SEVERAL = {"parents": "parent_hukou", "assisted": "assistance"}
"""A person has several of these: one cell holds them all."""
_PIECES = """
COPY (SELECT string_agg(line, E'\\n') FROM (
    SELECT {line} AS line, row_number() OVER () / 4096 AS piece FROM ({statement}) AS every ({told})
) AS lines GROUP BY piece) TO STDOUT (FORMAT csv)
"""
_MEMORY = "SET LOCAL work_mem = '128MB'"


def facts_of_everyone(
    *, season: Season, policy: Policy, on: date, progress: Progress = lambda done, total: None
) -> pl.DataFrame:
    """The facts of everyone on a roll in the area or on the season's live list, as a policy's season would see them.

    Columns are those of determination, and `place`, the key of the school or community. Who registered once the
    policy's first window had opened is no renewal. Lists of assisted persons hold as on the day `on`. 全体事实
    """
    points = policy.windows[policy.points_admission.window] if policy.points_admission else None
    values: dict[str, Any] = {
        "area": season.pooling_area, "season": season.pk, "ended": sorted(ENDED), "on": on,
        "opens": windows(policy)[0].first, "points_first": points.first if points else None,
        "points_last": points.last if points else None, "year": policy.plan_year,
        "own": season.pk if season.policy == policy.policy else None,
    }  # fmt: skip
    read: dict[str, pl.DataFrame] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MEMORY)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.everyone")
        cursor.execute(_EVERYONE, values)
        heads = int(cursor.rowcount)
        cursor.execute("ANALYZE everyone")
        for step, (name, (statement, columns)) in enumerate(_TABLES.items()):
            progress(heads * step // len(_TABLES), max(heads, 1))
            read[name] = _carried(cursor, statement, values, {"person_id": pl.Int64()} | columns)
        found = _carried(cursor, _YEARS_BEFORE, values, years_before.SCHEMA)
        cursor.execute("DROP TABLE everyone")
    return years_before.joined(_put_together(read), found)


def _carried(
    cursor: CursorWrapper, statement: str, values: dict[str, Any], columns: dict[str, pl.DataType]
) -> pl.DataFrame:
    """A statement's rows, carried out as text, some thousand lines in one message: quicker than row by row.

    No value that is asked for holds a comma, a quote or a line break: they are codes, days and words of the program.
    """
    told = ", ".join(columns)
    line = "concat_ws(',', " + ", ".join(f"coalesce({name}::text, '')" for name in columns) + ")"
    out = io.BytesIO()
    # Django's own wrapper hands no values on to a copy.
    with cursor.cursor.copy(_PIECES.format(line=line, statement=statement, told=told), values) as copy:
        for piece in copy:
            out.write(bytes(piece).replace(b'"', b""))
    if not out.tell():
        return pl.DataFrame(schema=columns)
    out.seek(0)
    return pl.read_csv(out, has_header=False, schema=columns)


def _put_together(read: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """One row for each person, in the order of their keys."""
    whole = read["everyone"]
    for name, table in read.items():
        if name in _SEVERAL:
            cell = pl.col(_SEVERAL[name]).unique().sort().str.join(";")
            several = table.filter(pl.col("person_id").is_duplicated())
            single = table.filter(pl.col("person_id").is_unique())
            table = pl.concat([single, several.group_by("person_id").agg(cell)])
        if name != "everyone":
            whole = whole.join(table, on="person_id", how="left")
    return whole.sort("person_id").select(
        pl.col("person_id").cast(pl.String),
        *(_column(name) for name in SCHEMA if name != "person_id"),
        "place",
    )


def _column(name: str) -> pl.Expr:
    if name == "school_stage":
        return pl.col(name).fill_null("none")
    if name == "registered_before":
        return pl.col(name).fill_null(False)
    return pl.lit(None, pl.Date).alias(name) if name == "paid_on" else pl.col(name)
