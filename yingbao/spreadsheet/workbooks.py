"""Workbooks that the platform writes: exports, and a clerk's own file with its errors marked. 导出

Text is written as text, whatever it begins with: a name `=HYPERLINK(…)` is a name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
import xlsxwriter

from yingbao.apart.within import Limits
from yingbao.spreadsheet.apart import replies
from yingbao.spreadsheet.protocol import Done, Mark, MarkOrder, Piece
from yingbao.spreadsheet.rows import CellError
from yingbao.spreadsheet.table import FileKind, Table
from yingbao.values.text import Language, Text

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
"""for XlsxWriter: nothing is guessed from a text, nothing is put into temporary files"""

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_TEXT = 32_767
_MARK_LIMITS = Limits(memory_bytes=3 * 1024**3, cpu_seconds=240, wall_seconds=600.0)


class ExportColumn(msgspec.Struct, frozen=True):
    """One column of an export. 导出列"""

    title: str
    kind: Literal["text", "number", "date", "money"] = "text"
    """money is given in fen and shown in yuan"""
    width: float = 14.0


class Marked(msgspec.Struct, frozen=True):
    """A file given back with its errors marked. 标记后的文件"""

    content: bytes
    """an .xlsx workbook, whatever the upload was"""
    notes: tuple[Text, ...]
    """says so if the upload's layout was not kept"""


class ExportSheet(msgspec.Struct, frozen=True):
    """One sheet of an export: its name, its columns, its rows. 导出工作表"""

    name: str
    columns: Sequence[ExportColumn]
    rows: Iterable[Sequence[Any]]


def write_table(columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]], *, sheet: str = "Sheet1") -> bytes:
    """A list as an .xlsx workbook: header frozen and filtered, numbers of people as text. 导出"""
    return write_tables([ExportSheet(sheet, columns, rows)])


def write_tables(sheets: Sequence[ExportSheet]) -> bytes:
    """Several lists as the sheets of one workbook. 导出多张表"""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        formats = {
            "heading": book.add_format(
                {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"}
            ),
            # The mark with which Excel keeps a text a text, even when its cell is edited.
            "quoted": book.add_format({"num_format": "@", "quote_prefix": True}),
            "text": book.add_format({"num_format": "@"}),
            "number": book.add_format(),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name[:31]), sheet, formats)
    return content.getvalue()


def _write_sheet(page: Any, sheet: ExportSheet, formats: Mapping[str, Any]) -> None:
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, column.width, formats[column.kind])
        page.write_string(0, at, column.title, formats["heading"])
    count = 0
    for count, row in enumerate(sheet.rows, 1):
        for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if value is None or value == "":
                continue
            if column.kind == "money" and isinstance(value, int):
                page.write_number(count, at, Decimal(value) / 100, formats["money"])
            elif isinstance(value, date | datetime):
                page.write_datetime(count, at, value, formats["date"])
            elif column.kind == "number" and isinstance(value, int | float):
                page.write_number(count, at, value)
            else:
                said = str(value)[:_LONGEST_TEXT]
                page.write_string(count, at, said, formats["quoted" if said.startswith(_RISKY) else "text"])
    page.freeze_panes(1, 0)
    if sheet.columns:
        page.autofilter(0, 0, count, len(sheet.columns) - 1)


def with_errors(data: bytes, filename: str, *, table: Table, errors: Iterable[CellError], language: Language) -> Marked:
    """The uploaded file with every error marked in its cell and told in a column at the end. 标记错误

    Raises Refused if the file cannot be opened a second time.
    """
    marks = [
        Mark(row=error.row, letter=error.column_letter, said=told(error, language), severe=error.severity == "error")
        for error in errors
    ]
    return with_marks(
        data,
        filename,
        kind=table.kind,
        sheet=table.sheet,
        header_row=table.header_row,
        marks=marks,
        language=language,
    )


def with_marks(
    data: bytes, filename: str, *, kind: FileKind, sheet: str, header_row: int, marks: list[Mark], language: Language
) -> Marked:
    """The same for marks whose words stand already."""
    order = MarkOrder(
        filename=filename,
        kind=kind,
        sheet=sheet,
        header_row=header_row,
        marks=marks,
        language=language,
        limits=_MARK_LIMITS,
    )
    content = bytearray()
    notes: tuple[Text, ...] = ()
    for reply in replies(order, data):
        if isinstance(reply, Piece):
            content += reply.content
        elif isinstance(reply, Done):
            notes = reply.notes
    return Marked(content=bytes(content), notes=notes)


def told(error: CellError, language: Language) -> str:
    """One error as a sentence: the column, what is wrong, how to mend it."""
    what, mend = error.what.said(language), error.mend.said(language)
    return f"{error.column_name}：{what}。{mend}" if language == "zh" else f"{error.column_name}: {what}. {mend}"
