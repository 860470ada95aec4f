"""Where a file of decisions comes to stand: whole under its name, or not there. 输出文件

The file is written without a name, or where that cannot be under a hidden one beside OUT, and takes OUT's
name when it is complete. So a refusal, a full disk or a kill leaves what was there before.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_PROC = "/proc/self/fd"


@contextmanager
def replacing(out: Path) -> Iterator[str]:
    """A path to write to, which becomes `out` when the block ends well and vanishes when it does not. 原子替换"""
    hidden = out.parent / f".{out.name}.{os.getpid()}"
    try:
        if out.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        nameless = _nameless(out.parent)
        if nameless is None:
            hidden.touch()
    except OSError as error:
        raise unwritable(out, error) from None
    try:
        yield str(hidden) if nameless is None else f"{_PROC}/{nameless}"
        if nameless is not None:
            _name(nameless, hidden)
        hidden.replace(out)
    except OSError as error:
        raise unwritable(out, error) from None
    finally:
        if nameless is not None:
            os.close(nameless)
        with suppress(OSError):
            hidden.unlink()


def _nameless(folder: Path) -> int | None:
    """A file in the folder that has no name yet, so that even a kill leaves nothing; None where there is no such."""
    if not hasattr(os, "O_TMPFILE") or not os.path.isdir(_PROC):
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o666)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            return None
        raise


def _name(nameless: int, hidden: Path) -> None:
    """Give a file its name; with a folder's descriptor os.link follows the link in /proc."""
    folder = os.open(hidden.parent, os.O_RDONLY)
    try:
        os.link(f"{_PROC}/{nameless}", hidden.name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        # Some sandboxes forbid the link; a copy is slower and as whole. Imported here for a quick start.
        import shutil

        shutil.copyfile(f"{_PROC}/{nameless}", hidden)
    finally:
        os.close(folder)


def unwritable(out: Path, error: OSError) -> Refused:
    """The refusal of a place where nothing can be written. 无法写入"""
    reason = error.strerror or str(error)
    return Refused(
        where=str(out),
        what=Text(zh=f"无法写入（{reason}）", en=f"it cannot be written ({reason})"),
        mend=Text(
            zh="请换一个可以写入、空间足够的文件夹；原有文件没有改动。",
            en="Name a file in a folder that can be written to and has room; nothing was changed.",
        ),
    )
