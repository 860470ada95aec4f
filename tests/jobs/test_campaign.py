"""Tasks are reminded before and after their day: once each, all tasks of a day together, nobody who is done."""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import at, clerk, organisation
from yingbao.campaign.doing import finish, mark_of
from yingbao.campaign.models import Assignment
from yingbao.enrolment.seasons import open_season
from yingbao.jobs.campaign import bring_up_to_date, occasion, remind
from yingbao.messages.models import Message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("today", "which"),
    [
        ("2019-09-20", ""), ("2019-09-23", "b7"), ("2019-09-26", "b7"), ("2019-09-29", "b1"), ("2019-09-30", "b1"),
        ("2019-10-01", "a1"), ("2019-10-06", "a1"), ("2019-10-07", "a7"), ("2019-10-21", "a7"), ("2019-10-22", ""),
    ],
)  # fmt: skip
def test_each_day_has_its_reminder_and_a_missed_morning_is_caught_up_with(today, which):
    assert occasion(date(2019, 9, 30), date.fromisoformat(today)) == which


def test_who_has_not_done_it_is_told_once_and_who_has_is_not(db):
    open_season(policy_id="320500/2020", at=at("2019-09-01"))
    done, not_done = organisation(name="已办小学"), organisation(name="未办小学")
    for_done, for_not_done = clerk(done), clerk(not_done)
    bring_up_to_date(at=at("2019-09-24"))
    for one in Assignment.objects.filter(organisation=done, task__phase__in=["letters", "points_procedure"]):
        finish(assignment=one.pk, note="", seen=mark_of(one), by=for_done, at=at("2019-09-24"))
    assert remind(at=at("2019-09-24", 9)) == 2
    assert remind(at=at("2019-09-25", 9)) == 0
    told = Message.objects.get(kind="task_due")
    assert told.user == for_not_done.user
    assert "未办小学" in told.text
    assert "2项" in told.text
    assert remind(at=at("2019-10-01", 9)) == 1
    late = Message.objects.filter(kind="task_late")
    assert [(message.user, message.values["deadline"]) for message in late.order_by("pk")] == [
        (for_not_done.user, "2019年9月10日"), (for_not_done.user, "2019年9月30日")
    ]  # fmt: skip
    assert not Message.objects.filter(user=for_done.user).exists()
