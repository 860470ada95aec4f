"""The demonstration's days add up to how it stands. 每日进度"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, at, child
from tests.enrolment.conftest import school, suzhou
from yingbao.demo.curve import draw
from yingbao.enrolment import reckoning
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.standing import by_day, of_area

pytestmark = pytest.mark.django_db
__all__ = ["school", "suzhou"]


def test_each_child_is_insured_on_its_day_and_the_days_add_up(suzhou, school):
    for number in range(3):
        child(school, name=f"学生{number}")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    first, second, _ = Enrolment.objects.order_by("pk")
    Enrolment.objects.filter(pk=first.pk).update(state="paid", state_at=at("2019-11-05"))
    Enrolment.objects.filter(pk=second.pk).update(state="exempt", state_at=at("2019-11-08"))
    draw([suzhou], listed=at("2019-09-23"), at=AT)
    assert [(day.day.isoformat(), day.should, day.insured) for day in by_day(suzhou)] == [
        ("2019-09-23", 3, 0),
        ("2019-11-05", 3, 1),
        ("2019-11-08", 3, 2),
    ]
    assert by_day(suzhou) == by_day(suzhou, [school.pk])
    assert of_area(suzhou).insured == 2
    assert reckoning.marked(suzhou) == []
