"""The season's phases as a picture: bars along the months, today's mark, the last day. 本季时间轴

Places are per cent of the picture's width, so that it fits a phone, a screen and a sheet of paper.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from yingbao.enrolment.seasons import last_day, windows
from yingbao.policy.model import Policy, SeasonPhase
from yingbao.values.text import Text
from yingbao.web.phases import when

LONGEST_MONTHS = 18
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEAST_WIDTH = 1.2
MONTHS_BEYOND = 2
"""the picture goes on to the end of the next month, where what comes after is seen to begin"""


class Month(NamedTuple):
    """One month of the picture. 月份"""

    name: Text
    x: float
    width: float
    labelled: bool
    """with many months every other one says its name"""


class Bar(NamedTuple):
    """One phase of the picture. 阶段"""

    phase: SeasonPhase
    when: str
    """over, now or next"""
    x: float
    width: float
    on_and_on: bool
    """it goes on beyond the picture"""


class Timeline(NamedTuple):
    """The picture. 时间轴"""

    months: list[Month]
    bars: list[Bar]
    today: float
    last: float
    """the last day that counts"""


def timeline(policy: Policy, today: date) -> Timeline:
    """Draw the season as it stands today. 绘制时间轴"""
    opens = windows(policy)[0].first
    ends = last_day(policy, today).day
    begins = min([opens, *(phase.starts for phase in policy.phases if phase.starts is not None)])
    first, last = begins.replace(day=1), _month_after(max(ends, today), MONTHS_BEYOND)
    if _months(first, last) > LONGEST_MONTHS:
        first = _month_after(last, -LONGEST_MONTHS)
    days = (last - first).days

    def at(day: date) -> float:
        return round(min(max((day - first).days / days, 0), 1) * 100, 2)

    bars = []
    for phase in policy.phases:
        x, over = at(phase.starts or opens), phase.deadline
        right = 100.0 if over is None else at(over + timedelta(days=1))
        width = max(round(right - x, 2), LEAST_WIDTH)
        bars.append(
            Bar(phase, when(phase, today), min(x, 100 - LEAST_WIDTH), width, over is None or over >= last)
        )  # fmt: skip
    return Timeline(_drawn(first, last, at), bars, at(today), at(ends + timedelta(days=1)))


def _drawn(first: date, last: date, at: Callable[[date], float]) -> list[Month]:
    months: list[Month] = []
    day = first
    count = _months(first, last)
    while day < last:
        after = _month_after(day, 1)
        x, right = at(day), at(after)
        name = Text(f"{day.month}月", MONTHS_EN[day.month - 1])
        months.append(Month(name, x, round(right - x, 2), count <= 9 or len(months) % 2 == 0))
        day = after
    return months


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _month_after(day: date, months: int) -> date:
    """The first of the month so many months later."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
