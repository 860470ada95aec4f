"""`yingbao migrate`: make the database or bring it up to date. 数据库升级"""

from __future__ import annotations

import click

from yingbao.cli.platform import create_database, ready


@click.command()
def command() -> None:
    """Create the database if needed and bring its tables up to date."""
    ready()
    create_database()
    click.echo("the database is up to date")
