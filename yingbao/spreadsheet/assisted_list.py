"""From a table to a body's list: every row typed and checked, in itself and against the others. 救助名单

A row with an error is not taken; whoever it means keeps what the body said before (see `assisted_comparing`).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar, Literal

import msgspec

from yingbao.policy.terms import ASSISTANCE
from yingbao.spreadsheet import cells
from yingbao.spreadsheet.assisted_columns import ACTS, CATEGORIES, TITLES
from yingbao.spreadsheet.roster_fields import Parse, identified, shown
from yingbao.spreadsheet.rows import CellError, Severity
from yingbao.spreadsheet.table import Cell, Table
from yingbao.values import identity, names
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, veiled
from yingbao.values.text import Text

Kind = Literal["full", "changes"]
Act = Literal["add", "end"]
Tell = Callable[[int, int], None]
"""is told how many of how many rows are read"""

_OPEN_ENDED = frozenset(("长期", "至今", "永久", "无期限", "长期有效", "9999-12-31"))
_NO_NUMBER = Fault(
    Text("没有填写证件号码", "the identity number is missing"),
    Text("补上证件号码；名单只按号码认人", "add it; a list knows people by their numbers alone"),
)
_NO_CATEGORY = Fault(
    Text("没有填写救助类别", "the category is missing"),
    Text("填写救助类别，如“低保”", "give the category, such as 低保 (minimum living allowance)"),
)
_NO_ACT = Fault(
    Text("没有写明新增还是退出", "it is not said whether the person is added or removed"),
    Text("填“新增”或“退出”", "write 新增 (add) or 退出 (remove)"),
)
_REMOVED_FROM_FULL = Fault(
    Text("全量名单里不能有退出的人", "a full list does not name those who are removed"),
    Text(
        "删去这一行：不在全量名单里的人会自动退出；或者改按变动名单上传",
        "delete the row: who is not on a full list is removed by itself; or upload it as a list of changes",
    ),
)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One row, every value normalised; nothing in it is in error. 名单行"""

    row_number: int
    name: str
    identity_type: str
    identity_number: str
    birth_date: date | None
    """as the number tells it"""
    category: str
    act: Act
    first: date
    last: date | None
    """of who is removed: the last day on the list"""
    school: str = ""
    """of an admitted child, as the points office says"""


class Listed(msgspec.Struct, frozen=True):
    """What a file says, and what is wrong with it. 名单内容"""

    entries: tuple[Entry, ...]
    errors: tuple[CellError, ...]
    refused_rows: tuple[int, ...]
    """numbers of the rows that cannot be taken, ascending"""
    categories: tuple[str, ...]
    """every category that a row names, also one that cannot be taken"""
    table: Table


def parse_assisted(table: Table, *, kind: Kind, as_of: date, on: date, progress: Tell | None = None) -> Listed:
    """The persons of a list, and what is wrong with the rows that cannot be taken. 解析

    `as_of` is the list's date: from it on somebody is listed of whom no first day is told, and the day before is the
    last of those who are removed without one. `on` is the day of reading.
    """
    return Reading(table, kind, as_of, on).read_all(progress)


