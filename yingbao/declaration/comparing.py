"""The insurance agency's registered list against what agents declared: every mismatch, for both to see. 名单比对

Registered are the season's enrolments that someone works on, that are entitled and wait for no registration. Declared
are the lines that the tax authority took, the last one of each child and agent. What is on a declaration in hand is no
mismatch yet; nor is who owes or has paid without a list, as at a community's counter, nor whom the close lapsed: nobody
could declare them any more. Where families pay themselves no list is declared, so nothing can differ.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.declaration.lifecycle import OPEN, STANDING
from yingbao.enrolment.lifecycle import ENDED, State
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.steps import pays_through_school
from yingbao.values.text import Text


class Mismatch(StrEnum):
    """How the two lists differ about a child. 差异类别"""

    NOT_DECLARED = "not_declared"
    LEFT = "left"
    MOVED = "moved"
    SUMS = "sums"
    TWICE = "twice"
    REFUSED = "refused"

    @property
    def text(self) -> Text:
        """What the mismatch is called on a page."""
        return MISMATCH_NAMES[self]


MISMATCH_NAMES = {
    Mismatch.NOT_DECLARED: Text("已登记未申报", "registered, not declared"),
    Mismatch.LEFT: Text("已申报但已撤回", "declared, but withdrawn since"),
    Mismatch.MOVED: Text("已申报但转由其他单位", "declared, but another agent's now"),
    Mismatch.SUMS: Text("金额不一致", "other sums"),
    Mismatch.TWICE: Text("重复申报", "declared twice"),
    Mismatch.REFUSED: Text("不予受理", "refused"),
}


class Difference(NamedTuple):
    """One child about whom the lists differ. 差异"""

    kind: Mismatch
    organisation: int
    organisation_name: str
    enrolment: int
    person: int
    name: str
    number_masked: str
    class_label: str
    state: str
    """the enrolment's"""
    registered_fen: int | None
    """the family's part as registered; None if nothing is registered any more"""
    declared_fen: int | None
    """the family's part as declared; None if it was not"""
    reference: str
    reason: str

    @property
    def text(self) -> Text:
        """What the mismatch is called."""
        return self.kind.text


WAITING = sorted((State.REGISTERED, State.DETERMINED, State.CONFIRMED))
"""Registered, and neither declared nor paid for."""

