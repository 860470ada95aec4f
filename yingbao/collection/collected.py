"""A season's sums for a first page: added up now, or of a large season as they were within the last minute. 征收合计

Whoever needs them to the fen (汇总核对, the close) adds up anew: `summing`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction

from yingbao.collection import summing
from yingbao.collection.models import Collected
from yingbao.collection.summing import Sums
from yingbao.enrolment.models import Season

FEW = 20_000
"""So many obligations are added up for a page."""
LASTS = timedelta(minutes=1)
_HOW_MANY = """
SELECT count(*) FROM (SELECT FROM collection_obligation WHERE season_id = %s AND ended_at IS NULL LIMIT %s) counted
"""


class Told(NamedTuple):
    """What is due and what has come in. 征收进度"""

    sums: Sums
    by_way: dict[str, int]
    as_of: datetime | None
    """none: as it is now"""


def told(*, season: Season, at: datetime) -> Told:
    """The sums of a season, at most a minute old; of a large one they say as of when they stand. 征收进度"""
    kept = Collected.objects.filter(season=season).first()
    if kept is None or not timedelta() <= at - kept.at < LASTS:
        if not _are_many(season):
            return Told(summing.of_area(season), summing.collected_by_way(season), None)
        kept = _add_up(season, at) or kept
    if kept is None:  # somebody else is adding up for the first time
        return Told(summing.of_area(season), summing.collected_by_way(season), None)
    return Told(Sums(*kept.sums), kept.by_way, kept.at)


@transaction.atomic
def _add_up(season: Season, at: datetime) -> Collected | None:
    """Add up anew; none while somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('collected ' || %s, 0))", [str(season.pk)])
        if not cursor.fetchone()[0]:
            return None
    now = {"at": at, "sums": list(summing.of_area(season)), "by_way": summing.collected_by_way(season)}
    return Collected.objects.update_or_create(season=season, defaults=now)[0]


def _are_many(season: Season) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, [season.pk, FEW + 1])
        return bool(cursor.fetchone()[0] > FEW)
