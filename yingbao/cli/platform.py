"""Makes Django ready for commands that need the database. 命令行准备"""

from __future__ import annotations

import os

from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def ready() -> None:
    """Set Django up; the embedded database starts at the first connection."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yingbao.settings")
    import django

    django.setup()


def create_database() -> None:
    """Make the database if the server does not have it yet, and bring its tables up to date. 建库"""
    import psycopg
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.exceptions import InconsistentMigrationHistory, NodeNotFoundError

    wanted = connection.get_connection_params() | {"dbname": "postgres"}
    address = {name: wanted[name] for name in ("host", "port", "user", "password", "dbname") if wanted.get(name)}
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**address, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    try:
        call_command("migrate", verbosity=0)
    except (InconsistentMigrationHistory, NodeNotFoundError) as error:
        # It stopped between two of the migrations that were squashed (ADR 38); those are no longer here.
        raise Refused(
            where=name,
            what=Text(
                "这个数据库是较早的版本建的，没有升级到底",
                "this database was made by an earlier version and never brought up to date",
            ),
            mend=Text(
                "先用建它的那个版本运行 yingbao migrate；演示库可用 --fresh 重建",
                "run yingbao migrate of the version that made it first; a demonstration begins anew with --fresh",
            ),
        ) from error
