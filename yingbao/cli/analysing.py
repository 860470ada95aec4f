"""`yingbao policy new`, `try`, `simulate`: what a policy analyst works with. 政策分析命令"""

from __future__ import annotations

import os
from pathlib import Path

import click

from yingbao.cli.language import chosen
from yingbao.cli.refusing import refusing
from yingbao.values.text import Language, Text

LANGUAGE = click.option("--language", type=click.Choice(["zh", "en"]), help="As YINGBAO_LANG says, unless named.")


@click.command()
@click.argument("policy", metavar="AREA/YEAR")
@click.option("--name", default="", help="What the city is called, 泰州市 or taizhou; default: the division's name.")
@click.option("--from", "last", help="Begin from this policy, an id or a file, rather than from the template.")
@click.option("--out", type=click.Path(path_type=Path), help="The new file; default: its place among the policies.")
def new(policy: str, name: str, last: str | None, out: Path | None) -> None:
    """Begin the policy AREA/YEAR, such as 321200/2027. 新建政策

    From a commented template, or with --from last year's policy with its days moved. What has to be looked at beside
    the notice carries a comment `# 核对 / check`. A file that is there already is never overwritten.
    """
    # Imported here: other commands start without it.
    from yingbao.policy import beginning, catalogue

    with refusing():
        source = catalogue.find(last) if last else None
        begun = beginning.begun(policy, name=name, last=catalogue.text_of(source) if source else "")
        path = out or beginning.place_of(policy, name)
        beginning.keep(begun.text, path)
        listed = _with_directory(begun.text, source, path)
    told = Text(
        "已写入 {path}。有 {n} 行打了“核对 / check”，对照通知逐行改。",
        "Wrote {path}. {n} lines are marked “核对 / check”: hold them against the notice.",
    )
    click.echo(told.filled(path=_from_here(path), n=begun.marked).said(chosen()))
    if listed:
        copied = Text("街道学校对应表写入 {path}，也请核对。", "Its directory went to {path}; look at it too.").filled(
            path=_from_here(listed)
        )
        click.echo(copied.said(chosen()))
    then = Text("改完运行：yingbao policy check {path}", "Then run: yingbao policy check {path}")
    click.echo(then.filled(path=_from_here(path)).said(chosen()))


def _with_directory(text: str, source: Path | None, path: Path) -> Path | None:
    """The policy's directory of schools goes along, as the new year's."""
    from yingbao.policy import beginning, catalogue, moving

    begun, before = (catalogue.policy_in(each, "policy.yaml") for each in (text, catalogue.text_of(source or path)))
    if begun.directory is None or before.directory is None or source is None:
        return None
    whole = catalogue.text_of(source.parent / before.directory)
    beginning.keep(moving.directory_moved(whole, begun.policy), path.parent / begun.directory)
    return path.parent / begun.directory


def spoken(language: Language | None) -> Language:
    """The language asked for; else a clerk's, unless the environment says otherwise. 语言"""
    return language or (chosen() if os.environ.get("YINGBAO_LANG") else "zh")


def _from_here(path: Path) -> str:
    """The path from here if it lies below, as people write it."""
    here, whole = Path.cwd(), path.absolute()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)
