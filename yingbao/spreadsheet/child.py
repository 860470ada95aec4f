"""The program that opens one uploaded file in a process of its own: `python -m yingbao.spreadsheet.child`. 子进程

Order and file come on the standard input, replies go to the standard output. It bounds itself before it
looks at the file, and imports neither Django nor anything it does not need: it starts in a tenth of a second.
"""

from __future__ import annotations

import os

import msgspec

from yingbao.apart import within
from yingbao.spreadsheet.protocol import Declined, MarkOrder, Order, Reply
from yingbao.values.refusal import Refused

_encode = msgspec.msgpack.Encoder().encode


def main() -> None:
    """Reads the order, does it, and says how it ended."""
    said, data = within.received()
    order = msgspec.msgpack.Decoder(Order).decode(said)
    within.bound(order.limits)
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
        os._exit(within.TOO_MUCH)


def send(reply: Reply) -> None:
    """Writes one reply for the platform to read."""
    within.send(_encode(reply))


if __name__ == "__main__":
    main()
