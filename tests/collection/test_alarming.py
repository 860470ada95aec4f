"""Money in suspense is called to mind after 3, 7 and 30 days, once each. 异常提醒"""

from __future__ import annotations

import pytest

from tests.collection.building import told
from tests.enrolment.building import AT, at
from yingbao.collection.alarming import raise_alarm, remind_of_suspense, settle_alarm
from yingbao.collection.arriving import hold
from yingbao.collection.models import Alarm
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def test_money_in_suspense_is_called_to_mind_at_three_seven_and_thirty_days(suzhou):
    hold(told("line:1", 700, way="transfer"), why="unidentified", at=AT)
    seen = []
    for day in ("2019-11-14", "2019-11-15", "2019-11-16", "2019-11-19", "2019-12-12", "2019-12-13"):
        remind_of_suspense(at=at(day))
        seen.append(sorted(Alarm.objects.values_list("days", flat=True)))
    assert seen == [[], [3], [3], [3, 7], [3, 7, 30], [3, 7, 30]]


def test_a_settled_reminder_does_not_come_back_for_the_same_age(suzhou, by):
    hold(told("line:1", 700, way="transfer"), why="unidentified", at=AT)
    remind_of_suspense(at=at("2019-11-15"))
    settle_alarm(alarm=Alarm.objects.get(), note="已联系学校", by=by.user, at=at("2019-11-15"))
    remind_of_suspense(at=at("2019-11-16"))
    assert Alarm.objects.count() == 1


def test_an_alarm_is_raised_once_while_it_is_open_and_again_after(suzhou, by):
    for _ in range(3):
        raise_alarm("320500", kind="conflict", key="k", said="同号异文", at=AT)
    (alarm,) = Alarm.objects.all()
    settle_alarm(alarm=alarm, note="渠道已更正", by=by.user, at=AT)
    raise_alarm("320500", kind="conflict", key="k", said="同号异文", at=AT)
    assert Alarm.objects.filter(settled_at__isnull=True).count() == 1


def test_an_alarm_is_not_settled_without_a_word(suzhou, by):
    raise_alarm("320500", kind="conflict", key="k", said="同号异文", at=AT)
    with pytest.raises(Refused, match="nothing is said"):
        settle_alarm(alarm=Alarm.objects.get(), note=" ", by=by.user, at=AT)
