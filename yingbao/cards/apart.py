"""Has strangers' pictures opened in a process of their own, with bounds (docs/adr/0005, 0033). 隔离检查"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

import msgspec

from yingbao.cards.protocol import LENGTH, Declined, Done, Fit, Limits, Order, Reply, Unfit
from yingbao.policy.model import PhotoForm
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_PROGRAM = [sys.executable, "-I", "-m", "yingbao.cards.child"]
_ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Each thread of a numeric library asks for memory of its own, which the bound counts."""
LARGEST_PACK = 55 * 2**20
"""beyond 60 MB an upload would be put into a file of the system's, unsealed"""
MOST_DEATHS = 5
"""of children over one zip; whoever packs more such files has the whole refused"""
_TOO_MUCH = Text(
    "照片在限定的内存和时间内打不开，内容异常", "the picture cannot be opened within the memory and time allowed"
)
_MEND = Text("用手机重新拍一张，交 JPEG 原图", "take another one with a phone and hand in the JPEG as it is")


class _Died(Exception):
    """The child ended, or had to be ended, before it said so."""


def inspected(data: bytes, form: PhotoForm, *, where: str, limits: Limits | None = None) -> Fit:
    """One picture, looked at apart. 检查一张照片

    Raises Refused with what is wrong and how to mend it, also if the child did not survive the picture.
    """
    try:
        for reply in _replies(Order(where=where, form=form, limits=limits or Limits()), data):
            if isinstance(reply, Unfit):
                raise Refused(where=where, what=reply.what, mend=reply.mend)
            if isinstance(reply, Fit):
                return reply
    except _Died:
        pass
    raise Refused(where=where, what=_TOO_MUCH, mend=_MEND)


def unpacked(data: bytes, form: PhotoForm, *, where: str, limits: Limits | None = None) -> Iterator[Fit | Unfit]:
    """Every picture of a zip, looked at apart; one on which the child dies is unfit, and the rest go on. 检查照片包

    Raises Refused for a zip of which nothing can be taken.
    """
    if len(data) > LARGEST_PACK:
        what = Text("压缩包超过{n}MB", "the zip is larger than {n} MB").filled(n=LARGEST_PACK // 2**20)
        raise Refused(where=where, what=what, mend=Text("按班级分开打包", "pack class by class"))
    seen, deaths = 0, 0
    while True:
        order = Order(where=where, form=form, zipped=True, skip=seen, limits=limits or Limits(cpu_seconds=3600))
        try:
            for reply in _replies(order, data):
                if not isinstance(reply, Fit | Unfit):
                    return
                seen += 1
                yield reply
        except _Died:
            deaths += 1
            if deaths > MOST_DEATHS:
                raise Refused(where=where, what=_TOO_MUCH, mend=_MEND) from None
            seen += 1
            yield Unfit(name=Text("第{n}个文件", "file {n}").filled(n=seen).zh, what=_TOO_MUCH, mend=_MEND)


def _replies(order: Order, data: bytes) -> Iterator[Reply]:
    """What the child says; it is gone when the iteration ends, however it ends. Raises Refused, _Died."""
    handed_over = _handed_over(msgspec.msgpack.encode(order), data)
    try:
        child = subprocess.Popen(  # noqa: S603  our own program, told what to do on its standard input
            _PROGRAM, stdin=handed_over, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENVIRONMENT, cwd="/",
            bufsize=0,
        )  # fmt: skip
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
    """A nameless file in memory that holds the order and the upload."""
    if sys.platform == "linux":
        handle = os.memfd_create("photo")
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
    # A reply is one finished photo and its words: what says more than that is no child of ours.
    longest = 2 * order.form.most_bytes + 2**16
    poll = select.poll()
    poll.register(child.stdout, select.POLLIN)
    waiting, ends_at = bytearray(), time.monotonic() + order.limits.wall_seconds
    while True:
        left = ends_at - time.monotonic()
        piece = os.read(child.stdout.fileno(), 2**16) if left > 0 and poll.poll(left * 1000) else b""
        if not piece:
            raise _Died
        waiting += piece
        while len(waiting) >= LENGTH.size:
            length = LENGTH.unpack_from(waiting)[0]
            if length > longest:
                raise _Died
            if len(waiting) < LENGTH.size + length:
                break
            reply = decode(bytes(waiting[LENGTH.size : LENGTH.size + length]))
            del waiting[: LENGTH.size + length]
            if isinstance(reply, Declined):
                raise Refused(where=order.where, what=reply.what, mend=reply.mend)
            yield reply
            if isinstance(reply, Done):
                return
            ends_at = time.monotonic() + order.limits.wall_seconds
