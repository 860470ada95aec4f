"""Many children at once: a frame of facts in, a frame of decisions out. 批量核定

Every fact sets bits in one or more words per row; the rulebook decides each distinct combination
once; the decisions are look-ups on the outcome's number. No text is touched row by row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import accumulate, chain
from typing import Any, TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.cover import Start
from yingbao.determination.facts import COLUMNS, Value, malformed, row_text
from yingbao.determination.outputs import CODED_SCHEMA, SCHEMA, Book, Decided, look_up
from yingbao.determination.reading import Distinct, Malformed, Reader, Seen, as_days, is_readable, plain_text
from yingbao.determination.rulebook import REMEMBERED, rulebook_of
from yingbao.determination.signs import Limit, Within
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST_CODES = 2**31
"""Every combination of what the columns can tell apart has a code; so many fit the short integers, which are quick."""

BATCH = 131_072
"""Rows decided at a time: enough for Arrow to be quick, few enough to stay in the cache."""


Frame = TypeVar("Frame", bound=Any)


class MalformedFacts(Exception):
    """A row cannot be read; `malformed.row` counts from 0 within its batch. 事实格式错误"""

    def __init__(self, malformed: Malformed) -> None:
        self.malformed = malformed
        super().__init__(malformed.column.name)


class Determiner:
    """Decides batches of one schema under one policy. 批量核定器"""

    def __init__(self, policy: Policy, schema: pa.Schema, as_of: date, where: str) -> None:
        self.rulebook = rulebook_of(policy)
        self.columns = [name for name in facts_in(schema, where) if self._matters(name, schema.field(name).type)]
        """the columns that have to be read, in the contract's order"""
        self._as_of = as_of
        self._met: dict[tuple[object, ...], dict[int, int]] = {}
        self._readers = {
            name: Reader(name, schema.field(name).type, self.rulebook, as_of)
            for name in self.columns
            if name != "person_id"
        }

    def _matters(self, name: str, type_: pa.DataType) -> bool:
        """A column of true and false that no rule asks for can neither decide anything nor be malformed."""
        return name in self.rulebook.signs.columns or not pa.types.is_boolean(type_)

    def decide(self, batch: pa.RecordBatch) -> Decided:
        """Decide one batch; raises MalformedFacts for the first row that cannot be read."""
        person_id, bad = _person_ids(batch.column("person_id"))
        seen: dict[str, Seen] = {}
        for name, reader in self._readers.items():
            column = reader.see(batch.column(name))
            if isinstance(column, Malformed):
                bad.append(column)
            elif column is not None:
                seen[name] = column
        if bad:
            # The first row of the file, and in it the first column: the same for every engine and batch size.
            raise MalformedFacts(min(bad, key=lambda one: one.row))
        for name in self.rulebook.signs.columns:
            if name not in seen:
                seen[name] = self._missing(name, len(batch))
        places, numbers = self._numbers(seen, len(batch))
        outcomes = look_up(pa.array(numbers, pa.int32()), places)
        return Decided(person_id, *self._covered(outcomes, set(numbers), seen))

    def _missing(self, name: str, rows: int) -> Seen:
        value = self._as_of if name == "paid_on" else COLUMNS[name].empty
        return Seen(_zeros(rows), Distinct([value], [self.rulebook.signs.of(name, value)]))

    def _numbers(self, seen: dict[str, Seen], rows: int) -> tuple[pa.Array, list[int]]:
        """The numbers of the outcomes in the batch, and per row the place of its outcome's.

        What a column can tell apart are its classes, mostly a handful, however many criteria ask for it; a row's code
        is its classes as the digits of one number. So a longer policy costs no more per row.
        """
        always, digits, size = 0, list[tuple[int, ...]](), 1
        codes: Any = None
        for places, classes, patterns in self._classes(seen):
            if len(patterns) == 1:
                always |= patterns[0]
                continue
            if size * len(patterns) > MOST_CODES:
                encoded = codes.dictionary_encode()
                codes, digits = encoded.indices, [tuple(spelt(code, digits) for code in encoded.dictionary.to_pylist())]
                size = len(digits[0])
            step = pa.scalar(size, pa.int32())
            part = pc.multiply(places, step) if classes is None else look_up(pc.multiply(classes, step), places)
            codes = part if codes is None else pc.add(codes, part)
            digits.append(patterns)
            size *= len(patterns)
        if codes is None:
            return _zeros(rows), [self.rulebook.outcome(always).number]
        encoded = codes.dictionary_encode()
        return encoded.indices, self._numbers_of(encoded.dictionary.to_pylist(), always, digits)

    def _numbers_of(self, codes: list[int], always: int, digits: list[tuple[int, ...]]) -> list[int]:
        """The outcomes' numbers of these codes; batches of one file mostly spell the same codes."""
        if sum(map(len, self._met.values())) > REMEMBERED:
            self._met.clear()
        met, numbers = self._met.setdefault((always, *digits), {}), []
        for code in codes:
            if (number := met.get(code)) is None:
                number = met[code] = self.rulebook.outcome(always | spelt(code, digits)).number
            numbers.append(number)
        return numbers

    def _classes(self, seen: dict[str, Seen]) -> Iterator[tuple[pa.Array, pa.Array | None, tuple[int, ...]]]:
        """Per column and per limit: the rows' places, the class at each place if they differ, each class's bits."""
        for column in seen.values():
            yield column.places, *column.distinct.classes()
        for within in self.rulebook.signs.limits:
            yield self._within(seen, within).cast(pa.int32()), None, (0, within.bit)

    def _within(self, seen: dict[str, Seen], within: Within) -> pa.Array:
        """Per row whether the day is known and lies within the limit from a known birth."""
        births, days = seen["birth_date"], seen[within.column]
        last = births.distinct.made(within.limit, lambda: _last_days(births.distinct.values, within.limit))
        day = look_up(days.distinct.made("days", lambda: _days(days.distinct.values)), days.places)
        in_time = pc.less_equal(day, look_up(last, births.places))
        if not within.born:
            return in_time
        born = births.distinct.made("days", lambda: _days(births.distinct.values))
        return pc.and_(in_time, pc.less_equal(look_up(born, births.places), day))

    def _covered(self, numbers: pa.Array, met: set[int], seen: dict[str, Seen]) -> tuple[pa.Array, pa.Array]:
        """Per row its outcome and its first day of cover, reckoned once for each way and each day to reckon from.

        Where cover would begin after its last day, or on a day that nobody knows, an officer decides.
        """
        covered = {number: one for number in met if (one := self.rulebook.outcomes[number]).start is not None}
        ways = list(dict.fromkeys((one.start, one.coverage_to) for one in covered.values()))
        starts = [self.rulebook.starts[start or 0] for start, _ in ways]
        paid, births = seen["paid_on"], seen["birth_date"]
        days = [self._begins(start, seen, last) for start, (_, last) in zip(starts, ways, strict=True)]
        ends = list(accumulate(map(len, days), initial=0))
        # Behind the days of the last way stand empty ones, for those without cover.
        nobody = pa.nulls(len(paid.distinct.values), pa.date32())
        way_of = [
            ways.index((covered[n].start, covered[n].coverage_to)) if n in covered else len(ways) for n in _to(met)
        ]
        places = paid.places
        by_birth = [way < len(ways) and starts[way].column == "birth_date" for way in way_of]
        if any(by_birth):
            places = pc.if_else(look_up(pa.array(by_birth), numbers), births.places, places)
        at = pc.add(look_up(pa.array([ends[way] for way in way_of], pa.int32()), numbers), places)
        begins = look_up(pa.concat_arrays([*days, nobody]), at)
        if any(each.null_count for each in days):
            late = look_up(pa.array([*chain.from_iterable(map(_nulls, days)), *[False] * len(nobody)]), at)
            instead = [self.rulebook.referred(covered[n]).number if n in covered else n for n in _to(met)]
            numbers = pc.if_else(late, look_up(pa.array(instead, pa.int32()), numbers), numbers)
        return numbers, begins

    def _begins(self, start: Start, seen: dict[str, Seen], last: date | None) -> pa.Array:
        """The first day of cover for each distinct day to reckon from; null if it is not known or after the last."""
        distinct, first = seen[start.column].distinct, self.rulebook.policy.cover_from
        latest = last or date.max

        def reckoned() -> pa.Array:
            days = (start.on(day, first) if isinstance(day, date) else date.max for day in distinct.values)
            return pa.array([as_days(day) if day <= latest else None for day in days], pa.int32()).cast(pa.date32())

        return distinct.made((start, latest), reckoned)


