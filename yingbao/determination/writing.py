"""A file of decisions, Parquet or CSV. 写出核定结果"""

from __future__ import annotations

from datetime import date
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yingbao.determination.outputs import CODED_SCHEMA, SCHEMA, WORDS, Book, Decided, look_up
from yingbao.determination.reading import EPOCH
from yingbao.determination.rulebook import Outcome, Rulebook


class Writer(Protocol):
    """Takes decisions batch by batch. 写出器"""

    def write(self, decided: Decided) -> None:
        """Append one batch."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Finish the file."""


def _parquet(path: str) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        CODED_SCHEMA,
        use_dictionary=WORDS,
        compression="snappy",
        # Without Arrow's own schema in the file a reader sees plain strings, not dictionaries.
        store_schema=False,
        write_statistics=False,
        write_batch_size=65_536,
    )


class ParquetWriter:
    """Decisions as Parquet; words go in as dictionaries and come out as plain strings. Parquet 写出"""

    def __init__(self, path: str, rulebook: Rulebook) -> None:
        self._rulebook, self._book = rulebook, Book([])
        self._file = _parquet(path)

    def write(self, decided: Decided) -> None:
        """Append one batch."""
        if self._book.size != len(self._rulebook.outcomes):
            self._book = Book(self._rulebook.outcomes)
        self._file.write_batch(self._book.written(decided))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()


class CsvWriter:
    """Decisions as CSV; all that follows the person is one text per outcome and first day of cover. CSV 写出"""

    def __init__(self, path: str, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._tails: dict[int, str] = {}
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - closed by __exit__
        self._file.write((",".join(SCHEMA.names) + "\n").encode())

    def write(self, decided: Decided) -> None:
        """Append one batch."""
        # Outcome and day in one number; no cover is the day before all others.
        days = pc.add(decided.coverage_from.cast(pa.int32()).cast(pa.int64()), _SHIFT).fill_null(0)
        keys = pc.add(pc.multiply(decided.outcomes.cast(pa.int64()), _SPAN), days).dictionary_encode()
        tails = pa.array([self._tail(key) for key in keys.dictionary.to_pylist()], pa.string())
        lines = pc.binary_join_element_wise(_quoted(decided.person_id), look_up(tails, keys.indices), "")
        self._file.write(_bytes_of(lines))

    def _tail(self, key: int) -> str:
        if (tail := self._tails.get(key)) is None:
            number, days = divmod(key, _SPAN)
            begins = date.fromordinal(days - _SHIFT + EPOCH) if days else None
            tail = self._tails[key] = _tail(self._rulebook.outcomes[number], begins)
        return tail

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()


_SHIFT, _SPAN = 2**30, 2**31
_COPIED_AT_ONCE, _JOINED_AT_ONCE = 4 * 2**20, 131_072


def _tail(outcome: Outcome, begins: date | None) -> str:
    """The rest of a line; none of these words needs quotes."""
    values = {"coverage_from": begins, "because": ";".join(outcome.because)}
    said = [values.get(name, getattr(outcome, name, None)) for name in SCHEMA.names[1:]]
    return "," + ",".join("" if value is None else str(value) for value in said) + "\n"


def _bytes_of(texts: pa.Array) -> memoryview:
    """The bytes of all texts, one after the other, as Arrow already keeps them."""
    _, offsets, data = texts.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[texts.offset] : ends[texts.offset + len(texts)]]


def _quoted(ids: pa.Array) -> pa.Array:
    """Persons as CSV writes them: in quotes only where one has a comma, a quote or a line break."""
    raw = bytes(_bytes_of(ids))
    if not any(special in raw for special in (b",", b'"', b"\n", b"\r")):
        return ids
    doubled = pc.binary_join_element_wise('"', pc.replace_substring(ids, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(ids, '[",\r\n]'), doubled, ids)


def join(parts: list[str], path: str, ending: str) -> None:
    """Make one file of several of the same kind, in this order. 合并分片"""
    if ending == ".csv":
        # Imported here for a quick start: only Spark joins parts.
        import shutil

        with open(path, "wb") as whole:
            for place, part in enumerate(parts):
                with open(part, "rb") as file:
                    if place:
                        file.readline()
                    shutil.copyfileobj(file, whole, _COPIED_AT_ONCE)
        return
    with _parquet(path) as whole:
        for part in parts:
            for batch in pq.ParquetFile(part, read_dictionary=WORDS, pre_buffer=False).iter_batches(_JOINED_AT_ONCE):
                whole.write_batch(batch.cast(CODED_SCHEMA))
