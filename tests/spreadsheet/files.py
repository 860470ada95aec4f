"""Files for the tests of reading: good, messy, and built to do harm. All people in them are invented."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.roster import parse_roster
from yingbao.spreadsheet.rows import CellError, Roster, RosterRow
from yingbao.values.identity import with_check_character

ON = date(2019, 11, 1)
HEADER = ["姓名", "身份证号"]


def number(serial: int = 1, *, born: str = "20120305", division: str = "320505") -> str:
    """A valid resident number of nobody; odd serials are boys."""
    return with_check_character(f"{division}{born}{serial % 1000:03}")


def book(
    *sheets: Sequence[Sequence[Any]], names: Sequence[str] = (), work: Callable[..., None] | None = None, **options: Any
) -> bytes:
    """A workbook of these sheets; `work` gets the workbook and its sheets before it is closed."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **options}) as workbook:
        pages = []
        for at, rows in enumerate(sheets):
            page = workbook.add_worksheet(names[at] if at < len(names) else None)
            pages.append(page)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, str):
                        page.write_string(row, column, value)
                    elif isinstance(value, date):
                        page.write_datetime(row, column, value)
                    elif value is not None:
                        page.write(row, column, value)
        if work:
            work(workbook, *pages)
    return content.getvalue()


CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": CONTENT_TYPES,
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
HEADER_XML = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>身份证号</t></is></c></row>'
)


def sheet_xml(rows: str, *, before: str = "") -> bytes:
    """The part of a sheet, its rows given as XML."""
    start = f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}"><sheetData>'
    return f"{start}{rows}</sheetData></worksheet>".encode()


def raw(sheet: bytes, more: dict[str, bytes | str] | None = None) -> bytes:
    """A workbook put together by hand from its parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in (PARTS | {"xl/worksheets/sheet1.xml": sheet} | (more or {})).items():
            package.writestr(name, part)
    return content.getvalue()


def lying(data: bytes, part: str, size: int) -> bytes:
    """The same package with a false size for one part in both of its tables of contents."""
    changed = bytearray(data)
    name = part.encode()
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = changed.find(signature)
        while at >= 0:
            if changed[at + name_at : at + name_at + len(name)] == name:
                struct.pack_into("<I", changed, at + size_at, size)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def bomb(megabytes: int) -> bytes:
    """A workbook whose sheet is mostly blanks, which pack a thousandfold."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in PARTS.items():
            package.writestr(name, part)
        with package.open("xl/worksheets/sheet1.xml", "w") as stream:
            stream.write(sheet_xml(HEADER_XML))
            for _ in range(megabytes):
                stream.write(b" " * (1 << 20))
    return content.getvalue()


def csv(rows: Sequence[Sequence[object]], encoding: str = "utf-8", separator: str = ",") -> bytes:
    """Rows as CSV text."""
    return "\r\n".join(separator.join(map(str, row)) for row in rows).encode(encoding)


def parsed(data: bytes, filename: str = "花名册.xlsx", *, near: str = "320505") -> Roster:
    """What becomes of a file."""
    return parse_roster(read_table(data, filename), on=ON, near=near)


def roster(*rows: dict[str, Any]) -> Roster:
    """What becomes of rows given by column name."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return parsed(book([names, *([row.get(name) for name in names] for row in rows)]))


def pupil(**more: Any) -> dict[str, Any]:
    """A row that is right, but for what is given."""
    return {"姓名": "张小明", "身份证号": number()} | more


def row_of(**more: Any) -> RosterRow:
    """The row that becomes of a pupil."""
    (row,) = roster(pupil(**more)).rows
    return row


def error_of(**more: Any) -> CellError:
    """The one error or warning that a pupil's row has."""
    (error,) = roster(pupil(**more)).errors
    return error
