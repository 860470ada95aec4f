"""Has a workbook opened in a process of its own; how stands in `apart`. 隔离处理"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from yingbao.apart import outside
from yingbao.spreadsheet.container import MOST_ROWS
from yingbao.spreadsheet.protocol import Declined, Done, Order, Reply
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_PROGRAM = "yingbao.spreadsheet.child"
_TOO_MUCH = Text(
    zh="文件在限定的内存和时间内打不开：内容过多，或结构异常",
    en="the file cannot be opened within the memory and time allowed: it holds too much, or is built oddly",
)
_MEND_TOO_MUCH = Text(
    zh="把名单复制到新的工作簿，只粘贴数值，删去别的工作表；超过{most}行的分成几个文件上传",
    en="copy the list into a new workbook, pasting values only, without other sheets; "
    "split a list of more than {most} rows",
).filled(most=MOST_ROWS)


def replies(order: Order, data: bytes) -> Iterator[Reply]:
    """What the child says about the file, one thing after the other; the last is Done. 逐条返回

    Raises Refused if the child refuses the file, or has to be ended, or ends by itself. The child is
    gone when the iteration ends, however it ends.
    """
    decode = msgspec.msgpack.Decoder(Reply).decode
    try:
        for said in outside.replies(_PROGRAM, msgspec.msgpack.encode(order), data, limits=order.limits):
            reply = decode(said)
            if isinstance(reply, Declined):
                raise Refused(where=reply.where, what=reply.what, mend=reply.mend)
            yield reply
            if isinstance(reply, Done):
                return
    except outside.Died:
        raise Refused(where=order.filename, what=_TOO_MUCH, mend=_MEND_TOO_MUCH) from None
