"""A survey that is asked, a school's report and its workbook, for the table of who may open what. 问卷的对象"""

from __future__ import annotations

from datetime import timedelta

import msgspec

from tests.enrolment.building import AT
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Season
from yingbao.survey.defaults import ready
from yingbao.survey.models import SchoolReport, Sheet, Survey, Version


def surveys_of(place: Organisation, season: Season, of: Appointment) -> dict[str, int]:
    """A published survey of the season, and what belongs to the place in it."""
    form = msgspec.to_builtins(ready(season.plan_year))
    survey = Survey.objects.create(season=season, draft=form, made_by=of.user, made_at=AT)
    today = AT.date()
    Version.objects.create(
        survey=survey, number=1, asks=form, opens_on=today, schools_due_on=today + timedelta(days=5),
        streets_due_on=today + timedelta(days=9), published_by=of.user, at=AT,
    )  # fmt: skip
    report = SchoolReport.objects.create(survey=survey, school=place, state_at=AT)
    sheet = Sheet.objects.create(survey=survey, school=place, filename="答卷表.xlsx", by=of.user, at=AT)
    return {"survey": survey.pk, "survey report": report.pk, "sheet": sheet.pk}
