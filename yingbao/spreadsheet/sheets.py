"""The sheets of a workbook and the one sheet that a CSV file is, row by row. 工作表

Runs in the child process, on files that `container` has examined.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from xml.sax.saxutils import unescape

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from yingbao.spreadsheet.columns import SEARCHED_ROWS
from yingbao.spreadsheet.container import MEND_XLSX, MOST_COLUMNS, MOST_ROWS, Contents, decoded
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Row = Sequence[Any]
Area = tuple[int, int, int, int]

_SMALL_PART = 4 * 1024 * 1024
"""a sheet up to this size is looked into only to say that it looks like a list too"""
_LONGEST_FIELD = 1 << 20

_MEND_FAR = Text(
    zh="在 Excel 里按 Ctrl+End 找到它，删去名单以外的整行整列，保存后再上传",
    en="find it with Ctrl+End in Excel, delete all rows and columns outside the list, save, and upload again",
)
_MEND_SPLIT = Text(zh="分成几个文件，逐个上传", en="split it into several files and upload them one by one")
_MEND_COLUMNS = Text(
    zh="删去名单以外的列，保存后再上传", en="delete the columns that do not belong to the list, save, and upload again"
)


class Sheet(ABC):
    """One sheet: its first rows, its merged cells, and all its rows from the top. 工作表"""

    def __init__(self, name: str, top: list[Row], merged: list[Area], first_column: int, height: int) -> None:
        self.name, self.top, self.merged = name, top, merged
        self.first_column, self.height = first_column, height

    @abstractmethod
    def rows(self) -> Iterator[Row]:
        """Every row from the sheet's first, empty ones too, so that counting them gives their numbers."""


class WorkbookSheet(Sheet):
    """A sheet of an .xlsx workbook."""

    def __init__(self, name: str, sheet: CalamineSheet) -> None:
        self._sheet = sheet
        first = sheet.start[1] if sheet.start else 0
        merged = [
            (upper, left - first, lower, right - first)
            for (upper, left), (lower, right) in sheet.merged_cell_ranges or []
            if upper < SEARCHED_ROWS
        ]
        height = sheet.end[0] + 1 if sheet.end else 0
        super().__init__(name, list(islice(sheet.iter_rows(), SEARCHED_ROWS)), merged, first, height)

    def rows(self) -> Iterator[Row]:
        return self._sheet.iter_rows()


class TextSheet(Sheet):
    """A CSV file: its separator is the one that its first rows have most of. CSV"""

    def __init__(self, data: bytes, filename: str) -> None:
        self._filename = filename
        text, self.encoding = decoded(data, filename)
        self._preamble = 0
        if declared := re.match(r"sep=(.)\r?\n", text):
            self.separator, self._preamble = declared[1], declared.end()
        else:
            self.separator = _separator(text[:20_000])
        self._text = text
        csv.field_size_limit(_LONGEST_FIELD)
        super().__init__("", list(islice(self.rows(), SEARCHED_ROWS)), [], 0, text.count("\n") + 1)

    def rows(self) -> Iterator[Row]:
        if self._preamble:
            yield []
        lines = io.StringIO(self._text, newline="")
        lines.seek(self._preamble)
        reader = csv.reader(lines, delimiter=self.separator)
        number = 0
        try:
            for number, row in enumerate(reader, 1):  # noqa: B007 (told when the reader gives up)
                yield row
        except csv.Error as error:
            what = Text(
                zh="第{row}行之后的引号没有配对，或一个单元格过长",
                en="after row {row} a quotation mark has no partner, or a cell is too long",
            )
            raise Refused(where=self._filename, what=what.filled(row=number), mend=MEND_XLSX) from error


