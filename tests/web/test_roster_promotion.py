"""Last year's roll becomes this year's, class by class. 升级页面"""

from __future__ import annotations

import pytest

from tests.enrolment.building import child, enter
from tests.spreadsheet.rosters import committed, pupil
from tests.web.test_roster import text
from yingbao.people.models import SchoolRoll

pytestmark = pytest.mark.django_db

PAGE = "/school/promotion/"


@pytest.fixture
def client(clerk, signed_in):
    return signed_in(clerk)


@pytest.fixture
def last_year(school):
    for name, stage, grade in (
        ("一", "primary", 1),
        ("二", "primary", 1),
        ("三", "junior", 3),
        ("四", "primary", None),
    ):
        enter(child(name=f"王{name}"), school, stage=stage, grade=grade, school_year=2018)


def test_each_class_is_shown_with_where_it_goes_before_anything_is_done(client, last_year):
    shown = text(client.get(PAGE))
    assert "一年级 1班 → 二年级 1班 2" in shown
    assert "毕业 1 名" in shown
    assert "不能自动升级 1 名" in shown
    assert SchoolRoll.objects.filter(school_year=2018).count() == 4


def test_confirming_moves_everyone_on_once(client, last_year):
    expected = client.get(PAGE).context["expected"]
    answer = client.post(PAGE, {"expected": expected}, follow=True)
    assert "已升级 2 名学生，1 名毕业" in answer.content.decode()
    client.post(PAGE, {"expected": expected})
    grades = SchoolRoll.objects.filter(left_on__isnull=True, school_year=2019).values_list("grade", flat=True)
    assert list(grades) == [2, 2]


def test_a_preview_that_is_out_of_date_is_shown_again(client, school, last_year):
    expected = client.get(PAGE).context["expected"]
    enter(child(name="王五"), school, school_year=2018)
    answer = client.post(PAGE, {"expected": expected})
    assert "还没有升级" in text(answer)
    assert SchoolRoll.objects.filter(school_year=2019).count() == 0


def test_a_roll_that_is_this_years_already_has_nothing_to_promote(client, school, clerk):
    committed(school, clerk.user, [pupil()])
    assert "名册已经是本学年的" in text(client.get(PAGE))
