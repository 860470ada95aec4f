"""The command `yingbao`; each subcommand is imported only when it is called. 命令行"""

from __future__ import annotations

import importlib
import re
from typing import Any

import click

from yingbao.cli.refusing import refusing
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

COMMANDS = {
    "determine": "yingbao.cli.determine",
    "explain": "yingbao.cli.explain",
    "policy": "yingbao.cli.policy",
    "demo": "yingbao.cli.demo",
    "serve": "yingbao.cli.serve",
    "work": "yingbao.cli.work",
    "migrate": "yingbao.cli.migrate",
    "account": "yingbao.cli.account",
    "audit": "yingbao.cli.audit",
    "message-templates": "yingbao.cli.message_templates",
}
"""Name of each command and the module whose `command` it is."""

NOT_MADE = ("42P01", "42703", "42883")
"""PostgreSQL's word for a table, a column and a function that is not there."""
NO_DATABASE = re.compile(r'FATAL: +database "[^"]*" does not exist')
"""What a connection fails with has no such word."""


class LazyGroup(click.Group):
    """Imports a command's module when it is asked for, so that `determine` starts without Django."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a database without its tables is refused as the contract says, not by a traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            word = getattr(error.__cause__, "sqlstate", None)
            if word not in NOT_MADE and NO_DATABASE.search(str(error)) is None:
                raise
            with refusing():
                raise _not_made() from error


def _not_made() -> Refused:
    return Refused(
        where="PostgreSQL",
        what=Text("数据库还没有建好，或不是这个版本的", "the database is not made yet, or is another version's"),
        mend=Text("运行 yingbao migrate；演示用 make demo。", "Run yingbao migrate; for the demonstration make demo."),
    )


@click.command(cls=LazyGroup)
def main() -> None:
    """Yingbao 应保: every child who should be covered is covered."""
