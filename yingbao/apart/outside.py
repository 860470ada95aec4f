"""The platform's side: start the child, hand over the file, listen within bounds, and end it. 平台一侧

A parser can be made to take all memory, to run for hours, or to abort. In a child that costs whoever uploaded an
answer and the platform nothing. It gets the file through an unnamed file in memory and inherits neither environment
nor connections (docs/adr/0005).
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping

from yingbao.apart.within import LENGTH, Limits

_PIECE = 1 << 20


class Died(Exception):
    """The child ended, or had to be ended, before it said that it was done. 子进程中止"""


def replies(
    program: str, order: bytes, data: bytes, *, limits: Limits, longest: int | None = None,
    each: bool = False, environment: Mapping[str, str] | None = None,
) -> Iterator[bytes]:  # fmt: skip
    """What the child says, one reply after the other; it is gone when the iteration ends, however it ends. 逐条返回

    `program` is a module to run. `longest` bounds one reply in bytes; `each` gives every reply the whole time anew.
    Who listens stops at the child's last word: one that says nothing more has Died.
    """
    handed_over = _handed_over(order, data)
    try:
        child = subprocess.Popen(  # noqa: S603  our own program, told what to do on its standard input
            [sys.executable, "-I", "-m", program], stdin=handed_over, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=dict(environment or {}), cwd="/", bufsize=0,
        )  # fmt: skip
    finally:
        os.close(handed_over)
    try:
        yield from _listened(child, limits, longest or limits.output_bytes, each=each)
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


def _listened(child: subprocess.Popen[bytes], limits: Limits, longest: int, *, each: bool) -> Iterator[bytes]:
    assert child.stdout is not None
    poll = select.poll()
    poll.register(child.stdout, select.POLLIN)
    waiting, taken, ends_at = bytearray(), 0, time.monotonic() + limits.wall_seconds
    while True:
        left = ends_at - time.monotonic()
        piece = os.read(child.stdout.fileno(), _PIECE) if left > 0 and poll.poll(left * 1000) else b""
        taken += len(piece)
        if not piece or taken > limits.output_bytes:
            raise Died
        waiting += piece
        while len(waiting) >= LENGTH.size:
            length = LENGTH.unpack_from(waiting)[0]
            if length > longest:
                raise Died
            if len(waiting) < LENGTH.size + length:
                break
            reply = bytes(waiting[LENGTH.size : LENGTH.size + length])
            del waiting[: LENGTH.size + length]
            yield reply
            if each:
                ends_at = time.monotonic() + limits.wall_seconds
