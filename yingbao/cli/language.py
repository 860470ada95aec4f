"""In which language the command line speaks. 命令行语言"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

from yingbao.values.text import Language

_ASKED = "yingbao.cli.language"


def chosen() -> Language:
    """As --language says; else as YINGBAO_LANG; else Chinese if the locale is Chinese, and English if not."""
    context = click.get_current_context(silent=True)
    asked = context.meta.get(_ASKED) if context is not None else None
    wanted = asked or os.environ.get("YINGBAO_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or "en"
    return "zh" if wanted.lower().startswith("zh") else "en"


def speaking(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option --language, of every command that an analyst reads. 语言选项"""

    def keep(context: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            context.meta[_ASKED] = value

    option = click.option(
        "--language",
        type=click.Choice(["zh", "en"]),
        callback=keep,
        expose_value=False,
        # Before the others, so that a wrong one is told in it too.
        is_eager=True,
        help="Else as YINGBAO_LANG says, else the locale.",
    )
    return option(command)
