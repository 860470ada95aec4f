"""Yuzhong's questionnaire in the demonstration: open, some answers, one school has reported. 演示问卷"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind
from yingbao.demo import bodies
from yingbao.demo.bodies import YUZHONG
from yingbao.enrolment.models import Season
from yingbao.people.models import SchoolRoll
from yingbao.survey.composing import begin, publish
from yingbao.survey.due import offered
from yingbao.survey.models import Survey, Version
from yingbao.survey.reporting import submit
from yingbao.values.clock import CHINA

COMPOSED = datetime(2019, 10, 18, 15, 0, tzinfo=CHINA)
ANSWERED = datetime(2019, 10, 28, 19, 30, tzinfo=CHINA)
REPORTED = datetime(2019, 10, 31, 16, 10, tzinfo=CHINA)
OPENS_ON = date(2019, 10, 21)

_ANSWERS = """
WITH asked AS (
    SELECT r.person_id, e.state IN ('paid', 'exempt', 'covered') AS insured, r.person_id %% 20 AS turn
    FROM people_schoolroll r JOIN agents_organisation o ON o.id = r.school_id AND o.pooling_area = %(area)s
    LEFT JOIN enrolment_enrolment e ON e.season_id = %(season)s AND e.person_id = r.person_id
    WHERE r.left_on IS NULL AND NOT r.contested AND (r.person_id %% 5 < 3 OR r.school_id = %(whole)s)
), given AS (
    INSERT INTO survey_answer (survey_id, version_id, person_id, said, source, times, disputed, at)
    SELECT %(survey)s, %(version)s, person_id, CASE
        WHEN turn = 0 THEN '{"where": "none", "why": ["how"], "help": "yes"}'::jsonb
        WHEN turn = 1 THEN '{"where": "elsewhere", "insurance": "resident", "paid": "yes", "help": "no"}'::jsonb
        WHEN turn = 2 THEN '{"where": "unknown", "help": "no"}'::jsonb
        WHEN turn < 12 OR insured THEN '{"where": "here", "insurance": "resident", "paid": "yes", "help": "no"}'::jsonb
        ELSE '{"where": "here", "insurance": "resident", "paid": "no", "why": ["going"], "help": "no"}'::jsonb END,
        CASE WHEN turn %% 4 = 3 THEN 'paper' ELSE 'phone' END, 1, false, %(at)s
    FROM asked ORDER BY person_id RETURNING id, said, source
)
INSERT INTO survey_given (answer_id, version_id, said, source, stood, by_id, at)
SELECT id, %(version)s, said, source, true, CASE source WHEN 'paper' THEN %(clerk)s::bigint END, %(at)s
FROM given ORDER BY id
"""  # fmt: skip


def prepare(clerks: Mapping[int, Appointment], seasons: Mapping[str, Season]) -> None:
    """Publish it, let three of five families answer, and one school of the first sub-district report. 建立问卷"""
    season = seasons[YUZHONG]
    officer = Appointment.objects.filter(
        desk=Desk.AGENCY, organisation__pooling_area=YUZHONG, until__isnull=True
    ).first()
    school = _reporting()
    if officer is None or school is None or school.pk not in clerks:
        return
    survey = begin(season=season, by=officer, at=COMPOSED)
    days = offered(season, on=COMPOSED.date()).days._replace(opens_on=OPENS_ON)
    version = publish(survey=survey, days=days, reason="", seen=0, by=officer, at=COMPOSED)
    _answer(survey, version, school, clerks[school.pk])
    submit(survey=survey, by=clerks[school.pk], at=REPORTED)


def _reporting() -> Organisation | None:
    """A school of the sub-district whose clerk can sign in, with pupils, that is not itself anybody's to try."""
    schools = Organisation.objects.filter(
        pooling_area=YUZHONG, kind=OrganisationKind.SCHOOL, parent__name="解放碑街道",
        pk__in=SchoolRoll.objects.filter(left_on__isnull=True).values("school"),
    )  # fmt: skip
    return schools.exclude(code=bodies.YUZHONG_PRIMARY).select_related("parent").order_by("code").first()


def _answer(survey: Survey, version: Version, school: Organisation, clerk: Appointment) -> None:
    values: dict[str, Any] = {
        "survey": survey.pk, "version": version.pk, "season": survey.season_id, "area": YUZHONG, "whole": school.pk,
        "clerk": clerk.user_id, "at": ANSWERED,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, values)
