"""The files of a class's zip, one after the other, whatever the zip tries; runs in the child process only. 照片包

A name that leads elsewhere, or names that come twice, tell of a zip that was made by a program and not by a clerk: then
nothing of it is taken. Folders are fine, programs that pack make them.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from yingbao.cards.doubts import LARGEST_PHOTO
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST_FILES = 3_000
MOST_UNPACKED = 1_500 * 2**20
"""of all files together; pictures do not shrink in a zip, so an honest one is hardly larger than itself"""
PASSED_OVER = ("__macosx/", "thumbs.db", ".ds_store", "desktop.ini")
"""What programs leave in a zip and nobody put there."""
_ENCRYPTED, _UTF8, _LINK = 0x1, 0x800, 0o120000
_PACK_AGAIN = Text(
    "把照片放进一个文件夹，用系统自带的“压缩”重新打包", "put the photos into one folder and pack it with the system"
)


class Entry(NamedTuple):
    """One file of the zip. 包内文件"""

    name: str
    """without its folders"""
    data: bytes


def entries(data: bytes, *, where: str, skip: int = 0) -> Iterator[Entry]:
    """The files of the zip in their order, from the `skip`-th on. 逐个读出

    Raises Refused for a zip of which nothing is taken. A single file that is too large or broken comes with as much
    of it as shows that.
    """
    try:
        zipped = zipfile.ZipFile(io.BytesIO(data))
        found = [(one, _name(one)) for one in zipped.infolist() if not one.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError):
        raise Refused(
            where=where,
            what=Text("不是 ZIP 压缩包，或已损坏", "not a zip, or a damaged one"),
            mend=_PACK_AGAIN,
        ) from None
    found = [(one, name) for one, name in found if not name.lower().endswith(PASSED_OVER[1:])
             and PASSED_OVER[0] not in f"{name.lower()}/"]  # fmt: skip
    _check_whole(found, where)
    left = MOST_UNPACKED
    for one, name in found[skip:]:
        content = _content(zipped, one)
        left -= len(content)
        if left < 0:
            raise Refused(where=where, what=Text("解开后过大", "too large once unpacked"), mend=_PACK_AGAIN)
        yield Entry(PurePosixPath(name).name, content)


def _check_whole(found: list[tuple[zipfile.ZipInfo, str]], where: str) -> None:
    if not found:
        what = Text("压缩包里没有文件", "there is no file in the zip")
        raise Refused(where=where, what=what, mend=_PACK_AGAIN)
    if len(found) > MOST_FILES:
        what = Text("压缩包里有{n}个文件，最多{most}个", "{n} files in the zip; at most {most}")
        mend = Text("按班级分开打包", "pack class by class")
        raise Refused(where=where, what=what.filled(n=len(found), most=MOST_FILES), mend=mend)
    if any(one.flag_bits & _ENCRYPTED for one, _ in found):
        what = Text("压缩包设了密码", "the zip has a password")
        raise Refused(where=where, what=what, mend=Text("去掉密码重新打包", "pack it without a password"))
    # A name may hold an identity number, so none is told here.
    if any(_leads_elsewhere(one, name) for one, name in found):
        what = Text("压缩包里有指向别处的文件名（.. 或绝对路径）", "a file's name in the zip leads elsewhere (.. or /)")
        raise Refused(where=where, what=what, mend=_PACK_AGAIN)
    if max(Counter(name for _, name in found).values()) > 1:
        what = Text("压缩包里有同名文件", "two files in the zip have the same name")
        raise Refused(where=where, what=what, mend=_PACK_AGAIN)


def _leads_elsewhere(one: zipfile.ZipInfo, name: str) -> bool:
    parts = name.split("/")
    is_link = (one.external_attr >> 16) & 0o170000 == _LINK
    return is_link or name.startswith("/") or ".." in parts or ":" in parts[0] or not parts[-1].strip()


def _name(one: zipfile.ZipInfo) -> str:
    """The name as it was meant: Chinese Windows writes it in its own code without saying so."""
    name = one.orig_filename
    if not one.flag_bits & _UTF8:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        for code in ("utf-8", "gb18030"):
            try:
                name = raw.decode(code)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _content(zipped: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    """The file's bytes, at most one more than a photo may have, whatever the zip says of its size."""
    try:
        with zipped.open(one) as file:
            return file.read(LARGEST_PHOTO + 1)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, zlib.error):
        return b""
