"""Sessions in the database, written when they changed or are a minute older, and not at every request. 会话存储

A session ends half an hour after the last request. To write the row each time costs every page a transaction; so the
end that stands in the row may be up to a minute early.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

WRITTEN_EVERY = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """A session that is written only if there is something to write. 会话"""

    _as_read: tuple[bytes, datetime] | None = None
    """what the row held, and when it ends"""

    def load(self) -> dict[str, Any]:
        """Read the row, and keep in mind what it held. 读取"""
        row = self.model.objects.filter(session_key=self.session_key, expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        self._as_read = self._written(data), row.expire_date
        return data

    def save(self, must_create: bool = False) -> None:
        """Write the row, unless it holds the same already and lasts. 保存"""
        if not must_create and self.session_key is not None and self._holds():
            return
        self._as_read = None
        super().save(must_create)

    def _holds(self) -> bool:
        """Whether the row says what this session says; compared as written, so that a change inside a list counts."""
        data = dict(self.items())  # read before what the row held is known
        if self._as_read is None:
            return False
        held, ends = self._as_read
        lasts = ends - timezone.now() > timedelta(seconds=self.get_expiry_age()) - WRITTEN_EVERY
        return lasts and self._written(data) == held

    def _written(self, data: dict[str, Any]) -> bytes:
        written: bytes = self.serializer().dumps(data)
        return written
