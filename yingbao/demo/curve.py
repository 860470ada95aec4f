"""How far the demonstration's season is, and on which days children were insured. 每日进度"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from yingbao.enrolment import reckoning
from yingbao.enrolment.models import Season
from yingbao.enrolment.standing_tables import BodyDay, SeasonDay

TOGETHER = 200
"""bodies that are reckoned in one statement"""
_BY_BODY = """
INSERT INTO enrolment_bodyday (season_id, organisation_id, day, should, insured)
SELECT season_id, organisation_id, day, sum(should), sum(insured) FROM (
    SELECT season_id, organisation_id, %(listed)s::date AS day,
           insured + unlisted + unregistered + unconfirmed + undeclared + unpaid + unknown + moved + declined
           + elsewhere + withdrawn AS should, 0 AS insured
    FROM enrolment_bodystanding WHERE season_id = %(season)s
    UNION ALL
    SELECT season_id, organisation_id, (state_at AT TIME ZONE 'Asia/Shanghai')::date, 0, 1
    FROM enrolment_enrolment WHERE season_id = %(season)s AND state IN ('paid', 'exempt', 'covered')
) told GROUP BY 1, 2, 3 HAVING (sum(should), sum(insured)) <> (0, 0)
"""
_BY_SEASON = """
INSERT INTO enrolment_seasonday (season_id, day, should, insured)
SELECT season_id, day, sum(should), sum(insured) FROM enrolment_bodyday WHERE season_id = %(season)s GROUP BY 1, 2
"""


def draw(seasons: Iterable[Season], *, listed: datetime, at: datetime) -> None:
    """Reckon every body, and lay what happened on the days on which it happened. 补记每日进度"""
    for season in seasons:
        waiting = reckoning.marked(season)
        for first in range(0, len(waiting), TOGETHER):
            reckoning.reckon(season=season, organisations=waiting[first : first + TOGETHER], at=at)
        BodyDay.objects.filter(season=season).delete()
        SeasonDay.objects.filter(season=season).delete()
        with connection.cursor() as cursor:
            cursor.execute(_BY_BODY, {"season": season.pk, "listed": listed.date()})
            cursor.execute(_BY_SEASON, {"season": season.pk})
