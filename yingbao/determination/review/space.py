"""All children that a policy can tell apart: groups of columns, each with its classes of values. 事实空间"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import combinations, product

import msgspec

from yingbao.determination.facts import COLUMNS, Value
from yingbao.determination.review.axes import Marks, Run, days_of, numbers_of, runs, unordered
from yingbao.determination.review.boxes import Box, met, without
from yingbao.determination.rulebook import rulebook_of
from yingbao.determination.signs import UNBORN, Within
from yingbao.policy.model import Policy

DAYS = tuple(name for name in COLUMNS if name == "birth_date" or name.endswith("_on"))
NUMBERS = ("tier", *(name for name in COLUMNS if name.endswith("_years")))
OWN = 1
"""The lowest bit of a class is our own mark: born by the day of payment, or at no school. The policy's signs stand
one place higher than in its rulebook."""
LEAP_DAYS = 1461
USUAL_AGE = 8
"""An example child is as old as this if the age does not matter."""

Segment = tuple[int, int, date | None]
"""A run of a column, what is marked there together with the birth date, and a day of it."""


class Class(msgspec.Struct, frozen=True):
    """Values of a group's columns that a policy treats alike, and one of them. 取值类"""

    child: dict[str, Value]
    marks: int
    at: dict[str, int] = {}
    """per ordered column the run in which the value lies; -1 is empty"""


class Group(msgspec.Struct, frozen=True):
    """Columns that criteria ask about together. 列组"""

    columns: tuple[str, ...]
    classes: list[Class]

    def mask(self, belongs: Callable[[Class], bool]) -> int:
        """The classes that belong, a bit for each. 掩码"""
        return sum(1 << place for place, one in enumerate(self.classes) if belongs(one))


