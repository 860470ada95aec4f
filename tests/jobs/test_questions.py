"""Each morning late questions go up and holders are reminded; a family hears of its answer once. 问题提醒"""

from __future__ import annotations

import pytest

from tests.cases.conftest import infant, pupil, town
from tests.enrolment.building import AT, at
from yingbao.cases import asking, handing
from yingbao.cases.models import Case
from yingbao.jobs import questions
from yingbao.jobs.occasions import tell
from yingbao.messages.models import Message
from yingbao.people.models import Guardian
from yingbao.values import clock

pytestmark = pytest.mark.django_db
__all__ = ["infant", "pupil", "town"]


def of_family(town, person) -> Case:
    guardian = Guardian.objects.filter(person=person, phone_index__isnull=False).first()
    return asking.ask_as_family(
        topic="payment", question="何时退", season=town.season, to=town.school, once="f", at=AT, person=person,
        phone_index=bytes(guardian.phone_index),
    )  # fmt: skip


def test_a_family_is_told_once_of_its_answer_and_the_words_name_nobody(town, pupil):
    case = of_family(town, pupil)
    handing.settle(case=case, answer="一个月内。", by=town.by(town.school), at=AT)
    tell(at=AT)
    tell(at=AT)
    message = Message.objects.get(kind="question_answered")
    assert case.number in message.text
    assert pupil.name not in message.text


def test_a_family_is_told_that_more_has_to_be_said(town, pupil):
    handing.turn_back(case=of_family(town, pupil), reason="哪天", by=town.by(town.school), at=AT)
    tell(at=AT)
    assert Message.objects.filter(kind="question_returned").count() == 1


def test_holders_are_reminded_before_on_and_after_the_day_once_a_day(town, pupil):
    case = of_family(town, pupil)
    days = [case.due_on.replace(day=case.due_on.day + more) for more in (-1, 0)]
    for day in days:
        questions.remind(at=at(str(day)))
        questions.remind(at=at(str(day)))
    rows = Message.objects.filter(kind="question_due", user=town.by(town.school).user)
    assert rows.count() == len(days)
    assert questions.remind(at=AT) == 0


def test_in_the_morning_a_late_question_has_gone_up(town, pupil):
    case = of_family(town, pupil)
    clock.set_to(at("2019-11-29"))
    questions.each_morning(0)
    clock.run_true()
    case.refresh_from_db()
    assert case.to_organisation == town.street
