"""Last school year's roll becomes this one's: a grade up, and the graduates out. 升级"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import school_year_of
from yingbao.people import history
from yingbao.people.grades import GRADES, NEXT_STAGES, last_grade
from yingbao.people.models import SchoolRoll
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

SCHOOL_YEAR_ENDS = (8, 31)


class Grade(NamedTuple):
    """A stage and a grade in it. 学段与年级"""

    stage: str
    grade: int | None


class Move(NamedTuple):
    """A child and where it goes; `to` is None for who leaves or cannot be placed. 升级去向"""

    person_id: int
    name: str
    class_name: str
    was: Grade
    to: Grade | None


class Promotion(NamedTuple):
    """What a promotion would do. 升级预览"""

    promoted: list[Move]
    graduates: list[Move]
    unplaced: list[Move]
    """no grade is known, or there are several ways on; they stay as they are until a roster names them"""


class Promoted(NamedTuple):
    """What a promotion did. 升级结果"""

    promoted: int
    graduated: int
    unplaced: int


def preview(school: Organisation, school_year: int) -> Promotion:
    """Where each child who is still on an earlier year's roll would go; nothing is written. 升级预览"""
    ways, leaving = ways_of(school.stages)
    rolls = (
        SchoolRoll.objects.filter(school=school, left_on__isnull=True, school_year__lt=school_year)
        .order_by("stage", "grade", "class_name", "person__name_pinyin", "person_id")
        .values_list("person_id", "person__name", "class_name", "stage", "grade", "school_year")
    )
    found = Promotion([], [], [])
    for person, name, class_name, stage, grade, year in rolls:
        was = Grade(stage, grade)
        if year == school_year - 1 and was in ways:
            found.promoted.append(Move(person, name, class_name, was, ways[was]))
        elif year == school_year - 1 and was in leaving:
            found.graduates.append(Move(person, name, class_name, was, None))
        else:
            found.unplaced.append(Move(person, name, class_name, was, None))
    return found


def promote(*, school: Organisation, school_year: int, by: Appointment, at: datetime) -> Promoted:
    """Move a school's roll on to a school year; doing it again changes nothing. 升级

    Classes keep their names within a stage; on the way to the next stage they are formed anew. Graduates' rolls end
    with the last school year. Children on the list of a season of this school year are decided afresh.
    """
    if by.desk != Desk.SCHOOL or by.organisation_id != school.pk:
        raise Refused(
            where=school.name,
            what=Text("只能由本校办理升级", "Only the school itself moves its roll on"),
            mend=Text("请由该校经办人员操作。", "Leave it to the school's clerk."),
        )
    with history.by(by.user_id, f"promotion {school_year}", at=at):
        promoted, graduated = move_on([school], school_year)
        for season in Season.objects.filter(pooling_area=school.pooling_area):
            if school_year_of(season) == school_year:
                list_and_determine(season=season, organisation=school, at=at, by=by.user)
        rest = SchoolRoll.objects.filter(school=school, left_on__isnull=True, school_year__lt=school_year)
        return Promoted(promoted, graduated, rest.count())


def move_on(schools: Sequence[Organisation], school_year: int) -> tuple[int, int]:
    """Move the rolls of schools that have the same stages on; returns how many went up and how many left. 批量升级

    The caller names who does it, and decides the children afresh.
    """
    ways, leaving = ways_of(schools[0].stages)
    keys: dict[str, Any] = {"schools": [school.pk for school in schools], "year": school_year}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, keys)
        cursor.execute(_PROMOTE, {**keys, **_lists(ways)})
        promoted = cursor.rowcount
        cursor.execute(
            _GRADUATE,
            {
                **keys, "end": date(school_year, *SCHOOL_YEAR_ENDS), "stages": [each.stage for each in leaving],
                "grades": [each.grade for each in leaving],
            },
        )  # fmt: skip
        return promoted, cursor.rowcount


def ways_of(stages: Collection[str]) -> tuple[dict[Grade, Grade], list[Grade]]:
    """From which grade to which at a school with these stages, and which leave it. 升级去向"""
    ways: dict[Grade, Grade] = {}
    leaving: list[Grade] = []
    for stage, grades in GRADES.items():
        for grade in grades[:-1]:
            ways[Grade(stage, grade)] = Grade(stage, grade + 1)
        last = Grade(stage, last_grade(stage))
        onward = [following for following in NEXT_STAGES.get(stage, ()) if following in stages]
        if not onward:
            leaving.append(last)
        elif len(onward) == 1:
            ways[last] = Grade(onward[0], _first_grade(onward[0]))
    # A school for special needs may have no grades: its pupils stay.
    ways[Grade("special", None)] = Grade("special", None)
    return ways, leaving


def _first_grade(stage: str) -> int:
    return GRADES[stage][0]


def _lists(ways: dict[Grade, Grade]) -> dict[str, list[str | int | None]]:
    return {
        "stages": [was.stage for was in ways],
        "grades": [was.grade for was in ways],
        "to_stages": [to.stage for to in ways.values()],
        "to_grades": [to.grade for to in ways.values()],
    }


# Whoever changes a person holds its row first, in the order of persons (see `people.locking`).
_LOCK = """
SELECT FROM people_person
WHERE id IN (SELECT person_id FROM people_schoolroll WHERE school_id = ANY(%(schools)s) AND left_on IS NULL)
ORDER BY id FOR NO KEY UPDATE
"""
_PROMOTE = """
UPDATE people_schoolroll roll
SET stage = way.to_stage, grade = way.to_grade, school_year = %(year)s,
    class_name = CASE WHEN way.to_stage = roll.stage THEN roll.class_name ELSE '' END
FROM unnest(%(stages)s::text[], %(grades)s::int[], %(to_stages)s::text[], %(to_grades)s::int[])
     AS way (stage, grade, to_stage, to_grade)
WHERE roll.school_id = ANY(%(schools)s) AND roll.left_on IS NULL AND roll.school_year = %(year)s - 1
  AND roll.stage = way.stage AND roll.grade IS NOT DISTINCT FROM way.grade
"""
_GRADUATE = """
UPDATE people_schoolroll roll
SET left_on = greatest(roll.entered_on, %(end)s), leave_reason = 'graduated'
FROM unnest(%(stages)s::text[], %(grades)s::int[]) AS leaving (stage, grade)
WHERE roll.school_id = ANY(%(schools)s) AND roll.left_on IS NULL AND roll.school_year = %(year)s - 1
  AND roll.stage = leaving.stage AND roll.grade = leaving.grade
"""
