"""`yingbao determine`: a file of facts in, a file of decisions out. 核定命令"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import click

from yingbao.cli.language import chosen
from yingbao.cli.refusing import refusing
from yingbao.values.text import Text


class Day(click.ParamType):
    """A day written YYYY-MM-DD. 日期参数"""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                raise ValueError(value)
            return date.fromisoformat(value)
        except ValueError:
            said = Text(
                zh=f"“{value}”不是日期，应形如 2019-09-01。", en=f"{value!r} is no date; write it as 2019-09-01."
            )
            return self.fail(said.said(chosen()), param, ctx)


@click.command()
@click.argument("policy")
@click.argument("facts", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--as-of", type=Day(), help="Stands in where paid_on is empty; default: today, China time.")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True)
@click.option("--master", help="The Spark cluster, for --engine spark.  [default: local[*]]")
def command(policy: str, facts: Path, out: Path, as_of: date | None, engine: str, master: str | None) -> None:
    """Decide for every child in FACTS under POLICY and write OUT. 核定

    POLICY is a policy's id, such as 320500/2020, or a policy file. FACTS and OUT end in .csv or .parquet.
    """
    if master is not None and engine != "spark":
        said = Text(zh="--master 只用于 --engine spark。", en="--master goes with --engine spark.")
        raise click.UsageError(said.said(chosen()))
    with refusing():
        # Imported here: a wrong option is told before anything large is loaded, and Spark only if it is asked for.
        from yingbao.policy.catalogue import policy_of

        loaded, day = policy_of(policy), as_of or _today()
        if engine == "spark":
            from yingbao.determination.spark import run as run_on_spark

            run_on_spark(loaded, facts, out, day, _warn, master or "local[*]")
        else:
            from yingbao.determination.files import run

            run(loaded, facts, out, day, _warn)


def _today() -> date:
    from yingbao.values.clock import today

    return today()


def _warn(said: Text) -> None:
    click.echo(said.said(chosen()), err=True)
