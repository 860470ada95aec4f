"""Children whom only a table's last row takes, where that looks like a slip. 落到兜底规则的儿童"""

from __future__ import annotations

from collections.abc import Iterator

from yingbao.determination.facts import STAGES, Value
from yingbao.determination.review.axes import Run
from yingbao.determination.review.boxes import Box, met, without
from yingbao.determination.review.finding import Finding, as_facts
from yingbao.determination.review.reach import PAYABLE, Reach
from yingbao.determination.rulebook import TABLES
from yingbao.policy import terms
from yingbao.policy.rules import Entitlement, PhaseRule, Rule
from yingbao.values.text import Text

ON_ROLL = tuple(stage for stage in STAGES if stage not in ("none", "university"))
NOT_KNOWN = ("birth_date", "hukou", "identity_type")
"""Columns that may be empty of a child whom the policy did not think of; elsewhere empty is an answer like others."""
FEW_STAGES = 3
"""A policy that names fewer stages is about those alone."""


def of_the_rest(reach: Reach) -> Iterator[Finding]:
    """What the last rows of the tables take that they should not. 兜底规则问题"""
    yield from _open_to_all(reach)
    yield from _stages(reach)
    for table in TABLES:
        yield from _between(reach, table)
        yield from _unknown(reach, table)


def _last(reach: Reach, table: str) -> tuple[int, Rule]:
    return len(reach.rules[table]) - 1, reach.rules[table][-1]


def _open_to_all(reach: Reach) -> Iterator[Finding]:
    """A last row that takes whoever is left, on whatever day."""
    place, rule = _last(reach, "entitlement")
    if isinstance(rule, Entitlement) and rule.agent is not None and reach.decided["entitlement"][place]:
        what = Text(
            zh="entitlement 表的最后一条 {rule} 让其余所有人都能参保，不论户籍、学籍",
            en="The last row of entitlement, {rule}, enrols everyone who is left, wherever they live or study",
        )
        yield Finding(
            "warning",
            ("tables", "entitlement", place, "agent"),
            what.filled(rule=rule.id),
            Text(zh="给它写条件，并在最后加一条 agent: null。", en="Give it criteria, and end with a row agent: null."),
            example=as_facts(reach.space.child_in(reach.boxes("entitlement", place)) or {}),
        )
    place, rule = _last(reach, "phase")
    if isinstance(rule, PhaseRule) and rule.phase in PAYABLE and reach.decided["phase"][place]:
        what = Text(
            zh="phase 表的最后一条 {rule} 让其余的日子都能缴费，多晚都可以",
            en="The last row of phase, {rule}, takes payments on every day that is left, however late",
        )
        yield Finding(
            "warning",
            ("tables", "phase", place, "phase"),
            what.filled(rule=rule.id),
            Text(
                zh="给它写明期限，并在最后加一条 phase: closed。",
                en="Give it a window, and end with a row phase: closed.",
            ),
            example=as_facts(reach.space.child_in(reach.boxes("phase", place)) or {}),
        )


def _stages(reach: Reach) -> Iterator[Finding]:
    """A stage at which a child is not eligible where it would be at every other stage that the policy names."""
    space = reach.space
    eligible = [
        box
        for place, rule in enumerate(reach.rules["entitlement"])
        if isinstance(rule, Entitlement) and rule.agent is not None
        for box in space.can_be(reach.boxes("entitlement", place))
    ]
    asking = [each for each in reach.policy.criteria.values() if each.fact == "school_stage"]
    named = {str(stage) for each in asking for stage in (*(each.any_of or ()), each.is_)}
    at = {stage: space.of_value("school_stage", stage) for stage in ON_ROLL}
    taken = {stage: space.freed("school_stage", met(eligible, [at[stage]])) for stage in ON_ROLL}
    for stage in ON_ROLL:
        others = [other for other in ON_ROLL if other != stage and other in named]
        left = space.can_be(without([at[stage]], taken[stage])) if len(others) >= FEW_STAGES else []
        for other in others:
            left = met(left, taken[other])
        if left:
            what = Text(
                zh="{stage}的孩子不能参保，同样情形的其他学段都可以",
                en="A child at the stage {stage} is not eligible, though at every other stage it would be",
            )
            yield Finding(
                "hint" if stage in named and taken[stage] else "warning",
                ("tables", "entitlement"),
                what.filled(stage=terms.STAGES[stage]),
                Text(
                    zh="看看学段的条件（any_of）是否漏写；文件确实不收时不必改。",
                    en="See whether an any_of of stages lacks it, unless the notice leaves it out.",
                ),
                example=as_facts(space.child_in(left) or {}) | {"school_stage": stage},
            )


