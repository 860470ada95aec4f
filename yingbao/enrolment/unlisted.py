"""Children of a division who are at no school and on nobody's list, the youngest first. 未列入名单

Few children are found at once. In a division of many, of whom nearly all are on some list, the whole division would be
walked through to find a few: there the worker looks through it every few minutes, and what a page takes from its list
is asked anew, so that nobody is shown who has been listed since. Who came since is found with the next look.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Min, Sum

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.enrolment.unlisted_tables import UnlistedAsOf

FEW = 3_000
"""So many children of its divisions a page goes through by itself."""
KEPT = 1_000
"""A work list is no longer; who comes after is taken in when it is made anew."""
EVERY = timedelta(minutes=10)
GROWN_UP_YEARS = 18


class Found(NamedTuple):
    """The youngest of them. 未列入名单"""

    persons: list[int]
    as_of: datetime | None
    """when their division was looked through; none: just now"""
    heads: int | None
    """how many there were then; none: not more than are named"""


_UNLISTED = """
p.merged_into_id IS NULL AND p.hukou = ANY(%(divisions)s) AND p.birth_date > %(eldest)s
  AND NOT EXISTS (SELECT FROM enrolment_enrolment e WHERE e.person_id = p.id AND e.season_id = %(season)s)
  AND NOT EXISTS (SELECT FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id
                  WHERE r.person_id = p.id AND r.left_on IS NULL AND o.pooling_area = %(area)s)
"""
_AT_ONCE = f"SELECT p.id FROM people_person p WHERE {_UNLISTED} ORDER BY p.birth_date DESC, p.id LIMIT %(most)s"  # noqa: S608
_KEPT = f"""
SELECT p.id FROM enrolment_unlisted u JOIN people_person p ON p.id = u.person_id
WHERE u.season_id = %(season)s AND u.division = ANY(%(divisions)s) AND {_UNLISTED}
ORDER BY u.id LIMIT %(most)s
"""  # noqa: S608  our own words
_HOW_MANY = """
SELECT count(*) FROM (
    SELECT FROM people_person WHERE hukou = ANY(%(divisions)s) AND merged_into_id IS NULL LIMIT %(few)s
) counted
"""
_CLEAR = "DELETE FROM enrolment_unlisted WHERE season_id = %(season)s AND division = %(division)s"
_LOOK = f"""
WITH found AS MATERIALIZED (
    SELECT p.id, p.birth_date FROM people_person p WHERE {_UNLISTED}
), kept AS (
    INSERT INTO enrolment_unlisted (season_id, division, person_id)
    SELECT %(season)s, %(division)s, id FROM found ORDER BY birth_date DESC, id LIMIT %(most)s
)
INSERT INTO enrolment_unlistedasof (season_id, division, reckoned_at, heads)
SELECT %(season)s, %(division)s, %(at)s, count(*) FROM found
ON CONFLICT (season_id, division) DO UPDATE SET reckoned_at = excluded.reckoned_at, heads = excluded.heads
"""  # noqa: S608  our own words


def youngest(*, season: Season, divisions: Sequence[str], most: int, at: datetime) -> Found:
    """The youngest children of these divisions who are on nobody's list now. 未列入名单"""
    values = _values(season, divisions) | {"most": most}
    with connection.cursor() as cursor:
        if not _are_many(cursor, divisions):
            cursor.execute(_AT_ONCE, values)
            return Found([person for (person,) in cursor.fetchall()], None, None)
        looked = UnlistedAsOf.objects.filter(season=season, division__in=divisions)
        for division in sorted(set(divisions) - set(looked.values_list("division", flat=True))):
            look_through(season=season, division=division, at=at)
        known = looked.aggregate(first=Min("reckoned_at"), heads=Sum("heads"))
        cursor.execute(_KEPT, values)
        return Found([person for (person,) in cursor.fetchall()], known["first"] or at, known["heads"] or 0)


def look_through(*, season: Season, division: str, at: datetime) -> bool:
    """Make the work list of a division anew; nothing happens while somebody else is at it. 整理待分派名单"""
    values = _values(season, [division]) | {"division": division, "most": KEPT, "at": at}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('unlisted ' || %s, 0))", [division])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            "DELETE FROM enrolment_unlisted WHERE season_id = %(season)s AND division = %(division)s", values
        )
        cursor.execute(_LOOK, values)
    return True


def keep_up(*, at: datetime, seconds: float) -> int:
    """Look through the large divisions that nobody looked through of late, for no longer than so. 定时整理"""
    until, done = time.monotonic() + seconds, 0
    for area in Season.objects.order_by("pooling_area").values_list("pooling_area", flat=True).distinct():
        season = season_for(area, at.date())
        fresh = UnlistedAsOf.objects.filter(season=season, reckoned_at__gt=at - EVERY)
        communities = Organisation.objects.filter(pooling_area=area, kind=OrganisationKind.COMMUNITY, active=True)
        waiting = set(communities.values_list("division", flat=True)) - set(fresh.values_list("division", flat=True))
        for division in sorted(waiting):
            with connection.cursor() as cursor:
                many = _are_many(cursor, [division])
            if many and time.monotonic() < until:
                done += look_through(season=season, division=division, at=at)
    return done


def _are_many(cursor: Any, divisions: Sequence[str]) -> bool:
    cursor.execute(_HOW_MANY, {"divisions": list(divisions), "few": FEW + 1})
    return bool(cursor.fetchone()[0] > FEW)


def _values(season: Season, divisions: Sequence[str]) -> dict[str, Any]:
    first = policy_of(season).cover_from
    return {
        "divisions": list(divisions), "eldest": first.replace(year=first.year - GROWN_UP_YEARS), "season": season.pk,
        "area": season.pooling_area,
    }  # fmt: skip
