"""Turns a refusal into a message on stderr and exit status 1. 拒绝时的退出码"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from yingbao.cli.language import chosen
from yingbao.values.refusal import Refused


@contextmanager
def refusing() -> Iterator[None]:
    """Let a command's body run; a Refused ends it as the contract says."""
    try:
        yield
    except Refused as refused:
        click.echo(refused.said(chosen()), err=True)
        sys.exit(1)
