"""Ages and dates are reckoned as the contract says. 日期推算"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.determination.cover import days_after, first_of_month_after, months_after
from yingbao.determination.criteria import age_on


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        (date(2002, 1, 1), date(2020, 1, 1), 18),
        (date(2002, 1, 2), date(2020, 1, 1), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 17),
        (date(2004, 2, 29), date(2022, 3, 1), 18),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2020, 3, 1), date(2020, 1, 1), -1),
    ],
)
def test_age_is_full_years_and_a_leap_day_waits_for_the_first_of_march(birth, on, age):
    assert age_on(birth, on) == age


@pytest.mark.parametrize(
    ("birth", "last"),
    [
        (date(2019, 10, 15), date(2020, 1, 15)),
        (date(2019, 11, 30), date(2020, 2, 29)),
        (date(2018, 11, 30), date(2019, 2, 28)),
        (date(2020, 1, 31), date(2020, 4, 30)),
        (date(2020, 8, 31), date(2020, 11, 30)),
        (date(2020, 12, 1), date(2021, 3, 1)),
    ],
)
def test_within_three_months_of_birth_ends_with_the_third_month_at_the_latest(birth, last):
    assert months_after(birth, 3) == last


@given(birth=st.dates(max_value=date(9900, 1, 1)), months=st.integers(1, 240))
def test_months_from_birth_keep_the_day_or_end_the_month(birth, months):
    last = months_after(birth, months)
    assert (last.year - birth.year) * 12 + last.month - birth.month == months
    ends = calendar.monthrange(last.year, last.month)[1]
    assert last.day == min(birth.day, ends)


@given(day=st.dates(max_value=date(9999, 11, 30)))
def test_the_next_month_begins_after_the_last_day_of_this_one(day):
    begins = first_of_month_after(day, 1)
    before = begins - timedelta(days=1)
    assert begins.day == 1
    assert (before.year, before.month) == (day.year, day.month)


def test_ninety_days_are_added_to_the_payment_day():
    assert days_after(date(2020, 3, 1), 90) == date(2020, 5, 30)
    assert days_after(date.max, 90) == date.max
