"""A policy made ready to decide: criteria as bits, decision tables as masks. 规则手册

What holds for a child is one number: a bit per criterion. A row of a table holds if all the bits it needs
are set, and the row that decides a table sets the bits of the criteria that ask for it later. So the tables
are decided in plain Python, once for each distinct set of bits, for one child at the counter and for a
province alike; all literal outputs are a look-up on the outcome (docs/adr/0004).
"""

from __future__ import annotations

import threading
from datetime import date
from typing import Literal

import msgspec

from yingbao.determination.criteria import (
    Test,
    column_of,
    days_after,
    first_of_next_month,
    last_day_within,
    seen_as,
    test_of,
)
from yingbao.determination.facts import Child, Value
from yingbao.policy.model import Policy
from yingbao.policy.rules import CoverRule, Criterion, Rule, Tables

Status = Literal["enrolled", "ineligible", "not_open", "closed", "refer"]

TABLES: tuple[str, ...] = Tables.__struct_fields__
"""The decision tables in the order in which they are decided."""

REMEMBERED = 200_000
"""So many distinct sets of bits keep their outcome in memory; a real city has a few hundred."""


class Start(msgspec.Struct, frozen=True):
    """A way to reckon the first day of cover. 待遇起始日"""

    starts: Literal["year_start", "next_month", "after_days", "refer"]
    days: int

    def on(self, paid: date, cover_from: date) -> date:
        """The first day of cover; a wait never begins it before the year's own first day."""
        if self.starts == "next_month":
            return max(cover_from, first_of_next_month(paid))
        if self.starts == "after_days":
            return max(cover_from, days_after(paid, self.days))
        return cover_from


class Outcome(msgspec.Struct, frozen=True):
    """All that the decided rows say by themselves; only the first day of cover is still to be reckoned. 决策结果"""

    number: int
    rows: tuple[int, ...]
    """per table the place of the row that decided"""
    status: Status
    agent: str | None
    registration: str | None
    channel: str | None
    phase: str
    premium_fen: int
    self_paid_fen: int
    subsidised_fen: int
    paid_by: str | None
    start: int | None
    """which of the rulebook's starts gives the first day of cover; None where there is no cover"""
    coverage_to: date | None
    because: tuple[str, ...]


