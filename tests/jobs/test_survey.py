"""Who has not reported is reminded, before and after the day, once a day. 催报"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from tests.enrolment.building import at, organisation
from tests.survey.building import INSURED, NOW, district, pupils
from yingbao.jobs.survey import remind
from yingbao.messages.models import Message
from yingbao.people.models import SchoolRoll
from yingbao.survey import signs
from yingbao.survey.answering import give
from yingbao.survey.composing import close
from yingbao.survey.models import SchoolReport
from yingbao.survey.owing import schools_waiting, streets_waiting
from yingbao.survey.reporting import accept, submit, sum_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    place = district()
    for school in place.schools:
        pupils(school, 1)
    return place


def reported(town, number):
    for person in pupils(town.schools[number], 2):
        give(survey=town.survey, person=person, given=INSURED, source="phone", by=None, at=NOW)
    submit(survey=town.survey, by=town.clerks[number], at=NOW)


def test_schools_are_reminded_three_days_one_day_and_on_the_day_and_after_it(town):
    reported(town, 0)
    told = {}
    for day in range(10):
        moment = at("2019-10-27") + timedelta(days=day)
        before = Message.objects.count()
        remind(at=moment)
        remind(at=moment)
        told[moment.date().isoformat()] = Message.objects.count() - before
    due = {day for day, count in told.items() if count}
    assert due == {"2019-10-28", "2019-10-30", "2019-10-31", "2019-11-01", "2019-11-03"}
    assert set(told.values()) == {0, 3}
    assert "临江路小学" not in " ".join(Message.objects.values_list("text", flat=True))


def test_sub_districts_are_reminded_until_they_have_summed(town):
    reported(town, 0)
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[0])
    accept(report=report, seen=1, by=town.streets[0], at=NOW)
    sum_up(survey=town.survey, reason="新华小学未报", by=town.streets[0], at=NOW)
    assert list(streets_waiting(town.survey).values()) == ["七星岗街道"]
    remind(at=at("2019-11-11"))
    late = Message.objects.filter(kind="survey_overdue")
    assert {one.user_id for one in late} == {town.streets[1].user_id}
    assert "逾期" in late[0].text


def test_nobody_is_reminded_of_a_survey_that_is_closed(town):
    close(survey=town.survey, by=town.officer, at=NOW)
    assert remind(at=at("2019-10-30")) == 0


def test_a_school_that_closed_is_not_awaited_and_a_new_one_is(town):
    type(town.schools[0]).objects.filter(pk=town.schools[0].pk).update(active=False)
    assert town.schools[0].pk not in schools_waiting(town.survey)
    made = organisation(area="500103", name="新办小学")
    pupils(made, 1)
    remind(at=at("2019-10-30"))
    assert made.pk in schools_waiting(town.survey)


def test_a_school_without_pupils_owes_nothing_and_a_street_of_such_schools_neither(town):
    SchoolRoll.objects.filter(school__in=town.schools[1:]).delete()
    assert list(schools_waiting(town.survey).values()) == ["临江路小学"]
    assert list(streets_waiting(town.survey).values()) == ["解放碑街道"]
    reported(town, 0)
    report = SchoolReport.objects.get(survey=town.survey, school=town.schools[0])
    accept(report=report, seen=1, by=town.streets[0], at=NOW)
    assert sum_up(survey=town.survey, reason="", by=town.streets[0], at=NOW).missing == 0
    assert remind(at=at("2019-10-30")) == remind(at=at("2019-11-11")) == 0
    assert done(town, signs.REPORTED) == {one.pk for one in town.schools}
    assert done(town, signs.SUMMED) == {one.organisation_id for one in town.streets}


def done(town, sign):
    """Whose part is seen to be done."""
    with connection.cursor() as cursor:
        cursor.execute(sign, {"season": town.season.pk})
        return {key for (key,) in cursor.fetchall()}
