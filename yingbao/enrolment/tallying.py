"""A city's numbers without counting its children: sums of what each statement changed. 人数汇总

Written by triggers (migration 0002), so whatever changes an enrolment is in them in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection

from yingbao.enrolment.lifecycle import ENDED, ENROLLED, State
from yingbao.enrolment.models import Season

ROWS_AT_MOST = 20_000
"""More rows than this are worth adding up."""


class Figures(NamedTuple):
    """Heads and sums of one agent, of a sub-district or of a city. 汇总数"""

    listed: int = 0
    """all but who was withdrawn"""
    confirmed: int = 0
    declared: int = 0
    """declared, whether paid yet or not"""
    covered: int = 0
    """paid, exempt or covered"""
    ineligible: int = 0
    declined: int = 0
    to_register: int = 0
    """first-timers whose basic data are not registered yet"""
    self_paid_fen: int = 0
    subsidised_fen: int = 0

    def plus(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(*(one + more for one, more in zip(self, other, strict=True)))


def summed(figures: Iterable[Figures]) -> Figures:
    """All of them together, column by column: a city has thousands. 合计"""
    columns = [sum(column) for column in zip(*figures, strict=True)]
    return Figures(*columns)


_SUMS = """
SELECT organisation_id,
       coalesce(sum(heads) FILTER (WHERE state <> 'withdrawn'), 0),
       coalesce(sum(heads) FILTER (WHERE state = ANY(%(enrolled)s)), 0),
       coalesce(sum(heads) FILTER (WHERE state = ANY(%(declared)s)), 0),
       coalesce(sum(heads) FILTER (WHERE state = ANY(%(covered)s)), 0),
       coalesce(sum(heads) FILTER (WHERE status = 'ineligible' AND NOT state = ANY(%(ended)s)), 0),
       coalesce(sum(heads) FILTER (WHERE state = 'declined'), 0),
       coalesce(sum(heads) FILTER (WHERE state = 'draft' AND registration <> ''), 0),
       coalesce(sum(self_paid_fen) FILTER (WHERE state = ANY(%(enrolled)s)), 0),
       coalesce(sum(subsidised_fen) FILTER (WHERE state = ANY(%(enrolled)s)), 0)
FROM enrolment_tally WHERE season_id = %(season)s
  AND (%(organisations)s::bigint[] IS NULL OR organisation_id = ANY(%(organisations)s::bigint[]))
GROUP BY organisation_id HAVING sum(heads) <> 0
"""


def by_agent(season: Season, organisations: Iterable[int] | None = None) -> dict[int, Figures]:
    """The figures of each agent that has children in the season; of these, if any are named. 各单位人数"""
    covered = [State.PAID, State.EXEMPT, State.COVERED]
    values = {
        "season": season.pk, "organisations": None if organisations is None else list(organisations),
        "enrolled": sorted(ENROLLED), "ended": sorted(ENDED), "covered": sorted(covered),
        "declared": sorted([State.DECLARED, *covered]),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, values)
        return {key: Figures(*map(int, figures)) for key, *figures in cursor.fetchall()}


def registrations_due(season: Season) -> dict[str, int]:
    """First-timers who are not registered yet and still can be, by the channel that their decision names. 待登记"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT registration, sum(heads) FROM enrolment_tally WHERE season_id = %s AND state = 'draft' "
            "AND status = 'enrolled' AND registration <> '' GROUP BY registration HAVING sum(heads) <> 0",
            [season.pk],
        )
        return {channel: int(heads) for channel, heads in cursor.fetchall()}


_COMPACT = """
WITH gone AS (DELETE FROM enrolment_tally RETURNING *)
INSERT INTO enrolment_tally
    (season_id, organisation_id, state, status, registration, heads, self_paid_fen, subsidised_fen)
SELECT season_id, organisation_id, state, status, registration, sum(heads), sum(self_paid_fen), sum(subsidised_fen)
FROM gone GROUP BY 1, 2, 3, 4, 5 HAVING (sum(heads), sum(self_paid_fen), sum(subsidised_fen)) <> (0, 0, 0)
"""


def compact(*, over: int = ROWS_AT_MOST) -> bool:
    """Add up what has gathered, if it is more than so many rows; nobody waits for it. 汇总合并

    Rows that come meanwhile are left for the next time; two who compact at once take each row once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT FROM enrolment_tally LIMIT %s) counted", [over + 1])
        if cursor.fetchone()[0] <= over:
            return False
        cursor.execute(_COMPACT)
        return True
