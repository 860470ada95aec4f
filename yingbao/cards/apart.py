"""Has strangers' pictures opened in a process of their own, with bounds (docs/adr/0005, 0033). 隔离检查"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from yingbao.apart import outside
from yingbao.apart.outside import Died
from yingbao.apart.within import Limits
from yingbao.cards.protocol import ONE_PICTURE, Declined, Done, Fit, Order, Reply, Unfit
from yingbao.policy.model import PhotoForm
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_PROGRAM = "yingbao.cards.child"
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


def inspected(data: bytes, form: PhotoForm, *, where: str, limits: Limits | None = None) -> Fit:
    """One picture, looked at apart. 检查一张照片

    Raises Refused with what is wrong and how to mend it, also if the child did not survive the picture.
    """
    try:
        for reply in _replies(Order(where=where, form=form, limits=limits or ONE_PICTURE), data):
            if isinstance(reply, Unfit):
                raise Refused(where=where, what=reply.what, mend=reply.mend)
            if isinstance(reply, Fit):
                return reply
    except Died:
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
        order = Order(
            where=where,
            form=form,
            zipped=True,
            skip=seen,
            limits=limits or msgspec.structs.replace(ONE_PICTURE, cpu_seconds=3600),
        )
        try:
            for reply in _replies(order, data):
                if not isinstance(reply, Fit | Unfit):
                    return
                seen += 1
                yield reply
        except Died:
            deaths += 1
            if deaths > MOST_DEATHS:
                raise Refused(where=where, what=_TOO_MUCH, mend=_MEND) from None
            seen += 1
            yield Unfit(name=Text("第{n}个文件", "file {n}").filled(n=seen).zh, what=_TOO_MUCH, mend=_MEND)


def _replies(order: Order, data: bytes) -> Iterator[Reply]:
    """What the child says of each picture. Raises Refused, Died."""
    decode = msgspec.msgpack.Decoder(Reply).decode
    # A reply is one finished photo and its words: what says more than that is no child of ours.
    said = outside.replies(
        _PROGRAM, msgspec.msgpack.encode(order), data, limits=order.limits, environment=_ENVIRONMENT, each=True,
        longest=2 * order.form.most_bytes + 2**16,
    )  # fmt: skip
    for one in said:
        reply = decode(one)
        if isinstance(reply, Declined):
            raise Refused(where=order.where, what=reply.what, mend=reply.mend)
        yield reply
        if isinstance(reply, Done):
            return
