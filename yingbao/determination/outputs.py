"""Decisions as columns: look-ups from the outcome's number to the contract's words. 核定结果列"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.rulebook import Outcome

if TYPE_CHECKING:
    import polars as pl

SCHEMA = pa.schema(
    [
        pa.field("person_id", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("agent", pa.string()),
        pa.field("registration", pa.string()),
        pa.field("channel", pa.string()),
        pa.field("phase", pa.string(), nullable=False),
        pa.field("premium_fen", pa.int64(), nullable=False),
        pa.field("self_paid_fen", pa.int64(), nullable=False),
        pa.field("subsidised_fen", pa.int64(), nullable=False),
        pa.field("paid_by", pa.string()),
        pa.field("coverage_from", pa.date32()),
        pa.field("coverage_to", pa.date32()),
        pa.field("because", pa.string(), nullable=False),
    ]
)
"""The columns of decisions in the contract's order; what can be empty is null then."""


WORDS = [field.name for field in SCHEMA if pa.types.is_string(field.type) and field.name != "person_id"]
"""The columns of words, which repeat from row to row."""

CODED_SCHEMA = pa.schema(
    [field.with_type(pa.dictionary(pa.int32(), pa.string())) if field.name in WORDS else field for field in SCHEMA]
)
"""The same columns with words as dictionaries."""


class Decided(msgspec.Struct, frozen=True):
    """A batch of decisions, still as look-ups. 一批核定结果"""

    person_id: pa.Array
    outcomes: pa.Array
    """per row the number of its outcome in the rulebook"""
    coverage_from: pa.Array


def look_up(values: pa.Array, places: pa.Array) -> pa.Array:
    """The value at each place; places are ours and always lie inside. 查表"""
    return pc.take(values, places, boundscheck=False)


class Book:
    """The literal outputs of every outcome, as Arrow look-ups. 输出对照表"""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.size = len(outcomes)
        self._words: dict[str, tuple[pa.Array, pa.Array]] = {}
        for name in WORDS:
            said = [getattr(outcome, name) for outcome in outcomes]
            self._words[name] = _coded([";".join(one) for one in said] if name == "because" else said)
        self._plain = {
            name: pa.array([getattr(outcome, name) for outcome in outcomes], SCHEMA.field(name).type)
            for name in ("premium_fen", "self_paid_fen", "subsidised_fen", "coverage_to")
        }

    def written(self, decided: Decided) -> pa.RecordBatch:
        """The columns of the contract in its order; words as dictionaries."""
        columns: list[pa.Array] = []
        for name in SCHEMA.names:
            if name in self._words:
                codes, words = self._words[name]
                columns.append(pa.DictionaryArray.from_arrays(look_up(codes, decided.outcomes), words))
            elif name in self._plain:
                columns.append(look_up(self._plain[name], decided.outcomes))
            else:
                columns.append(getattr(decided, name))
        return pa.RecordBatch.from_arrays(columns, schema=CODED_SCHEMA)

    def as_polars(self, decided: list[Decided]) -> pl.DataFrame:
        """The same as a Polars frame of plain columns; Polars is quicker than Arrow at spelling words out."""
        # Imported here: who reads and writes files does without Polars and starts sooner.
        import polars as pl

        place = pl.col("place")
        columns = [pl.col("person_id")]
        for name in SCHEMA.names[1:]:
            if name == "coverage_from":
                columns.append(pl.col(name))
            elif name in self._words:
                codes, words = self._words[name]
                columns.append(pl.lit(pl.Series(words.take(codes))).gather(place).alias(name))
            else:
                columns.append(pl.lit(pl.Series(self._plain[name])).gather(place).alias(name))
        schema = pa.schema([("person_id", pa.string()), ("place", pa.int32()), ("coverage_from", pa.date32())])
        batches = [pa.record_batch([one.person_id, one.outcomes, one.coverage_from], schema) for one in decided]
        return pl.DataFrame(pa.Table.from_batches(batches, schema)).lazy().select(columns).collect()


def _coded(values: list[str | None]) -> tuple[pa.Array, pa.Array]:
    words = list(dict.fromkeys(value for value in values if value is not None))
    place = {word: place for place, word in enumerate(words)}
    codes = [None if value is None else place[value] for value in values]
    return pa.array(codes, pa.int32()), pa.array(words, pa.string())
