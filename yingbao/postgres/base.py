"""Django's PostgreSQL backend, which starts the embedded server when no other is named. 数据库连接"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base

from yingbao.postgres.embedded import socket_folder


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects to `EMBEDDED` (a data folder) if the settings name one, else as Django does."""

    seat: dict[str, Any] | None = None
    """under whose database role it works (`web.wall`); None: the owner's"""
    sit_again: Callable[[], None] | None = None
    """what is called where a connection is made anew in the middle of a request"""

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.seat is not None and self.sit_again is not None:
            self.sit_again()

    def get_connection_params(self) -> dict[str, Any]:
        embedded = self.settings_dict.get("EMBEDDED")
        if embedded:
            self.settings_dict["HOST"] = socket_folder(Path(embedded))
        return super().get_connection_params()
