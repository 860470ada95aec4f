"""One column of facts in a batch: its distinct values, read once each. 按列读取

Facts repeat: a city has a dozen divisions and some thousand birthdays. So a column is taken apart into
its distinct values and, per row, the place of its value; only the distinct values are read and judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.facts import COLUMNS, Column, Value
from yingbao.determination.rulebook import Rulebook

REMEMBERED = 200_000
"""So many distinct values of a column are kept from batch to batch."""

DENSE = 20_000
"""Days and counts that lie this close together take their place by subtraction, without a hash table."""

EPOCH = date(1970, 1, 1).toordinal()


def as_days(day: date) -> int:
    """A day as Arrow counts it, from 1970-01-01."""
    return day.toordinal() - EPOCH


class Malformed(msgspec.Struct, frozen=True):
    """A value that could not be read: the row's place in the batch, its column, and the value. 格式错误"""

    row: int
    column: Column
    value: object


class Distinct:
    """The distinct values of a column, the bits that each sets, and what was worked out from them. 去重值"""

    def __init__(self, values: list[Value], bits: list[int]) -> None:
        self.values, self.bits = values, bits
        self._made: dict[object, pa.Array] = {}
        self._classes: tuple[pa.Array | None, tuple[int, ...]] | None = None

    def classes(self) -> tuple[pa.Array | None, tuple[int, ...]]:
        """The class of each value, and the bits of each class; no array where all values are of one."""
        if self._classes is None:
            # In one order, so that the same values have the same classes in every batch.
            patterns = tuple(sorted(set(self.bits)))
            place = {pattern: place for place, pattern in enumerate(patterns)}
            of_values = pa.array([place[bits] for bits in self.bits], pa.int32()) if len(patterns) > 1 else None
            self._classes = of_values, patterns
        return self._classes

    def made(self, what: object, make: Callable[[], pa.Array]) -> pa.Array:
        """An array with one entry per distinct value, made once."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]


class Seen(msgspec.Struct, frozen=True):
    """A column of one batch, taken apart. 去重后的列"""

    places: pa.Array
    """per row the place of its value among the distinct ones; never null"""
    distinct: Distinct


class _Unreadable(msgspec.Struct, frozen=True):
    value: object


class Reader:
    """Reads one column batch by batch and remembers the values that it has met. 列读取器"""

    def __init__(self, name: str, type_: pa.DataType, rulebook: Rulebook, as_of: date) -> None:
        self.column, self._rulebook = COLUMNS[name], rulebook
        self._empty = as_of if name == "paid_on" else self.column.empty
        self._type = type_.value_type if pa.types.is_dictionary(type_) else type_
        self._asked = name in rulebook.signs.columns
        self._days = pa.types.is_date32(self._type)
        self._counts = pa.types.is_date32(type_) or pa.types.is_integer(type_)
        self._met: dict[object, tuple[Value | _Unreadable, int]] = {}
        self._span = range(0)
        self._of_span: tuple[Distinct, pa.Array | None] = self._judge([None])

    def see(self, array: pa.Array) -> Seen | Malformed | None:
        """Take one batch of the column apart, or say which row is malformed first; None if no rule asks for it."""
        if self._counts and self._spans(array):
            distinct, bad = self._of_span
            if bad is None and not self._asked:
                return None
            first = pa.scalar(self._span.start, pa.int32())
            places = pc.subtract(array.cast(pa.int32()), first).fill_null(len(self._span))
        else:
            places, keys = self._distinct(array)
            distinct, bad = self._judge(keys)
        if bad is not None and (row := pc.index(bad.take(places), True).as_py()) >= 0:
            return Malformed(row, self.column, self._given(self._key_at(array, row)))
        return Seen(places, distinct) if self._asked else None

    def _spans(self, array: pa.Array) -> bool:
        """Whether the values lie so close together that a value's place is its distance from the first."""
        ends = pc.min_max(array if pa.types.is_integer(array.type) else array.cast(pa.int32())).as_py()
        low, high = ends["min"], ends["max"]
        if low is None:
            return True
        # The span only ever widens, so that what was worked out for it serves the next batch too.
        wide = range(min(low, self._span.start), max(high + 1, self._span.stop)) if self._span else range(low, high + 1)
        if len(wide) > DENSE or not -(2**31) <= wide.start <= wide.stop < 2**31:
            return False
        if wide != self._span:
            self._span, self._of_span = wide, self._judge([*wide, None])
        return True

    def _distinct(self, array: pa.Array) -> tuple[pa.Array, list[object]]:
        """Per row a place, and the distinct values as Python has them; a null row's place holds None."""
        if pa.types.is_boolean(array.type):
            return array.cast(pa.int32()).fill_null(2), [False, True, None]
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        keys = self._keys(array.dictionary)
        places = array.indices.cast(pa.int32())
        return (places.fill_null(len(keys)), [*keys, None]) if places.null_count else (places, keys)

    def _keys(self, values: pa.Array) -> list[object]:
        if self._days:
            return list(values.cast(pa.int32()).to_pylist())
        if pa.types.is_timestamp(self._type):
            return list(values.cast(pa.timestamp("us", self._type.tz), safe=False).cast(pa.int64()).to_pylist())
        if is_text(self._type):
            # Bytes, because a file's text need not be UTF-8 as it claims.
            return list(values.cast(pa.large_string()).cast(pa.large_binary()).to_pylist())
        return list(values.to_pylist())

    def _key_at(self, array: pa.Array, row: int) -> object:
        places, keys = self._distinct(array.slice(row, 1))
        return keys[places[0].as_py()]

    def _judge(self, keys: Iterable[object]) -> tuple[Distinct, pa.Array | None]:
        """The distinct values, and which of them cannot be read, if any."""
        if len(self._met) > REMEMBERED:
            self._met.clear()
        met, known = self._met, []
        for key in keys:
            if (one := met.get(key)) is None:
                one = met[key] = self._meet(key)
            known.append(one)
        values = [value for value, _ in known]
        distinct = Distinct(
            [None if isinstance(value, _Unreadable) else value for value in values], [bits for _, bits in known]
        )
        bad = [isinstance(value, _Unreadable) for value in values]
        return distinct, pa.array(bad) if any(bad) else None

    def _meet(self, key: object) -> tuple[Value | _Unreadable, int]:
        given = self._given(key)
        try:
            value = self._empty if given is None or given == "" else self.column.read(given)
        except ValueError:
            return _Unreadable(given), 0
        return value, self._rulebook.signs.of(self.column.name, value)

    def _given(self, key: object) -> object:
        """The value behind a key; what Python has no date for stays a number, and is refused as one."""
        if isinstance(key, bytes):
            return key.decode(errors="replace")
        try:
            if self._days and isinstance(key, int):
                return date.fromordinal(key + EPOCH)
            if pa.types.is_timestamp(self._type) and isinstance(key, int):
                given = datetime(1970, 1, 1) + timedelta(microseconds=key)  # noqa: DTZ001 - a day has no zone
                return given if self._type.tz is None else f"{given} ({self._type.tz})"
        except (ValueError, OverflowError):
            return f"{key} since 1970"
        return key


def is_text(type_: pa.DataType) -> bool:
    """Whether a column of this type holds text. 文本类型"""
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_) or pa.types.is_string_view(type_))


def _is_bytes(type_: pa.DataType) -> bool:
    return bool(pa.types.is_binary(type_) or pa.types.is_large_binary(type_) or pa.types.is_binary_view(type_))


def is_readable(type_: pa.DataType) -> bool:
    """Whether a column of this type holds single values. 可读类型"""
    inner = type_.value_type if pa.types.is_dictionary(type_) else type_
    return bool(pa.types.is_primitive(inner) or is_text(inner) or _is_bytes(inner) or pa.types.is_null(inner))


def plain_text(array: pa.Array) -> pa.Array:
    """Text, however it is kept, as one string per row; whole numbers as their digits."""
    if pa.types.is_dictionary(array.type):
        return array.dictionary.cast(pa.string()).take(array.indices)
    return array if pa.types.is_string(array.type) else array.cast(pa.string())
