"""Gives an uploaded file back with what is wrong marked beside its cells. 标记错误

Runs in the child process. A workbook of usual size keeps its layout; a very long one, one that cannot be
kept, and a CSV come back as a new workbook with the same rows in the same places.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from yingbao.spreadsheet.container import examine
from yingbao.spreadsheet.protocol import TITLE, Done, Mark, MarkOrder, Piece, Reply
from yingbao.spreadsheet.sheets import Sheet, TextSheet, Workbook
from yingbao.values.text import Language, Text

Marks = dict[int, list[Mark]]

_KEPT_BYTES = 16 * 1024 * 1024
"""unpacked size up to which openpyxl keeps a workbook in a few seconds: some 20,000 pupils"""
_MOST_COMMENTS = 3000
"""Excel becomes slow beyond; the added column says everything anyway"""
_PIECE = 1 << 20
_RED, _YELLOW = "FFFFC7CE", "FFFFEB9C"
_AUTHOR = "应保"
_WIDTH = 60
_COMMENT_SIZE = (260, 120)


def mark(order: MarkOrder, data: bytes, send: Callable[[Reply], None]) -> None:
    """Sends the marked workbook in pieces, and a note if its layout could not be kept. 标记"""
    contents = examine(data, order.filename)
    marks = {row: list(found) for row, found in groupby(sorted(order.marks, key=attrgetter("row")), attrgetter("row"))}
    content = None
    if contents.kind == "xlsx" and _unpacked(data) <= _KEPT_BYTES:
        content = _kept(data, order, marks)
    notes: tuple[Text, ...] = ()
    if content is None:
        if contents.kind == "csv":
            sheet: Sheet = TextSheet(data, order.filename)
        else:
            sheet = Workbook(data, contents, order.filename).open(order.sheet)
        content = _anew(sheet, order, marks)
        notes = (
            Text(
                zh="原文件的版式没有保留，行列位置不变",
                en="the layout of your file was not kept; rows and columns are where they were",
            ),
        )
    for start in range(0, len(content), _PIECE):
        send(Piece(content=content[start : start + _PIECE]))
    send(Done(notes=notes))


def _unpacked(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return sum(part.file_size for part in package.infolist() if part.filename.endswith(".xml"))


def _said(found: list[Mark], language: Language) -> str:
    """All that is wrong in a row, in one cell."""
    return ("；" if language == "zh" else "; ").join(mark.said for mark in found)


def _kept(data: bytes, order: MarkOrder, marks: Marks) -> bytes | None:
    """The workbook itself with marks in it; None if openpyxl does not understand it."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
        sheet = book[order.sheet]
        column = _cleared(sheet, order.header_row)
        heading = sheet.cell(order.header_row, column, TITLE.said(order.language))
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor=_RED)
        sheet.column_dimensions[heading.column_letter].width = _WIDTH
        comments = sum(len(found) for found in marks.values()) <= _MOST_COMMENTS
        for row, found in marks.items():
            _write_text(sheet.cell(row, column), _said(found, order.language))
            for one in found:
                if one.letter:
                    _mark_cell(sheet.cell(row, column_index_from_string(one.letter)), one, comments)
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            _InMemory(book, archive).save()
    except Exception:
        # openpyxl fails in many ways on workbooks that other programs wrote; there is another way for these.
        return None
    return content.getvalue()


def _cleared(sheet: Any, header_row: int) -> int:
    """The column for the messages: the one of an earlier marking, with all its marks taken away, or a new one."""
    titles = (TITLE.zh, TITLE.en)
    last = int(sheet.max_column)
    earlier = next((at for at in range(last, 0, -1) if sheet.cell(header_row, at).value in titles), None)
    if earlier is None:
        return last + 1
    for row in sheet.iter_rows(min_row=header_row + 1):
        for cell in row:
            if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in (_RED, _YELLOW):
                cell.fill = PatternFill()
            if not isinstance(cell, MergedCell):
                if cell.comment is not None and cell.comment.author == _AUTHOR:
                    cell.comment = None
                if cell.column == earlier:
                    cell.value = None
    return earlier


def _write_text(cell: Cell | MergedCell, said: str) -> None:
    if isinstance(cell, Cell):
        cell.value = said
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _mark_cell(cell: Cell | MergedCell, one: Mark, comments: bool) -> None:
    cell.fill = PatternFill("solid", fgColor=_RED if one.severe else _YELLOW)
    if comments and isinstance(cell, Cell):
        before = f"{cell.comment.text}\n" if cell.comment else ""
        width, height = _COMMENT_SIZE
        cell.comment = Comment(before + one.said, _AUTHOR, height=height, width=width)


class _InMemory(ExcelWriter):
    """Writes sheets without the temporary files of openpyxl: pupils' data touch no disk, and none is allowed here."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        out = io.BytesIO()
        writer = WorksheetWriter(ws, out=out)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], out.getvalue())
        self.manifest.append(ws)


def _anew(sheet: Sheet, order: MarkOrder, marks: Marks) -> bytes:
    """A new workbook with the same values in the same cells, and the marks."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    with xlsxwriter.Workbook(content, options) as book:
        page = book.add_worksheet(sheet.name[:31] or None)
        plain, head = book.add_format(), book.add_format({"bold": True})
        red, yellow = (book.add_format({"bg_color": f"#{colour[2:]}"}) for colour in (_RED, _YELLOW))
        dates = {
            form: book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "hh:mm:ss")
        }
        column = sheet.first_column + max((len(row) for row in sheet.top), default=0)
        comments = sum(len(found) for found in marks.values()) <= _MOST_COMMENTS
        for number, row in enumerate(sheet.rows(), 1):
            found = marks.get(number, [])
            marked = {column_index_from_string(one.letter) - 1: one for one in found if one.letter}
            for at, value in enumerate(row, sheet.first_column):
                one = marked.get(at)
                colour = (red if one.severe else yellow) if one else head if number == order.header_row else plain
                _write_value(page, number - 1, at, value, colour, dates)
            for at, one in marked.items():
                if at >= sheet.first_column + len(row):
                    page.write_blank(number - 1, at, None, red if one.severe else yellow)
                if comments:
                    page.write_comment(number - 1, at, one.said, {"author": _AUTHOR})
            if found:
                page.write_string(number - 1, column, _said(found, order.language))
        page.write_string(order.header_row - 1, column, TITLE.said(order.language), head)
        page.set_column(column, column, _WIDTH)
        page.freeze_panes(order.header_row, 0)
    return content.getvalue()


def _write_value(page: Any, row: int, column: int, value: object, plain: Any, dates: dict[str, Any]) -> None:
    """A value as what it is: text stays text, whatever sign it begins with."""
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value[:32767], plain)
        elif plain is not None:
            page.write_blank(row, column, None, plain)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, plain)
    elif isinstance(value, int | float):
        page.write_number(row, column, value, plain)
    elif isinstance(value, datetime):
        page.write_datetime(row, column, value, dates["yyyy-mm-dd hh:mm:ss"])
    elif isinstance(value, date):
        page.write_datetime(row, column, value, dates["yyyy-mm-dd"])
    elif isinstance(value, time | timedelta):
        page.write_datetime(row, column, value, dates["hh:mm:ss"])
