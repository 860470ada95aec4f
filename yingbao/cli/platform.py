"""Makes Django ready for commands that need the database. 命令行准备"""

from __future__ import annotations

import os


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

    wanted = connection.get_connection_params() | {"dbname": "postgres"}
    address = {name: wanted[name] for name in ("host", "port", "user", "password", "dbname") if wanted.get(name)}
    name = connection.settings_dict["NAME"]
    with psycopg.connect(**address, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            server.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    call_command("migrate", verbosity=0)
