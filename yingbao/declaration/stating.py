"""What an agent's next declaration would state: who is added, corrected, removed, in which order. 待申报明细

One query says it, for the page on which a list is built and for the freezing of it, so that the two cannot differ.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.declaration.lifecycle import STANDING
from yingbao.enrolment.lifecycle import ENDED, LEFT, TAKEN, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of, windows
from yingbao.people.assisting import exempting_categories, first_body_of
from yingbao.people.grades import GRADES, grade_name, stage_name

STANDING_LINES = """
standing AS (
    -- what the tax authority last took of each child from this agent
    SELECT DISTINCT ON (l.enrolment_id) l.*, d.decided_at
    FROM declaration_declarationline l
    JOIN declaration_declaration d ON d.id = l.declaration_id
    WHERE d.season_id = %(season)s AND d.organisation_id = %(organisation)s
      AND d.state = ANY(%(standing)s) AND l.verdict = 'accepted'
    ORDER BY l.enrolment_id, d.ordinal DESC
)"""

STATED = f"""
{STANDING_LINES},
bodies AS (
    SELECT * FROM unnest(%(persons)s::bigint[], %(listers)s::bigint[], %(categories)s::text[])
             AS b (person_id, listed_by_id, category)
),
labels AS (
    SELECT * FROM unnest(%(stages)s::text[], %(grades)s::int[], %(words)s::text[]) WITH ORDINALITY
             AS g (stage, grade, word, place)
),
stated AS (
    SELECT 'add' AS change, e.id AS enrolment_id, e.person_id, e.premium_fen, e.self_paid_fen, e.subsidised_fen,
           e.paid_by, b.category, b.listed_by_id
    FROM enrolment_enrolment e
    LEFT JOIN standing s ON s.enrolment_id = e.id
    LEFT JOIN bodies b ON b.person_id = e.person_id AND e.paid_by <> ''
    WHERE NOT %(corrections_only)s AND e.season_id = %(season)s AND e.organisation_id = %(organisation)s
      AND e.state = 'confirmed' AND e.phase = ANY(%(phases)s) AND e.premium_fen > 0
      -- Whoever was confirmed anew since its line was taken, after a withdrawal, is stated anew.
      AND (s.id IS NULL OR s.change = 'remove' OR e.state_at > s.decided_at)
    UNION ALL
    SELECT 'correct', e.id, e.person_id, e.premium_fen, e.self_paid_fen, e.subsidised_fen,
           e.paid_by, b.category, b.listed_by_id
    FROM standing s
    JOIN enrolment_enrolment e ON e.id = s.enrolment_id
    LEFT JOIN bodies b ON b.person_id = e.person_id AND e.paid_by <> ''
    WHERE s.change <> 'remove' AND e.organisation_id = %(organisation)s AND e.state = ANY(%(taken)s)
      AND (e.self_paid_fen, e.subsidised_fen, e.paid_by) IS DISTINCT FROM
          (s.self_paid_fen, s.subsidised_fen, s.paid_by)
    UNION ALL
    SELECT 'remove', e.id, e.person_id, s.premium_fen, s.self_paid_fen, s.subsidised_fen,
           s.paid_by, s.category, s.listed_by_id
    FROM standing s
    JOIN enrolment_enrolment e ON e.id = s.enrolment_id
    WHERE NOT %(corrections_only)s AND s.change <> 'remove'
      -- A child whom another agent took over with its money stays on the old agent's list.
      AND (e.state = ANY(%(left)s)
           OR e.organisation_id <> %(organisation)s AND NOT e.state = ANY(%(kept)s))
)"""  # noqa: S608  our own words

NEXT_LINES = f"""
{STATED},
next_lines AS (
    SELECT t.*, p.name, p.name_pinyin, coalesce(d.number_masked, '') AS number_masked,
           left(btrim(concat_ws(' ', g.word, r.class_name)), 60) AS class_label,
           row_number() OVER (
               ORDER BY array_position(ARRAY['add', 'correct', 'remove'], t.change), g.place NULLS LAST,
                        substring(r.class_name from '\\d{{1,6}}')::int NULLS FIRST, r.class_name,
                        p.name_pinyin, p.name, t.enrolment_id
           ) AS ordinal
    FROM stated t
    JOIN people_person p ON p.id = t.person_id
    LEFT JOIN people_identitydocument d ON d.person_id = t.person_id AND d.replaced_at IS NULL
    LEFT JOIN people_schoolroll r
           ON r.person_id = t.person_id AND r.school_id = %(organisation)s AND r.left_on IS NULL
    LEFT JOIN labels g ON g.stage = r.stage AND g.grade IS NOT DISTINCT FROM r.grade
)"""  # noqa: S608  our own words


def phases_open(season: Season, on: date) -> list[str]:
    """The phases whose window holds that day: a newborn's window does not open the school's again. 办理期限"""
    return [window.phase for window in windows(policy_of(season)) if window.first <= on <= window.last]


def values_of(
    season: Season, organisation: Organisation, at: datetime, *, corrections_only: bool = False
) -> dict[str, Any]:
    """The values that `NEXT_LINES` asks for: whose word exempts whom, what the classes are called. 查询参数"""
    day = china_day(at)
    people = list(Enrolment.objects.of(season, organisation).exclude(paid_by="").values_list("person_id", flat=True))
    listed = first_body_of(people, exempting_categories(policy_of(season)), day)
    return plain_values(season, organisation, at, corrections_only=corrections_only) | {
        "persons": list(listed), "listers": [body for body, _ in listed.values()],
        "categories": [category for _, category in listed.values()],
    }  # fmt: skip


def plain_values(
    season: Season, organisation: Organisation, at: datetime, *, corrections_only: bool = False
) -> dict[str, Any]:
    """The values that `STATED` asks for, without whose word exempts whom: enough to count heads. 查询参数"""
    stages, grades, words = grade_labels()
    return {
        "season": season.pk, "organisation": organisation.pk, "standing": sorted(STANDING), "left": sorted(LEFT),
        "taken": sorted(TAKEN), "kept": sorted(TAKEN | ENDED), "phases": phases_open(season, china_day(at)),
        "stages": stages, "grades": grades, "words": words, "corrections_only": corrections_only,
        "persons": [], "listers": [], "categories": [],
    }  # fmt: skip


@cache
def grade_labels() -> tuple[list[str], list[int | None], list[str]]:
    """Every stage and grade in its order with what the printed form calls it. 年级名称"""
    rows: list[tuple[str, int | None, str]] = []
    for stage, grades in GRADES.items():
        rows += [(stage, grade, grade_name(stage, grade).zh) for grade in grades]
        rows.append((stage, None, stage_name(stage).zh))
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def lock_children(season: Season, organisation: Organisation) -> None:
    """Hold the agent's enrolments, in the order of persons that all who lock many keep. 锁定名单"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM enrolment_enrolment
                WHERE season_id = %s AND (organisation_id = %s OR id IN (
                    SELECT l.enrolment_id FROM declaration_declarationline l
                    JOIN declaration_declaration d ON d.id = l.declaration_id
                    WHERE d.season_id = %s AND d.organisation_id = %s))
                  AND NOT state = ANY(%s)
                ORDER BY person_id, id FOR UPDATE
            ) held
            """,
            [season.pk, organisation.pk, season.pk, organisation.pk, [State.DRAFT, State.REGISTERED, State.DETERMINED]],
        )
