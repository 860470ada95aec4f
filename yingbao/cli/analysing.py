"""`yingbao policy new`, `try`, `simulate`: what a policy analyst works with. 政策分析命令"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yingbao.cli.determine import Day
from yingbao.cli.language import chosen, speaking
from yingbao.cli.refusing import refusing
from yingbao.values.text import Text

if TYPE_CHECKING:
    from yingbao.determination.trying import Shown
    from yingbao.policy.model import Policy


@click.command()
@click.argument("policy", metavar="AREA/YEAR")
@click.option("--name", default="", help="What the city is called, 泰州市 or taizhou; default: the division's name.")
@click.option("--from", "last", help="Begin from this policy, an id or a file, rather than from the template.")
@click.option("--out", type=click.Path(path_type=Path), help="The new file; default: its place among the policies.")
@speaking
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
        form = beginning.keep(begun.text, path)
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
    if form:
        told = Text("编辑器补全和检查用的格式写入 {path}。", "The form by which editors complete and check it: {path}.")
        click.echo(told.filled(path=_from_here(form)).said(chosen()))
    then = Text("改完运行：yingbao policy check {path}", "Then run: yingbao policy check {path}")
    click.echo(then.filled(path=_from_here(path)).said(chosen()))


@click.command("try")
@click.argument("policy")
@click.argument("facts", type=click.Path(path_type=Path))
@click.option("--as-of", type=Day(), help="Stands in where paid_on is empty; default: today, or the first open day.")
@click.option("--against", help="Another policy, an id or a file: who changes, and how; another year's days are moved.")
@click.option("--first", default=10, show_default=True, help="So many children are shown one by one.")
@click.option("--person", "persons", multiple=True, help="Shows this child, by its person_id; may be said again.")
@click.option(
    "--school",
    default="",
    help="The six-digit division of the school whose list it is; needed where no column says so.",
)
@speaking
def try_(
    policy: str, facts: Path, as_of: date | None, against: str | None, first: int, persons: tuple[str, ...],
    school: str,
) -> None:  # fmt: skip
    """Try POLICY on the children in FACTS. 用名单试算

    FACTS is a file of facts (CSV, Parquet) or a workbook as a clerk has it. Nothing is written anywhere.
    """
    # Imported here: other commands start without them.
    from yingbao.determination.telling import lines
    from yingbao.determination.trying import day_to_try, tried
    from yingbao.policy.catalogue import policy_of
    from yingbao.spreadsheet.facts_faults import check_rows
    from yingbao.spreadsheet.facts_sheet import FactsSheet, facts_source
    from yingbao.spreadsheet.school_of_list import check_school, school_said

    said = chosen()
    with refusing():
        loaded = policy_of(policy)
        other, named = _other(against, loaded) if against else (None, None)
        where_school = school_said(school, loaded)
        source = facts_source(facts, on=_today(), near=loaded.pooling_area, school=where_school)
        check_rows(source, where=str(facts))
        compared = [each for each in (loaded, other) if each is not None]
        check_school(source, compared, where=str(facts), said=where_school)
        day = as_of or day_to_try(loaded, _today())
        found = tried(loaded, source, where=str(facts), as_of=day, against=other, first=first, persons=persons)
    for note in source.notes if isinstance(source, FactsSheet) else ():
        click.echo(note.said(said), err=True)
    for told, names in (
        (Text("无法识别的列，已略过：{names}", "unknown columns are passed over: {names}"), found.unknown),
        (Text("名单里没有这些列，都按空处理：{names}", "not in the file, so empty for all: {names}"), found.missing),
    ):
        if names:
            click.echo(told.filled(names=", ".join(names)).said(said), err=True)
    head = Text("{policy} · 缴费日 {day}（名单里写明的除外）", "{policy} · paid on {day} where the file gives no day")
    click.echo(head.filled(policy=loaded.policy, day=day).said(said))
    for line in lines(found.figures, loaded, other, named):
        click.echo(line.said(said))
    for child in found.children:
        for line in _child(child, loaded, other):
            click.echo(line.said(said))
    for name in sorted(set(persons) - {child.decision.person_id for child in found.children}):
        click.echo(Text("名单里没有 {name}", "{name} is not in the file").filled(name=name).said(said), err=True)


def _child(child: Shown, policy: Policy, against: Policy | None) -> Iterator[Text]:
    """One child: what was decided, why, and what another policy would have said."""
    from yingbao.determination.telling import side_of

    decision = child.decision
    yield Text("{id}：{side}", "{id}: {side}").filled(id=decision.person_id, side=side_of(decision, policy))
    if child.before is not None and against is not None:
        word = Text("  原来：{side}", "  before: {side}") if child.changed else Text("  与原来相同", "  as before")
        yield word.filled(side=side_of(child.before, against))
    for reason in child.reasons:
        yield Text("  [{clause}] {sentence}（{rule}）", "  [{clause}] {sentence} ({rule})").filled(
            clause=reason.clause, sentence=reason.sentence, rule=reason.rule
        )


@click.command()
@click.argument("policy")
@click.option("--season", help="Whose children: a season's number, or its policy's id; default: the policy's own.")
@click.option("--as-of", type=Day(), help="The day on which lists hold; default: today, or the first open day.")
@click.option("--pay-on", type=Day(), help="The day on which everyone pays; default: the same day.")
@click.option("--against", help="Another policy, an id or a file; default: what is in force, else last year's.")
@click.option("--by", type=click.Choice(["place", "stage", "hukou"]), multiple=True, help="Parted so, too.")
@speaking
def simulate(
    policy: str, season: str | None, as_of: date | None, pay_on: date | None, against: str | None,
    by: tuple[str, ...],
) -> None:  # fmt: skip
    """Reckon POLICY for everyone on the platform. 全员测算

    How many pay how much, what each payer pays, who would fall out by which rule, and what changes. Reads the database
    and writes nothing; nothing of a single child is told.
    """
    # Imported here: only this command needs the database.
    from yingbao.cli.platform import ready

    ready()
    from yingbao.collection.earlier_years import notes_on_earlier_years
    from yingbao.determination.telling import lines, parts
    from yingbao.determination.trying import day_to_try
    from yingbao.enrolment import forecasting
    from yingbao.policy import catalogue, terms

    said = chosen()
    with refusing():
        path = catalogue.find(policy)
        loaded = catalogue.policy_of(path)
        whose = forecasting.season_named(season) if season else forecasting.season_of(loaded)
        other: forecasting.Against | None
        if against:
            other = forecasting.Against(*_other(against, loaded))
        else:
            other = forecasting.held_against(loaded, catalogue.text_of(path))
        day = as_of or day_to_try(loaded, _today())
        told = forecasting.forecast(season=whose, policy=loaded, against=other, on=day, paid_on=pay_on)
    head = Text("{policy} · {season} 的人口 · 名单按 {on} · 缴费日 {paid}",
                "{policy} · the children of {season} · lists of {on} · paid on {paid}")  # fmt: skip
    filled = head.filled(policy=loaded.policy, season=whose.policy, on=told["on"], paid=told["paid_on"])
    click.echo(filled.said(said))
    for note in notes_on_earlier_years(whose.pooling_area, loaded.plan_year):
        click.echo(Text("注意：{note}", "Note: {note}").filled(note=note).said(said))
    for line in lines(told, loaded, other.policy if other else None, other.said if other else None):
        click.echo(line.said(said))
    names = {
        "place": {key: Text(**each) for key, each in told["places"].items()}, "stage": terms.STAGES,
        "hukou": forecasting.HUKOU,
    }  # fmt: skip
    for name in by:
        click.echo(forecasting.PARTED[name].said(said))
        for line in parts(told["by"][name], names[name]):
            click.echo(line.said(said))


def _other(against: str, policy: Policy) -> tuple[Policy, Text]:
    """The policy to compare with, and what it is; one of another year as if its rules held in this one."""
    from yingbao.policy import catalogue, moving

    path = catalogue.find(against)
    found = catalogue.policy_of(path)
    if found.plan_year == policy.plan_year:
        return found, Text(against, against)
    said = Text("{name} 的规则（移到 {year} 年度）", "the rules of {name}, moved to {year}")
    moved = moving.in_year(catalogue.text_of(path), policy.plan_year)
    return moved, said.filled(name=found.policy, year=policy.plan_year)


def _today() -> date:
    from yingbao.values.clock import today

    return today()


def _with_directory(text: str, source: Path | None, path: Path) -> Path | None:
    """The policy's directory of schools goes along, as the new year's."""
    from yingbao.policy import beginning, catalogue, moving

    begun, before = (catalogue.policy_in(each, "policy.yaml") for each in (text, catalogue.text_of(source or path)))
    if begun.directory is None or before.directory is None or source is None:
        return None
    whole = catalogue.text_of(source.parent / before.directory)
    beginning.keep(moving.directory_moved(whole, begun.policy), path.parent / begun.directory, kind="directory")
    return path.parent / begun.directory


def _from_here(path: Path) -> str:
    """The path from here if it lies below, as people write it."""
    here, whole = Path.cwd(), path.absolute()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(path)
