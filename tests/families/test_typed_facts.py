"""What parents type of a child who is not known yet. 试算事实"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.determination.counter import determine_one
from yingbao.families.typed_facts import FIELDS_TYPED, asked_by, categories, day_of, read
from yingbao.policy.catalogue import policy_of

SUZHOU, YUZHONG = policy_of("320500/2020"), policy_of("500103/2020")
TODAY = date(2019, 11, 12)


@pytest.mark.parametrize(
    "text",
    [
        "2012-05-04",
        "2012-5-4",
        "2012/5/4",
        "2012.05.04",
        "2012年5月4日",
        "20120504",
        "２０１２－０５－０４",
        " 2012 年 5 月 4 日 ",
    ],
)
def test_a_day_is_read_as_people_write_it(text):
    assert day_of(text) == date(2012, 5, 4)


@pytest.mark.parametrize("text", ["", "2012-13-01", "2012-02-30", "5-4-2012", "去年", "0000-00-00", "2012-05-04x"])
def test_what_is_no_day_is_none(text):
    assert day_of(text) is None


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_every_day_written_by_a_computer_is_read_back(day):
    assert day_of(day.isoformat()) == day
    assert day_of(f"{day.year}年{day.month}月{day.day}日") == day


def test_places_are_read_by_name_near_the_pooling_area_and_slips_are_told_by_field():
    typed = {"birth_date": "2012-05-04", "hukou": "姑苏区", "parent_hukou": "火星", "school_division": "苏州市虎丘区"}
    found = read(typed | {"school_stage": "primary"}, [], SUZHOU, today=TODAY)
    assert found.facts["hukou"] == "320508"
    assert set(found.wrong) == {"parent_hukou"}


@pytest.mark.parametrize(("birth", "paid"), [("2020-01-01", ""), ("2019-11-13", "2019-11-12"), ("", "")])
def test_nobody_pays_before_being_born_and_a_birth_date_is_needed(birth, paid):
    assert "birth_date" in read({"birth_date": birth, "paid_on": paid}, [], SUZHOU, today=TODAY).wrong


def test_only_what_the_citys_rules_ask_about_is_read():
    assert "points_admitted_on" in asked_by(SUZHOU)
    assert "points_admitted_on" not in asked_by(YUZHONG)
    typed = {"birth_date": "2012-05-04", "points_admitted_on": "nonsense"}
    assert read(typed, [], YUZHONG, today=TODAY).wrong == {}


def test_a_category_that_the_city_does_not_know_counts_for_nothing():
    known = categories(SUZHOU)[0]
    found = read({"birth_date": "2012-05-04"}, [known, "made_up"], SUZHOU, today=TODAY)
    assert found.facts["assistance"] == known


@given(
    typed=st.dictionaries(st.sampled_from(FIELDS_TYPED), st.text(max_size=30)),
    chosen=st.lists(st.sampled_from([*categories(SUZHOU), "x"])), policy=st.sampled_from([SUZHOU, YUZHONG]),
)  # fmt: skip
def test_whatever_is_typed_is_told_as_wrong_or_decided(typed, chosen, policy):
    found = read(typed, chosen, policy, today=TODAY)
    assert set(found.wrong) <= asked_by(policy)
    if not found.wrong:
        assert determine_one(policy, found.facts, TODAY).status
