"""Of questions, figures alone: open, late, by topic and by sub-district, and how many days an answer takes. 问题统计"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import connection

from yingbao.cases.lifecycle import ENDED
from yingbao.cases.models import CaseQuerySet


class Sum(NamedTuple):
    """Figures of one topic, sub-district or body. 一行"""

    key: str
    asked: int
    open: int
    late: int
    median_days: float | None
    """from asking to the first answer; None while nothing was answered"""


_FIGURES = """
WITH chosen AS (
    SELECT c.id, c.kind, c.state, c.due_on, c.asked_at,
           coalesce(street.name, CASE WHEN asker.kind = 'sub_district' THEN asker.name END, '') AS street,
           (SELECT min(s.at) FROM cases_casestep s WHERE s.case_id = c.id AND s.act = 'settle') AS answered_at
    FROM cases_case c
    LEFT JOIN LATERAL (
        SELECT s.to_organisation_id FROM cases_casestep s WHERE s.case_id = c.id AND s.act = 'ask' LIMIT 1
    ) first ON true
    LEFT JOIN agents_organisation asker ON asker.id = coalesce(c.asked_by_organisation_id, first.to_organisation_id)
    LEFT JOIN agents_organisation street ON street.id = asker.parent_id AND street.kind = 'sub_district'
    WHERE c.id = ANY(%(cases)s)
)
SELECT grouping(kind), kind, street, count(*), count(*) FILTER (WHERE state <> ALL(%(ended)s)),
       count(*) FILTER (WHERE state <> ALL(%(ended)s) AND due_on < %(on)s),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - asked_at) / 86400)
FROM chosen GROUP BY GROUPING SETS ((), (kind), (street)) ORDER BY 1, count(*) DESC, 2, 3
"""


class Sums(NamedTuple):
    """All figures of a reader. 统计"""

    whole: Sum
    by_topic: Sequence[Sum]
    by_street: Sequence[Sum]


def sums(cases: CaseQuerySet, *, on: date) -> Sums:
    """The figures of these questions. 统计"""
    keys = list(cases.questions().values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"cases": keys, "ended": sorted(ENDED), "on": on})
        rows = cursor.fetchall()
    whole = Sum("", 0, 0, 0, None)
    by_topic, by_street = [], []
    for _, kind, street, asked, open_, late, days in rows:
        one = Sum(kind or street or "", asked, open_, late, None if days is None else round(float(days), 1))
        if kind is not None:
            by_topic.append(one)
        elif street is not None:
            by_street.append(one)
        else:
            whole = one
    return Sums(whole, by_topic, by_street)
