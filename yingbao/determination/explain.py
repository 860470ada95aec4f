"""Why a child was decided so, and why no earlier rule held. 核定理由

The tables are walked here one criterion at a time, for one child, on demand: the frame's bits know that a
row did not hold, but not which criterion failed first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import cast

import msgspec

from yingbao.determination.counter import Decision, determine_one
from yingbao.determination.cover import start_of
from yingbao.determination.criteria import age_on, column_of, seen_as, test_of
from yingbao.determination.facts import Child, Value, read_child
from yingbao.determination.rulebook import TABLES, rulebook_of, rules_of
from yingbao.determination.signs import Limit, Within, inside, timed
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.policy.outcomes import in_doubt, outcome
from yingbao.policy.rules import CoverRule, PremiumRule, Rule, SubsidyRule
from yingbao.values import divisions, money
from yingbao.values.text import Text

UNKNOWN = Text(zh="未知", en="unknown")
BEFORE_BIRTH = Text(
    zh="缴费日早于出生日，请核对这两个日期；由经办人员决定。",
    en="The payment day lies before the day of birth: look at both days. An officer decides.",
)
NO_WAIT = Text(zh="按规定不用等待。", en="By the rules the child does not wait.")
NO_WAIT_FROM = Text(
    zh="按规定不用等待，自{day}起享受待遇。", en="By the rules the child does not wait and is covered from {day}."
)
FROM = Text(zh="{said}本年度待遇自{day}起享受。", en="{said} In this plan year cover begins on {day}.")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Reason(msgspec.Struct, frozen=True):
    """A rule that decided, in words about this child. 理由"""

    table: str
    rule: str
    clause: str
    sentence: Text


class PassedOver(msgspec.Struct, frozen=True):
    """A rule that stood before the deciding one and did not hold. 未成立的规则"""

    table: str
    rule: str
    clause: str
    failed: Text
    """the first criterion that did not hold, and the fact's value"""


class Walked(msgspec.Struct, frozen=True):
    """One table, walked row by row. 逐条判断"""

    table: str
    rule: Rule
    """the row that decides: the first that holds, or of several subsidies the best"""
    before: list[tuple[Rule, str]]
    """the rows that were looked at and do not hold, each with the criterion that failed first"""


def reasons(policy: Policy, facts: Mapping[str, object], decision: Decision, as_of: date) -> list[Reason]:
    """The sentences of the rules that decided, in the order of the tables, then what was earned. 核定理由"""
    child, rules = read_child(facts, as_of), rules_of(policy)
    known = _filling(policy, child, decision)
    told = [
        Reason(table, rule.id, rule.clause, in_doubt(policy, rule, _about(policy, rule, child, decision, known)))
        for table, rule in (rules[name] for name in decision.because)
    ]
    if decision.status != "enrolled":
        return told
    earned = [(reward, int(cast("int", child[reward.counts]))) for reward in policy.rewards]
    return told + [
        Reason(
            "rewards",
            reward.id,
            reward.clause,
            in_doubt(policy, reward, reward.because.filled(**known, raised=money.said(fen))),
        )
        for reward, years in earned
        if (fen := reward.earned_fen(years))
    ]


def _about(policy: Policy, rule: Rule, child: Child, decision: Decision, known: Mapping[str, object]) -> Text:
    """A rule's sentence about the child, and of cover what the rule cannot know.

    That a child of a waiting row does not wait itself, and that its cover begins with the year and not before.
    """
    said = rule.because.filled(**known)
    if not isinstance(rule, CoverRule):
        return said
    if decision.status == "refer" and unborn(policy, child):
        return BEFORE_BIRTH
    begins, wait = decision.coverage_from, rulebook_of(policy).decided(child)[0].wait_months
    if rule.waits and not wait:
        return NO_WAIT if begins is None else NO_WAIT_FROM.filled(day=said_day(begins))
    start = start_of(rule, wait)
    day = child[start.column]
    if begins is None or not isinstance(day, date) or "{coverage_from}" in rule.because.zh:
        return said
    return FROM.filled(said=said, day=said_day(begins)) if start.held_back(day, policy.cover_from) else said


def unborn(policy: Policy, child: Child) -> bool:
    """Whether the payment lies before the birth, where the policy minds. 缴费日是否早于出生日"""
    signs = rulebook_of(policy).signs
    return bool(signs.of_child(child) & signs.unborn)


def _filling(policy: Policy, child: Child, decision: Decision) -> dict[str, object]:
    """What a rule's sentence may leave open for this child."""
    birth, paid, rules = child["birth_date"], child["paid_on"], rules_of(policy)
    premium = next(
        (rule.premium_fen for name in decision.because if isinstance(rule := rules[name][1], PremiumRule)),
        decision.premium_fen,
    )
    return {
        "birth_date": said_day(birth) if isinstance(birth, date) else UNKNOWN,
        "paid_on": said_day(paid) if isinstance(paid, date) else UNKNOWN,
        "coverage_from": said_day(decision.coverage_from) if decision.coverage_from else UNKNOWN,
        "coverage_to": said_day(decision.coverage_to) if decision.coverage_to else UNKNOWN,
        "premium": money.said(premium),
        "own": money.said(decision.self_paid_fen),
        "age": said_value("age", _fact_of(policy, child, "age")),
        "wait": rulebook_of(policy).decided(child)[0].wait_months,
    }


