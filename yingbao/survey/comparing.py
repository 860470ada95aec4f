"""Answers against what the platform knows: who says paid and is not, who is insured twice, who needs help. 比对

One statement over a school's children. Which question means what is said by the questionnaire (`Question.meaning`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from yingbao.agents.models import Organisation
from yingbao.enrolment.lifecycle import ENROLLED
from yingbao.survey.models import SchoolReport, Survey
from yingbao.survey.questions import Form

_FOUND = """
WITH facts AS (
    SELECT a.person_id,
           (SELECT w.word FROM unnest(%(places)s::text[], %(options)s::text[], %(words)s::text[])
                AS w(question, option, word)
            WHERE a.said ->> w.question = w.option LIMIT 1) AS place,
           (SELECT a.said ->> k FROM unnest(%(paid)s::text[]) k WHERE a.said ? k LIMIT 1) AS paid,
           (SELECT a.said ->> k FROM unnest(%(help)s::text[]) k WHERE a.said ? k LIMIT 1) AS help,
           coalesce(e.state = ANY(%(enrolled)s), false) AS here,
           coalesce(e.state IN ('paid', 'exempt', 'covered'), false) AS insured,
           EXISTS (SELECT FROM enrolment_enrolment x WHERE x.person_id = a.person_id AND x.plan_year = %(year)s
                   AND x.season_id <> %(season)s AND x.state = ANY(%(enrolled)s)) AS away
    FROM survey_answer a
    LEFT JOIN enrolment_enrolment e ON e.season_id = %(season)s AND e.person_id = a.person_id
    WHERE a.survey_id = %(survey)s AND {narrow}
)
SELECT f.person_id, k.kind FROM facts f CROSS JOIN LATERAL (VALUES
    ('paid', paid = 'yes' AND place = 'here' AND NOT insured AND NOT away),
    ('unpaid', paid = 'no' AND place = 'here' AND insured),
    ('not_here', place = 'none' AND here),
    ('not_listed', place = 'here' AND paid IS NULL AND NOT here AND NOT away),
    ('twice', place = 'elsewhere' AND here),
    ('elsewhere', place = 'here' AND away AND NOT here),
    ('help', help = 'yes')) k(kind, holds)
WHERE k.holds"""
_COUNTED = "a.person_id IN (SELECT c.person_id FROM survey_counted c WHERE c.report_id = %(report)s)"
_ON_ROLL = (
    "a.person_id IN (SELECT r.person_id FROM people_schoolroll r WHERE r.school_id = %(school)s AND r.left_on IS NULL)"
)
_KEPT = f"""
WITH found AS ({_FOUND.format(narrow=_COUNTED)}), gone AS (
    DELETE FROM survey_difference d WHERE d.report_id = %(report)s
    AND NOT EXISTS (SELECT FROM found f WHERE f.person_id = d.person_id AND f.kind = d.kind)
)
INSERT INTO survey_difference (report_id, person_id, kind, case_id)
SELECT %(report)s, f.person_id, f.kind, (
    SELECT c.id FROM cases_case c WHERE c.season_id = %(season)s AND c.person_id = f.person_id AND c.kind = 'survey'
    AND c.state NOT IN ('settled', 'withdrawn') LIMIT 1)
FROM found f ORDER BY f.person_id, f.kind ON CONFLICT (report_id, person_id, kind) DO NOTHING"""  # noqa: S608  own words


def keep(report: SchoolReport, asked: Sequence[Form]) -> None:
    """Note what differs among the children whom the report counts; a case that is under way stays tied to it. 留存"""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, _values(report.survey, asked) | {"report": report.pk})


def at_school(survey: Survey, school: Organisation, asked: Sequence[Form]) -> list[tuple[int, str]]:
    """What differs now among a school's pupils, child and kind, before it reports. 当前差异"""
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(narrow=_ON_ROLL), _values(survey, asked) | {"school": school.pk})
        return list(cursor.fetchall())


def _values(survey: Survey, asked: Sequence[Form]) -> dict[str, Any]:
    every = [one for form in asked for one in form.questions]
    places = {(one.key, option.key): option.where for one in every if one.meaning == "where" for option in one.options}
    return {
        "survey": survey.pk, "season": survey.season_id, "year": survey.season.plan_year,
        "enrolled": sorted(ENROLLED), "places": [key for key, _ in places], "options": [key for _, key in places],
        "words": list(places.values()), "paid": sorted({one.key for one in every if one.meaning == "paid"}),
        "help": sorted({one.key for one in every if one.meaning == "help"}),
    }  # fmt: skip
