"""A district with sub-districts, schools and families who are asked. 问卷测试数据"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from tests.enrolment.building import child, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Person
from yingbao.survey.composing import Days, begin, publish
from yingbao.survey.models import Survey
from yingbao.values.clock import CHINA

AREA = "500103"
ASKED = datetime(2019, 10, 21, 9, 0, tzinfo=CHINA)
NOW = datetime(2019, 10, 28, 10, 0, tzinfo=CHINA)
LATER = datetime(2019, 10, 30, 10, 0, tzinfo=CHINA)
AFTER = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
DAYS = Days(date(2019, 10, 21), date(2019, 10, 31), date(2019, 11, 10))
INSURED = {"where": "here", "insurance": "resident", "paid": "yes", "help": "no"}
NOT_PAID = {"where": "here", "insurance": "resident", "paid": "no", "why": ["how", "going"], "help": "no"}
NOT_YET = {"where": "none", "why": ["other"], "why_words": "爷爷不同意", "help": "yes", "help_words": "不会用手机缴费"}
AWAY = {"where": "elsewhere", "insurance": "resident", "paid": "yes", "help": "no"}


class District(NamedTuple):
    """Two sub-districts with two schools each, and somebody at every desk."""

    season: Season
    officer: Appointment
    streets: list[Appointment]
    clerks: list[Appointment]
    """two of each street, the first street's first"""
    survey: Survey

    @property
    def schools(self) -> list[Organisation]:
        return [one.organisation for one in self.clerks]


def district(*, published: bool = True) -> District:
    season = open_season(policy_id=f"{AREA}/2020", at=ASKED)
    officer = clerk(organisation("insurance_agency", area=AREA, name="渝中区医疗保障局"))
    streets = [clerk(organisation("sub_district", area=AREA, name=name)) for name in ("解放碑街道", "七星岗街道")]
    names = (("临江路小学", "新华小学"), ("中华路小学", "邹容小学"))
    clerks = [
        clerk(organisation(area=AREA, name=name, parent=street.organisation))
        for street, own in zip(streets, names, strict=True)
        for name in own
    ]
    survey = begin(season=season, by=officer, at=ASKED)
    if published:
        publish(survey=survey, days=DAYS, reason="", seen=0, by=officer, at=ASKED)
    return District(season, officer, streets, clerks, survey)


def pupils(school: Organisation, heads: int, **more: object) -> list[Person]:
    """So many children on a school's roll."""
    return [child(school, area=AREA, hukou=AREA, **more) for _ in range(heads)]


def enrolled(season: Season, school: Organisation, person: Person, state: str) -> Enrolment:
    """The child's year, as far as that."""
    list_and_determine(season=season, organisation=school, at=ASKED)
    one = Enrolment.objects.get(season=season, person=person)
    Enrolment.objects.filter(pk=one.pk).update(state=state)
    one.refresh_from_db()
    return one
