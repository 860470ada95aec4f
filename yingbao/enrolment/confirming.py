"""Bodies confirm whom they still list: until then last year's status does not count in the new season. 救助身份确认"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.enrolment.models import Season


class Awaited(NamedTuple):
    """A body's statuses of last year: for how many its word is awaited, how many it has confirmed. 各部门待确认"""

    body: Organisation
    waiting: int
    confirmed: int
    ended: int
    """no longer listed: nothing is awaited"""


def confirm(*, body: Organisation, said: Collection[tuple[int, str]], as_of: date, at: datetime) -> list[int]:
    """A body's list of that day names these persons in these categories; returns of whom that was waited for. 确认

    A list confirms for a season if it is dated in the month in which the season was opened, or later.
    """
    return _turned(_CONFIRM, body, said, as_of, at)


def ask_again(*, body: Organisation, said: Collection[tuple[int, str]], as_of: date, at: datetime) -> list[int]:
    """The body took back the list that had confirmed these: they wait again; returns who does. 重新待确认"""
    return _turned(_ASK_AGAIN, body, said, as_of, at)


def awaited(season: Season, on: date) -> list[Awaited]:
    """Each body of which a word is or was awaited. 各部门待确认"""
    with connection.cursor() as cursor:
        cursor.execute(_AWAITED, {"season": season.pk, "on": on})
        found = {body: counts for body, *counts in cursor.fetchall()}
    bodies = Organisation.objects.filter(pk__in=found).order_by("kind", "name", "pk")
    return [Awaited(body, *found[body.pk]) for body in bodies]


def awaited_of(body: Organisation, on: date) -> list[tuple[Season, int]]:
    """The seasons for which this body's word is awaited, with how many statuses. 本单位待确认"""
    seasons = Season.objects.filter(pooling_area=body.pooling_area, status_checks__provided_by=body).distinct()
    rows = [(season, one.waiting) for season in seasons for one in awaited(season, on) if one.body.pk == body.pk]
    return [(season, waiting) for season, waiting in rows if waiting]


def _turned(
    statement: str, body: Organisation, said: Collection[tuple[int, str]], as_of: date, at: datetime
) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "body": body.pk, "persons": [person for person, _ in said], "as_of": as_of, "at": at,
                "categories": [category for _, category in said],
            },
        )  # fmt: skip
        return sorted({person for (person,) in cursor.fetchall()})


_TURN = """
UPDATE enrolment_statuscheck c SET state = '{to}', at = %(at)s
FROM (SELECT DISTINCT * FROM unnest(%(persons)s::bigint[], %(categories)s::text[]) AS each (person_id, category)) said,
     enrolment_season s
WHERE c.provided_by_id = %(body)s AND c.person_id = said.person_id AND c.category = said.category AND c.state = '{of}'
  AND s.id = c.season_id AND date_trunc('month', s.opened_at AT TIME ZONE 'Asia/Shanghai') <= %(as_of)s::date
RETURNING c.person_id"""
_CONFIRM = _TURN.format(to="confirmed", of="waiting")
_ASK_AGAIN = _TURN.format(to="waiting", of="confirmed")
_AWAITED = """
SELECT c.provided_by_id, count(*) FILTER (WHERE c.state = 'waiting' AND held.stands),
       count(*) FILTER (WHERE c.state = 'confirmed'), count(*) FILTER (WHERE c.state = 'waiting' AND NOT held.stands)
FROM enrolment_statuscheck c
CROSS JOIN LATERAL (
    SELECT EXISTS (SELECT FROM people_assistedstatus a
                   WHERE a.person_id = c.person_id AND a.category = c.category AND a.provided_by_id = c.provided_by_id
                     AND (a.last IS NULL OR a.last >= %(on)s::date)) AS stands
) held
WHERE c.season_id = %(season)s
GROUP BY c.provided_by_id"""
