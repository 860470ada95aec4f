"""The values of one column that a policy can tell apart. 取值分类

What is ordered (days, numbers) falls into runs of neighbouring values that set the same signs; what is not (places,
words, lists of them) into classes. Nothing here knows an operator by its name: the policy's own tests are asked about
values, and every boundary that a policy can draw lies among the values asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import TypeVar

import msgspec

from yingbao.determination.facts import ASSISTANCE, COLUMNS, IDENTITY_TYPES, STAGES, Value
from yingbao.policy.model import Policy
from yingbao.values import divisions

T = TypeVar("T")

Marks = Callable[[Value], int]
"""Which signs a value of a column sets, a bit for each."""

ELSEWHERE = ("340102", "110105", "510104", "440305", "610103", "330106")
"""Places to come from that a policy may not have listed."""
USUAL_STAGES = ("primary", "none", "kindergarten", "junior", "senior", "vocational", "special", "university")
MANY = 9999
"""The largest number that a file of facts can hold."""


class Run(msgspec.Struct, frozen=True):
    """Neighbouring values of an ordered column that set the same signs. 取值区间"""

    first: Value
    last: Value
    marks: int


def runs(marks: Marks, values: Iterable[Value], cuts: Iterable[Value] = ()) -> list[Run]:
    """Ordered values in runs; a run begins anew at each of the cuts. 分段"""
    made: list[Run] = []
    at = set(cuts)
    first: Value = None
    last: Value = None
    said = -1
    for value in values:
        found = marks(value)
        if found != said or value in at:
            if said >= 0:
                made.append(Run(first, last, said))
            first, said = value, found
        last = value
    return [*made, Run(first, last, said)]


def days_of(policy: Policy, column: str) -> list[Value]:
    """Every day that a policy can tell apart in a column: near any that it names, and the calendar's ends. 日期范围"""
    named = all_of(policy, date)
    ages = [number for each in policy.criteria.values() if each.fact == "age" for number in all_of(each, int)]
    before = 366 * (max([*ages, 25]) + 2) if column == "birth_date" else 31
    first = min([policy.cover_from, *named]) - timedelta(days=before)
    last = max([policy.cover_to, *named]) + timedelta(days=31)
    return [date.min, *(first + timedelta(days=n) for n in range((last - first).days + 1)), date.max]


def numbers_of(policy: Policy, column: str) -> list[Value]:
    """Every number that a policy can tell apart. 数值范围"""
    if column == "tier":
        return [1, 2]
    named = [number for number in all_of(policy, int) if number < 1000]
    return [*range(max([*named, 4]) + 3), MANY]


def _words_of(policy: Policy, column: str) -> list[Value]:
    """The words of a column, the usual first."""
    if column == "school_stage":
        return [*USUAL_STAGES, *(stage for stage in STAGES if stage not in USUAL_STAGES)]
    if column == "paid_time":
        edges = [at for each in policy.windows.values() for at in (each.opens_at, each.closes_at) if at is not None]
        return [None, "00:00", *edges, *(_minute_before(at) for at in edges), "23:59"]
    return [*IDENTITY_TYPES, None]


def _minute_before(at: str) -> str:
    minutes = (int(at[:2]) * 60 + int(at[3:]) - 1) % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _places_of(policy: Policy) -> list[str]:
    """A place for each way in which the policy's areas can hold or not hold one, local ones first."""
    patterns = list(dict.fromkeys(each for area in policy.areas.values() for each in area.divisions))
    whole = {each for each in patterns if not each.endswith("*")}
    prefixes = sorted({each[:-1] for each in patterns if each.endswith("*")})
    found = [*whole]
    for prefix in prefixes:
        free = _free(prefix, whole, prefixes)
        found += [free] if free is not None else []
    found += [code for code in ELSEWHERE if code not in whole and not code.startswith(tuple(prefixes))][:1]
    home = policy.pooling_area[:4]
    return sorted(dict.fromkeys(found), key=lambda code: (not code.startswith(home), code))


def _free(prefix: str, whole: set[str], prefixes: list[str]) -> str | None:
    """A code that begins so and lies in nothing smaller, one that exists if there is such."""
    longer = tuple(each for each in prefixes if each.startswith(prefix) and each != prefix)
    spare = None
    # The later codes of a city are its counties and towns of today; the first are headings and what has ceased.
    for tail in reversed(range(10 ** (6 - len(prefix)))):
        code = f"{prefix}{tail:0{6 - len(prefix)}}"
        if code in whole or code.startswith(longer):
            continue
        if divisions.exists(code) and not code.endswith("00"):
            return code
        spare = spare or code
    return spare


def _classes(marks: Marks, values: Iterable[Value]) -> dict[int, Value]:
    """The first value of each class of an unordered column."""
    found: dict[int, Value] = {}
    for value in values:
        found.setdefault(marks(value), value)
    return found


def _lists(marks: Marks, members: Iterable[str]) -> dict[int, Value]:
    """The shortest list of each class of a column that holds several words.

    What a list meets follows from what its members meet, so a list that says nothing new need not be made longer.
    """
    apart = [
        single for single in _classes(marks, [(member,) for member in members]).values() if isinstance(single, tuple)
    ]
    found: dict[int, Value] = {marks(()): ()}
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        longer = [(*one, *single) for one in waiting for single in apart]
        waiting = []
        for each in longer:
            said = marks(each)
            if said not in found:
                found[said] = each
                waiting.append(each)
    return found


def unordered(policy: Policy, column: str, marks: Marks) -> dict[int, Value]:
    """The classes of a column whose values have no order, each with a value. 无序列分类"""
    if column == "assistance":
        return _lists(marks, ASSISTANCE)
    if column == "parent_hukou":
        return _lists(marks, _places_of(policy))
    if column in ("hukou", "school_division"):
        return _classes(marks, [*_places_of(policy), None])
    if isinstance(COLUMNS[column].empty, bool):
        return _classes(marks, [False, True])
    return _classes(marks, _words_of(policy, column))


def all_of(part: object, kind: type[T]) -> list[T]:
    """Every value of a kind anywhere in a part of the policy. 全部取值"""
    if isinstance(part, bool):
        return []
    if isinstance(part, kind):
        return [part]
    if isinstance(part, msgspec.Struct):
        return [found for name in part.__struct_fields__ for found in all_of(getattr(part, name), kind)]
    if isinstance(part, dict):
        return [found for value in part.values() for found in all_of(value, kind)]
    if isinstance(part, list | tuple):
        return [found for value in part for found in all_of(value, kind)]
    return []