class Reading:
    """A list in the making. 逐行读取"""

    titles: ClassVar[dict[str, Text]] = TITLES

    def __init__(self, table: Table, kind: Kind, as_of: date, on: date) -> None:
        self.table, self.kind, self.as_of, self.on = table, kind, as_of, on
        self.at = {column.field: index for index, column in enumerate(table.columns)}
        self.entries: list[Entry] = []
        self.errors: list[CellError] = []
        self.refused: set[int] = set()
        self.categories: dict[str, None] = {}
        self.seen: dict[str, tuple[int, str]] = {}
        self.placed: dict[tuple[str, str], int] = {}

    def read_all(self, progress: Tell | None) -> Listed:
        """Reads every row."""
        done = 0
        for block in self.table.blocks():
            for number, row in block:
                self.take(number, row)
            done += len(block)
            if progress:
                progress(done, self.table.row_count)
        return self.finished()

    def take(self, number: int, row: list[Cell]) -> None:
        """Reads one row; keeps it if nothing is in error."""
        values = {field: self._read(number, row, field) for field in ("name", "category", "first", "last")}
        if values["category"]:
            self.categories[values["category"]] = None
        act = self._act(number, row)
        document = self._document(number, row)
        first, last = self._days(number, row, act, values["first"], values["last"])
        if number in self.refused or document is None:
            return
        kind, own_number = document
        entry = Entry(
            row_number=number,
            name=values["name"],
            identity_type=kind,
            identity_number=own_number,
            birth_date=identity.birth_date(kind, own_number),
            category=values["category"],
            act=act,
            first=first,
            last=last,
        )
        if self._said_before(entry, row):
            return
        self.entries.append(entry)

    def _read(self, number: int, row: list[Cell], field: str) -> Any:
        """A field's value; None if the row says nothing or the value is in error, which is told."""
        cell = self._cell(row, field)
        try:
            value = _PARSERS[field](cell)
            if value is None and field == "category":
                raise _NO_CATEGORY
        except Fault as fault:
            self._tell(number, row, field, fault)
            return None
        return value

    def _act(self, number: int, row: list[Cell]) -> Act:
        said = compact(cells.text(self._cell(row, "change"))).lower()
        act = ACTS.get(said)
        if said and act is None:
            what = Text("看不懂“{said}”", "“{said}” is not understood")
            self._tell(number, row, "change", Fault(what.filled(said=veiled(said)[: cells.LONGEST_TEXT]), _NO_ACT.mend))
        elif self.kind == "full" and act == "end":
            self._tell(number, row, "change", _REMOVED_FROM_FULL)
        elif self.kind == "changes" and act is None:
            self._tell(number, row, "change", _NO_ACT)
        return "end" if act == "end" else "add"

    def _document(self, number: int, row: list[Cell]) -> tuple[identity.Kind, str] | None:
        """Kind and number; a kind that is not told is the resident card if the number can be one."""
        try:
            kind = cells.kind(self._cell(row, "identity_type"))
        except Fault as fault:
            self._tell(number, row, "identity_type", fault)
            return None
        found = identified(kind, self._cell(row, "identity_number"), on=self.on) or _NO_NUMBER
        if isinstance(found, Fault):
            self._tell(number, row, "identity_number", found)
            return None
        if kind is None and found[0] != "resident_id":
            what = Text("没有填证件类型，按{kind}读取", "no kind of document is given; read as {kind}")
            mend = Text("核对；不对的话填写“证件类型”", "check it; if it is wrong fill in 证件类型 (kind of document)")
            told = Fault(what.filled(kind=identity.NAMES[found[0]]), mend)
            self._tell(number, row, "identity_number", told, "warning")
        return found

    def _days(
        self, number: int, row: list[Cell], act: Act, first: date | None, last: date | None
    ) -> tuple[date, date | None]:
        if act == "end":
            return self.as_of, last or self.as_of - timedelta(days=1)
        first = first or (min(self.as_of, last) if last else self.as_of)
        if last is not None and last < first:
            what = Text("终止日期{last}早于起始日期{first}", "the last day {last} lies before the first, {first}")
            mend = Text("改正其中一个日期", "correct one of the two")
            self._tell(number, row, "last", Fault(what.filled(last=last, first=first), mend))
        return first, last

    def _said_before(self, entry: Entry, row: list[Cell]) -> bool:
        """Whether an earlier row has the same number under another name, or says the same of the same person."""
        earlier, name = self.seen.setdefault(entry.identity_number, (entry.row_number, entry.name))
        place = self.placed.setdefault((entry.identity_number, entry.category), entry.row_number)
        if name != entry.name:
            what = Text("第{row}行的证件号码相同而姓名不同", "row {row} has the same number with another name")
            mend = Text("对照证件，改正写错的一个", "compare both with the documents and correct the wrong one")
            self._tell(entry.row_number, row, "identity_number", Fault(what.filled(row=earlier), mend))
            return True
        if place != entry.row_number:
            what = Text("与第{row}行重复", "row {row} says the same person and category")
            mend = Text("同一人同一类别只留一行", "keep one row for one person and category")
            field = "category" if entry.category else "identity_number"
            self._tell(entry.row_number, row, field, Fault(what.filled(row=place), mend))
            return True
        return False

    def _cell(self, row: list[Cell], field: str) -> Cell:
        at = self.at.get(field)
        return row[at] if at is not None else None

    def _tell(self, number: int, row: list[Cell], field: str, fault: Fault, level: Severity = "error") -> None:
        at = self.at.get(field)
        column = self.table.columns[at] if at is not None else None
        if level == "error":
            self.refused.add(number)
        self.errors.append(
            CellError(
                row=number,
                column_letter=column.letter if column else "",
                column_name=column.header if column else self.titles[field].zh,
                field=field,
                value=shown(field, row[at]) if at is not None else "",
                what=fault.what,
                mend=fault.mend,
                severity=level,
                pupil=veiled(cells.text(self._cell(row, "name")))[: names.LONGEST],
            )
        )

    def finished(self) -> Listed:
        """The list, once every row has been read."""
        return Listed(
            entries=tuple(self.entries),
            errors=tuple(self.errors),
            refused_rows=tuple(sorted(self.refused)),
            categories=tuple(self.categories),
            table=self.table,
        )


def category(cell: Cell) -> str | None:
    """The code of a category, by any name it goes by. 救助类别"""
    said = compact(cells.text(cell)).lower().strip("。.")
    if not said:
        return None
    found = CATEGORIES.get(said) or CATEGORIES.get(said.partition("(")[0])
    if found is None:
        what = Text("没有“{said}”这个救助类别", "there is no category “{said}”")
        mend = Text(
            "填下列之一：" + "、".join(name.zh for name in ASSISTANCE.values()),
            "write one of: " + ", ".join(f"{name.zh} ({name.en})" for name in ASSISTANCE.values()),
        )
        raise Fault(what.filled(said=veiled(said)[: cells.LONGEST_TEXT]), mend)
    return found


def last_day(cell: Cell) -> date | None:
    """A last day; of a month its last one, of a status without an end none. 终止日期"""
    if compact(cells.text(cell)) in _OPEN_ENDED:
        return None
    found = cells.day(cell)
    if isinstance(found, tuple):
        return date(*found, calendar.monthrange(*found)[1])
    return found


def _name(cell: Cell) -> str:
    return names.check(cells.text(cell))


_PARSERS: dict[str, Parse] = {"name": _name, "category": category, "first": cells.whole_day, "last": last_day}
