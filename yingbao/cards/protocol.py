"""What the platform and the child process that opens pictures say to each other. 照片子进程协议

How they say it stands in `apart`.
"""

from __future__ import annotations

import msgspec

from yingbao.apart.within import Limits
from yingbao.policy.model import PhotoForm
from yingbao.values.text import Text

ONE_PICTURE = Limits(cpu_seconds=20, wall_seconds=30.0)
"""a zip's child has as long for each"""


class Order(msgspec.Struct, frozen=True):
    """Look at one picture, or at the pictures of a zip. 检查要求"""

    where: str
    """what the file is called in a refusal; never the name of an uploaded file"""
    form: PhotoForm
    zipped: bool = False
    skip: int = 0
    """so many files of the zip have been looked at"""
    limits: Limits = ONE_PICTURE


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
