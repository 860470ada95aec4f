"""Children admitted by points, many at once: admitted, registered by that alone, taken back. 批量积分入医

One admission counts for a child, an area and a calendar year: a list that gives another day replaces it. Who is
admitted in time is registered by the admission (Suzhou 四(二)); who no longer is loses that registration again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from django.db import connection

from yingbao.agents.models import User
from yingbao.people import history

CHANNEL = "points"


class Admission(msgspec.Struct, frozen=True, gc=False):
    """A person is admitted on a day. 入医"""

    person_id: int
    admitted_on: date


class Counts(msgspec.Struct, frozen=True):
    """The days on which an admission counts, both included. 有效期"""

    first: date
    last: date


def admit_people(
    *,
    pooling_area: str,
    admissions: Sequence[Admission],
    counts: Counts | None,
    by: User | None,
    at: datetime,
    source: str,
) -> set[int]:
    """These persons are admitted; returns those of whom something changed. 批量入医

    Of a day outside the time that counts it is noted, and registers nobody.
    """
    values = _values(pooling_area, [each.person_id for each in admissions], counts)
    values["days"] = [each.admitted_on for each in admissions]
    with history.by(by.pk if by else None, source, at=at), connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        changed: set[int] = set()
        for statement in (_OTHER_DAYS, _ADMIT, _REGISTER, _UNREGISTER):
            cursor.execute(statement, values)
            changed |= {person for (person,) in cursor.fetchall()}
        return changed


def withdraw_admissions(
    *,
    pooling_area: str,
    person_ids: Sequence[int],
    year: int,
    counts: Counts | None,
    by: User | None,
    at: datetime,
    source: str,
) -> set[int]:
    """Take back these persons' admissions of a year, and the registrations they made. 批量取消入医"""
    values = _values(pooling_area, person_ids, counts) | {"year": year}
    with history.by(by.pk if by else None, source, at=at), connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        changed: set[int] = set()
        for statement in (_WITHDRAW, _UNREGISTER):
            cursor.execute(statement, values)
            changed |= {person for (person,) in cursor.fetchall()}
        return changed


def _values(pooling_area: str, person_ids: Sequence[int], counts: Counts | None) -> dict[str, Any]:
    return {
        "area": pooling_area, "persons": list(person_ids),
        "first": counts.first if counts else None, "last": counts.last if counts else None,
    }  # fmt: skip


_LOCK = """
SELECT count(*) FROM (
    SELECT 1 FROM people_person WHERE id = ANY(%(persons)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
) held"""

_SAID = """
said AS (
    SELECT DISTINCT ON (person_id, date_part('year', admitted_on)) *
    FROM unnest(%(persons)s::bigint[], %(days)s::date[]) AS each (person_id, admitted_on)
    ORDER BY person_id, date_part('year', admitted_on), admitted_on
)"""

_OTHER_DAYS = f"""
WITH {_SAID}
DELETE FROM people_pointsadmission a USING said
WHERE a.person_id = said.person_id AND a.pooling_area = %(area)s AND a.admitted_on <> said.admitted_on
  AND date_part('year', a.admitted_on) = date_part('year', said.admitted_on)
RETURNING a.person_id"""  # noqa: S608  our own words

_ADMIT = f"""
WITH {_SAID}
INSERT INTO people_pointsadmission (person_id, pooling_area, admitted_on)
SELECT person_id, %(area)s, admitted_on FROM said ORDER BY person_id
ON CONFLICT (person_id, pooling_area, admitted_on) DO NOTHING
RETURNING person_id"""  # noqa: S608  our own words

_REGISTER = f"""
WITH {_SAID}
INSERT INTO people_basicregistration (person_id, pooling_area, registered_on, channel)
SELECT person_id, %(area)s, admitted_on, '{CHANNEL}' FROM said
WHERE admitted_on BETWEEN %(first)s::date AND %(last)s::date ORDER BY person_id
ON CONFLICT (person_id, pooling_area) DO NOTHING
RETURNING person_id"""  # noqa: S608  our own words

_WITHDRAW = """
DELETE FROM people_pointsadmission
WHERE person_id = ANY(%(persons)s::bigint[]) AND pooling_area = %(area)s
  AND date_part('year', admitted_on) = %(year)s
RETURNING person_id"""

_UNREGISTER = f"""
DELETE FROM people_basicregistration b
WHERE b.person_id = ANY(%(persons)s::bigint[]) AND b.pooling_area = %(area)s AND b.channel = '{CHANNEL}'
  AND NOT EXISTS (SELECT FROM people_pointsadmission a
                  WHERE a.person_id = b.person_id AND a.pooling_area = b.pooling_area
                    AND (a.admitted_on = b.registered_on
                         OR a.admitted_on BETWEEN %(first)s::date AND %(last)s::date))
  AND b.registered_on BETWEEN %(first)s::date AND %(last)s::date
RETURNING b.person_id"""  # noqa: S608  our own words
"""A registration by points stands on an admission in time; of years before this procedure it stays as it is."""
