"""What each body owes for the children it pays for: a bill per body, new claims less those taken back. 资助清单

A child has one live obligation a year, so that one on three lists is claimed once. A claim whose obligation ended,
because the family pays now, the child left or its premium changed, is taken back on the day it ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection

from yingbao.collection.owing import body
from yingbao.enrolment.models import Season
from yingbao.ledger.balances import balances
from yingbao.values.clock import CHINA

BEGINNING = datetime(2000, 1, 1, tzinfo=CHINA)
END = datetime(2200, 1, 1, tzinfo=CHINA)

_ENTRIES = """
WITH entries AS (
    SELECT o.id, o.paid_by, o.listed_by_id, o.category, o.person_id, o.organisation_id, o.body_fen AS fen,
           1 AS sign, o.assessed_at AS at, '' AS because
    FROM collection_obligation o WHERE o.season_id = %(season)s AND o.body_fen > 0
    UNION ALL
    SELECT o.id, o.paid_by, o.listed_by_id, o.category, o.person_id, o.organisation_id, -o.body_fen,
           -1, o.ended_at, o.ended_because
    FROM collection_obligation o WHERE o.season_id = %(season)s AND o.body_fen > 0 AND o.ended_at IS NOT NULL
), period AS (SELECT * FROM entries WHERE at >= %(begins)s AND at < %(ends)s)
"""
_BY_BODY = (
    _ENTRIES
    + """
SELECT p.paid_by, p.listed_by_id, coalesce(l.name, ''), count(*) FILTER (WHERE p.sign > 0),
       coalesce(sum(p.fen) FILTER (WHERE p.sign > 0), 0), count(*) FILTER (WHERE p.sign < 0),
       coalesce(-sum(p.fen) FILTER (WHERE p.sign < 0), 0)
FROM period p LEFT JOIN agents_organisation l ON l.id = p.listed_by_id
GROUP BY p.paid_by, p.listed_by_id, l.name ORDER BY p.paid_by, l.name NULLS LAST
"""
)
_LINES = (
    _ENTRIES
    + """
SELECT p.id, n.name, coalesce(d.number_masked, ''), s.name, p.category, p.fen, p.at, p.because,
       coalesce(l.name, '')
FROM period p
JOIN people_person n ON n.id = p.person_id
JOIN agents_organisation s ON s.id = p.organisation_id
LEFT JOIN agents_organisation l ON l.id = p.listed_by_id
LEFT JOIN people_identitydocument d ON d.person_id = p.person_id AND d.replaced_at IS NULL
WHERE p.paid_by = %(paid_by)s AND (%(all)s OR p.listed_by_id IS NOT DISTINCT FROM %(listed_by)s::bigint)
ORDER BY s.name, n.name_pinyin, p.id, p.sign DESC LIMIT %(limit)s OFFSET %(offset)s
"""
)


class Claim(NamedTuple):
    """What one body owes for the children of one listing body. 资助汇总"""

    paid_by: str
    listed_by: int | None
    listed_by_name: str
    """empty: not by a body's list, such as a child whom the policy itself exempts"""
    children: int
    claimed_fen: int
    back: int
    """claims taken back"""
    back_fen: int

    @property
    def net_fen(self) -> int:
        """What is left of it."""
        return self.claimed_fen - self.back_fen

    @property
    def net_children(self) -> int:
        """For how many children something is left."""
        return self.children - self.back


class ClaimLine(NamedTuple):
    """One child on a body's bill, or one taken back. 资助明细"""

    obligation: int
    name: str
    """masked"""
    number_masked: str
    agent: str
    category: str
    fen: int
    """below zero where it is taken back"""
    at: datetime
    because: str
    listed_by_name: str


def by_body(season: Season, first: date | None = None, last: date | None = None) -> list[Claim]:
    """The claims of a period, by the body that pays and the body that listed; both days are included. 资助汇总"""
    return [Claim(*row) for row in _rows(_BY_BODY, season, first, last)]


def lines(
    season: Season,
    paid_by: str,
    listed_by: Sequence[int | None] = (),
    *,
    first: date | None = None,
    last: date | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[ClaimLine]:
    """The children of a bill, names masked; `listed_by`: of one listing body (or of none) only. 资助明细"""
    more: dict[str, Any] = {
        "paid_by": paid_by, "all": not listed_by, "listed_by": listed_by[0] if listed_by else None, "limit": limit,
        "offset": offset,
    }  # fmt: skip
    rows = _rows(_LINES, season, first, last, **more)
    return [ClaimLine(key, masked_name(name), *rest) for key, name, *rest in rows]


def in_the_book(season: Season, paid_by: str) -> int:
    """What the ledger says that a body owes, in fen, over all seasons of the pooling area. 总账应收"""
    return balances(season.pooling_area).get(body(paid_by).code(season.pooling_area), 0)


def masked_name(name: str) -> str:
    """The first sign of a name, and stars: who knows the child recognises it. 姓名掩码"""
    return name[:1] + "*" * min(len(name) - 1, 3)


def _rows(statement: str, season: Season, first: date | None, last: date | None, **more: Any) -> list[Any]:
    begins = datetime.combine(first, time(), CHINA) if first else BEGINNING
    ends = datetime.combine(last + timedelta(days=1), time(), CHINA) if last else END
    with connection.cursor() as cursor:
        cursor.execute(statement, {"season": season.pk, "begins": begins, "ends": ends, **more})
        return list(cursor.fetchall())
