"""Where the children of last season are now, and with whom each would stand in the next. 结转去向

One statement for a chunk of children, the same for the outlook and for the deed; what differs is whether the rolls have
been moved on already or are only thought to be.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from django.db import connection

from yingbao.enrolment.models import Season
from yingbao.enrolment.promotion import SCHOOL_YEAR_ENDS, Grade, ways_of
from yingbao.people.grades import NEXT_STAGES
from yingbao.values.text import Text

PLACES: dict[str, Text] = {
    "school": Text("由学校办理", "with a school"),
    "community": Text("由社区办理", "with a community"),
    "awaiting_school": Text("升学，等新学校的花名册", "on to another school, whose roster will name them"),
    "of_age": Text("已成年且不在校，不再列入", "of age and at no school: not listed"),
    "not_here": Text("按新年度政策不在本地参保", "not enrolled here by the new year's policy"),
    "withdrawn": Text(
        "上年度已撤回且不在校，核实后再列入", "withdrawn last year and at no school: listed when known again"
    ),
    "closed_school": Text("学籍还在已停办的学校", "still on the roll of a school that closed"),
    "no_community": Text("户籍地没有可办理的社区", "no community of the hukou is at work"),
}
"""What becomes of a child of last season. 去向"""
LISTED = ("school", "community")

SCHEMA: dict[str, pl.DataType] = {
    "person_id": pl.String(),
    "birth_date": pl.Date(),
    "school": pl.Int64(),
    "school_open": pl.Boolean(),
    "contested": pl.Boolean(),
    "stages": pl.List(pl.String()),
    "stage": pl.String(),
    "grade": pl.Int64(),
    "school_year": pl.Int64(),
    "graduated": pl.String(),
    "last_state": pl.String(),
    "last_agent": pl.Int64(),
    "last_kind": pl.String(),
    "community": pl.Int64(),
    "listed": pl.Boolean(),
}


def chunk(*, last: Season, school_year: int, after: int, size: int) -> list[int]:
    """The next children in the order of their keys: known last season, on a roll, or with a hukou here. 下一批"""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, _asked(last, school_year) | {"after": after, "size": size})
        return [person for (person,) in cursor.fetchall()]


def count(last: Season, school_year: int) -> int:
    """How many children there are to go through. 总人数"""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _asked(last, school_year))
        return int(cursor.fetchone()[0])


def _asked(last: Season, school_year: int) -> dict[str, Any]:
    return {"season": last.pk, "area": last.pooling_area, "summer": date(school_year, *SCHOOL_YEAR_ENDS)}


def whereabouts(*, last: Season, opened: Season | None, school_year: int, persons: list[int]) -> pl.DataFrame:
    """Each child's roll, the school it left this summer, and how last season ended for it. 现状"""
    with connection.cursor() as cursor:
        cursor.execute(
            _WHEREABOUTS,
            _asked(last, school_year) | {"opened": opened.pk if opened else None, "persons": persons},
        )
        return pl.DataFrame(cursor.fetchall(), schema=SCHEMA, orient="row")


