"""From the bytes of an upload to a table whose columns are known. 读取上传的表格"""

from __future__ import annotations

from collections.abc import Callable

from yingbao.apart.within import Limits
from yingbao.spreadsheet.apart import replies
from yingbao.spreadsheet.columns import Headings
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.spreadsheet.protocol import Done, Head, ReadOrder, Rows
from yingbao.spreadsheet.roster_columns import ROSTER
from yingbao.spreadsheet.table import Table
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Progress = Callable[[int, int], None]
"""is told how many rows are read, and of how many at most"""


def read_table(
    data: bytes,
    filename: str,
    *,
    headings: Headings = ROSTER,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> Table:
    """The list in an uploaded workbook or CSV file, its columns recognised by `headings`. 读取

    The file is opened in a child process with bounds. Raises Refused with what the file is, or what it
    lacks, and how to mend that. An exception raised by `progress` ends the reading and the child.
    """
    if len(data) > LARGEST_FILE:
        what = Text(zh="文件有{size}MB，超过{most}MB", en="the file has {size} MB, more than {most} MB")
        raise Refused(
            where=filename,
            what=what.filled(size=-(-len(data) // 2**20), most=LARGEST_FILE // 2**20),
            mend=Text(
                zh="删去图片和别的工作表，或分成几个文件上传",
                en="remove pictures and other sheets, or split it into several files",
            ),
        )
    head: Head | None = None
    batches: list[bytes] = []
    row_count = 0
    notes: tuple[Text, ...] = ()
    for reply in replies(ReadOrder(filename=filename, headings=headings, limits=limits or Limits()), data):
        if isinstance(reply, Head):
            head = reply
        elif isinstance(reply, Rows):
            batches.append(reply.packed)
            row_count += reply.count
        elif isinstance(reply, Done):
            notes = reply.notes
        if progress and head:
            progress(row_count, max(head.expected_rows, row_count))
    assert head is not None
    return Table(
        kind=head.kind,
        encoding=head.encoding,
        sheet=head.sheet,
        header_row=head.header_row,
        columns=head.columns,
        passed_over=head.passed_over,
        row_count=row_count,
        notes=notes,
        batches=tuple(batches),
    )
