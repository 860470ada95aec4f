"""What a list of admitted children would do, who is no longer on it, and doing it. 积分入医名单比对与生效"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from yingbao.agents.models import User
from yingbao.people import admitting
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.points_list import counts_for, year_of


def _values(found: AssistedList) -> dict[str, Any]:
    return {"list": found.pk, "area": found.pooling_area, "year": year_of(found), "as_of": found.as_of}


def weigh(found: AssistedList) -> int:
    """Say of each row whose person is known what it would do; returns of how many that is new. 预计结果"""
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, _values(found))
        return int(cursor.rowcount)


def stage_absent(found: AssistedList) -> None:
    """Stage who was admitted in this procedure and is not on the full list any more. 不在名单"""
    with connection.cursor() as cursor:
        cursor.execute(_ABSENT, _values(found))


def standing(found: AssistedList) -> dict[str, int]:
    """How many were admitted in this procedure, and who of them is spared for a doubtful row's sake. 现有入医人数"""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, _values(found))
        row = cursor.fetchone()
    return {"standing": row[0], "elsewhere": 0, "spared": row[1], "out_of_time": _out_of_time(found)}


def _out_of_time(found: AssistedList) -> int:
    counts = counts_for(found)
    if counts is None:
        return 0
    rows = found.rows.filter(act=AssistedRow.Act.ADD, row_number__isnull=False)
    return int(rows.exclude(first__range=(counts.first, counts.last)).count())


def apply(found: AssistedList, taken: Sequence[AssistedRow], by: User, at: datetime) -> set[int]:
    """Admit, take back, register; returns of whom something changed. 生效"""
    counts, source = counts_for(found), f"points list {found.pk}"
    leaving = [row.person_id for row in taken if row.act == AssistedRow.Act.END and row.person_id is not None]
    coming = [
        admitting.Admission(row.person_id, row.first)
        for row in taken
        if row.act == AssistedRow.Act.ADD and row.person_id is not None and row.first is not None
    ]
    changed: set[int] = set()
    if leaving:
        changed |= admitting.withdraw_admissions(
            pooling_area=found.pooling_area, person_ids=leaving, year=year_of(found), counts=counts, by=by, at=at,
            source=source,
        )  # fmt: skip
    if coming:
        changed |= admitting.admit_people(
            pooling_area=found.pooling_area, admissions=coming, counts=counts, by=by, at=at, source=source
        )
    return changed


_OF_YEAR = """a.person_id = r.person_id AND a.pooling_area = %(area)s"""

_WEIGH = f"""
    UPDATE spreadsheet_assistedrow r SET effect = weighed.effect
    FROM (
        SELECT r.id,
               CASE WHEN r.act = 'end' AND EXISTS (
                        SELECT FROM people_pointsadmission a
                        WHERE {_OF_YEAR} AND date_part('year', a.admitted_on) = %(year)s) THEN 'ends'
                    WHEN r.act = 'end' THEN 'nothing'
                    WHEN EXISTS (SELECT FROM people_pointsadmission a
                                 WHERE {_OF_YEAR} AND a.admitted_on = r.first) THEN 'same'
                    WHEN EXISTS (SELECT FROM people_pointsadmission a
                                 WHERE {_OF_YEAR} AND date_part('year', a.admitted_on) = date_part('year', r.first))
                         THEN 'changed'
                    ELSE 'new' END AS effect
        FROM spreadsheet_assistedrow r
        WHERE r.assisted_list_id = %(list)s AND r.row_number IS NOT NULL AND r.person_id IS NOT NULL
          AND r.applied_at IS NULL
    ) weighed
    WHERE r.id = weighed.id AND r.effect <> weighed.effect"""  # noqa: S608  our own words

_NOT_NAMED = """
      a.pooling_area = %(area)s AND date_part('year', a.admitted_on) = %(year)s AND a.admitted_on <= %(as_of)s
      AND NOT EXISTS (SELECT FROM spreadsheet_assistedrow r
                      WHERE r.assisted_list_id = %(list)s AND r.row_number IS NOT NULL AND r.person_id = a.person_id)"""
_IN_DOUBT = """
      EXISTS (SELECT FROM spreadsheet_assistedrow r
              WHERE r.assisted_list_id = %(list)s
                AND (r.match = 'ambiguous' AND a.person_id = ANY(r.candidates)
                     OR r.match = 'faulty' AND r.name = p.name))"""

_ABSENT = f"""
    INSERT INTO spreadsheet_assistedrow
        (assisted_list_id, act, match, effect, person_id, candidates, faults, verdict, name, identity_kind,
         number_masked, category, first, school_name, withdrawn_because)
    SELECT DISTINCT ON (p.name_pinyin, p.id)
           %(list)s, 'end', 'matched', 'ends', p.id, '{{}}'::bigint[], '[]'::jsonb, '', p.name, coalesce(d.kind, ''),
           coalesce(d.number_masked, ''), '', a.admitted_on, '', ''
    FROM people_pointsadmission a
    JOIN people_person p ON p.id = a.person_id
    LEFT JOIN people_identitydocument d ON d.person_id = p.id AND d.replaced_at IS NULL
    WHERE {_NOT_NAMED} AND NOT {_IN_DOUBT}
    ORDER BY p.name_pinyin, p.id, a.admitted_on"""  # noqa: S608  our own words

_STANDING = f"""
    SELECT count(*), count(*) FILTER (WHERE {_NOT_NAMED} AND {_IN_DOUBT})
    FROM people_pointsadmission a JOIN people_person p ON p.id = a.person_id
    WHERE a.pooling_area = %(area)s AND date_part('year', a.admitted_on) = %(year)s"""  # noqa: S608  our own words
