"""A small SQLite file, so that orders outlive a restart. 存储"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, TypeVar

from simulators.rows import TABLES, Setting

Row = TypeVar("Row")
KINDS = {"str": "TEXT", "int": "INTEGER", "float": "REAL"}
SOUGHT = {
    "Order": ("channel, paid_at", "token", "transaction"),
    "Refund": ("channel, finished", "state", "order"),
    "Delivery": ("state, due_true",),
    "Line": ("account, day", "serial"),
    "Item": ("batch", "end_to_end"),
    "Text": ("recipient, at", "own_id", "reports_left"),
}


class Store:
    """Rows of `rows.TABLES`, each table under its class; every use holds one lock. 存储"""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        for table in TABLES:
            columns = ", ".join(
                f'"{field.name}" {KINDS[str(field.type)]} NOT NULL' + (" PRIMARY KEY" if field.name == "key" else "")
                for field in fields(table)
            )
            self._base.execute(f'CREATE TABLE IF NOT EXISTS "{table.__name__}" ({columns})')
            for place, sought in enumerate(SOUGHT.get(table.__name__, ())):
                names = ", ".join(f'"{name}"' for name in sought.split(", "))
                self._base.execute(
                    f'CREATE INDEX IF NOT EXISTS "{table.__name__}_{place}" ON "{table.__name__}" ({names})'
                )

    @contextmanager
    def changing(self) -> Iterator[None]:
        """All of what happens inside, or none of it; nobody else in between."""
        with self.lock:
            if self._base.in_transaction:
                yield
                return
            self._base.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def put(self, *rows: object) -> None:
        """Write rows, in the place of those with the same key."""
        with self.changing():
            for row in rows:
                values = astuple(row)  # type: ignore[call-overload]
                marks = ", ".join("?" * len(values))
                self._base.execute(f'INSERT OR REPLACE INTO "{type(row).__name__}" VALUES ({marks})', values)  # noqa: S608

    def drop(self, row: object) -> None:
        """Forget a row."""
        with self.lock:
            self._base.execute(f'DELETE FROM "{type(row).__name__}" WHERE key = ?', (row.key,))  # type: ignore[attr-defined] # noqa: S608

    def find(self, table: type[Row], where: str = "", *values: object, **equal: object) -> list[Row]:
        """Rows in the order in which they were first written. `where` is ours, never from outside."""
        tests = ([f"({where})"] if where else []) + [f'"{name}" = ?' for name in equal]
        condition = f" WHERE {' AND '.join(tests)}" if tests else ""
        with self.lock:
            found = self._base.execute(
                f'SELECT * FROM "{table.__name__}"{condition} ORDER BY rowid',  # noqa: S608
                (*values, *equal.values()),
            ).fetchall()
        return [table(*row) for row in found]

    def one(self, table: type[Row], **equal: object) -> Row | None:
        """The first such row, if there is one."""
        found = self.find(table, "", **equal)
        return found[0] if found else None

    def total(self, table: type, column: str, where: str, *values: object) -> int:
        """A sum over rows; `column` and `where` are ours."""
        with self.lock:
            row = self._base.execute(
                f'SELECT coalesce(sum({column}), 0) FROM "{table.__name__}" WHERE {where}',  # noqa: S608
                values,
            ).fetchone()
        return int(row[0])

    def setting(self, key: str, otherwise: Any = None) -> Any:
        """A remembered value."""
        row = self.one(Setting, key=key)
        return json.loads(row.value) if row else otherwise

    def remember(self, key: str, value: Any) -> None:
        """Remember a value that JSON can hold."""
        self.put(Setting(key, json.dumps(value, ensure_ascii=False)))

    def next(self, name: str) -> int:
        """1, 2, 3 and so on under a name, never the same again."""
        with self.changing():
            number = int(self.setting(f"next {name}", 0)) + 1
            self.remember(f"next {name}", number)
            return number

    def close(self) -> None:
        """Nothing can be asked for any more."""
        with self.lock:
            self._base.close()
