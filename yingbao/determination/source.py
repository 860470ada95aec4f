"""A file of facts, CSV or Parquet, read in batches. 事实文件"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from yingbao.determination.facts import COLUMNS
from yingbao.determination.frame import BATCH
from yingbao.determination.reading import is_text
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

BLOCK = 16 * 2**20
"""Bytes of a CSV parsed at a time; a single row has to fit in."""


class Source(Protocol):
    """A file of facts. 事实文件"""

    path: Path
    schema: pa.Schema

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """The file's rows in order, with these columns."""

    def line(self, row: int) -> int | None:
        """The line of the file on which a row begins, both counted from 1; None where a file has no lines."""


class ParquetSource:
    """Facts in Parquet. Parquet 事实文件"""

    def __init__(self, path: Path, row_groups: list[int] | None = None) -> None:
        import pyarrow.parquet as pq

        self.path, self._row_groups = path, row_groups
        with _readable(path):
            plain = pq.read_schema(path)
            # Text that repeats is kept in the file as a dictionary; taken as such it is never spelt out per row.
            words = [field.name for field in plain if is_text(field.type) and field.name in _REPEATING]
            self._file = pq.ParquetFile(path, read_dictionary=words, pre_buffer=False)
            self.schema = self._file.schema_arrow

    def row_counts(self) -> list[int]:
        """Rows in each row group of the file."""
        metadata = self._file.metadata
        return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """The file's rows in order, with these columns."""
        with _readable(self.path):
            yield from self._file.iter_batches(BATCH, row_groups=self._row_groups, columns=columns)

    def line(self, row: int) -> int | None:
        """A Parquet file has no lines."""
        return None


class CsvSource:
    """Facts in CSV, UTF-8 with or without a byte-order mark. CSV 事实文件"""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _readable(path):
            self._header = next(self._rows(), (1, []))[1]
        if not self._header:
            raise Refused(
                where=str(path),
                what=Text(zh="文件是空的，没有表头", en="the file is empty, without a header row"),
                mend=Text(
                    zh="第一行应为列名，例如 person_id。", en="The first row names the columns, such as person_id."
                ),
            )
        words = pa.dictionary(pa.int32(), pa.string())
        self.schema = pa.schema([(name, words if name in _REPEATING else pa.string()) for name in self._header if name])

    def batches(self, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """The file's rows in order, with these columns."""
        from pyarrow import csv as arrow_csv

        ragged: list[arrow_csv.InvalidRow] = []

        def note(row: arrow_csv.InvalidRow) -> str:
            ragged.append(row)
            return "error"

        try:
            with _readable(self.path):
                yield from arrow_csv.open_csv(
                    self.path,
                    read_options=arrow_csv.ReadOptions(block_size=BLOCK),
                    parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
                    convert_options=arrow_csv.ConvertOptions(
                        include_columns=columns,
                        column_types={name: self.schema.field(name).type for name in columns},
                        null_values=[""],
                        strings_can_be_null=True,
                    ),
                )
        except Refused:
            if not ragged:
                raise
            raise self._refused_ragged() from None

    def line(self, row: int) -> int | None:
        """The line of the file on which a row begins; quotes may hold line breaks, so lines are counted anew."""
        return next(islice((line for line, _ in self._rows()), row, None), None)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Every row that is not blank, the header first, with the line on which it begins."""
        with open(self.path, encoding="utf-8-sig", newline="") as file:
            reader, begins = csv.reader(file), 1
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1

    def _refused_ragged(self) -> Refused:
        wanted = len(self._header)
        for number, (line, row) in enumerate(self._rows()):
            if len(row) != wanted:
                return Refused(
                    where=str(self.path),
                    what=Text(
                        zh=f"第 {number} 行数据（文件第 {line} 行）有 {len(row)} 个值，表头有 {wanted} 列",
                        en=f"row {number} (line {line} of the file) has {len(row)} values, the header {wanted}",
                    ),
                    mend=Text(
                        zh="每行的值应与表头的列数一致；含逗号的值用英文双引号括起来。",
                        en="Give every row as many values as the header; put a value with a comma in double quotes.",
                    ),
                )
        return _unreadable(self.path)


_REPEATING = frozenset(COLUMNS) - {"person_id"}


def source_of(path: Path) -> CsvSource | ParquetSource:
    """The file of facts behind a path, by its ending. 打开事实文件"""
    ending = path.suffix.lower()
    if ending == ".csv":
        return CsvSource(path)
    if ending == ".parquet":
        return ParquetSource(path)
    raise refused_ending(path)


def refused_ending(path: Path) -> Refused:
    """The refusal of a file that is neither CSV nor Parquet."""
    return Refused(
        where=str(path),
        what=Text(zh="文件名的结尾无法识别", en="its ending is not known"),
        mend=Text(zh="应以 .csv 或 .parquet 结尾。", en="The name ends in .csv or .parquet."),
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Whatever cannot be read in the file becomes a refusal."""
    try:
        yield
    except UnicodeDecodeError:
        raise _not_utf8(path) from None
    except OSError as error:
        raise _unreadable(path, error.strerror) from None
    except (pa.ArrowException, csv.Error) as error:
        raise (_not_utf8(path) if "UTF8" in str(error) else _unreadable(path)) from None


def _not_utf8(path: Path) -> Refused:
    return Refused(
        where=str(path),
        what=Text(zh="文件不是 UTF-8 编码", en="the file is not in UTF-8"),
        mend=Text(zh="请另存为“CSV UTF-8”。", en="Save it as CSV UTF-8."),
    )


def _unreadable(path: Path, reason: str | None = None) -> Refused:
    ending = {".csv": "CSV", ".parquet": "Parquet"}.get(path.suffix.lower(), "")
    return Refused(
        where=str(path),
        what=Text(
            zh="无法读取" + (f"（{reason}）" if reason else f"，内容不是完整的 {ending}"),
            en="it cannot be read" + (f" ({reason})" if reason else f", its content is no whole {ending}"),
        ),
        mend=Text(zh="请检查文件名和文件内容。", en="Check the file's name and content."),
    )
