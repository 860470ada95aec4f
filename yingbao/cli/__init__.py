"""The command `yingbao`; each subcommand is imported only when it is called. 命令行"""

from __future__ import annotations

import importlib

import click

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


@click.command(cls=LazyGroup)
def main() -> None:
    """Yingbao 应保: every child who should be covered is covered."""
