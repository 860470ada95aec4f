"""The policies as the public chooses among them: by city, the year that can be paid now first. 按城市选择政策"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import NamedTuple

from yingbao.enrolment import versions
from yingbao.enrolment.seasons import windows
from yingbao.policy.beginning import called
from yingbao.policy.model import Policy
from yingbao.values import divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

OPEN = "open"
STATES = {
    OPEN: (Text("现在可以缴费", "open now"), "good"),
    "newborn": (Text("现在只办新生儿", "newborns only"), "accent"),
    "next": (Text("还没开始", "not yet"), ""),
    "over": (Text("缴费已结束", "over"), ""),
}
"""What can be done today under a policy, in words and with its tone, the most pressing first."""


class Year(NamedTuple):
    """One year of a city, and what can be done under it today. 年度"""

    policy: Policy
    state: str

    @property
    def words(self) -> Text:
        """The state in words. 状态"""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The state's colour. 色调"""
        return STATES[self.state][1]


class City(NamedTuple):
    """A city with its years: the one that counts now, and the others, the newest first. 城市"""

    name: Text
    now: Year
    others: list[Year]


def readable() -> list[Policy]:
    """Every policy that can be read, as it is in force. 可读的政策"""
    found = []
    for each in versions.known():
        try:
            found.append(versions.in_force(each))
        except Refused:
            continue
    return found


def by_city(policies: list[Policy], today: date) -> list[City]:
    """The cities, those first in which something can be paid today. 按城市分组"""
    cities = []
    for area, of_area in groupby(sorted(policies, key=lambda one: one.policy), key=lambda one: one.pooling_area):
        years = sorted((Year(one, state_on(one, today)) for one in of_area), key=lambda one: -one.policy.plan_year)
        now = min(years, key=_pressing)
        name = Text(divisions.name(area).zh, called(area).en)
        cities.append(City(name, now, [one for one in years if one is not now]))
    return sorted(cities, key=lambda city: list(STATES).index(city.now.state))


def state_on(policy: Policy, today: date) -> str:
    """What can be done under a policy on a day. 当日状态"""
    every = windows(policy)
    phases = {window.phase for window in every if window.first <= today <= window.last}
    if phases & {"open", "late"}:
        return OPEN
    if phases:
        return "newborn"
    return "next" if any(window.first > today for window in every) else "over"


def _pressing(year: Year) -> tuple[int, int]:
    """Of a city's years the one that can be paid; of those to come the nearest, of those gone the last."""
    plan_year = year.policy.plan_year
    return list(STATES).index(year.state), plan_year if year.state == "next" else -plan_year
