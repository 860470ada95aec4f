"""`yingbao audit`: the money's invariants; `yingbao audit verify`: the chain over every log. 稽核与核验"""

from __future__ import annotations

import re
import sys
from datetime import datetime

import click

from yingbao.cli.language import chosen
from yingbao.cli.platform import ready
from yingbao.values.text import Text


@click.group(invoke_without_command=True)
@click.option("--most", default=20, show_default=True, help="So many rows are shown of each invariant that is broken.")
@click.pass_context
def command(context: click.Context, most: int) -> None:
    """Check that the books, what is owed, declared, paid, refunded and receipted agree; exit 1 if anything does not.

    `yingbao audit verify` checks the chain of hashes over every log instead.
    """
    if context.invoked_subcommand is None:
        _money(most)


def _money(most: int) -> None:
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


class Digest(click.ParamType):
    """A digest of the chain: 64 hexadecimal digits. 锚值参数"""

    name = "digest"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if re.fullmatch(r"[0-9a-fA-F]{64}", value):
            return value.lower()
        said = Text(
            "“{value}”不是锚值：应为 64 位十六进制数，即以前核验时打印的那一串。",
            "{value!r} is no anchor: it has 64 hexadecimal digits, as an earlier verification printed it.",
        )
        return self.fail(said.said(chosen()).format(value=value), param, ctx)


@command.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was sealed from this day on (China); default: all."
)
@click.option("--anchor", type=Digest(), help="A digest kept elsewhere, which has to be in the chain.")
def verify(since: datetime | None, anchor: str | None) -> None:
    """Check that no sealed row was altered, removed or put in afterwards; exit 1 if one was. 核验

    Prints the digest of the last block: keep it where nobody who can write to this database can write.
    """
    ready()
    from yingbao.trail import verifying
    from yingbao.values.clock import CHINA

    language = chosen()
    report = verifying.verify(since=since.replace(tzinfo=CHINA) if since else None, anchor=anchor or "")
    for finding in report.findings:
        click.echo(finding.text.said(language), err=True)
    if len(report.findings) >= verifying.MOST_FINDINGS:
        more = Text("发现太多，到此为止", "too many findings; stopped here")
        click.echo(more.said(language), err=True)
    told = Text(
        "核对了{blocks}块、{rows}行；发现{count}处问题", "{blocks} blocks, {rows} rows checked; {count} findings"
    )
    click.echo(told.filled(blocks=report.blocks, rows=report.rows, count=len(report.findings)).said(language))
    # An anchor of a chain that does not hold is worth nothing.
    if report.findings:
        sys.exit(1)
    last = Text("锚值（第{number}块，请另处保存）：{digest}", "anchor (block {number}, keep it elsewhere): {digest}")
    click.echo(last.filled(number=report.last_number, digest=report.last_digest).said(language))
