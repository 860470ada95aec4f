"""What runs by itself each night. 夜间任务"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from procrastinate.contrib.django import app

from tests.enrolment.building import at, child, clerk, organisation
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.jobs.nightly import nightly
from yingbao.spreadsheet import review
from yingbao.spreadsheet.models import Roster
from yingbao.values import clock


@pytest.fixture
def night():
    """Set the clock to an hour of the night."""
    yield lambda day: clock.set_to(at(day, hour=2))
    clock.run_true()


def test_the_morning_after_the_window_every_decision_says_closed(db, night):
    season = open_season(policy_id="320500/2020", at=at("2019-11-30"))
    school = organisation(name="星海学校")
    child(school)
    list_and_determine(season=season, organisation=school, at=at("2019-11-30"))
    assert Enrolment.objects.get().status == "enrolled"
    night("2019-12-01")
    nightly(timestamp=0)
    assert (Enrolment.objects.get().status, Enrolment.objects.get().phase) == ("closed", "closed")


def test_a_roster_that_nobody_came_back_to_is_erased_after_sixty_days(db, night):
    season = open_season(policy_id="320500/2020", at=at("2019-09-01"))
    school = organisation(name="星海学校")
    by = clerk(school).user
    review.receive(school=school, season=season, filename="a.csv", data="姓名".encode(), by=by, at=at("2019-09-01"))
    night("2019-11-12")
    nightly(timestamp=0)
    left = Roster.objects.get()
    assert (left.state, left.content_cipher) == ("dropped", None)


def test_the_night_work_is_due_once_a_day_at_half_past_two_in_china():
    [task] = [one for one in app.periodic_registry.periodic_tasks.values() if one.task.name == "yingbao.nightly"]
    noon = at("2019-11-12", hour=12).timestamp()
    due = datetime.fromtimestamp(task.croniter.set_current(noon) and task.croniter.get_next(), clock.CHINA)
    assert due == at("2019-11-13", hour=2) + timedelta(minutes=30)