def _to(met: set[int]) -> range:
    """Every number of an outcome up to the last that was met."""
    return range(max(met, default=-1) + 1)


def _nulls(array: pa.Array) -> list[bool]:
    return list(array.is_null().to_pylist())


def spelt(code: int, digits: list[tuple[int, ...]]) -> int:
    """The set of bits that a code stands for: digit after digit is taken off. 还原条件位"""
    bits = 0
    for patterns in digits:
        code, digit = divmod(code, len(patterns))
        bits |= patterns[digit]
    return bits


def _zeros(rows: int) -> pa.Array:
    return pa.nulls(rows, pa.int32()).fill_null(0)


_NEVER, _ALWAYS = -(2**31), 2**31 - 1


def _days(values: list[Value]) -> pa.Array:
    """Days as numbers; an unknown one lies after every limit."""
    return pa.array([as_days(value) if isinstance(value, date) else _ALWAYS for value in values], pa.int32())


def _last_days(births: list[Value], limit: Limit) -> pa.Array:
    """The last days within the limit from birth; an unknown birth has one before every day."""
    days = [as_days(limit.last(birth)) if isinstance(birth, date) else _NEVER for birth in births]
    return pa.array(days, pa.int32())


def _person_ids(array: pa.Array) -> tuple[pa.Array, list[Malformed]]:
    """The persons as text, and those that are empty or are no text."""
    column = COLUMNS["person_id"]
    ids = plain_text(array)
    bad = []
    if ids.null_count or pc.min(pc.binary_length(ids)).as_py() == 0:
        row = pc.index(pc.equal(pc.binary_length(ids), 0).fill_null(True), True).as_py()
        bad.append(Malformed(row, column, None))
    try:
        ids.validate(full=True)
    except pa.ArrowInvalid:
        raw = enumerate(ids.cast(pa.binary()).to_pylist())
        row, value = next(
            (row, text) for row, one in raw if "\ufffd" in (text := (one or b"").decode(errors="replace"))
        )
        bad.append(Malformed(row, column, value))
    return ids, bad


