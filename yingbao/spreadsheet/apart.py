"""Has a stranger's file opened in a process of its own, with bounds. 隔离处理

A parser can be made to take all memory, to run for hours, or to abort. In a child that costs the clerk an
answer and the platform nothing: the child is ended, and what it was given is told. It gets the file through an
unnamed file in memory, inherits neither environment nor connections, and sends back plain data.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import msgspec

from yingbao.spreadsheet.container import MOST_ROWS
from yingbao.spreadsheet.protocol import LENGTH, Declined, Done, Order, Reply
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_PROGRAM = [sys.executable, "-I", "-m", "yingbao.spreadsheet.child"]
_PIECE = 1 << 20

_TOO_MUCH = Text(
    zh="文件在限定的内存和时间内打不开：内容过多，或结构异常",
    en="the file cannot be opened within the memory and time allowed: it holds too much, or is built oddly",
)
_MEND_TOO_MUCH = Text(
    zh="把名单复制到新的工作簿，只粘贴数值，删去别的工作表；超过{most}行的分成几个文件上传",
    en="copy the list into a new workbook, pasting values only, without other sheets; "
    "split a list of more than {most} rows",
).filled(most=MOST_ROWS)


def replies(order: Order, data: bytes) -> Iterator[Reply]:
    """What the child says about the file, one thing after the other; the last is Done. 逐条返回

    Raises Refused if the child refuses the file, or has to be ended, or ends by itself. The child is
    gone when the iteration ends, however it ends.
    """
    handed_over = _handed_over(msgspec.msgpack.encode(order), data)
    try:
        child = subprocess.Popen(  # noqa: S603  our own program, told what to do on its standard input
            _PROGRAM, stdin=handed_over, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/", bufsize=0
        )
    finally:
        os.close(handed_over)
    try:
        yield from _listened(child, order)
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


def _handed_over(order: bytes, data: bytes) -> int:
    """A nameless file that holds the order and the upload; nothing of it ever reaches a disk where that can be had."""
    if sys.platform == "linux":
        handle = os.memfd_create("upload")
    else:
        with tempfile.TemporaryFile() as file:
            handle = os.dup(file.fileno())
    for part in (LENGTH.pack(len(order)), order, data):
        view = memoryview(part)
        while view:
            view = view[os.write(handle, view) :]
    os.lseek(handle, 0, os.SEEK_SET)
    return handle


def _listened(child: subprocess.Popen[bytes], order: Order) -> Iterator[Reply]:
    assert child.stdout is not None
    decode = msgspec.msgpack.Decoder(Reply).decode
    ends_at = time.monotonic() + order.limits.wall_seconds
    waiting, taken = bytearray(), 0
    poll = select.poll()
    poll.register(child.stdout, select.POLLIN)
    while True:
        left = ends_at - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise _ended(order)
        piece = os.read(child.stdout.fileno(), _PIECE)
        taken += len(piece)
        if not piece or taken > order.limits.output_bytes:
            raise _ended(order)
        waiting += piece
        while len(waiting) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(waiting)[0]
            if len(waiting) < end:
                break
            reply = decode(bytes(waiting[LENGTH.size : end]))
            del waiting[:end]
            if isinstance(reply, Declined):
                raise Refused(where=reply.where, what=reply.what, mend=reply.mend)
            yield reply
            if isinstance(reply, Done):
                return


def _ended(order: Order) -> Refused:
    return Refused(where=order.filename, what=_TOO_MUCH, mend=_MEND_TOO_MUCH)
