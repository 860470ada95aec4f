"""Draws many letters in processes side by side, a file for each lot, in the order given. 并行制版

Setting a page keeps one processor busy. The children are given papers and give back PDFs; they hold no key and no
connection. One child draws many lots, since its fonts are loaded only once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import IO

import msgspec

from yingbao.paper.letter import LetterPaper, draw_letters

MOST_CHILDREN = 4


class Lot(msgspec.Struct, frozen=True):
    """Letters that become one file, such as a class's. 一册"""

    papers: list[LetterPaper]
    duplex: bool = False


class ChildGone(RuntimeError):
    """A process that draws has ended before its work was done. 制版进程中断"""


def draw_all(lots: Sequence[Lot], *, processes: int | None = None) -> Generator[bytes]:
    """The file of each lot, as soon as it and those before it are drawn. 逐册制版"""
    count = max(1, min(processes or os.cpu_count() or 1, MOST_CHILDREN, len(lots)))
    children = [_begin() for _ in range(count)]
    free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
    for child in children:
        free.put(child)

    def draw(lot: Lot) -> bytes:
        child = free.get()
        try:
            return _asked(child, lot)
        finally:
            free.put(child)

    pool = ThreadPoolExecutor(count)
    try:
        yield from pool.map(draw, lots)
    finally:
        # Whoever stops listening, because the owner cancelled, stops the drawing too.
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.kill()
            child.wait()


def _begin() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "yingbao.paper.beside"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
    )


def _asked(child: subprocess.Popen[bytes], lot: Lot) -> bytes:
    if child.stdin is None or child.stdout is None:
        raise ChildGone("no pipes")
    try:
        _send(child.stdin, msgspec.json.encode(lot))
        found = _receive(child.stdout)
    except BrokenPipeError:
        found = None
    if found is None:
        raise ChildGone(f"a drawing process ended with {child.poll()}")
    return found


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(len(content).to_bytes(8, "big") + content)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    head = pipe.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "big")
    content = pipe.read(size)
    return content if len(content) == size else None


def main() -> None:
    """The child: lots in, files out, until nobody asks any more. 子进程"""
    while (asked := _receive(sys.stdin.buffer)) is not None:
        lot = msgspec.json.decode(asked, type=Lot)
        _send(sys.stdout.buffer, draw_letters(lot.papers, duplex=lot.duplex))


if __name__ == "__main__":
    main()
