"""`yingbao policy`: which policies there are, what one says, whether it is sound, what changed. 政策命令"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import click

from yingbao.cli import analysing
from yingbao.cli.language import chosen, speaking
from yingbao.cli.refusing import refusing
from yingbao.cli.reviewing import reviewed
from yingbao.policy import catalogue, directory
from yingbao.policy.refused import refuse
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


@click.group()
def command() -> None:
    """Policies as data: begun, checked, told, compared, tried, simulated. 政策"""


for each in (analysing.new, analysing.try_, analysing.simulate):
    command.add_command(each)


@command.command("list")
@speaking
def list_() -> None:
    """Which policies there are. 列出政策"""
    with refusing():
        for known in catalogue.available():
            policy = catalogue.policy_of(known.path)
            click.echo(f"{policy.policy}  {policy.name.said(chosen())}  {_shown(known.path)}")


@command.command()
@click.argument("policy")
@speaking
def show(policy: str) -> None:
    """Print POLICY (an id such as 320500/2020, or a file) for a clerk. 说明政策"""
    # Imported here: only this command needs its words.
    from yingbao.policy.describe import describe

    with refusing():
        path = catalogue.find(policy)
        found = catalogue.policy_of(path)
        listed = directory.directory_of(found, path)
        click.echo(describe(found, chosen(), listed), nl=False)


@command.command()
@click.argument("policies", nargs=-1, metavar="[POLICY]...")
@click.option("--hints", is_flag=True, help="Also what may well be meant, such as rows whose order decides.")
@speaking
def check(policies: tuple[str, ...], hints: bool) -> None:
    """Check the named policies, or all of them; every problem is printed. 检查政策

    First whether a file can be read, with each line to mend; then what its rules leave open: days in no window,
    rows that no child reaches, dates and sums that look like slips, each with a child to whom it happens.
    """
    language = chosen()
    refusals = []
    sound = True
    for name in policies or _all():
        try:
            path = catalogue.find(name)
            directory.directory_of(catalogue.policy_of(path), path)
        except Refused as refused:
            refusals.append(refused)
        else:
            sound &= reviewed(path, _shown(path), hints=hints, language=language)
    if not policies:
        refusals += _strays()
    for refusal in refusals:
        click.echo(refusal.said(language), err=True)
    if refusals or not sound:
        sys.exit(1)


@command.command()
@click.argument("old")
@click.argument("new")
@speaking
def diff(old: str, new: str) -> None:
    """Say in words what changed from policy OLD to policy NEW. 比较政策"""
    # Imported here: only this command needs its words.
    from yingbao.policy.difference import difference, directory_difference

    language = chosen()
    with refusing():
        paths = [catalogue.find(name) for name in (old, new)]
        before, after = (catalogue.policy_of(path) for path in paths)
        listed = [directory.directory_of(policy, path) for policy, path in zip((before, after), paths, strict=True)]
        changes = difference(before, after)
        if listed[0] is not None and listed[1] is not None:
            changes += directory_difference(listed[0], listed[1])
    if not changes:
        click.echo(Text(zh="两份政策相同。", en="The two policies are equal.").said(language))
    part = None
    for change in changes:
        if change.part != part:
            part = change.part
            click.echo(part.said(language))
        click.echo(f"  · {change.what.said(language)}")


@command.command()
@click.option("--directory", "of_directory", is_flag=True, help="The form of directory files instead.")
def schema(of_directory: bool) -> None:
    """Print the form of policy files as JSON Schema, for editors. 打印格式"""
    # Imported here: it reads the model's source, which no other command needs.
    from yingbao.policy.schema import text

    click.echo(text("directory" if of_directory else "policy"), nl=False)


def _shown(path: Path) -> str:
    """The path from here if it lies below, as people write it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _all() -> list[str]:
    return [str(known.path) for known in catalogue.available()]


def _strays() -> list[Refused]:
    """Files below the policies' folder that no one would ever find, and policies that stand there twice."""
    known = catalogue.available()
    used = {each.path for each in known}
    for each in known:
        try:
            named = catalogue.policy_of(each.path).directory
        except Refused:
            continue
        if named is not None:
            used.add(each.path.parent / named)
    strays: list[Refused] = [
        refuse(
            path,
            1,
            Text(zh="没有政策用到这个文件", en="No policy uses this file"),
            Text(
                zh="政策文件放在 <统筹区代码>-<名称>/<年度>.yaml；对应表由政策的 directory 指明。",
                en="A policy stands at <pooling area>-<name>/<plan year>.yaml; a directory is named in its policy.",
            ),
        )
        for path in sorted(catalogue.root().rglob("*.y*ml"))
        if path not in used
    ]
    for first, second in pairwise(known):
        if first.policy == second.policy:
            what = Text(zh="{policy} 有两份，另一份是 {other}", en="There are two of {policy}, the other is {other}")
            mend = Text(zh="只留一份。", en="Keep one.")
            strays.append(refuse(second.path, 1, what.filled(policy=first.policy, other=first.path), mend))
    return strays