class Workbook:
    """The visible sheets of a workbook, opened one by one. 工作簿"""

    def __init__(self, data: bytes, contents: Contents, filename: str) -> None:
        self.filename, self._contents = filename, contents
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            meta = self._book.sheets_metadata
        except CalamineError as error:
            raise self._damaged() from error
        listed = [sheet for sheet in meta if sheet.typ is SheetTypeEnum.WorkSheet]
        self.visible = [sheet.name for sheet in listed if sheet.visible is SheetVisibleEnum.Visible]
        self.hidden = [sheet.name for sheet in listed if sheet.visible is not SheetVisibleEnum.Visible]
        self._parts = _parts_of_sheets(data)

    def open(self, name: str) -> WorkbookSheet:
        """A sheet, if it lies within the bounds of a list."""
        part, _ = self._parts.get(name, ("", 0))
        far = self._contents.far_cells
        if far and (part in far or not part):
            cell = far.get(part) or next(iter(far.values()))
            what = Text(
                zh="单元格{cell}里有内容，远在名单之外（最多{rows}行、{columns}列）",
                en="cell {cell} holds something far outside of any list (at most {rows} rows and {columns} columns)",
            ).filled(cell=cell, rows=MOST_ROWS, columns=MOST_COLUMNS)
            raise Refused(where=f"{self.filename} {name}!{cell}", what=what, mend=_MEND_FAR)
        try:
            sheet = self._book.get_sheet_by_name(name)
        except CalamineError as error:
            raise self._damaged() from error
        last_row, last_column = sheet.end or (0, 0)
        refuse_too_wide(last_column + 1, f"{self.filename} {name}")
        refuse_too_long(last_row + 1, f"{self.filename} {name}")
        return WorkbookSheet(name, sheet)

    def is_small(self, name: str) -> bool:
        """Whether a look into the sheet costs little and is safe."""
        part, size = self._parts.get(name, ("", _SMALL_PART + 1))
        return size <= _SMALL_PART and part not in self._contents.far_cells

    def _damaged(self) -> Refused:
        what = Text(zh="工作簿内部已损坏，读不出工作表", en="the workbook is damaged inside: its sheets cannot be read")
        return Refused(where=self.filename, what=what, mend=MEND_XLSX)


def refuse_too_long(rows: int, where: str) -> None:
    """Raises Refused for a list of more rows than are taken at once."""
    if rows > MOST_ROWS:
        what = Text(zh="名单超过{most}行", en="the list has more than {most} rows").filled(most=MOST_ROWS)
        raise Refused(where=where, what=what, mend=_MEND_SPLIT)


def refuse_too_wide(columns: int, where: str) -> None:
    """Raises Refused for a list of more columns than any list has."""
    if columns > MOST_COLUMNS:
        what = Text(zh="有{n}列，超过{most}列", en="there are {n} columns, more than {most}")
        raise Refused(where=where, what=what.filled(n=columns, most=MOST_COLUMNS), mend=_MEND_COLUMNS)


def _parts_of_sheets(data: bytes) -> dict[str, tuple[str, int]]:
    """Sheet name → its part in the package and that part's size; what cannot be told is left out."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sizes = {part.filename: part.file_size for part in package.infolist()}
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= sizes.keys():
            return {}
        book = package.read("xl/workbook.xml").decode("utf-8", "replace")
        links = package.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        given = dict(re.findall(r'(\w+)="([^"]*)"', link))
        target = given.get("Target", "")
        targets[given.get("Id")] = target[1:] if target.startswith("/") else posixpath.normpath("xl/" + target)
    parts = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        given = dict(re.findall(r'(\w+)="([^"]*)"', sheet))
        part = targets.get(given.get("id"), "")
        if part in sizes:
            parts[unescape(given.get("name", ""), {"&quot;": '"', "&apos;": "'"})] = (part, sizes[part])
    return parts


def _separator(head: str) -> str:
    """Comma, tab or semicolon: the one that parts the first lines most evenly into most cells."""
    lines = [line for line in head.splitlines()[:SEARCHED_ROWS] if line.strip()]
    return max(",\t;", key=lambda sign: sum(line.count(sign) for line in lines))
