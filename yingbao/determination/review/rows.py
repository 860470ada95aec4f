"""Rows that no child reaches, and why; rows whose order alone decides. 达不到的规则与重叠的规则"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from yingbao.determination.counter import determine_one
from yingbao.determination.review.boxes import Box, lies_in, met
from yingbao.determination.review.finding import Finding, as_facts
from yingbao.determination.review.reach import Reach
from yingbao.policy.outcomes import outcome
from yingbao.policy.rules import Rule, SubsidyRule
from yingbao.values.text import Text

ABOUT = {"id", "clause", "because", "when"}
"""What a row is called and when it holds; the rest is what follows."""


def unmet_criteria(reach: Reach) -> Iterator[Finding]:
    """Criteria that hold for no child at all. 永不成立的条件"""
    for name, criterion in reach.policy.criteria.items():
        if reach.space.asks(name) and not reach.space.boxes_of(name):
            what = Text(
                zh="条件 {name}（{says}）对任何孩子都不成立", en="The criterion {name} ({says}) holds for no child"
            )
            yield Finding(
                "error",
                ("criteria", name),
                what.filled(name=name, says=criterion.says),
                Text(zh="改正它的日期、数字或区域。", en="Mend its dates, numbers or area."),
            )


def unreached(reach: Reach) -> Iterator[Finding]:
    """Rows that decide no child, each with what stands in the way. 达不到的规则"""
    for table, rules in reach.rules.items():
        if not reach.before[table]:
            continue
        for place, rule in enumerate(rules):
            if not reach.decided[table][place]:
                yield _spare(table, place, rule) if not rule.when else _never(reach, table, place)
            elif rule.when and not reach.space.can_be(reach.boxes(table, place)):
                yield _of_nobody(reach, table, place)


def _spare(table: str, place: int, rule: Rule) -> Finding:
    what = Text(
        zh="{table} 表的最后一条 {rule} 轮不到任何孩子，前面的规则已全部覆盖",
        en="No child reaches {rule}, the last row of {table}; the rows above it take every child",
    )
    return Finding(
        "hint",
        ("tables", table, place, "id"),
        what.filled(table=table, rule=rule.id),
        Text(
            zh="可以保留；也可把最后一条的条件去掉、合并。",
            en="It may stay; or the row above it can do without criteria.",
        ),
    )


def _of_nobody(reach: Reach, table: str, place: int) -> Finding:
    what = Text(
        zh="规则 {rule} 只轮到不会有的孩子（缴费日在出生之前，或在校而没有学校）",
        en="Only a child that cannot be reaches {rule} (paid for before birth, or at school without a school)",
    )
    return Finding(
        "warning",
        ("tables", table, place, "id"),
        what.filled(rule=reach.rules[table][place].id),
        Text(zh="核对条件和前面的规则。", en="Look at its criteria and at the rows above it."),
        example=_child(reach, reach.boxes(table, place)),
    )


def _never(reach: Reach, table: str, place: int) -> Finding:
    """A row that decides nobody: taken by others, contradictory, or about children who never come so far."""
    would = reach.would_hold(table, place)
    if would:
        return _taken(reach, table, place, would)
    names = _conflict(reach, table, place)
    said = Text(
        zh="、".join(f"{name}（{reach.policy.criteria[name].says.zh}）" for name in names),
        en=", ".join(f"{name} ({reach.policy.criteria[name].says.en})" for name in names),
    )
    if _everywhere(reach, names):
        what = Text(
            zh="规则 {rule} 永远轮不到：走到 {table} 表的孩子（有参保资格、可以缴费的）都不符合 {names}",
            en="{rule} is never reached: no child who comes to {table}, eligible and able to pay, has {names}",
        )
        mend = Text(zh="改正条件，或删去这条规则。", en="Mend the criterion, or remove the rule.")
    elif len(names) == 1:
        what = Text(zh="规则 {rule} 永远轮不到：{names} 从不成立", en="{rule} is never reached: {names} never holds")
        mend = Text(zh="改正这个条件。", en="Mend that criterion.")
    else:
        what = Text(
            zh="规则 {rule} 永远轮不到：{names} 互相排斥", en="{rule} is never reached: {names} exclude each other"
        )
        mend = Text(zh="去掉其中一个条件，或改正它。", en="Take one of them out, or mend it.")
    return Finding(
        "error",
        ("tables", table, place, "when"),
        what.filled(rule=reach.rules[table][place].id, table=table, names=said),
        mend,
        example=_nearly(reach, table, place, names),
    )


def _taken(reach: Reach, table: str, place: int, would: list[Box]) -> Finding:
    rules = reach.rules[table]
    takers = [rule.id for n, rule in enumerate(rules) if n != place and met(reach.boxes(table, n), would)]
    what = Text(
        zh="规则 {rule} 永远轮不到：符合它的孩子都已由 {takers} 决定",
        en="{rule} is never reached: every child for whom it holds is taken by {takers}",
    )
    return Finding(
        "error",
        ("tables", table, place, "id"),
        what.filled(rule=rules[place].id, takers=Text(zh="、".join(takers), en=", ".join(takers))),
        Text(
            zh="把它移到那些规则之前，或改正条件，或删去。",
            en="Move it above them, mend its criteria, or remove it.",
        ),
        example=_child(reach, would),
    )


def _conflict(reach: Reach, table: str, place: int) -> tuple[str, ...]:
    """The fewest of a row's criteria that hold together for no child who comes to the table."""
    names = reach.rules[table][place].when
    for many in range(1, len(names) + 1):
        for some in combinations(names, many):
            if not _together(reach, table, some):
                return some
    return tuple(names)


