"""How a database says that it holds a demonstration, and of which size: a comment on itself. 演示标记

So nothing but a demonstration is ever thrown away, and a half-filled one cannot be taken for a whole one: the
comment is written in the transaction that fills.
"""

from __future__ import annotations

from datetime import date

import msgspec
import psycopg
from django.db import connection
from psycopg import sql

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

EDITION = 2
"""goes up whenever the demonstration holds something new"""
_LOCK = 0x59424445


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What demonstration a database holds. 演示标记"""

    demonstration: int
    """its edition"""
    children: int
    seed: int
    day: date
    """for which the decisions were reckoned"""


def found() -> Mark | None:
    """The demonstration that this database holds, if it holds one. 查找标记"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        (comment,) = cursor.fetchone()
    return _read(comment)


def write(mark: Mark) -> None:
    """Mark this database, in the transaction at hand. 写标记"""
    with connection.cursor() as cursor:
        name = sql.Identifier(connection.settings_dict["NAME"])
        comment = sql.Literal(msgspec.json.encode(mark).decode())
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, comment))


def lock() -> None:
    """Let one process at a time fill, until the transaction ends. 加锁"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def throw_away() -> None:
    """Drop the database if it holds a demonstration; one that holds nothing is left as it is. 清除演示数据

    Raises Refused if it holds something else.
    """
    name = connection.settings_dict["NAME"]
    address = connection.get_connection_params()
    kept = {key: address[key] for key in ("host", "port", "user", "password") if address.get(key)}
    with psycopg.connect(**kept, dbname="postgres", autocommit=True) as server:
        row = server.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if row is not None and _read(row[0]) is not None:
            connection.close()
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def refuse_unless_empty() -> None:
    """Raise Refused if organisations stand in a database that is no demonstration. 须为空库"""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM agents_organisation)")
        (occupied,) = cursor.fetchone()
    if occupied:
        raise Refused(
            where=str(connection.settings_dict["NAME"]),
            what=Text("数据库里已有其他数据，不是演示", "The database holds something else than a demonstration"),
            mend=Text(
                "用 YINGBAO_HOME 指定另一个文件夹，或用 YINGBAO_DATABASE_URL 指定一个空数据库。",
                "Name another folder in YINGBAO_HOME, or an empty database in YINGBAO_DATABASE_URL.",
            ),
        )


def _read(comment: str | None) -> Mark | None:
    try:
        return msgspec.json.decode(comment or "", type=Mark)
    except msgspec.MsgspecError:
        return None
