"""A child that says too much, says nothing, or ends too early costs an answer and leaves nothing behind. 隔离进程"""

from __future__ import annotations

import sys

import psutil
import pytest

from yingbao.apart import outside
from yingbao.apart.within import Limits

QUICK = Limits(memory_bytes=512 * 2**20, cpu_seconds=10, wall_seconds=60.0, output_bytes=2**20)


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A child's words, as a program that is run for it."""

    def write(body: str) -> str:
        file = tmp_path / "child.py"
        file.write_text(f"from yingbao.apart import within\nsaid, data = within.received()\n{body}\n")
        runner = tmp_path / "python"
        runner.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{file}"\n')
        runner.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(runner))
        return "any.module"

    yield write
    assert [child for child in psutil.Process().children() if str(tmp_path) in " ".join(child.cmdline())] == []


def test_order_and_file_arrive_as_they_were_sent_and_replies_come_one_by_one(program):
    name = program("within.send(said)\nwithin.send(data[::-1])")
    replies = outside.replies(name, "单".encode(), b"\x00\xff" * 3, limits=QUICK)
    assert next(replies).decode() == "单"
    assert next(replies) == b"\xff\x00" * 3
    with pytest.raises(outside.Died):
        next(replies)


def test_a_child_that_says_more_than_it_may_is_ended(program):
    name = program("within.send(b'x' * 2**21)")
    with pytest.raises(outside.Died):
        list(outside.replies(name, b"", b"", limits=QUICK))


def test_one_reply_that_is_too_long_is_not_waited_for(program):
    name = program("within.send(b'x' * 100)")
    with pytest.raises(outside.Died):
        list(outside.replies(name, b"", b"", limits=QUICK, longest=99))


def test_a_child_that_never_ends_is_ended_when_its_time_is_over(program):
    name = program("import time\ntime.sleep(600)")
    limits = Limits(wall_seconds=1.0)
    with pytest.raises(outside.Died):
        list(outside.replies(name, b"", b"", limits=limits))


def test_a_child_takes_no_more_memory_than_it_may_and_writes_no_file(program, tmp_path):
    kept = tmp_path / "kept"
    name = program(
        "within.bound(within.Limits(memory_bytes=300 * 2**20))\n"
        "try:\n    bytearray(2**30)\nexcept MemoryError:\n    within.send(b'no memory')\n"
        f"try:\n    open({str(kept)!r}, 'wb').write(b'x')\nexcept OSError:\n    within.send(b'no file')"
    )
    replies = outside.replies(name, b"", b"", limits=QUICK)
    assert next(replies) == b"no memory"
    with pytest.raises(outside.Died):
        assert next(replies) != b"no file"  # the system may end it for the attempt
        next(replies)
    assert not kept.exists() or kept.stat().st_size == 0
