"""The program that opens one uploaded file in a process of its own: `python -m yingbao.spreadsheet.child`. 子进程

Order and file come on the standard input, replies go to the standard output. It bounds itself before it
looks at the file, and imports neither Django nor anything it does not need: it starts in a tenth of a second.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys

import msgspec

from yingbao.spreadsheet.protocol import LENGTH, Declined, Limits, MarkOrder, Order, Reply
from yingbao.values.refusal import Refused

_encode = msgspec.msgpack.Encoder().encode


def main() -> None:
    """Reads the order, does it, and says how it ended."""
    content = sys.stdin.buffer.read()
    length = LENGTH.unpack_from(content)[0]
    start = LENGTH.size + length
    order = msgspec.msgpack.Decoder(Order).decode(content[LENGTH.size : start])
    data = content[start:]
    del content
    _bound(order.limits)
    try:
        if isinstance(order, MarkOrder):
            from yingbao.spreadsheet import marking  # openpyxl takes a third of a second to load

            marking.mark(order, data, send)
        else:
            from yingbao.spreadsheet import listing

            listing.read(order, data, send)
    except Refused as refused:
        send(Declined(where=refused.where, what=refused.what, mend=refused.mend))
    except MemoryError:
        os._exit(3)


def send(reply: Reply) -> None:
    """Writes one reply for the platform to read."""
    packed = _encode(reply)
    sys.stdout.buffer.write(LENGTH.pack(len(packed)) + packed)
    sys.stdout.buffer.flush()


def _bound(limits: Limits) -> None:
    """Lets the system end this process if it takes more than it may; it can write no file and leaves no core."""
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


if __name__ == "__main__":
    main()