def _together(reach: Reach, table: str, names: Iterable[str]) -> list[Box]:
    """The children who come to a table and have all these criteria."""
    return [box for piece in reach.before[table] for box in met([piece.box], reach.fulfilling(names, piece))]


def _everywhere(reach: Reach, names: tuple[str, ...]) -> bool:
    """Whether the criteria hold together for some child, if only for one who never comes to the table."""
    facts = [name for name in names if reach.policy.criteria[name].decided is None]
    return len(names) == 1 or len(facts) == len(names) if reach.of_facts(facts) else False


def _nearly(reach: Reach, table: str, place: int, names: tuple[str, ...]) -> dict[str, str] | None:
    """A child who has all the row's criteria but one of those in conflict."""
    for name in reversed(names):
        rest = [each for each in reach.rules[table][place].when if each != name]
        if found := _together(reach, table, rest):
            return _child(reach, found)
    return None


def _child(reach: Reach, boxes: Iterable[Box]) -> dict[str, str] | None:
    child = reach.space.child_in(boxes)
    return None if child is None else as_facts(child)


def overlapping(reach: Reach) -> Iterator[Finding]:
    """Two rows that hold for one child with different results, neither a part of the other. 重叠的规则"""
    for table, rules in reach.rules.items():
        if table == "subsidy" and reach.policy.several_subsidies == "best":
            continue
        would = [reach.would_hold(table, place) for place in range(len(rules))]
        for first, second in combinations(range(len(rules)), 2):
            one, other = rules[first], rules[second]
            if not other.when or follows(one) == follows(other):
                continue
            both = reach.space.can_be(met(reach.boxes(table, first), would[second]))
            if not both or lies_in(would[first], would[second]) or lies_in(would[second], would[first]):
                continue
            what = Text(
                zh="{one}（{said}）和 {other}（{not_said}）会同时成立，由先后次序决定，{one} 在前",
                en="{one} ({said}) and {other} ({not_said}) can hold for one child; their order decides, {one} first",
            )
            child = _child(reach, both)
            mend = Text(zh="次序若符合文件本意，无需改动。", en="Nothing to do if the order is what the notice means.")
            if child is not None and _helps_more(reach, other, one, child):
                mend = Text(
                    zh="后一条让家庭少缴；若应取最优，写 several_subsidies: best，或调换次序。",
                    en="The second would leave the family less: if the best counts, several_subsidies: best says so.",
                )
            yield Finding(
                "hint",
                ("tables", table, second, "id"),
                what.filled(
                    one=one.id,
                    other=other.id,
                    said=outcome(one, reach.policy),
                    not_said=outcome(other, reach.policy),
                ),
                mend,
                example=child,
            )


def _helps_more(reach: Reach, one: Rule, other: Rule, child: dict[str, str]) -> bool:
    """Whether one subsidy pays more of the child's premium than the other."""
    if not isinstance(one, SubsidyRule) or not isinstance(other, SubsidyRule):
        return False
    premium_fen = determine_one(reach.policy, child, reach.policy.cover_from).premium_fen
    return one.subsidised_fen(premium_fen) > other.subsidised_fen(premium_fen)


def follows(rule: Rule) -> dict[str, object]:
    """What a row says apart from its name and its criteria. 规则结果"""
    return {name: getattr(rule, name) for name in rule.__struct_fields__ if name not in ABOUT}
