"""What the platform and the child process that opens uploads say to each other. 子进程协议

How they say it stands in `apart`: one order goes in, with the file behind it; replies come out.
"""

from __future__ import annotations

import msgspec

from yingbao.apart.within import Limits
from yingbao.spreadsheet.columns import Headings
from yingbao.spreadsheet.table import Column, FileKind, PassedOver
from yingbao.values.text import Language, Text

TITLE = Text(zh="问题与改法", en="What to mend")
"""heads the column of errors in a file that is given back; it is known again when the file comes back"""


class Mark(msgspec.Struct, frozen=True):
    """What is to be written beside one cell. 标记"""

    row: int
    letter: str
    """empty: the row as a whole"""
    said: str
    severe: bool


class ReadOrder(msgspec.Struct, frozen=True, tag="read"):
    """Read the list in the file. 读取"""

    filename: str
    headings: Headings
    limits: Limits = Limits()


class MarkOrder(msgspec.Struct, frozen=True, tag="mark"):
    """Give the file back with marks beside its cells. 标记错误"""

    filename: str
    kind: FileKind
    sheet: str
    header_row: int
    marks: list[Mark]
    language: Language
    limits: Limits = Limits()


class Head(msgspec.Struct, frozen=True, tag="head"):
    """The header was found; rows follow. 表头"""

    kind: FileKind
    encoding: str
    sheet: str
    header_row: int
    columns: tuple[Column, ...]
    passed_over: tuple[PassedOver, ...]
    expected_rows: int


class Rows(msgspec.Struct, frozen=True, tag="rows"):
    """A batch of rows, packed. 一批行"""

    count: int
    packed: bytes


class Piece(msgspec.Struct, frozen=True, tag="piece"):
    """A piece of the file that is given back. 文件片段"""

    content: bytes


class Done(msgspec.Struct, frozen=True, tag="done"):
    """All is said. 结束"""

    notes: tuple[Text, ...] = ()


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """The file cannot be taken: the words of a refusal. 不予受理"""

    where: str
    what: Text
    mend: Text


Order = ReadOrder | MarkOrder
Reply = Head | Rows | Piece | Done | Declined
