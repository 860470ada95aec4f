"""What was declared, is due, paid, exempt and refunded, by agent; sums of parts and what the book says of them. 汇总

One statement over all agents of a season, so that a total is never counted in another way than its parts.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection
from django.db.models import F, Sum

from yingbao.collection.models import Obligation
from yingbao.collection.owing import FAMILY
from yingbao.declaration.lifecycle import STANDING
from yingbao.enrolment.models import Season
from yingbao.ledger.balances import balances

_SUMS = """
WITH declared AS (
    SELECT d.organisation_id AS agent, sum(d.heads) AS heads, sum(d.self_paid_fen) AS fen
    FROM declaration_declaration d WHERE d.season_id = %(season)s AND d.state = ANY(%(standing)s) GROUP BY 1
), owed AS (
    SELECT o.organisation_id AS agent,
           count(*) FILTER (WHERE o.due_fen > 0) AS payers, sum(o.due_fen) AS due_fen,
           count(*) FILTER (WHERE o.paid_fen > 0) AS paid, sum(o.paid_fen) AS paid_fen,
           count(*) FILTER (WHERE o.due_fen = 0) AS exempt, sum(o.body_fen) AS body_fen
    FROM collection_obligation o WHERE o.season_id = %(season)s AND o.ended_at IS NULL GROUP BY 1
), refunded AS (
    SELECT o.organisation_id AS agent, count(*) AS refunds, sum(r.amount_fen) AS fen
    FROM collection_refund r JOIN collection_obligation o ON o.id = r.obligation_id
    WHERE o.season_id = %(season)s AND r.state = 'succeeded' GROUP BY 1
)
SELECT a.id, a.name, a.kind, p.id, coalesce(p.name, ''), coalesce(d.heads, 0), coalesce(d.fen, 0),
       coalesce(o.payers, 0), coalesce(o.due_fen, 0), coalesce(o.paid, 0), coalesce(o.paid_fen, 0),
       coalesce(o.exempt, 0), coalesce(o.body_fen, 0), coalesce(r.refunds, 0), coalesce(r.fen, 0)
FROM agents_organisation a
LEFT JOIN agents_organisation p ON p.id = a.parent_id
LEFT JOIN declared d ON d.agent = a.id LEFT JOIN owed o ON o.agent = a.id LEFT JOIN refunded r ON r.agent = a.id
WHERE a.pooling_area = %(area)s AND (a.kind = 'school' OR d.agent IS NOT NULL OR o.agent IS NOT NULL)
ORDER BY p.name NULLS LAST, a.name, a.id
"""


_WHOLE = f"""
SELECT coalesce(sum(declared), 0), coalesce(sum(declared_fen), 0), coalesce(sum(payers), 0), coalesce(sum(due_fen), 0),
       coalesce(sum(paid), 0), coalesce(sum(paid_fen), 0), coalesce(sum(exempt), 0), coalesce(sum(body_fen), 0),
       coalesce(sum(refunds), 0), coalesce(sum(refunded_fen), 0)
FROM ({_SUMS}) AS agents (id, name, kind, parent, parent_name, declared, declared_fen, payers, due_fen, paid, paid_fen,
                          exempt, body_fen, refunds, refunded_fen)
"""  # noqa: S608  our own words


class Sums(NamedTuple):
    """The figures of one agent, or of several together. 汇总数"""

    declared: int = 0
    declared_fen: int = 0
    payers: int = 0
    due_fen: int = 0
    paid: int = 0
    paid_fen: int = 0
    exempt: int = 0
    body_fen: int = 0
    """what other bodies pay"""
    refunds: int = 0
    refunded_fen: int = 0

    @property
    def rest_fen(self) -> int:
        """What families owe still."""
        return self.due_fen - self.paid_fen

    def plus(self, other: Sums) -> Sums:
        """Both together. 合计"""
        return Sums(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


class OfAgent(NamedTuple):
    """The figures of one school or community. 单位汇总"""

    agent: int
    name: str
    kind: str
    parent: int | None
    """the sub-district above it"""
    parent_name: str
    sums: Sums


class OfBook(NamedTuple):
    """What the ledger says against what the agents add up to, over all seasons of the area. 与总账核对"""

    agents_fen: int
    ledger_fen: int

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.agents_fen == self.ledger_fen


def by_agent(season: Season) -> list[OfAgent]:
    """The figures of every agent of a season's pooling area, by sub-district. 各单位汇总"""
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMS, {"season": season.pk, "area": season.pooling_area, "standing": sorted(map(str, STANDING))}
        )
        return [
            OfAgent(agent, name, kind, parent, parent_name, Sums(*map(int, sums)))
            for agent, name, kind, parent, parent_name, *sums in cursor.fetchall()
        ]


def of_area(season: Season) -> Sums:
    """The whole area's figures, added up where they lie. 全市汇总"""
    with connection.cursor() as cursor:
        cursor.execute(
            _WHOLE, {"season": season.pk, "area": season.pooling_area, "standing": sorted(map(str, STANDING))}
        )
        return Sums(*map(int, cursor.fetchone()))


def total(rows: list[OfAgent]) -> Sums:
    """All of them together. 合计"""
    sum_ = Sums()
    for row in rows:
        sum_ = sum_.plus(row.sums)
    return sum_


def against_the_book(season: Season) -> OfBook:
    """What families owe, as the children's obligations add up and as the ledger has it. 与总账核对"""
    area = season.pooling_area
    live = Obligation.objects.filter(season__pooling_area=area, ended_at__isnull=True)
    owed = live.aggregate(fen=Sum(F("due_fen") - F("paid_fen")))["fen"] or 0
    return OfBook(owed, balances(area).get(FAMILY.code(area), 0))


def collected_by_way(season: Season) -> dict[str, int]:
    """Fen that pays for the season's children now, by the way it came. 各渠道已收"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.way, sum(l.amount_fen) FROM collection_allocation l
            JOIN collection_arrival a ON a.id = l.arrival_id JOIN collection_obligation o ON o.id = l.obligation_id
            WHERE l.released_at IS NULL AND o.season_id = %s GROUP BY a.way ORDER BY a.way
            """,
            [season.pk],
        )
        return {way: int(fen) for way, fen in cursor.fetchall()}
