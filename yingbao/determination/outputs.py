"""Decisions as columns: look-ups from the outcome's number to the contract's words. 核定结果列"""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.rulebook import Outcome

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
        for name in ("status", "agent", "registration", "channel", "phase", "paid_by"):
            self._words[name] = _coded([getattr(outcome, name) for outcome in outcomes])
        self._words["because"] = _coded([";".join(outcome.because) for outcome in outcomes])
        self._plain = {
            name: pa.array([getattr(outcome, name) for outcome in outcomes], SCHEMA.field(name).type)
            for name in ("premium_fen", "self_paid_fen", "subsidised_fen", "coverage_to")
        }

    def columns(self, decided: Decided) -> list[pa.Array]:
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
        return columns


def _coded(values: list[str | None]) -> tuple[pa.Array, pa.Array]:
    words = list(dict.fromkeys(value for value in values if value is not None))
    place = {word: place for place, word in enumerate(words)}
    codes = [None if value is None else place[value] for value in values]
    return pa.array(codes, pa.int32()), pa.array(words, pa.string())
