"""What holds for a child as one number: which bits its facts set. 条件位

A criterion on one fact is a bit that the fact's value sets. What two dates decide together stands under `limits`, a
number of years is written into a few bits of its own, and what is made up of other criteria is set afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from yingbao.determination.cover import days_after, months_after
from yingbao.determination.criteria import Test, column_of, seen_as, test_of
from yingbao.determination.facts import Child, Value
from yingbao.policy.model import Policy, Window
from yingbao.policy.rules import Criterion

COUNT_BITS = 6
MOST_COUNTED = (1 << COUNT_BITS) - 1
"""Missed years beyond it count as so many: a wait of such a length ends in no year's cover."""


class Limit(msgspec.Struct, frozen=True):
    """So long after birth: the same day of a later month, or so many days. 出生后期限"""

    months: int
    days: int

    @property
    def months_enough(self) -> int:
        """So many months reach as far at least."""
        return self.months or self.days // 28 + 1

    def last(self, birth: date) -> date:
        """The last day that still lies within it."""
        return months_after(birth, self.months) if self.months else days_after(birth, self.days)


class Within(msgspec.Struct, frozen=True):
    """A bit that is set if a day lies no later than so long after birth. 出生后期限内"""

    bit: int
    column: str
    limit: Limit
    born: bool = False
    """and no earlier than birth"""

    def holds(self, birth: date, day: date) -> bool:
        """Whether the day lies within it. 是否在期限内"""
        return day <= self.limit.last(birth) and (not self.born or birth <= day)


UNBORN = Limit(months=0, days=-1)
"""What was paid by the day before birth was paid for nobody."""


class Signs:
    """The bits of one policy, and what sets them. 条件位"""

    def __init__(self, policy: Policy, used: set[str]) -> None:
        self.policy = policy
        self.bits: dict[str, int] = {}
        """per criterion its bit"""
        self.tests: dict[str, list[tuple[int, Test]]] = {}
        """per column of facts: a bit, and when it is set"""
        self.limits: list[Within] = []
        """what the date of birth and another date decide together"""
        self.unborn = 0
        """the bit of who is paid for before birth, where the policy minds"""
        self.counts: dict[str, int] = {}
        """per column whose number itself is needed: how far up its bits stand"""
        self.made_up: list[tuple[int, list[int]]] = []
        """a bit, and the sets of bits of which one has to be whole"""
        self._next = 0
        asked = {name: criterion for name, criterion in policy.criteria.items() if name in used}
        waits = any(rule.waits for rule in policy.tables.cover)
        self.asks_tables = {name: each for name, each in asked.items() if each.decided is not None}
        """the criteria that ask what decided an earlier table"""
        others = {name: each for name, each in asked.items() if each.either is not None}
        for name, criterion in asked.items():
            if criterion.decided is None and criterion.either is None:
                self._of_fact(name, criterion)
        for column in ("lapsed_years", "repaired_years") if waits else ():
            self.counts[column] = self._next
            self._next += COUNT_BITS
        for name in [*others, *self.asks_tables]:
            self.bits[name] = self._bit()
        if policy.paid_before_birth == "refer":
            self.unborn = self._bit()
            self.limits.append(Within(self.unborn, "paid_on", UNBORN))
        self.made_up += [
            (self.bits[name], [self.bits[other] for other in each.either or ()]) for name, each in others.items()
        ]
        self.columns = {"birth_date", "paid_on", *self.tests, *self.counts}
        """the columns of facts that decide something"""

    def _bit(self) -> int:
        self._next += 1
        return 1 << self._next - 1

    def _of_fact(self, name: str, criterion: Criterion) -> None:
        column = column_of(criterion)
        if criterion.months_from_birth is not None or criterion.days_from_birth is not None:
            self.bits[name] = self._bit()
            limit = Limit(criterion.months_from_birth or 0, criterion.days_from_birth or 0)
            self.limits.append(Within(self.bits[name], column, limit, self.policy.paid_before_birth == "refer"))
            return
        window = self.policy.windows[criterion.during] if criterion.during is not None else None
        if window is not None and timed(window):
            ways = [self._all(way) for way in _ways_into(window)]
            self.bits[name] = self._bit()
            self.made_up.append((self.bits[name], ways))
            return
        test, policy = test_of(criterion, self.policy), self.policy
        if criterion.fact != column:
            own = test
            test = lambda value: own(seen_as(criterion, value, policy))  # noqa: E731 - a test like all others
        self.bits[name] = self._set_by(column, test)

    def _set_by(self, column: str, test: Test) -> int:
        bit = self._bit()
        self.tests.setdefault(column, []).append((bit, test))
        return bit

    def _all(self, way: list[tuple[str, Test]]) -> int:
        return sum(self._set_by(column, test) for column, test in way)

    def of(self, column: str, value: Value) -> int:
        """The bits that one value in one column sets."""
        bits = 0
        for bit, holds in self.tests.get(column, ()):
            if holds(value):
                bits |= bit
        if column in self.counts and isinstance(value, int):
            bits |= min(value, MOST_COUNTED) << self.counts[column]
        return bits

    def of_child(self, child: Child) -> int:
        """The bits that one child's facts set."""
        bits = sum(self.of(column, child[column]) for column in self.tests.keys() | self.counts.keys())
        birth = child["birth_date"]
        for within in self.limits:
            day = child[within.column]
            if isinstance(birth, date) and isinstance(day, date) and within.holds(birth, day):
                bits |= within.bit
        return bits

    def with_made_up(self, bits: int) -> int:
        """With the bits of what is made up of other criteria."""
        for bit, ways in self.made_up:
            if any(bits & way == way for way in ways):
                bits |= bit
        return bits

    def count(self, bits: int, column: str) -> int:
        """The number that was written into the bits; 0 where nobody needs it."""
        return bits >> self.counts[column] & MOST_COUNTED if column in self.counts else 0


def timed(window: Window) -> bool:
    """Whether the window begins or ends in the course of a day. 是否有时刻"""
    return window.opens_at is not None or window.closes_at is not None


def inside(window: Window, day: Value, time: Value) -> bool:
    """Whether a moment lies in a window that has times; where the time is not known, the day decides. 是否在期内"""
    return any(all(test({"paid_on": day, "paid_time": time}[of]) for of, test in way) for way in _ways_into(window))


def _ways_into(window: Window) -> Iterator[list[tuple[str, Test]]]:
    """A day within it, or its first day late enough, or its last day early enough."""
    first, last = window.first, window.last
    opens, closes = window.opens_at or "00:00", window.closes_at or "24:00"
    late: tuple[str, Test] = ("paid_time", lambda time: time is None or (isinstance(time, str) and time >= opens))
    early: tuple[str, Test] = ("paid_time", lambda time: time is None or (isinstance(time, str) and time < closes))
    if first == last:
        yield [("paid_on", lambda day: day == first), late, early]
        return
    yield [("paid_on", lambda day: isinstance(day, date) and first < day < last)]
    yield [("paid_on", lambda day: day == first), late]
    yield [("paid_on", lambda day: day == last), early]
