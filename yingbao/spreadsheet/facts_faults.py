"""All that is wrong with a list of children, told at once: mended in one go, not one after another. 名单错误

`determine` stops at the first value that it cannot read, as the contract has it. A list that is tried is looked through
before, and what would be counted wrongly is told too: a child that stands there twice, more years repaired than missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from yingbao.determination.facts import COLUMNS, Column, malformed, row_text
from yingbao.determination.frame import facts_in
from yingbao.determination.reading import is_text
from yingbao.determination.source import Source
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

TOLD_AT_MOST = 10
"""so many rows of a list are told in words, each with what is wrong with it"""
PERSON, LAPSED, REPAIRED = "person_id", "lapsed_years", "repaired_years"


class RowFault(msgspec.Struct, frozen=True):
    """What is wrong with a row, and how to mend it. 行错误"""

    row: int
    """counted from 1, without the header"""
    what: Text
    mend: Text


def refused(where: str, wrong: Sequence[RowFault], *, more: int = 0) -> Refused:
    """The first rows in words, each with its own remedy unless one is for all. 一并告知"""
    told = wrong[:TOLD_AT_MOST]
    more += len(wrong) - len(told)
    mends = list(dict.fromkeys(each.mend for each in told))
    mend = _as_sentence(mends[0]) if len(mends) == 1 else Text("逐行改好再试。", "Mend each row, then try it again.")
    said = [each.what if len(mends) == 1 else _with_remedy(each) for each in told]
    what = Text("；".join(each.zh for each in said), "; ".join(each.en for each in said))
    if more:
        what = Text("{told}；还有 {n} 行", "{told}; further rows: {n}").filled(told=what, n=more)
    return Refused(where=where, what=what, mend=mend)


def _as_sentence(mend: Text) -> Text:
    """A remedy that stands alone: what is said of a single cell is no sentence by itself."""
    zh, en = (words if words.endswith(stop) else words + stop for words, stop in ((mend.zh, "。"), (mend.en, ".")))
    return Text(zh, en[:1].upper() + en[1:])


def _with_remedy(each: RowFault) -> Text:
    what = Text(each.what.zh.rstrip("。"), each.what.en.rstrip("."))
    mend = Text(each.mend.zh.rstrip("。"), each.mend.en.rstrip("."))
    return Text("{what}（{mend}）", "{what} ({mend})").filled(what=what, mend=mend)


def check_rows(source: Source, *, where: str) -> None:
    """Raises Refused with the rows of a list that cannot be read or would be counted wrongly. 检查名单

    Only what stands there as text is looked at; what a Parquet file has typed is left to the decision.
    """
    columns = [name for name in facts_in(source.schema, where) if _is_words(source.schema.field(name).type)]
    wrong: dict[int, Wrong] = {}
    persons: list[pl.Series] = []
    done = 0
    for batch in source.batches(columns) if columns else ():
        for name in columns:
            for row, value in _unread(batch.column(name), COLUMNS[name]):
                wrong.setdefault(done + row, (COLUMNS[name], value))
        for row in _more_repaired(batch):
            wrong.setdefault(done + row, (REPAIRED, None))
        if PERSON in columns:
            persons.append(pl.Series(PERSON, batch.column(PERSON).cast(pa.string()).to_pylist(), dtype=pl.String))
        done += len(batch)
    if persons:
        for row, first in _twice(pl.concat(persons)):
            wrong.setdefault(row, (PERSON, first))
    if wrong:
        told = [_fault(row + 1, wrong[row], source) for row in sorted(wrong)[:TOLD_AT_MOST]]
        raise refused(where, told, more=len(wrong) - len(told))


def _is_words(type_: pa.DataType) -> bool:
    return is_text(type_.value_type if pa.types.is_dictionary(type_) else type_)


Wrong = tuple[Column | str, object]
"""What is wrong with a row: a column with a value that is not understood; else the name of the rule that it breaks."""


def _unread(values: pa.Array, column: Column) -> Iterator[tuple[int, object]]:
    """The rows whose value is not understood; each distinct value is read once."""
    values = values.cast(pa.string())
    if column.name == PERSON:
        yield from ((row, "") for row in _places(pc.equal(pc.fill_null(values, ""), "")))
        return
    bad = [value for value in values.unique().to_pylist() if value and not _reads(column, value)]
    for row in _places(pc.is_in(values, pa.array(bad, pa.string()))) if bad else ():
        yield row, values[row].as_py()


def _reads(column: Column, value: str) -> bool:
    try:
        column.read(value)
    except ValueError:
        return False
    return True


def _places(mask: pa.Array) -> list[int]:
    found: list[int] = pc.indices_nonzero(mask).to_pylist()
    return found


def _more_repaired(batch: pa.RecordBatch) -> list[int]:
    """The rows in which more years are repaired than were missed; a value that is no number counts as none."""
    if REPAIRED not in batch.schema.names:
        return []
    repaired, lapsed = (_numbers(batch, name) for name in (REPAIRED, LAPSED))
    return _places(pc.greater(repaired, lapsed))


def _numbers(batch: pa.RecordBatch, name: str) -> pa.Array:
    if name not in batch.schema.names:
        return pa.array([0] * len(batch), pa.int32())
    text = batch.column(name).cast(pa.string())
    whole = pc.fill_null(pc.match_substring_regex(text, "^[0-9]{1,4}$"), False)
    return pc.cast(pc.if_else(whole, text, "0"), pa.int32())


def _twice(persons: pl.Series) -> Iterator[tuple[int, int]]:
    """The rows whose number stands in an earlier row already, and that one."""
    rows = persons.to_frame().with_row_index("row")
    first = pl.col("row").min().over(PERSON).alias("first")
    later = rows.with_columns(first).filter((pl.col("row") > pl.col("first")) & (pl.col(PERSON) != ""))
    yield from later.select("row", "first").iter_rows()


def _fault(row: int, wrong: Wrong, source: Source) -> RowFault:
    """In words, with the row and the line of the file."""
    column, value = wrong
    at = row_text(row, source.line(row))
    if isinstance(column, Column):
        said = malformed("", column, value, at)
        return RowFault(row, said.what, said.mend)
    if column == REPAIRED:
        what = Text("{at}修复的年数多于断保的年数", "{at}more years are repaired than were missed")
        mend = Text(
            "核对 repaired_years 和 lapsed_years：先断保才有补缴修复。",
            "Look at repaired_years and lapsed_years: only a missed year can be repaired.",
        )
        return RowFault(row, what.filled(at=at), mend)
    before = int(str(value)) + 1
    where = source.line(before)
    what = Text(
        "{at}编号和{first}的相同，会算作两个孩子", "{at}it has the number of {first} and would be counted twice"
    )
    first = Text("文件第 {n} 行", "line {n}") if where is not None else Text("第 {n} 行数据", "row {n}")
    mend = Text(
        "每个孩子只留一行；确是两个孩子的，各用各的编号。", "One row for each child; two children have two numbers."
    )
    return RowFault(row, what.filled(at=at, first=first.filled(n=where or before)), mend)
