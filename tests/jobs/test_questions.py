"""Each morning late questions go up and holders are reminded; a family hears of its answer once. 问题提醒"""

from __future__ import annotations

import pytest

from tests.cases.conftest import infant, pupil, town
from tests.enrolment.building import AT, at
from yingbao.cases import asking, handing, lateness
from yingbao.cases.models import Case
from yingbao.jobs import questions
from yingbao.jobs.occasions import tell
from yingbao.messages.models import Message
from yingbao.people.models import Guardian

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


def test_whoever_holds_it_after_it_went_up_is_reminded_and_not_who_let_it_lie(town, pupil):
    case = of_family(town, pupil)
    assert lateness.raise_late(at=at("2019-11-25")) == 1
    case.refresh_from_db()
    assert questions.remind(at=at(str(case.due_on))) == 1
    assert Message.objects.get(kind="question_due").user == town.by(town.street).user
