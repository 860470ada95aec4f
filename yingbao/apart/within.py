"""The child's side: it bounds itself before it looks at the file, reads its order, and sends back data. 子进程一侧

An order comes on the standard input, with the file behind it; replies go out, each as its length and its bytes. No
pickles: the child has looked at a stranger's file, and what it says is data. Nothing here needs Django.
"""

from __future__ import annotations

import contextlib
import os
import resource
import struct
import sys

import msgspec

LENGTH = struct.Struct(">I")
"""stands before the order and before each reply"""
TOO_MUCH = 3
"""the exit code of a child that ran out of memory"""


class Limits(msgspec.Struct, frozen=True):
    """What a child may use before it is ended. 上限"""

    memory_bytes: int = 1536 * 2**20
    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    output_bytes: int = 400 * 2**20


def received() -> tuple[bytes, bytes]:
    """The order and the file. 接收"""
    content = sys.stdin.buffer.read()
    start = LENGTH.size + LENGTH.unpack_from(content)[0]
    return content[LENGTH.size : start], content[start:]


def send(reply: bytes) -> None:
    """Write one reply for the platform to read. 返回"""
    sys.stdout.buffer.write(LENGTH.pack(len(reply)) + reply)
    sys.stdout.buffer.flush()


def bound(limits: Limits) -> None:
    """Let the system end this process if it takes more than it may; it can write no file and leaves no core. 设限"""
    bounds = [
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ]
    for what, most in bounds:
        with contextlib.suppress(ValueError, OSError):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (min(most, hard) if hard != resource.RLIM_INFINITY else most,) * 2)
    os.nice(5)
