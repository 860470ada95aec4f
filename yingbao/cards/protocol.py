"""What the platform and the child process that opens pictures say to each other. 照片子进程协议

As in spreadsheet/protocol.py: an order with the file behind it goes in, replies come out, each as its length and
msgpack. No pickles: the child has looked at a stranger's file, and what it says is data.
"""

from __future__ import annotations

import struct

import msgspec

from yingbao.policy.model import PhotoForm
from yingbao.values.text import Text

LENGTH = struct.Struct(">I")
"""stands before the order and before each reply"""


class Limits(msgspec.Struct, frozen=True):
    """What a child may use before it is ended. 上限"""

    memory_bytes: int = 1536 * 2**20
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    """for one picture; a zip's child has as long for each"""


class Order(msgspec.Struct, frozen=True):
    """Look at one picture, or at the pictures of a zip. 检查要求"""

    where: str
    """what the file is called in a refusal; never the name of an uploaded file"""
    form: PhotoForm
    zipped: bool = False
    skip: int = 0
    """so many files of the zip have been looked at"""
    limits: Limits = Limits()


class Fit(msgspec.Struct, frozen=True, tag="fit"):
    """A photo that fits. 合格"""

    name: str
    jpeg: bytes
    doubts: tuple[str, ...]


class Unfit(msgspec.Struct, frozen=True, tag="unfit"):
    """A file of which no photo could be made. 不合格"""

    name: str
    what: Text
    mend: Text


class Done(msgspec.Struct, frozen=True, tag="done"):
    """All is said. 结束"""


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """Nothing of the file can be taken: the words of a refusal. 不予受理"""

    what: Text
    mend: Text


Reply = Fit | Unfit | Done | Declined
