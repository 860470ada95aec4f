"""What is left to do after a roll-over, body by body: each list shrinks as the work is done. 结转后待办"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.promotion import SCHOOL_YEAR_ENDS
from yingbao.enrolment.rolling_tables import RollOver
from yingbao.enrolment.seasons import school_year_of
from yingbao.people.grades import NEXT_STAGES


class OfBody(NamedTuple):
    """A body and how many children there are to see to. 单位人数"""

    body: Organisation
    heads: int


def unplaced(season: Season) -> list[OfBody]:
    """Schools where somebody's grade is not known for this year, or where several ways lead on. 不能自动升级"""
    return _bodies(_UNPLACED, {"area": season.pooling_area, "year": school_year_of(season)})


def awaiting_school(season: Season) -> list[OfBody]:
    """Schools whose graduates of this summer go on and stand on nobody's list yet. 等新学校花名册"""
    summer = date(school_year_of(season), *SCHOOL_YEAR_ENDS)
    values = {"area": season.pooling_area, "season": season.pk, "summer": summer, "stages": list(NEXT_STAGES)}
    return _bodies(_AWAITING, values)


def withdrawn(found: RollOver) -> list[OfBody]:
    """Agents of last season with children who were withdrawn, are at no school and stand on no list. 上年撤回"""
    opened = found.opened_id
    return _bodies(_WITHDRAWN, {"last": found.last.pk, "season": opened, "area": found.last.pooling_area})


def moved(found: RollOver) -> list[OfBody]:
    """Schools to which children came that another agent had last season. 转入"""
    return _bodies(_MOVED, {"last": found.last.pk, "season": found.opened_id})


def contested(season: Season) -> int:
    """How many children two schools claim. 两校都报"""
    with connection.cursor() as cursor:
        cursor.execute(_CONTESTED, {"area": season.pooling_area})
        return int(cursor.fetchone()[0])


def _bodies(statement: str, values: dict[str, Any]) -> list[OfBody]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bodies(dict(cursor.fetchall()))


def bodies(heads: dict[int, int]) -> list[OfBody]:
    """Bodies by their keys, those with the most children first. 单位人数"""
    found = Organisation.objects.in_bulk(list(heads))
    rows = [OfBody(found[key], many) for key, many in heads.items() if key in found]
    return sorted(rows, key=lambda one: (-one.heads, one.body.code, one.body.pk))


_UNPLACED = """
SELECT r.school_id, count(*) FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
WHERE o.pooling_area = %(area)s AND r.left_on IS NULL AND r.school_year < %(year)s
GROUP BY r.school_id"""
_AWAITING = """
SELECT r.school_id, count(*) FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
WHERE o.pooling_area = %(area)s AND r.leave_reason = 'graduated' AND r.left_on >= %(summer)s
  AND r.stage = ANY(%(stages)s::text[])
  AND NOT EXISTS (SELECT FROM enrolment_enrolment e WHERE e.season_id = %(season)s AND e.person_id = r.person_id)
GROUP BY r.school_id"""
_WITHDRAWN = """
SELECT e.organisation_id, count(*) FROM enrolment_enrolment e
WHERE e.season_id = %(last)s AND e.state = 'withdrawn'
  AND NOT EXISTS (SELECT FROM enrolment_enrolment n WHERE n.season_id = %(season)s AND n.person_id = e.person_id)
  AND NOT EXISTS (SELECT FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
                  WHERE r.person_id = e.person_id AND r.left_on IS NULL AND o.pooling_area = %(area)s)
GROUP BY e.organisation_id"""
_MOVED = """
SELECT n.organisation_id, count(*)
FROM enrolment_enrolment e JOIN enrolment_enrolment n ON n.season_id = %(season)s AND n.person_id = e.person_id
JOIN agents_organisation was ON was.id = e.organisation_id AND was.kind = 'school'
JOIN agents_organisation now ON now.id = n.organisation_id AND now.kind = 'school'
WHERE e.season_id = %(last)s AND n.organisation_id <> e.organisation_id
GROUP BY n.organisation_id"""
_CONTESTED = """
SELECT count(DISTINCT r.person_id) FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
WHERE o.pooling_area = %(area)s AND r.left_on IS NULL AND r.contested"""