def facts_in(schema: pa.Schema, where: str) -> list[str]:
    """The columns of facts in a schema; refused without persons, or with a column that holds no single values."""
    for name in ("person_id", *schema.names):
        column = COLUMNS.get(name)
        if column is None:
            continue
        if (times := schema.names.count(name)) != 1:
            raise Refused(
                where=where,
                what=Text(
                    zh=f"缺少 {name} 列" if times == 0 else f"{name} 列出现了 {times} 次",
                    en=f"there is no column {name}" if times == 0 else f"the column {name} is there {times} times",
                ),
                mend=Text(zh="每列恰好出现一次。", en="Give the column exactly once."),
            )
        type_ = schema.field(name).type
        if not is_readable(type_):
            raise Refused(
                where=where,
                what=Text(zh=f"{name} 列的类型是 {type_}，无法识别", en=f"the column {name} is of type {type_}"),
                mend=Text(zh=f"应为{column.expected.zh}。", en=f"Expected {column.expected.en}."),
            )
    return [name for name in COLUMNS if name in schema.names]


def determine(policy: Policy, facts: Frame, as_of: date) -> Frame:
    """Decide for every row of a frame; one row out for each row in, in the same order. 核定

    `facts` is a pyarrow Table or a Polars DataFrame with the contract's columns, typed or as text; what comes
    in as Polars goes out as Polars. `as_of` stands in where `paid_on` is empty. Missing columns are empty,
    unknown ones are passed over. Raises Refused on the first malformed value.
    """
    table: pa.Table = facts if isinstance(facts, pa.Table) else pa.table(facts)
    threads = min(pa.cpu_count(), -(-len(table) // (2 * BATCH))) or 1
    size = -(-len(table) // threads)
    slices = [(first, table.slice(first, size)) for first in range(0, len(table), size or 1)] or [(0, table)]
    decided: list[Decided] = []
    if threads == 1:
        decided += _decide_slice(policy, as_of, *slices[0])
    else:
        # Imported here: files are decided without it and start sooner.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(threads) as pool:
            for some in pool.map(lambda one: _decide_slice(policy, as_of, *one), slices):
                decided += some
    book = Book(rulebook_of(policy).outcomes)
    if isinstance(facts, pa.Table):
        coded = pa.Table.from_batches([book.written(one) for one in decided], CODED_SCHEMA)
        return cast("Frame", coded.cast(SCHEMA))
    return cast("Frame", book.as_polars(decided))


def _decide_slice(policy: Policy, as_of: date, first: int, table: pa.Table) -> list[Decided]:
    """Some neighbouring rows of a frame, batch by batch."""
    determiner, decided = Determiner(policy, table.schema, as_of, "facts"), []
    for batch in table.select(determiner.columns).to_batches(max_chunksize=BATCH):
        try:
            decided.append(determiner.decide(batch))
        except MalformedFacts as error:
            bad = error.malformed
            raise malformed("facts", bad.column, bad.value, row_text(first + bad.row + 1)) from None
        first += len(batch)
    return decided
