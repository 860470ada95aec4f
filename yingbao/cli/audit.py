"""`yingbao audit`: run every invariant of the money and name the rows that break one. 稽核"""

from __future__ import annotations

import sys

import click

from yingbao.cli.language import chosen
from yingbao.cli.platform import ready
from yingbao.values.text import Text


@click.command()
@click.option("--most", default=20, show_default=True, help="So many rows are shown of each invariant that is broken.")
def command(most: int) -> None:
    """Check that the books, what is owed, declared, paid, refunded and receipted agree; exit 1 if anything does not."""
    ready()
    from yingbao.collection.audit import INVARIANTS
    from yingbao.ledger.audit import examine_at_once

    language = chosen()
    findings = examine_at_once(INVARIANTS, most=most)
    for finding in findings:
        click.echo(f"{finding.invariant.id}: {finding.invariant.says.said(language)}", err=True)
        for row in finding.rows:
            click.echo("  " + ", ".join(f"{name}={value}" for name, value in row.items()), err=True)
        if finding.more:
            click.echo("  …", err=True)
    if findings:
        sys.exit(1)
    held = Text("{count}条不变式全部成立", "all {count} invariants hold").filled(count=len(INVARIANTS))
    click.echo(held.said(language))
