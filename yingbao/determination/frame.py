"""Many children at once: a frame of facts in, a frame of decisions out. 批量核定

Every fact sets bits in one or more words per row; the rulebook decides each distinct combination
once; the decisions are look-ups on the outcome's number. No text is touched row by row.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar, cast

import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.criteria import last_day_within
from yingbao.determination.facts import COLUMNS, Value, malformed, row_text
from yingbao.determination.outputs import CODED_SCHEMA, SCHEMA, Book, Decided, look_up
from yingbao.determination.reading import Distinct, Malformed, Reader, Seen, as_days, is_readable, plain_text
from yingbao.determination.rulebook import rulebook_of
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

WORD = 31
"""Bits in a word: an int32 without its sign. Most policies need one word, and short words are quick."""

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
        self._readers = {
            name: Reader(name, schema.field(name).type, self.rulebook, as_of)
            for name in self.columns
            if name != "person_id"
        }

    def _matters(self, name: str, type_: pa.DataType) -> bool:
        """A column of true and false that no rule asks for can neither decide anything nor be malformed."""
        return name in self.rulebook.columns or not pa.types.is_boolean(type_)

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
        for name in self.rulebook.columns:
            if name not in seen:
                seen[name] = self._missing(name, len(batch))
        places, sets = self._bits(seen)
        numbers = look_up(pa.array(self.rulebook.numbers(sets), pa.int32()), places)
        return Decided(person_id, numbers, self._coverage_from(numbers, seen["paid_on"]))

    def _missing(self, name: str, rows: int) -> Seen:
        value = self._as_of if name == "paid_on" else COLUMNS[name].empty
        return Seen(_zeros(rows), Distinct([value], [self.rulebook.bits_of(name, value)]))

    def _bits(self, seen: dict[str, Seen]) -> tuple[pa.Array, list[int]]:
        """The distinct sets of bits in the batch, and per row the place of its set."""
        places, sets = self._word(seen, 0)
        for word in range(1, -(-self.rulebook.width // WORD)):
            more_places, more = self._word(seen, word)
            pairs = pc.add(pc.multiply(places.cast(pa.int64()), len(more)), more_places).dictionary_encode()
            split = [divmod(pair, len(more)) for pair in pairs.dictionary.to_pylist()]
            places, sets = pairs.indices, [sets[low] | more[high] << WORD * word for low, high in split]
        return places, sets

    def _word(self, seen: dict[str, Seen], word: int) -> tuple[pa.Array, list[int]]:
        """The same for one word of the bits."""
        low = WORD * word
        parts = []
        for column in seen.values():
            distinct = column.distinct
            bits = distinct.made(word, lambda distinct=distinct: _bits_of_word(distinct.bits, low))  # type: ignore[misc]
            if bits is not None:
                parts.append(look_up(bits, column.places))
        for bit, name, months in self.rulebook.limits:
            if low <= bit.bit_length() - 1 < low + WORD:
                within = self._within(seen, name, months).cast(pa.int32())
                parts.append(pc.multiply(within, pa.scalar(bit >> low, pa.int32())))
        together = parts[0] if parts else _zeros(len(seen["paid_on"].places))
        for part in parts[1:]:
            # No two columns set the same bit, so the sum is the union, and quicker.
            together = pc.add(together, part)
        encoded = together.dictionary_encode()
        return encoded.indices, encoded.dictionary.to_pylist()

    def _within(self, seen: dict[str, Seen], name: str, months: int) -> pa.Array:
        """Per row whether the day is known and lies no later than so many months after a known birth."""
        births, days = seen["birth_date"], seen[name]
        last = births.distinct.made(("months", months), lambda: _last_days(births.distinct.values, months))
        day = days.distinct.made("days", lambda: _days(days.distinct.values))
        return pc.less_equal(look_up(day, days.places), look_up(last, births.places))

    def _coverage_from(self, numbers: pa.Array, paid_on: Seen) -> pa.Array:
        """Per row the first day of cover: reckoned once for each way of reckoning and each payment day."""
        starts, size = self.rulebook.starts, len(paid_on.distinct.values)
        begins = paid_on.distinct.made("begins", lambda: self._begins(paid_on.distinct.values))
        # Behind the days of the last way stand empty ones, for those without cover.
        ways = [len(starts) if one.start is None else one.start for one in self.rulebook.outcomes]
        base = look_up(pa.array([way * size for way in ways], pa.int32()), numbers)
        return look_up(begins, pc.add(base, paid_on.places))

    def _begins(self, paid_on: list[Value]) -> pa.Array:
        first = self.rulebook.policy.cover_from
        ways = [
            [as_days(start.on(paid, first)) if isinstance(paid, date) else None for paid in paid_on]
            for start in self.rulebook.starts
        ]
        return pa.array([begin for way in ways for begin in way] + [None] * len(paid_on), pa.date32())


def _zeros(rows: int) -> pa.Array:
    return pa.nulls(rows, pa.int32()).fill_null(0)


def _bits_of_word(bits: list[int], low: int) -> pa.Array | None:
    in_word = [one >> low & (1 << WORD) - 1 for one in bits]
    return pa.array(in_word, pa.int32()) if any(in_word) else None


_NEVER, _ALWAYS = -(2**31), 2**31 - 1


def _days(values: list[Value]) -> pa.Array:
    """Days as numbers; an unknown one lies after every limit."""
    return pa.array([as_days(value) if isinstance(value, date) else _ALWAYS for value in values], pa.int32())


def _last_days(births: list[Value], months: int) -> pa.Array:
    """The last days within so many months of birth; an unknown birth has one before every day."""
    days = [as_days(last_day_within(birth, months)) if isinstance(birth, date) else _NEVER for birth in births]
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
