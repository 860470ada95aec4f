"""The days that a new survey is offered: those of the phase in which the policy asks for it. 问卷期限

Else the season's timeline would call a body late while the survey gives it another week.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.policy.model import SeasonPhase
from yingbao.policy.phases import followed
from yingbao.survey.composing import Days

REPORTED, SUMMED = "survey_reported", "survey_summed"
"""by what the policy's tasks of schools and sub-districts are seen to be done"""
SCHOOLS_DAYS, STREETS_DAYS = 10, 20
"""from the day of publishing, where the policy sets no day, or one that is over"""


class Offered(NamedTuple):
    """Days for a survey, and where they are from. 建议日期"""

    days: Days
    phase: SeasonPhase | None
    """null: the policy asks for no survey"""
    ended_on: date | None = None
    """the phase's last day, if it is over"""


def offered(season: Season, *, on: date) -> Offered:
    """The days for a survey that is published on a day. 建议日期"""
    tasks = {one.task.seen_by: one for one in followed(policy_of(season)) if one.task.seen_by in (REPORTED, SUMMED)}
    phase = next((one.phase for one in tasks.values()), None)
    schools, streets = (tasks[word].due if word in tasks else None for word in (REPORTED, SUMMED))
    if schools is not None and streets is not None and on <= schools <= streets:
        return Offered(Days(on, schools, streets), phase)
    later = Days(on, on + timedelta(days=SCHOOLS_DAYS), on + timedelta(days=STREETS_DAYS))
    return Offered(later, phase, streets if streets is not None and schools is not None and schools < on else None)
