"""A season's curve: level where nothing changed, never beyond today, last year on the same days. 进度曲线"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from yingbao.enrolment.standing import Day
from yingbao.supervision.curves import _points, weekly

FIRST = date(2019, 9, 1)
LAST = date(2019, 12, 20)


@st.composite
def changes(draw):
    offsets = sorted(draw(st.sets(st.integers(-5, 110), min_size=1, max_size=30)))
    return [Day(FIRST + timedelta(days=at), 1000, draw(st.integers(0, 1000))) for at in offsets]


@given(changes(), st.integers(0, 110))
def test_each_day_of_the_curve_tells_what_the_last_change_until_then_left(days, today):
    until = FIRST + timedelta(days=today)
    points = dict(_points([day for day in days if day.day <= until], FIRST, until))
    for at, heads in points.items():
        known = [day for day in days if day.day <= FIRST + timedelta(days=at)]
        assert heads == known[-1].insured
        assert 0 <= at <= today


@given(changes())
def test_between_two_changes_the_line_is_level(days):
    points = _points(days, FIRST, LAST)
    for (one, heads), (another, next_heads) in pairwise(points):
        assert another > one
        assert heads == next_heads or another - one == 1
    assert points[-1][0] == (LAST - FIRST).days


@given(changes())
def test_the_weeks_in_print_end_on_the_last_day_and_tell_what_stood_then(days):
    weeks = weekly(days, first=FIRST, last=LAST)
    assert weeks[-1].day == LAST
    assert weeks[-1].insured == days[-1].insured
    assert all((week.day - FIRST).days % 7 == 6 for week in weeks[:-1])


def test_a_season_of_less_than_a_week_is_one_line_in_print():
    assert weekly([Day(FIRST, 9, 4)], first=FIRST, last=FIRST) == [Day(FIRST, 9, 4)]