class Space:
    """The children that a policy can tell apart. 事实空间"""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._signs = rulebook_of(policy).signs
        self._limits: dict[str, list[Within]] = {"paid_on": []}
        for within in self._signs.limits:
            self._limits.setdefault(within.column, []).append(within)
        columns = ["birth_date", *self._limits, "school_stage", "school_division", *self._signs.tests]
        self.columns = tuple(dict.fromkeys(columns))
        """the columns that decide something"""
        self.axes = {column: self._axis(column) for column in self.columns if column in (*DAYS, *NUMBERS)}
        """the runs of each ordered column"""
        dated = ("birth_date", *self._limits)
        self.groups = [self._dates(), *(self._alone(column) for column in self.columns if column not in dated)]
        """columns that are asked about together, the days first; no two groups depend on each other"""
        self.full: Box = tuple((1 << len(group.classes)) - 1 for group in self.groups)
        """every child"""
        self._place_of = {column: place for place, group in enumerate(self.groups) for column in group.columns}
        self._column_of = {bit: column for column, tests in self._signs.tests.items() for bit, _ in tests}
        self._column_of |= {within.bit: within.column for within in self._signs.limits}
        self._made_up = dict(self._signs.made_up)
        self._boxes: dict[int, list[Box]] = {}
        self.possible = self._possible()
        """children as they can be: born by the day of payment, and on a roll if and only if at a school"""
        self._likely = self._not_babies_at_school()

    def _marks(self, column: str) -> Marks:
        """What a value of a column marks by itself."""
        tests = self._signs.tests.get(column, [])
        own = {"school_stage": "none", "school_division": None}

        def marks(value: Value) -> int:
            said = sum(bit for bit, test in tests if test(value)) << 1
            return said | OWN if column in own and value == own[column] else said

        return marks

    def _axis(self, column: str) -> list[Run]:
        policy = self.policy
        values = days_of(policy, column) if column in DAYS else numbers_of(policy, column)
        cuts = (policy.cover_from, policy.cover_to + timedelta(days=1)) if column == "paid_on" else ()
        return runs(self._marks(column), values, cuts)

    def _alone(self, column: str) -> Group:
        marks, empty = self._marks(column), COLUMNS[column].empty
        if column not in self.axes:
            found = unordered(self.policy, column, marks)
            return Group((column,), [Class({column: value}, said) for said, value in found.items()])
        made = [
            Class({column: self._typical(column, run)}, run.marks, {column: place})
            for place, run in enumerate(self.axes[column])
        ]
        if column in DAYS:
            made.append(Class({column: None}, marks(None), {column: -1}))
        made.sort(key=lambda one: one.child[column] != empty)
        return Group((column,), made)

    def _typical(self, column: str, run: Run) -> Value:
        if isinstance(run.first, date) and isinstance(run.last, date):
            return min(max(run.first, self._target(column)), run.last)
        empty = COLUMNS[column].empty
        within = isinstance(empty, int) and isinstance(run.first, int) and isinstance(run.last, int)
        return empty if within and run.first <= empty <= run.last else run.first  # type: ignore[operator]

    def _target(self, column: str) -> date:
        """A day as one would expect it in a column."""
        first = self.policy.cover_from
        return date(first.year - USUAL_AGE, 5, 15) if column == "birth_date" else first - timedelta(days=60)

    def _dates(self) -> Group:
        """Days that are asked about together with the day of birth, birthday by birthday.

        Halving finds the birthdays at which a limit comes to end in another run of that day.
        """
        others = tuple(self._limits)
        found: dict[tuple[object, ...], Class] = {}
        for place, birth in self._births():
            alone = self.axes["birth_date"][place].marks if place >= 0 else self._marks("birth_date")(None)
            for each in product(*(list(self._segments(birth, column)) for column in others)):
                key = (place, *(part[:2] for part in each))
                if key not in found:
                    marks, child, at = alone, dict[str, Value](birth_date=birth), {"birth_date": place}
                    for column, (run, said, day) in zip(others, each, strict=True):
                        marks |= said | (self.axes[column][run].marks if run >= 0 else self._marks(column)(None))
                        child[column], at[column] = day, run
                    found[key] = Class(child, marks, at)
        return Group(("birth_date", *others), sorted(found.values(), key=self._unlike))

    def _births(self) -> list[tuple[int, date | None]]:
        """Days of birth enough to meet every class, each with its run, what one would expect first."""
        target = self._target("birth_date")
        found: list[tuple[int, date | None]] = [(-1, None)]
        for place, run in enumerate(self.axes["birth_date"]):
            spans = [ends_of(run)]
            while spans:
                first, last = spans.pop()
                if last - first <= timedelta(days=1) or self._shape(first) == self._shape(last):
                    found += [(place, first), (place, last), (place, min(max(first, target), last))]
                    found += [(place, day) for day in self._of_each_order(first, last)]
                else:
                    middle = first + (last - first) // 2
                    spans += [(first, middle), (middle, last)]
        return sorted(dict.fromkeys(found), key=lambda each: abs(((each[1] or date.max) - target).days))

    def _of_each_order(self, first: date, last: date) -> list[date]:
        """A birthday for each order in which limits of months and of days end; it repeats with the leap years."""
        mixed = [
            column
            for column, limits in self._limits.items()
            if {bool(within.limit.months) for within in limits if within.limit != UNBORN} == {True, False}
        ]
        found: dict[tuple[bool, ...], date] = {}
        for by in range(min(LEAP_DAYS, (last - first).days) if mixed else 0):
            ends = [self._changes(last - timedelta(days=by), column) for column in mixed]
            order = tuple(one < other for days in ends for one, other in combinations(days, 2))
            ties = tuple(one == other for days in ends for one, other in combinations(days, 2))
            found.setdefault(order + ties, last - timedelta(days=by))
        return list(found.values())

    def _shape(self, birth: date) -> list[tuple[int, bool]]:
        """Into which run of another day each change falls, and whether with its beginning.

        All changes go on as the day of birth does; between two births of one shape nothing new can be met.
        """
        shape = []
        for column in self._limits:
            firsts = [ends_of(run)[0] for run in self.axes[column]]
            for day in self._changes(birth, column):
                place = bisect_right(firsts, day) - 1
                shape.append((place, firsts[place] == day))
        return shape

    def _together(self, birth: date | None, column: str, day: date) -> int:
        """What a day marks together with the day of birth."""
        if birth is None:
            return OWN
        said = sum(within.bit for within in self._limits[column] if within.holds(birth, day)) << 1
        return said | OWN if column == "paid_on" and birth <= day else said

    def _segments(self, birth: date | None, column: str) -> Iterator[Segment]:
        target = self._target(column)
        changes = sorted(set(self._changes(birth, column)))
        for place, run in enumerate(self.axes[column]):
            begin, end = ends_of(run)
            firsts = [begin, *(day for day in changes if begin < day <= end)]
            lasts = [*(day - timedelta(days=1) for day in firsts[1:]), end]
            for first, last in zip(firsts, lasts, strict=True):
                yield place, self._together(birth, column, first), min(max(first, target), last)
        if column != "paid_on":
            yield -1, 0, None

    def _changes(self, birth: date | None, column: str) -> list[date]:
        """The days on which what a day marks together with the day of birth becomes something else."""
        if birth is None:
            return []
        ends = (within.limit.last(birth) for within in self._limits[column])
        passed = [end + timedelta(days=1) for end in ends if end < date.max]
        asked = column == "paid_on" or any(within.born for within in self._limits[column])
        return [birth, *passed] if asked else passed

    def _unlike(self, one: Class) -> tuple[object, ...]:
        """How far days are from what one would expect of a child; examples are of the likeliest children."""
        away = [
            abs((day - self._target(column)).days) if isinstance(day, date) else 10**6
            for column, day in one.child.items()
        ]
        return (not one.marks & OWN, *away)

    def _possible(self) -> list[Box]:
        born = self.where("paid_on", lambda one: bool(one.marks & OWN))
        found = []
        for at_none in (False, True):
            stage, school = (
                self.where(column, lambda one: bool(one.marks & OWN) is at_none)  # noqa: B023 - asked at once
                for column in ("school_stage", "school_division")
            )
            found += met(met([stage], [school]), [born])
        return found

    def asks(self, name: str) -> bool:
        """Whether a table asks a criterion about facts. 是否用到"""
        return name in self._signs.bits and name not in self._signs.asks_tables

    def _not_babies_at_school(self) -> list[Box]:
        """Children as one would expect them: of a class whose child is hardly born, those at no school."""
        old_enough = self.policy.cover_from - timedelta(days=2 * 365)

        def baby(one: Class) -> bool:
            birth = one.child["birth_date"]
            return isinstance(birth, date) and birth > old_enough

        at_home = [
            self.where(column, lambda one: bool(one.marks & OWN)) for column in ("school_stage", "school_division")
        ]
        grown = self.where("birth_date", lambda one: not baby(one))
        return [grown, *met(met(at_home[:1], at_home[1:]), [self.where("birth_date", baby)])]

    def boxes_of(self, name: str) -> list[Box]:
        """The children for whom a criterion about facts holds. 条件范围"""
        return self._boxes_of_bit(self._signs.bits[name])

    def _boxes_of_bit(self, bit: int) -> list[Box]:
        if bit not in self._boxes:
            if bit in self._made_up:
                self._boxes[bit] = self._either(self._made_up[bit])
            else:
                box = self.where(self._column_of[bit], lambda one: bool(one.marks >> 1 & bit))
                self._boxes[bit] = [box] if all(box) else []
        return self._boxes[bit]

    def _either(self, ways: list[int]) -> list[Box]:
        made: list[Box] = []
        for way in ways:
            boxes = [self.full]
            for place in range(way.bit_length()):
                if way >> place & 1:
                    boxes = met(boxes, self._boxes_of_bit(1 << place))
            made += without(boxes, made)
        return made

    def where(self, column: str, belongs: Callable[[Class], bool]) -> Box:
        """Everyone whose class in a column's group belongs. 按列选取"""
        place = self._place_of[column]
        return (*self.full[:place], self.groups[place].mask(belongs), *self.full[place + 1 :])

    def at(self, column: str, run: int) -> Box:
        """Everyone whose value in an ordered column lies in a run. 区间内的儿童"""
        return self.where(column, lambda one: one.at[column] == run)

    def of_value(self, column: str, value: Value) -> Box:
        """Everyone with a value in an unordered column, and whoever is treated alike. 某值的儿童"""
        marks = self._marks(column)(value)
        return self.where(column, lambda one: one.marks == marks)

    def known(self, column: str) -> Box | None:
        """Everyone whose value in a column is given; None if the policy treats others like those. 已知者"""
        empty = COLUMNS[column].empty
        box = self.where(column, lambda one: one.child[column] != empty)
        alike = column not in self.axes and self._marks(column)(empty) in {
            one.marks for one in self.groups[self._place_of[column]].classes if one.child[column] != empty
        }
        return box if all(box) and not alike else None

    def columns_of(self, name: str) -> set[str]:
        """The columns that a criterion about facts asks for. 条件所问的列"""
        bits, found = [self._signs.bits[name]], set()
        while bits:
            bit = bits.pop()
            for way in self._made_up.get(bit, []):
                bits += [1 << place for place in range(way.bit_length()) if way >> place & 1]
            if bit in self._column_of:
                found.add(self._column_of[bit])
        return found

    @property
    def older(self) -> Box:
        """Children for whom no limit from birth holds on their day of payment. 非新生儿"""
        limits = sum(within.bit for within in self._signs.limits) << 1
        return self.where("birth_date", lambda one: not one.marks & limits)

    def freed(self, column: str, boxes: Iterable[Box]) -> list[Box]:
        """The same children with whatever value in a column's group. 不限某列"""
        place = self._place_of[column]
        return [(*box[:place], self.full[place], *box[place + 1 :]) for box in boxes]

    def can_be(self, boxes: Iterable[Box]) -> list[Box]:
        """Those of some children who can be. 可能的儿童"""
        return met(boxes, self.possible)

    def child_in(self, boxes: Iterable[Box]) -> dict[str, Value] | None:
        """A child out of these boxes, as one would expect it and as it can be if there is such. 举例"""
        boxes = list(boxes)
        if not boxes:
            return None
        can_be = self.can_be(boxes)
        likely = met(can_be, self._likely)
        best = min(likely or can_be or boxes, key=lambda box: [mask & -mask for mask in box])
        child: dict[str, Value] = {"person_id": "example"}
        for group, mask in zip(self.groups, best, strict=True):
            child.update(group.classes[(mask & -mask).bit_length() - 1].child)
        return child


def ends_of(run: Run) -> tuple[date, date]:
    """The first and the last day of a run of days. 首尾日期"""
    if not isinstance(run.first, date) or not isinstance(run.last, date):
        raise TypeError(run)
    return run.first, run.last
