"""What a supervisor is shown of how schools stand: heads, with reasons where they point at nobody. 应保尽保督察口径

Who it is never leaves the database. Reasons are given for a school and larger; a grade or class has three figures,
because there a reason would point at a child whom everyone in the class knows. Where fewer than five stand behind a
reason that says something about the child or its family, the row shows these reasons as one sum (`shown`); children who
are not entitled are told from five on. Classes of fewer than five are put together. Whoever subtracts rows may still
learn that a school of hundreds has a handful, which names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.standing import BESIDE, LINES, MISSING, ClassOf, Standing, of_bodies, of_classes, read, total
from yingbao.people.grades import grade_name, stage_name
from yingbao.values import divisions
from yingbao.values.text import Text

REASONS = MISSING | {"other": Text("其他（人数少，合并）", "other (few, put together)")} | BESIDE
"""Why a child on the roll is not insured here, in the order in which work is done; last who is not missing."""
SENSITIVE = ("declined", "elsewhere", "withdrawn")
"""reasons of the missing that say something about the child or its family, and not about the work"""
FEW = 5
"""fewer than so many are not told by themselves"""


def shown(standing: Standing) -> dict[str, int]:
    """The reasons as a page may show them: few of a sensitive one are put together with the others. 展示口径

    The missing by reason still add up to the missing.
    """
    found = dict(standing.reasons)
    if found.get("ineligible", 0) < FEW:
        found.pop("ineligible", None)
    if any(0 < found.get(reason, 0) < FEW for reason in SENSITIVE):
        found["other"] = sum(found.pop(reason, 0) for reason in SENSITIVE)
    return found


@dataclass
class Place:
    """A sub-district, or the division where schools stand under none, with its schools. 街道／区域"""

    key: str
    name: Text
    standing: Standing
    schools: int
    without: int
    """schools that have nobody on a roll"""
    contact: str = ""
    phone: str = ""


_SCHOOLS = """
FROM agents_organisation o
LEFT JOIN agents_organisation p ON p.id = o.parent_id AND p.kind = 'sub_district'
LEFT JOIN enrolment_bodystanding b ON b.season_id = %(season)s AND b.organisation_id = o.id
WHERE o.kind = 'school' AND o.active AND o.pooling_area = %(area)s
"""
_KEY = "CASE WHEN p.id IS NULL THEN 'd' || o.division ELSE 's' || p.id END"
_ROLL = "(" + " + ".join(f"b.{line}" for line in LINES) + ")"
_MISSING = "(" + " + ".join(f"b.{line}" for line in MISSING) + ")"
_PLACES = """
SELECT {key}, min(o.division), max(p.name), max(p.contact), max(p.phone), count(*),
       count(*) FILTER (WHERE coalesce({roll}, 0) = 0), {sums}
{schools} GROUP BY 1
"""
_FURTHEST = "SELECT o.id {schools} AND {missing} > 0 ORDER BY {missing} DESC, o.code LIMIT %(limit)s"
_WITHOUT = "SELECT o.id {schools} AND coalesce({roll}, 0) = 0 ORDER BY o.code LIMIT %(limit)s"
_OF_PLACE = "SELECT o.id {schools} AND {key} = %(key)s ORDER BY coalesce({missing}, 0) DESC, o.code"
_EVERY = "SELECT o.id {schools} ORDER BY coalesce({missing}, 0) DESC, o.code"
_SUMS = ", ".join(f"sum(b.{line})" for line in LINES)


def _asked(statement: str, season: Season, **more: Any) -> list[tuple[Any, ...]]:
    said = statement.format(key=_KEY, roll=_ROLL, missing=_MISSING, sums=_SUMS, schools=_SCHOOLS)
    values: dict[str, Any] = {"season": season.pk, "area": season.pooling_area} | more
    with connection.cursor() as cursor:
        cursor.execute(said, values)
        return list(cursor.fetchall())


def places(season: Season) -> list[Place]:
    """Every place of the area that has schools, the most missing first. 各街道"""
    found = []
    for key, division, name, contact, phone, schools, without, *figures in _asked(_PLACES, season):
        said = Text(name, name) if name else divisions.name(division)
        found.append(Place(key, said, read(figures), schools, without, contact or "", phone or ""))
    return sorted(found, key=lambda place: (-place.standing.missing, place.key))


def furthest(season: Season, *, limit: int) -> list[tuple[Organisation, Standing]]:
    """The schools with the most missing. 缺口最多的学校"""
    return _with_figures(season, _asked(_FURTHEST, season, limit=limit))


def without_roll(season: Season, *, limit: int) -> list[tuple[Organisation, Standing]]:
    """The first of the schools that have nobody on a roll. 没有名单的学校"""
    return _with_figures(season, _asked(_WITHOUT, season, limit=limit))


def schools_of(season: Season, key: str = "") -> list[tuple[Organisation, Standing]]:
    """The schools of a place, else all of the area, the most missing first; also one that has handed in nothing."""
    return _with_figures(season, _asked(_OF_PLACE, season, key=key) if key else _asked(_EVERY, season))


def _with_figures(season: Season, keys: Sequence[tuple[int]]) -> list[tuple[Organisation, Standing]]:
    found = [key for (key,) in keys]
    schools = Organisation.objects.filter(pk__in=found).select_related("parent").in_bulk()
    standings = of_bodies(season, found)
    return [(schools[key], standings.get(key, Standing())) for key in found]


def place_key(school: Organisation) -> str:
    """The sub-district that a school stands under, else the division in which it lies."""
    parent = school.parent
    return f"s{parent.pk}" if parent and parent.kind == OrganisationKind.SUB_DISTRICT else f"d{school.division}"


@dataclass
class Grade:
    """A grade of a school and its classes, without reasons. 年级情况"""

    name: Text
    standing: Standing
    classes: list[tuple[Text, Standing]]


def of_school(season: Season, school: Organisation) -> tuple[Standing, list[Grade]]:
    """One school: its own standing, and its grades and classes. 一校参保情况"""
    grades: dict[tuple[str, int | None], dict[ClassOf, Standing]] = {}
    for one, standing in of_classes(season, school.pk).items():
        grades.setdefault((one.stage, one.grade), {})[one] = standing
    told = [_grade(stage, grade, rows) for (stage, grade), rows in grades.items()]
    return of_bodies(season, [school.pk]).get(school.pk, Standing()), told


def _grade(stage: str, grade: int | None, rows: Mapping[ClassOf, Standing]) -> Grade:
    name = Text("不在册", "not on the roll") if not stage else stage_name(stage)
    if stage and grade is not None:
        name = grade_name(stage, grade)
    large = [(Text(one.class_name, one.class_name), own) for one, own in rows.items() if own.should >= FEW]
    small = [own for own in rows.values() if own.should < FEW]
    if small:
        large.append((Text("人数少的班合计", "small classes together"), total(small)))
    return Grade(name, total(rows.values()), large)
