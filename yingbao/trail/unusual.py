"""Looks that an audit administrator should ask about: many more children than usual, at night, whole numbers. 异常查阅

None of them is wrong by itself: the last week of a season makes everybody look more. So what is usual is reckoned
from the user's own days before, and every line says what it is measured by.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

MANY_CHILDREN = 300
"""Fewer on a day than a large school has are nothing to ask about."""
TIMES_USUAL = 5
NIGHT_FROM_HOUR, NIGHT_TO_HOUR = 23, 6
"""China time; clerks do work late in the last days of a season, hardly after eleven."""
DAYS_BEFORE = 28
DAYS_KNOWN = 3
"""A user with fewer days before is measured by everybody's."""


class Unusual(NamedTuple):
    """What one user did on one day. 异常"""

    kind: str
    """many, night, full_number"""
    day: date
    user_id: int
    user: str
    organisation_id: int
    organisation: str
    heads: int
    """children looked at; of full numbers, how often"""
    usual: int
    """children on a usual day; 0 where nothing is measured"""


STATEMENT = """
WITH look AS (
    SELECT l.user_id, l.organisation_id, (l.at AT TIME ZONE 'Asia/Shanghai')::date AS day,
           extract(hour FROM l.at AT TIME ZONE 'Asia/Shanghai') AS hour, l.what, l.count
    FROM people_look l JOIN agents_organisation o ON o.id = l.organisation_id AND o.pooling_area = %(area)s
    WHERE l.at >= (%(first)s::date - %(before)s)::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND l.at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
), a_day AS (
    SELECT user_id, organisation_id, day, sum(count) AS children,
           coalesce(sum(count) FILTER (WHERE hour >= %(from)s OR hour < %(to)s), 0) AS at_night,
           count(*) FILTER (WHERE what = 'full_number') AS numbers
    FROM look GROUP BY user_id, organisation_id, day
), everybody AS (
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY children) AS usual FROM a_day
), measured AS (
    SELECT d.*, CASE WHEN before.days >= %(known)s THEN before.usual ELSE everybody.usual END AS usual
    FROM a_day d CROSS JOIN everybody
    CROSS JOIN LATERAL (
        SELECT count(*) AS days, percentile_disc(0.5) WITHIN GROUP (ORDER BY b.children) AS usual
        FROM a_day b WHERE b.user_id = d.user_id AND b.day < d.day AND b.day >= d.day - %(before)s
    ) before
    WHERE d.day >= %(first)s
      AND (d.children >= %(many)s OR d.at_night > 0 OR d.numbers > 0)
), found AS (
    SELECT 1 AS rank, 'many' AS kind, m.*, children AS counted FROM measured m
    WHERE children >= %(many)s AND children > %(times)s * usual
    UNION ALL
    SELECT 2, 'night', m.*, at_night FROM measured m WHERE at_night > 0
    UNION ALL
    SELECT 3, 'full_number', m.*, numbers FROM measured m WHERE numbers > 0
)
SELECT f.kind, f.day, f.user_id, u.name, f.organisation_id, o.name, f.counted,
       CASE WHEN f.kind = 'many' THEN f.usual ELSE 0 END
FROM found f JOIN agents_user u ON u.id = f.user_id JOIN agents_organisation o ON o.id = f.organisation_id
ORDER BY f.rank, f.counted DESC, f.day DESC, f.user_id LIMIT %(most)s"""


def unusual(*, area: str, first: date, last: date, most: int = 200) -> list[Unusual]:
    """What was unusual in an area on these days, the gravest first, in one statement. 列出异常"""
    values: dict[str, str | int | date] = {
        "area": area, "first": first, "last": last, "before": DAYS_BEFORE, "known": DAYS_KNOWN, "most": most,
        "many": MANY_CHILDREN, "times": TIMES_USUAL, "from": NIGHT_FROM_HOUR, "to": NIGHT_TO_HOUR,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, values)
        return [Unusual(*row) for row in cursor.fetchall()]


def week_until(day: date) -> tuple[date, date]:
    """The seven days that end with this one. 最近七天"""
    return day - timedelta(days=6), day
