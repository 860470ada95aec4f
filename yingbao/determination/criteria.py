"""Whether one criterion holds for one value, and the date reckoning behind it. 条件判断

Every engine asks here: the frame asks once for each distinct value in a column, the counter once for
the child in front of it. A missing value matches nothing but `known: false`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from yingbao.determination.facts import Value
from yingbao.policy.model import Policy
from yingbao.policy.rules import Criterion

Test = Callable[[Value], bool]


def test_of(criterion: Criterion, policy: Policy) -> Test:
    """The criterion as a function of its fact's value; several operators must all hold."""
    tests = [
        *_of_words(criterion),
        *_of_places(criterion, policy),
        *_of_numbers(criterion),
        *_of_days(criterion, policy),
    ]
    if criterion.known is False:
        return lambda value: value is None or value == ()
    if len(tests) == 1:
        only = tests[0]
        return lambda value: value is not None and value != () and only(value)
    return lambda value: value is not None and value != () and all(test(value) for test in tests)


def column_of(criterion: Criterion) -> str:
    """The column of facts that a criterion reads; age is read from the birth date."""
    if criterion.fact is None:
        raise ValueError("a criterion about an earlier table reads no column")
    return "birth_date" if criterion.fact == "age" else criterion.fact


def seen_as(criterion: Criterion, value: Value, policy: Policy) -> Value:
    """The column's value as the criterion sees it: a birth date as an age, where it asks for the age."""
    if criterion.fact == "age":
        return age_on(value, criterion.on or policy.cover_from) if isinstance(value, date) else None
    return value


def _each(value: Value) -> tuple[Value, ...]:
    return value if isinstance(value, tuple) else (value,)


def _of_words(criterion: Criterion) -> list[Test]:
    tests: list[Test] = []
    if criterion.is_ is not None:
        wanted = criterion.is_
        tests.append(lambda value: wanted in _each(value))
    if criterion.any_of is not None:
        words = frozenset(criterion.any_of)
        tests.append(lambda value: not words.isdisjoint(_each(value)))
    return tests


def _of_places(criterion: Criterion, policy: Policy) -> list[Test]:
    def lies_in(area: str) -> Test:
        divisions = policy.areas[area].divisions
        codes = frozenset(division for division in divisions if not division.endswith("*"))
        prefixes = tuple(division[:-1] for division in divisions if division.endswith("*"))
        return lambda value: any(code in codes or str(code).startswith(prefixes) for code in _each(value))

    tests: list[Test] = []
    if criterion.within is not None:
        tests.append(lies_in(criterion.within))
    if criterion.outside is not None:
        # Of several parents' divisions none may lie in the area.
        inside = lies_in(criterion.outside)
        tests.append(lambda value: not inside(value))
    return tests


def _of_numbers(criterion: Criterion) -> list[Test]:
    tests: list[Test] = []
    if criterion.below is not None:
        below = criterion.below
        tests.append(lambda value: isinstance(value, int) and value < below)
    if criterion.at_least is not None:
        least = criterion.at_least
        tests.append(lambda value: isinstance(value, int) and value >= least)
    return tests


def _of_days(criterion: Criterion, policy: Policy) -> list[Test]:
    spans: list[tuple[date, date]] = []
    if criterion.from_ is not None or criterion.until is not None:
        spans.append((criterion.from_ or date.min, criterion.until or date.max))
    if criterion.during is not None:
        window = policy.windows[criterion.during]
        spans.append((window.first, window.last))

    def within(first: date, last: date) -> Test:
        return lambda value: isinstance(value, date) and first <= value <= last

    return [within(first, last) for first, last in spans]


def age_on(birth: date, on: date) -> int:
    """Full years completed on a day; negative before birth. 周岁

    Who was born on 29 February completes a year on 1 March where the year has no such day.
    """
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