def moved_on(found: pl.DataFrame, school_year: int) -> pl.DataFrame:
    """The same as it will be once every roll of last year is moved on; `was_*` keep what is. 升级后"""
    ways = [
        (stages, was.stage, was.grade, to.stage if to else None, to.grade if to else None)
        for stages in {tuple(each) for each in found["stages"].drop_nulls().to_list()}
        for was, to in _all_ways(stages)
    ]
    table = pl.DataFrame(
        [("/".join(stages), *rest) for stages, *rest in ways],
        schema={"key": pl.String, "stage": pl.String, "grade": pl.Int64, "to_stage": pl.String, "to_grade": pl.Int64},
        orient="row",
    ).with_columns(way=pl.lit(value=True))
    due = pl.col("way").fill_null(value=False) & (pl.col("school_year") == school_year - 1) & pl.col("school_open")
    unplaced = pl.col("school_open") & (pl.col("school_year") < school_year) & ~pl.col("due")
    leaves = pl.col("due") & pl.col("to_stage").is_null()
    joined = (
        found.with_columns(key=pl.col("stages").list.join("/"))
        .join(table, on=["key", "stage", "grade"], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(due=due.fill_null(value=False))
        .with_columns(
            leaves=leaves,
            unplaced=unplaced.fill_null(value=False),
            was_stage=pl.col("stage"),
            was_grade=pl.col("grade"),
        )
    )
    return joined.with_columns(
        graduated=pl.when("leaves").then(pl.col("stage")).otherwise(pl.col("graduated")),
        stage=pl.when("leaves").then(None).when("due").then(pl.col("to_stage")).otherwise(pl.col("stage")),
        grade=pl.when("leaves").then(None).when("due").then(pl.col("to_grade")).otherwise(pl.col("grade")),
        school=pl.when("leaves").then(None).otherwise(pl.col("school")),
        contested=pl.when("leaves").then(None).otherwise(pl.col("contested")),
    )


def placed(found: pl.DataFrame, agents: pl.DataFrame, *, cover_from: date) -> pl.DataFrame:
    """With the place of each child; `agents` says whose each would be by the policy (`person_id`, `agent`). 去向判定"""
    birthday = pl.lit(date(cover_from.year - 18, cover_from.month, cover_from.day))
    onward = pl.col("graduated").is_in(list(NEXT_STAGES))
    place = (
        pl.when(pl.col("school").is_not_null() & pl.col("school_open"))
        .then(pl.lit("school"))
        .when(pl.col("school").is_not_null())
        .then(pl.lit("closed_school"))
        .when((pl.col("last_state") == "withdrawn") & ~pl.col("listed"))
        .then(pl.lit("withdrawn"))
        .when((pl.col("agent") == "community") & pl.col("community").is_null())
        .then(pl.lit("no_community"))
        .when(pl.col("agent") == "community")
        .then(pl.lit("community"))
        .when(onward)
        .then(pl.lit("awaiting_school"))
        .when(pl.col("birth_date") <= birthday)
        .then(pl.lit("of_age"))
        .otherwise(pl.lit("not_here"))
    )
    return found.join(agents, on="person_id", how="left", maintain_order="left").with_columns(
        place=place, agent_id=pl.coalesce("school", "community")
    )


def _all_ways(stages: tuple[str, ...]) -> list[tuple[Grade, Grade | None]]:
    ways, leaving = ways_of(stages)
    return [*ways.items(), *((each, None) for each in leaving)]


# A child is gone through if last season knew it, if it is on a roll here or left it as a graduate this summer, or if it
# or a parent has a hukou for which a community is at work: those have been what lists are opened from.
_WANTED = """
    p.merged_into_id IS NULL AND (
        EXISTS (SELECT FROM enrolment_enrolment e WHERE e.season_id = %(season)s AND e.person_id = p.id)
        OR EXISTS (SELECT FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
                   WHERE r.person_id = p.id AND o.pooling_area = %(area)s
                     AND (r.left_on IS NULL OR r.leave_reason = 'graduated' AND r.left_on >= %(summer)s))
        OR p.hukou IN (SELECT division FROM communities)
        OR EXISTS (SELECT FROM people_guardian g WHERE g.person_id = p.id AND g.relation IN ('father', 'mother', '')
                   AND g.hukou IN (SELECT division FROM communities)))"""
_COMMUNITIES = """
communities AS MATERIALIZED (
    SELECT DISTINCT division FROM agents_organisation
    WHERE kind = 'community' AND active AND pooling_area = %(area)s
)"""
_NEXT = f"""
WITH {_COMMUNITIES}
SELECT p.id FROM people_person p WHERE p.id > %(after)s AND {_WANTED}
ORDER BY p.id LIMIT %(size)s
"""  # noqa: S608  our own words
_COUNT = f"WITH {_COMMUNITIES} SELECT count(*) FROM people_person p WHERE {_WANTED}"  # noqa: S608  our own words

# The community that had a child keeps it, as far as the hukou still allows; else the oldest of its own division, then
# of a parent's. Of several rolls the uncontested one counts, of claims alone the oldest. Schools of other areas are the
# policy's matter: it reads them among the facts.
_WHEREABOUTS = """
WITH communities AS (
    SELECT DISTINCT ON (division) division, id FROM agents_organisation
    WHERE kind = 'community' AND active AND pooling_area = %(area)s ORDER BY division, id
)
SELECT p.id::text, p.birth_date, r.school_id, r.active, r.contested, r.stages, r.stage, r.grade, r.school_year,
       g.stage, e.state, e.organisation_id, e.kind, coalesce(same.id, own.id, parents.id), n.id IS NOT NULL
FROM unnest(%(persons)s::bigint[]) WITH ORDINALITY AS asked (id, place)
JOIN people_person p ON p.id = asked.id
LEFT JOIN LATERAL (
    SELECT roll.school_id, o.active, roll.contested, o.stages, roll.stage, roll.grade, roll.school_year
    FROM people_schoolroll roll JOIN agents_organisation o ON o.id = roll.school_id
    WHERE roll.person_id = p.id AND roll.left_on IS NULL AND o.pooling_area = %(area)s
    ORDER BY o.active DESC, roll.contested, roll.id LIMIT 1
) r ON true
LEFT JOIN LATERAL (
    SELECT roll.stage FROM people_schoolroll roll
    WHERE roll.person_id = p.id AND roll.leave_reason = 'graduated' AND roll.left_on >= %(summer)s
    ORDER BY roll.id DESC LIMIT 1
) g ON true
LEFT JOIN LATERAL (
    SELECT last.state, last.organisation_id, o.kind FROM enrolment_enrolment last
    JOIN agents_organisation o ON o.id = last.organisation_id
    WHERE last.season_id = %(season)s AND last.person_id = p.id
) e ON true
LEFT JOIN LATERAL (
    SELECT one.id FROM enrolment_enrolment one WHERE one.season_id = %(opened)s::bigint AND one.person_id = p.id
) n ON true
LEFT JOIN communities own ON own.division = p.hukou
LEFT JOIN LATERAL (
    SELECT array_agg(hukou) AS hukou FROM people_guardian
    WHERE person_id = p.id AND hukou <> '' AND relation IN ('father', 'mother', '')
) guardians ON true
LEFT JOIN LATERAL (SELECT min(c.id) AS id FROM communities c WHERE c.division = ANY(guardians.hukou)) parents ON true
LEFT JOIN agents_organisation same ON same.id = e.organisation_id AND same.kind = 'community' AND same.active
     AND (same.division = p.hukou OR same.division = ANY(guardians.hukou))
ORDER BY asked.place
"""
