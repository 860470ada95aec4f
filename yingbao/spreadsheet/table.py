"""A list as it stands in an uploaded file, before anyone asks what its values mean. 表格"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from yingbao.values.text import Text

Cell = str | int | float | bool | None
"""What a cell holds. A day is its ISO text; an empty cell is None; a number is never turned into text here,
because an identity number that was stored as a number has lost its last digits."""

FileKind = Literal["xlsx", "csv"]


class Column(msgspec.Struct, frozen=True):
    """One column that was recognised. 列"""

    letter: str
    """where it stands in the file: A, B … AA"""
    header: str
    """what the file calls it, both lines joined by / if the header has two"""
    field: str
    """what it means, such as `identity_number`; see `yingbao.spreadsheet.roster_columns`"""


class PassedOver(msgspec.Struct, frozen=True):
    """A column whose heading is not known; nothing is read from it. 未识别的列"""

    letter: str
    header: str


class Table(msgspec.Struct, frozen=True):
    """The recognised columns of one sheet, with every row that holds something. 表格

    The rows stay packed, so that a list of a whole city costs its bytes and not its objects;
    `rows()` unpacks them one after the other and can be called again.
    """

    kind: FileKind
    encoding: str
    """of a CSV: `utf-8` or `gb18030`; empty for a workbook"""
    sheet: str
    """the sheet's name; empty for a CSV"""
    header_row: int
    """the number of the header's last row, as the clerk's program shows it"""
    columns: tuple[Column, ...]
    passed_over: tuple[PassedOver, ...]
    row_count: int
    """rows that `rows()` gives"""
    notes: tuple[Text, ...]
    """what was passed over or decided on the way: hidden sheets, other sheets, footers, the header's row"""
    batches: tuple[bytes, ...]

    def blocks(self) -> Iterator[list[tuple[int, list[Cell]]]]:
        """The rows in blocks of a thousand, as `rows` gives them one by one."""
        decode = msgspec.msgpack.Decoder(list[tuple[int, list[Cell]]]).decode
        for batch in self.batches:
            yield decode(batch)

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row's number in the file and its cells, one for each of `columns`."""
        for block in self.blocks():
            yield from block