def passed_over(policy: Policy, facts: Mapping[str, object], as_of: date) -> list[PassedOver]:
    """The rows that stood before the deciding ones, and what each lacked. 为何不适用其他规则"""
    child = read_child(facts, as_of)
    deciding = set(determine_one(policy, facts, as_of).because)
    walked = walk(policy, child)
    decided = {one.table: one.rule for one in walked}
    return [
        PassedOver(one.table, rule.id, rule.clause, _failed(policy, child, decided, name))
        for one in walked
        if one.rule.id in deciding
        for rule, name in one.before
    ]


def walk(policy: Policy, child: Child) -> list[Walked]:
    """Every table decided one criterion at a time. 逐表逐条判断"""
    walked: list[Walked] = []
    decided: dict[str, Rule] = {}
    for table in TABLES:
        before: list[tuple[Rule, str]] = []
        holding: list[Rule] = []
        best = table == "subsidy" and policy.several_subsidies == "best"
        for rule in getattr(policy.tables, table):
            lacking = next((name for name in rule.when if not holds(policy, child, decided, name)), None)
            if lacking is not None:
                before.append((rule, lacking))
                continue
            holding.append(rule)
            if not best:
                break
        decided[table] = _kindest(policy, decided, holding) if best else holding[0]
        walked.append(Walked(table, decided[table], before))
    return walked


def _kindest(policy: Policy, decided: Mapping[str, Rule], holding: list[Rule]) -> Rule:
    """Of the subsidies that hold the one that leaves the family least."""
    premium = cast("PremiumRule", decided["premium"]).premium_fen
    subsidies = cast("list[SubsidyRule]", holding)
    return min(subsidies, key=lambda rule: premium - rule.subsidised_fen(premium))


def holds(policy: Policy, child: Child, decided: Mapping[str, Rule], name: str) -> bool:
    """Whether one criterion holds for the child, given what decided the earlier tables. 条件是否成立"""
    criterion = policy.criteria[name]
    if criterion.decided is not None:
        return decided[criterion.decided].id in (criterion.by or ())
    if criterion.either is not None:
        return any(holds(policy, child, decided, other) for other in criterion.either)
    value = child[column_of(criterion)]
    if criterion.months_from_birth is not None or criterion.days_from_birth is not None:
        birth = child["birth_date"]
        if not isinstance(birth, date) or not isinstance(value, date):
            return False
        limit = Limit(criterion.months_from_birth or 0, criterion.days_from_birth or 0)
        return Within(0, column_of(criterion), limit, policy.paid_before_birth == "refer").holds(birth, value)
    if criterion.during is not None and timed(policy.windows[criterion.during]):
        return inside(policy.windows[criterion.during], value, child["paid_time"])
    return test_of(criterion, policy)(seen_as(criterion, value, policy))


def _failed(policy: Policy, child: Child, decided: Mapping[str, Rule], name: str) -> Text:
    """What a criterion asks for, and what is so instead."""
    criterion = policy.criteria[name]
    if criterion.decided is not None:
        instead = outcome(decided[criterion.decided], policy)
        return Text(zh="要求{says}；已定为：{instead}", en="asks that {says}; decided: {instead}").filled(
            says=criterion.says, instead=instead
        )
    if criterion.either is not None:
        facts = dict.fromkeys(policy.criteria[other].fact or "age" for other in criterion.either)
        known = [(terms.FACTS[fact], said_value(fact, _fact_of(policy, child, fact))) for fact in facts]
        return Text(
            zh=f"要求{criterion.says.zh}；" + "，".join(f"{fact.zh}：{value.zh}" for fact, value in known),
            en=f"asks that {criterion.says.en}; " + ", ".join(f"{fact.en}: {value.en}" for fact, value in known),
        )
    fact = criterion.fact or "age"
    value = said_value(fact, seen_as(criterion, child[column_of(criterion)], policy))
    said = Text(zh="要求{says}；{fact}：{value}", en="asks that {says}; {fact}: {value}")
    if criterion.months_from_birth is not None or criterion.days_from_birth is not None:
        said = Text(
            zh="要求{says}；{fact}：{value}，出生日：{birth}", en="asks that {says}; {fact}: {value}, born: {birth}"
        )
    return said.filled(
        says=criterion.says,
        fact=terms.FACTS[fact],
        value=value,
        birth=said_value("birth_date", child["birth_date"]),
    )


def _fact_of(policy: Policy, child: Child, fact: str) -> Value:
    birth = child["birth_date"]
    if fact != "age":
        return child[fact]
    return age_on(birth, policy.cover_from) if isinstance(birth, date) else None


def said_value(fact: str, value: Value) -> Text:
    """The value of a fact in words. 事实的值"""
    if value is None or value == ():
        return Text(zh="无", en="none") if fact in ("hukou", "school_division", "assistance") else UNKNOWN
    if isinstance(value, tuple):
        each = [said_value(fact, one) for one in value]
        return Text(zh="、".join(one.zh for one in each), en=", ".join(one.en for one in each))
    if isinstance(value, bool):
        return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
    if isinstance(value, date):
        return said_day(value)
    if fact in ("hukou", "parent_hukou", "school_division") and divisions.exists(str(value)):
        return divisions.name(str(value))
    return terms.WORDS_OF.get(fact, {}).get(str(value), Text(zh=str(value), en=str(value)))


def said_day(day: date) -> Text:
    """A calendar day as each language writes it. 日期"""
    return Text(zh=f"{day.year}年{day.month}月{day.day}日", en=f"{day.day} {_MONTHS[day.month - 1]} {day.year}")