def _between(reach: Reach, table: str) -> Iterator[Finding]:
    """Values between those that rows ask for, which only the last row takes: 6 between below 6 and at least 7."""
    space = reach.space
    for column, axis in space.axes.items():
        rows = reach.asking(table, column)
        if len(rows) < 2 or (table == "phase" and column == "paid_on"):
            continue
        # Whom each row would take if this column were something else, and where on its axis the row takes anyone.
        freed = {row: space.freed(column, reach.would_hold(table, row)) for row in rows}
        at = [{row for row in rows if met(reach.boxes(table, row), [space.at(column, n)])} for n in range(len(axis))]
        for n, run in enumerate(axis):
            if at[n]:
                continue
            left = space.can_be(met(reach.boxes(table, len(reach.rules[table]) - 1), [space.at(column, n)]))
            for side in (at[:n], at[n + 1 :]):
                left = met(left, [box for row in set().union(*side) for box in freed[row]])
            if left:
                yield _gap(reach, table, column, run, left)


def _gap(reach: Reach, table: str, column: str, run: Run, left: list[Box]) -> Finding:
    place, rule = _last(reach, table)
    what = Text(
        zh="{table} 表：{fact} {values} 落在前后规则之间，只有最后一条 {rule} 接住",
        en="{table}: {fact} {values} lies between the rows above and below it; only the last row, {rule}, takes it",
    )
    return Finding(
        "warning",
        ("tables", table, place, "id"),
        what.filled(table=table, fact=_fact(column), values=_span(run.first, run.last), rule=rule.id),
        Text(zh="把前后的数字或日期接上。", en="Let the numbers or dates above follow each other without a gap."),
        example=as_facts(reach.space.child_in(left) or {}),
    )


def _span(first: Value, last: Value) -> Text:
    if first == last:
        return Text(zh=str(first), en=str(first))
    return Text(zh=f"{first} 至 {last}", en=f"{first} to {last}")


def _unknown(reach: Reach, table: str) -> Iterator[Finding]:
    """A last row with a sum, a route or cover that only children reach of whom something is not known."""
    place, rule = _last(reach, table)
    left = reach.space.can_be(reach.boxes(table, place))
    if not left or len(reach.rules[table]) == 1 or _refuses(rule):
        return
    for column in NOT_KNOWN:
        if column not in reach.space.columns or not reach.asking(table, column):
            continue
        known = reach.space.known(column)
        if known is not None and not met(left, [known]):
            what = Text(
                zh="{table} 表的最后一条 {rule} 只有{fact}为空的孩子才会轮到",
                en="Only a child whose {fact} is empty reaches {rule}, the last row of {table}",
            )
            yield Finding(
                "hint",
                ("tables", table, place, "id"),
                what.filled(table=table, rule=rule.id, fact=_fact(column)),
                Text(
                    zh="看看结果对这样的孩子是否合适。",
                    en="See whether what it says is right for such a child.",
                ),
                example=as_facts(reach.space.child_in(left) or {}),
            )
            return


def _fact(column: str) -> Text:
    return terms.FACTS.get(column, Text(zh=column, en=column))


def _refuses(rule: Rule) -> bool:
    return (isinstance(rule, Entitlement) and rule.agent is None) or (
        isinstance(rule, PhaseRule) and rule.phase not in PAYABLE
    )
