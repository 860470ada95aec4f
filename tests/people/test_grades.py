"""Grades are called as schools call them. 年级"""

from __future__ import annotations

import pytest

from yingbao.people.grades import GRADES, NEXT_STAGES, STAGES, grade_name, is_grade, last_grade, stage_name
from yingbao.people.models import Stage


@pytest.mark.parametrize(
    ("stage", "grade", "zh", "en"),
    [
        ("kindergarten", 0, "托班", "nursery class"),
        ("kindergarten", 3, "大班", "kindergarten, third year"),
        ("primary", 1, "一年级", "grade 1"),
        ("primary", 6, "六年级", "grade 6"),
        ("junior", 2, "初二", "junior 2"),
        ("senior", 3, "高三", "senior 3"),
        ("vocational", 1, "中职一年级", "vocational 1"),
        ("special", 9, "特教九年级", "special 9"),
        ("special", None, "特殊教育", "special school"),
        ("primary", None, "小学", "primary school"),
        ("junior", 9, "初中", "junior high"),
        ("university", 1, "university", "university"),
    ],
)
def test_a_grade_is_called_as_schools_call_it(stage, grade, zh, en):
    name = grade_name(stage, grade)
    assert (name.zh, name.en) == (zh, en)


def test_no_two_grades_are_called_alike():
    names = [grade_name(stage, grade).zh for stage, grades in GRADES.items() for grade in grades]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("stage", "grade", "there_is"),
    [
        ("primary", 6, True),
        ("primary", 7, False),
        ("primary", None, False),
        ("special", None, True),
        ("circus", 1, False),
    ],
)
def test_a_stage_has_its_grades_and_no_others(stage, grade, there_is):
    assert is_grade(stage, grade) is there_is


def test_a_child_goes_on_from_the_last_grade_of_a_stage_to_the_next_stage():
    assert [last_grade(stage) for stage in STAGES] == [3, 6, 3, 3, 3, 9]
    assert NEXT_STAGES["junior"] == ("senior", "vocational")
    assert "senior" not in NEXT_STAGES


def test_stages_are_those_that_a_roll_can_have():
    assert set(STAGES) == set(Stage.values)
    assert [stage_name(stage).zh for stage in Stage.values] == Stage.labels