class Rulebook:
    """One policy, ready to decide. 规则手册"""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rules: dict[str, list[Rule]] = {name: getattr(policy.tables, name) for name in TABLES}
        used = {name for rules in self.rules.values() for rule in rules for name in rule.when}
        asked = {name: criterion for name, criterion in policy.criteria.items() if name in used}
        of_facts = [name for name, criterion in asked.items() if criterion.decided is None]
        of_tables = [name for name, criterion in asked.items() if criterion.decided is not None]
        self.starts = list(dict.fromkeys(_start(rule) for rule in policy.tables.cover))
        """the ways to reckon the first day of cover; an outcome names one by its place"""
        signs: list[str | Start] = [*of_facts, *self.starts, *of_tables]
        bits = {sign: 1 << place for place, sign in enumerate(signs)}
        self.width = len(of_facts) + len(self.starts)
        """so many bits are set by facts; those of decided criteria stand above them"""
        self.tests: dict[str, list[tuple[int, Test]]] = {}
        """per column of facts: a bit, and when it is set"""
        self.limits: list[tuple[int, str, int]] = []
        """what two columns decide together: a bit, the column of a date, months after the birth month"""
        for name in of_facts:
            self._place(asked[name], bits[name])
        for start in self.starts:
            self.tests.setdefault("paid_on", []).append((bits[start], self._too_late(start)))
        self.columns = {"birth_date", "paid_on", *self.tests}
        """the columns of facts that decide something"""
        self._tables = [[_needs_and_sets(table, rule, asked, bits) for rule in self.rules[table]] for table in TABLES]
        self._late_bits = [bits[_start(rule)] for rule in policy.tables.cover]
        self.outcomes: list[Outcome] = []
        """every outcome met so far, at the place of its number"""
        self._of_bits: dict[int, Outcome] = {}
        self._of_rows: dict[tuple[tuple[int, ...], bool], Outcome] = {}
        self._numbering = threading.Lock()

    def _place(self, criterion: Criterion, bit: int) -> None:
        column, policy, test = column_of(criterion), self.policy, test_of(criterion, self.policy)
        if criterion.months_from_birth is not None:
            self.limits.append((bit, column, criterion.months_from_birth))
        elif criterion.fact == column:
            self.tests.setdefault(column, []).append((bit, test))
        else:
            self.tests.setdefault(column, []).append((bit, lambda value: test(seen_as(criterion, value, policy))))

    def _too_late(self, start: Start) -> Test:
        """Cover that would begin after the year's last day is a sign of its own: an officer decides."""
        first, last = self.policy.cover_from, self.policy.cover_to
        return lambda paid: isinstance(paid, date) and start.on(paid, first) > last

    def bits_of(self, column: str, value: Value) -> int:
        """The bits that one value in one column sets."""
        bits = 0
        for bit, holds in self.tests.get(column, ()):
            if holds(value):
                bits |= bit
        return bits

    def bits_of_child(self, child: Child) -> int:
        """The bits that one child's facts set."""
        bits = sum(self.bits_of(column, child[column]) for column in self.tests)
        birth = child["birth_date"]
        for bit, column, months in self.limits:
            day = child[column]
            if isinstance(birth, date) and isinstance(day, date) and day <= last_day_within(birth, months):
                bits |= bit
        return bits

    def numbers(self, sets: list[int]) -> list[int]:
        """The number of the outcome for each of these sets of bits. 批量判定"""
        known = self._of_bits
        return [(known.get(bits) or self.outcome(bits)).number for bits in sets]

    def outcome(self, bits: int) -> Outcome:
        """Decide the seven tables for one set of bits; the same set is decided once. 逐表判定"""
        if (known := self._of_bits.get(bits)) is not None:
            return known
        rows: list[int] = []
        seen = bits
        for table in self._tables:
            place, sets = next((place, sets) for place, (needs, sets) in enumerate(table) if seen & needs == needs)
            rows.append(place)
            seen |= sets
        decided = dict(zip(TABLES, rows, strict=True))
        outcome = self._numbered(tuple(rows), bool(bits & self._late_bits[decided["cover"]]))
        if len(self._of_bits) >= REMEMBERED:
            self._of_bits.clear()
        self._of_bits[bits] = outcome
        return outcome

    def _numbered(self, rows: tuple[int, ...], too_late: bool) -> Outcome:
        with self._numbering:
            if (known := self._of_rows.get((rows, too_late))) is None:
                known = self._said(len(self.outcomes), rows, too_late)
                self.outcomes.append(known)
                self._of_rows[rows, too_late] = known
            return known

    def _said(self, number: int, rows: tuple[int, ...], too_late: bool) -> Outcome:
        """What the deciding rows say together, by the contract's precedence of states."""
        tables, at = self.policy.tables, dict(zip(TABLES, rows, strict=True))
        agent, phase = tables.entitlement[at["entitlement"]].agent, tables.phase[at["phase"]].phase
        cover, premium = tables.cover[at["cover"]], tables.premium[at["premium"]].premium_fen
        subsidy = tables.subsidy[at["subsidy"]]
        status = _status(agent, phase, too_late or cover.starts == "refer")
        enrolled = status == "enrolled"
        subsidised = premium if enrolled and subsidy.part == "whole" else 0
        deciding = _deciding(status)
        return Outcome(
            number=number,
            rows=rows,
            status=status,
            agent=agent,
            registration=tables.registration[at["registration"]].registration if agent else None,
            channel=tables.channel[at["channel"]].channel if enrolled else None,
            phase=phase,
            premium_fen=premium if enrolled else 0,
            self_paid_fen=premium - subsidised if enrolled else 0,
            subsidised_fen=subsidised,
            paid_by=subsidy.paid_by if subsidised else None,
            start=self.starts.index(_start(cover)) if enrolled else None,
            coverage_to=self.policy.cover_to if enrolled else None,
            because=tuple(self.rules[table][at[table]].id for table in deciding),
        )


def _start(rule: CoverRule) -> Start:
    return Start(rule.starts, rule.days or 0)


def _needs_and_sets(
    table: str, rule: Rule, asked: dict[str, Criterion], bits: dict[str | Start, int]
) -> tuple[int, int]:
    """The bits that a row needs, and those of later criteria that it sets when it decides."""
    needs = sum(bits[name] for name in set(rule.when))
    sets = sum(bits[name] for name, asks in asked.items() if asks.decided == table and rule.id in (asks.by or ()))
    return needs, sets


def _status(agent: str | None, phase: str, refer: bool) -> Status:
    if agent is None:
        return "ineligible"
    if phase == "not_open":
        return "not_open"
    if phase == "closed":
        return "closed"
    return "refer" if refer else "enrolled"


def _deciding(status: Status) -> tuple[str, ...]:
    """The tables whose rows are the reasons: what did not come into question is no reason."""
    if status == "ineligible":
        return TABLES[:2]
    return TABLES[:3] if status in ("not_open", "closed") else TABLES


def rules_of(policy: Policy) -> dict[str, tuple[str, Rule]]:
    """Every rule by its id, with its table, in the order of the tables. 规则清单"""
    return {rule.id: (table, rule) for table in TABLES for rule in getattr(policy.tables, table)}


_made: dict[int, tuple[Policy, Rulebook]] = {}
KEPT = 16


def rulebook_of(policy: Policy) -> Rulebook:
    """The rulebook of a policy, made once per policy object. 编译政策"""
    made = _made.get(id(policy))
    if made is None or made[0] is not policy:
        if len(_made) >= KEPT:
            _made.clear()
        # The policy is kept beside its rulebook, so that its id cannot pass to another object.
        made = _made[id(policy)] = (policy, Rulebook(policy))
    return made[1]
