"""The program that opens one uploaded picture, or a zip of them, apart: `python -m yingbao.cards.child`. 照片子进程

It bounds itself before it looks at the file. A zip's pictures are told one by one, so that one on which it dies costs
that one alone: the platform starts another child behind it.
"""

from __future__ import annotations

import os

import msgspec

from yingbao.apart import within
from yingbao.cards.protocol import Declined, Done, Fit, Order, Reply, Unfit
from yingbao.values.refusal import Refused


def main() -> None:
    """Reads the order, does it, and says how it ended."""
    said, data = within.received()
    order = msgspec.msgpack.Decoder(Order).decode(said)
    within.bound(order.limits)
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
        os._exit(within.TOO_MUCH)
    send(Done())


def send(reply: Reply) -> None:
    """Writes one reply for the platform to read."""
    within.send(msgspec.msgpack.encode(reply))


if __name__ == "__main__":
    main()