MISMATCHES = """
WITH taken AS (
    SELECT l.*, d.reference, d.ordinal AS batch, d.state AS batch_state
    FROM declaration_declarationline l
    JOIN declaration_declaration d ON d.id = l.declaration_id
    WHERE d.season_id = %(season)s AND (d.state = ANY(%(standing)s) OR d.state = ANY(%(open)s))
),
last AS (
    SELECT DISTINCT ON (enrolment_id, organisation_id) * FROM taken
    WHERE batch_state = ANY(%(standing)s) AND verdict = 'accepted'
    ORDER BY enrolment_id, organisation_id, batch DESC
),
declared AS (SELECT * FROM last WHERE change <> 'remove'),
in_hand AS (SELECT DISTINCT enrolment_id FROM taken WHERE batch_state = ANY(%(open)s)),
refused AS (
    SELECT DISTINCT ON (enrolment_id) * FROM taken WHERE batch_state = ANY(%(standing)s)
    ORDER BY enrolment_id, batch DESC, id DESC
),
found AS (
    SELECT 'not_declared' AS kind, e.organisation_id, e.id AS enrolment_id, NULL::int AS declared_fen,
           '' AS reference, '' AS reason, '' AS class_label
    FROM enrolment_enrolment e
    WHERE e.season_id = %(season)s AND e.status = 'enrolled' AND e.state = ANY(%(waiting)s)
      AND NOT EXISTS (SELECT FROM declared d WHERE d.enrolment_id = e.id)
      AND NOT EXISTS (SELECT FROM in_hand h WHERE h.enrolment_id = e.id)
      AND NOT EXISTS (SELECT FROM refused r WHERE r.enrolment_id = e.id AND r.verdict = 'refused')
    UNION ALL
    SELECT CASE
             WHEN e.state = ANY(%(ended)s) THEN 'left'
             WHEN e.organisation_id <> d.organisation_id THEN 'moved'
             ELSE 'sums'
           END, d.organisation_id, e.id, d.self_paid_fen, d.reference, e.reason, d.class_label
    FROM declared d JOIN enrolment_enrolment e ON e.id = d.enrolment_id
    WHERE e.state <> 'lapsed' AND NOT EXISTS (SELECT FROM in_hand h WHERE h.enrolment_id = e.id)
      AND (e.state = ANY(%(ended)s) OR e.organisation_id <> d.organisation_id
           OR (e.self_paid_fen, e.subsidised_fen, e.paid_by) IS DISTINCT FROM
              (d.self_paid_fen, d.subsidised_fen, d.paid_by))
    UNION ALL
    SELECT 'twice', d.organisation_id, d.enrolment_id, d.self_paid_fen, d.reference, '', d.class_label
    FROM (SELECT *, count(*) OVER (PARTITION BY enrolment_id) AS times FROM declared) d WHERE d.times > 1
    UNION ALL
    SELECT 'refused', r.organisation_id, r.enrolment_id, r.self_paid_fen, r.reference, r.verdict_reason, r.class_label
    FROM refused r JOIN enrolment_enrolment e ON e.id = r.enrolment_id
    WHERE r.verdict = 'refused' AND e.state <> 'lapsed'
      AND NOT EXISTS (SELECT FROM in_hand h WHERE h.enrolment_id = r.enrolment_id)
),
wanted AS (
    SELECT * FROM found
    WHERE (%(organisation)s::bigint IS NULL OR organisation_id = %(organisation)s)
      AND (%(kind)s::text IS NULL OR kind = %(kind)s)
)
"""
COUNTED = f"""
{MISMATCHES}
SELECT w.organisation_id, w.kind, count(*) FROM wanted w GROUP BY w.organisation_id, w.kind
"""  # noqa: S608  our own words
TOLD = f"""
{MISMATCHES}
SELECT w.kind, o.id, o.name, e.id, p.id, p.name, coalesce(d.number_masked, ''), w.class_label, e.state,
       CASE WHEN e.state = ANY(%(ended)s) THEN NULL ELSE e.self_paid_fen END, w.declared_fen, w.reference, w.reason
FROM wanted w
JOIN agents_organisation o ON o.id = w.organisation_id
JOIN enrolment_enrolment e ON e.id = w.enrolment_id
JOIN people_person p ON p.id = e.person_id
LEFT JOIN people_identitydocument d ON d.person_id = p.id AND d.replaced_at IS NULL
ORDER BY o.code, w.kind, p.name_pinyin, p.name, e.id
LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  our own words


def differences(
    *,
    season: Season,
    organisation: Organisation | None = None,
    kind: Mismatch | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Difference]:
    """The children about whom the lists differ, of one agent or of the season, of one kind or of all. 差异明细"""
    if not pays_through_school(policy_of(season)):
        return []
    values = _values(season, organisation, kind) | {"limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(TOLD, values)
        return [Difference(Mismatch(row[0]), *row[1:]) for row in cursor.fetchall()]


def counted(
    *, season: Season, organisation: Organisation | None = None, kind: Mismatch | None = None
) -> dict[int, dict[Mismatch, int]]:
    """How many mismatches of each kind every agent has: organisation's key → kind → children. 各单位差异数"""
    if not pays_through_school(policy_of(season)):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, _values(season, organisation, kind))
        found: dict[int, dict[Mismatch, int]] = {}
        for key, each, count in cursor.fetchall():
            found.setdefault(key, {})[Mismatch(each)] = count
        return found


def _values(season: Season, organisation: Organisation | None, kind: Mismatch | None) -> dict[str, Any]:
    return {
        "season": season.pk, "standing": sorted(STANDING), "open": sorted(OPEN), "ended": sorted(ENDED),
        "waiting": WAITING, "organisation": organisation.pk if organisation else None,
        "kind": kind.value if kind else None,
    }  # fmt: skip
