"""The program that opens one uploaded picture, or a zip of them, apart: `python -m yingbao.cards.child`. 照片子进程

It bounds itself before it looks at the file. A zip's pictures are told one by one, so that one on which it dies costs
that one alone: the platform starts another child behind it.
"""

from __future__ import annotations

import contextlib
import os
import resource
import sys

import msgspec

from yingbao.cards.protocol import LENGTH, Declined, Done, Fit, Limits, Order, Reply, Unfit
from yingbao.values.refusal import Refused

TOO_MUCH = 3
"""the exit code of a child that ran out of memory"""


def main() -> None:
    """Reads the order, does it, and says how it ended."""
    content = sys.stdin.buffer.read()
    length = LENGTH.unpack_from(content)[0]
    start = LENGTH.size + length
    order = msgspec.msgpack.Decoder(Order).decode(content[LENGTH.size : start])
    data = content[start:]
    del content
    _bound(order.limits)
    # Loaded within the bounds; OpenCV takes a third of a second.
    from yingbao.cards.inspecting import inspect
    from yingbao.cards.packing import Entry, entries

    found = entries(data, where=order.where, skip=order.skip) if order.zipped else iter([Entry("", data)])
    try:
        for name, picture in found:
            try:
                checked = inspect(picture, order.form, where=order.where)
                send(Fit(name=name, jpeg=checked.jpeg, doubts=checked.doubts))
            except Refused as refused:
                send(Unfit(name=name, what=refused.what, mend=refused.mend))
    except Refused as refused:
        send(Declined(what=refused.what, mend=refused.mend))
        return
    except MemoryError:
        os._exit(TOO_MUCH)
    send(Done())


def send(reply: Reply) -> None:
    """Writes one reply for the platform to read."""
    packed = msgspec.msgpack.encode(reply)
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
