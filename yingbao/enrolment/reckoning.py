"""Reckons how a body stands, from its children: the one place that says who is in which line. 应保尽保重算

Triggers (migration 0003) mark a body whenever an enrolment or a roll that counts there changes, in the transaction that
changes it. To reckon is: lock the body, take away its marks, and only then, with a newer look at the database, count.
A change whose mark was taken away is therefore counted; one that comes later leaves a mark of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from yingbao.enrolment.lifecycle import ENDED, ENROLLED
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, deadline
from yingbao.enrolment.standing import BESIDE, LINES
from yingbao.enrolment.standing_tables import BodyStanding, StandingMark

AT_ONCE = 8
"""A page waits for no more bodies than so many; the others are the worker's."""


def _words(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


_NOW = "r.left_on IS NULL"
_THEN = "r.entered_on <= %(last)s AND (r.left_on IS NULL OR r.left_on > %(last)s)"
"""A season that another followed goes by the rolls of its last day."""

# The child's body: who works on it; else the school on whose roll it is, the uncontested one first; else the community
# on whose list it was. A child who left a school with nothing open is nobody's.
CHILDREN = """
WITH roll AS MATERIALIZED (
    SELECT DISTINCT ON (r.school_id, r.person_id) r.school_id AS place, r.person_id, r.stage, r.grade, r.class_name,
           r.contested
    FROM people_schoolroll r WHERE r.school_id = ANY(%(places)s::bigint[]) AND {on_roll}
    ORDER BY r.school_id, r.person_id, r.id DESC
), listed AS MATERIALIZED (
    SELECT organisation_id AS place, person_id FROM enrolment_enrolment
    WHERE season_id = %(season)s AND organisation_id = ANY(%(places)s::bigint[])
), child AS (
    SELECT coalesce(roll.place, listed.place) AS place, coalesce(roll.person_id, listed.person_id) AS person_id,
           roll.place IS NOT NULL AS here, roll.contested, coalesce(roll.stage, '') AS stage, roll.grade,
           coalesce(roll.class_name, '') AS class_name
    FROM roll FULL JOIN listed ON listed.place = roll.place AND listed.person_id = roll.person_id
), placed AS MATERIALIZED (
    SELECT c.*, e.id AS enrolment_id, e.state, e.status, e.registration, e.channel, o.kind,
           CASE WHEN e.state NOT IN ({ended}) THEN e.organisation_id
                WHEN c.here AND NOT c.contested THEN c.place
                ELSE coalesce((
                    SELECT r.school_id FROM people_schoolroll r
                    JOIN agents_organisation s ON s.id = r.school_id AND s.pooling_area = %(area)s
                    WHERE r.person_id = c.person_id AND {on_roll}
                    ORDER BY r.contested, (r.school_id = e.organisation_id) DESC NULLS LAST, r.id LIMIT 1
                ), CASE WHEN o.kind <> 'school' THEN e.organisation_id END) END AS body
    FROM child c
    JOIN agents_organisation o ON o.id = c.place
    LEFT JOIN enrolment_enrolment e ON e.season_id = %(season)s AND e.person_id = c.person_id
), said AS MATERIALIZED (
    SELECT p.*, CASE
        WHEN p.body IS DISTINCT FROM p.place THEN CASE WHEN p.here THEN 'with_other' END
        WHEN p.state IN ('paid', 'exempt', 'covered') THEN 'insured'
        WHEN EXISTS (
            SELECT FROM enrolment_enrolment x
            WHERE x.person_id = p.person_id AND x.plan_year = %(year)s AND x.season_id <> %(season)s
            AND x.state IN ({enrolled})) THEN 'elsewhere'
        WHEN p.enrolment_id IS NULL THEN 'unlisted'
        WHEN p.state = 'declined' THEN 'declined'
        WHEN p.state IN ({ended}) THEN 'withdrawn'
        WHEN p.kind = 'school' AND NOT p.here THEN 'moved'
        WHEN p.state = 'declared' OR (p.state = 'confirmed' AND p.channel <> 'school') THEN 'unpaid'
        WHEN p.state = 'confirmed' THEN 'undeclared'
        WHEN p.status = 'ineligible' THEN 'ineligible'
        WHEN p.state = 'draft' AND p.registration <> '' THEN 'unregistered'
        WHEN p.status IN ('', 'refer') THEN 'unknown'
        ELSE 'unconfirmed' END AS line
    FROM placed p
)
"""
_PERSONS = "{children} SELECT person_id FROM said WHERE line = %(line)s ORDER BY person_id"
_COUNT = """
INSERT INTO enrolment_classstanding (season_id, organisation_id, stage, grade, class_name, {columns})
{children}
SELECT %(season)s, place, stage, grade, class_name,
       {counts}
FROM said WHERE line IS NOT NULL GROUP BY 2, 3, 4, 5
"""
# Last the area's own row, which everyone who reckons in it wants: it is held for a moment only.
_SUM = """
WITH now AS MATERIALIZED (
    SELECT place AS organisation_id, {sums}
    FROM unnest(%(places)s::bigint[]) place
    LEFT JOIN enrolment_classstanding c ON c.season_id = %(season)s AND c.organisation_id = place
    GROUP BY place
), changed AS MATERIALIZED (
    SELECT organisation_id, n.should - coalesce(b.should, 0) AS should, n.insured - coalesce(b.insured, 0) AS insured
    FROM (SELECT organisation_id, {should} AS should, insured FROM now) n
    LEFT JOIN (SELECT organisation_id, {should} AS should, insured FROM enrolment_bodystanding
               WHERE season_id = %(season)s) b USING (organisation_id)
), last AS (
    SELECT organisation_id, max(state_at) AS last_at FROM enrolment_enrolment
    WHERE season_id = %(season)s AND organisation_id = ANY(%(places)s::bigint[]) GROUP BY 1
), body AS (
    INSERT INTO enrolment_bodystanding (season_id, organisation_id, reckoned_at, last_at, {columns})
    SELECT %(season)s, organisation_id, %(at)s, last_at, {columns} FROM now LEFT JOIN last USING (organisation_id)
    ON CONFLICT (season_id, organisation_id) DO UPDATE
    SET reckoned_at = excluded.reckoned_at, last_at = excluded.last_at,
    {updates}
), day AS (
    INSERT INTO enrolment_bodyday AS d (season_id, organisation_id, day, should, insured)
    SELECT %(season)s, organisation_id, %(day)s, should, insured FROM changed WHERE (should, insured) <> (0, 0)
    ON CONFLICT (season_id, organisation_id, day)
    DO UPDATE SET should = d.should + excluded.should, insured = d.insured + excluded.insured
)
INSERT INTO enrolment_seasonday AS d (season_id, day, should, insured)
SELECT %(season)s, %(day)s, sum(should), sum(insured) FROM changed WHERE (should, insured) <> (0, 0) HAVING count(*) > 0
ON CONFLICT (season_id, day) DO UPDATE SET should = d.should + excluded.should, insured = d.insured + excluded.insured
"""
_UNMARK = (
    "DELETE FROM enrolment_standingmark WHERE season_id = %(season)s AND organisation_id = ANY(%(places)s::bigint[])"
)
_CLEAR = _UNMARK.replace("standingmark", "classstanding")
_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('standing ' || %(season)s || ' ' || place, 0))
FROM unnest(%(places)s::bigint[]) place
"""
_SUMMED = _SUM.format(
    columns=", ".join(LINES),
    sums=", ".join(f"coalesce(sum({line}), 0) AS {line}" for line in LINES),
    should="(" + " + ".join(line for line in LINES if line not in BESIDE) + ")",
    updates=", ".join(f"{line} = excluded.{line}" for line in LINES),
)


def reckon(*, season: Season, organisations: Sequence[int], at: datetime) -> None:
    """Count these bodies afresh. 重算"""
    places = sorted(set(organisations))
    values = _values(season, places) | {"at": at, "day": china_day(at)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, values)
        cursor.execute(_UNMARK, values)
        cursor.execute(_CLEAR, values)
        cursor.execute(_of(season, _COUNT), values)
        cursor.execute(_SUMMED, values)


def _values(season: Season, places: Sequence[int]) -> dict[str, Any]:
    return {
        "season": season.pk, "area": season.pooling_area, "year": season.plan_year, "places": list(places),
        "last": deadline(season),
    }  # fmt: skip


def _of(season: Season, statement: str) -> str:
    """The statement on the children of the season, by the rolls that hold for it."""
    later = Season.objects.filter(pooling_area=season.pooling_area, plan_year__gt=season.plan_year)
    children = CHILDREN.format(
        on_roll=_THEN if later.exists() else _NOW, ended=_words(ENDED), enrolled=_words(ENROLLED)
    )
    counts = ", ".join(f"count(*) FILTER (WHERE line = '{line}')" for line in LINES)
    return statement.format(children=children, columns=", ".join(LINES), counts=counts)


def children(*, season: Season, organisations: Sequence[int], line: str) -> list[int]:
    """The keys of the persons in one line of these bodies: the same ones that are counted there. 名单"""
    if line not in LINES:
        raise ValueError(line)
    with connection.cursor() as cursor:
        cursor.execute(_of(season, _PERSONS), _values(season, organisations) | {"line": line})
        return [person for (person,) in cursor.fetchall()]


def marked(season: Season, organisations: Iterable[int] | None = None, *, limit: int = 0) -> list[int]:
    """The bodies at which something changed since they were reckoned; of these, if any are named. 待重算单位"""
    rows = StandingMark.objects.filter(season=season)
    if organisations is not None:
        rows = rows.filter(organisation__in=list(organisations))
    found = rows.order_by("organisation").values_list("organisation", flat=True).distinct()
    return list(found[:limit] if limit else found)


def freshen(
    *, season: Season, organisations: Sequence[int] | None = None, at: datetime, at_once: int | None = None
) -> datetime | None:
    """Reckon what changed in a page's scope, if few bodies did; else tell since when figures wait. 更新统计

    None: all figures are of now. Else the worker is at it, and the page says as of which minute it stands.
    """
    most = AT_ONCE if at_once is None else at_once
    waiting = marked(season, organisations, limit=most + 1)
    if len(waiting) <= most:
        if waiting:
            reckon(season=season, organisations=waiting, at=at)
        return None
    rows = BodyStanding.objects.filter(season=season)
    if organisations is not None:
        rows = rows.filter(organisation__in=organisations)
    still = StandingMark.objects.filter(season=season).values("organisation")
    oldest: datetime | None = rows.filter(organisation__in=still).aggregate(first=Min("reckoned_at"))["first"]
    return oldest or at


def catch_up(*, at: datetime, seconds: float = 50.0) -> int:
    """Reckon every body that is marked, one at a time, for no longer than so; how many were reckoned. 补算

    The oldest marks come first, so that nobody is forgotten in a busy hour.
    """
    until, done = time.monotonic() + seconds, 0
    for season in Season.objects.order_by("-plan_year", "pk"):
        waiting = StandingMark.objects.filter(season=season).values_list("organisation").annotate(first=Min("pk"))
        for organisation, _ in waiting.order_by("first"):
            if time.monotonic() > until:
                return done
            reckon(season=season, organisations=[organisation], at=at)
            done += 1
    return done
