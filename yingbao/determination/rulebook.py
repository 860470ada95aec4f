"""A policy made ready to decide: criteria as bits, decision tables as masks. 规则手册

What holds for a child is one number: a bit per criterion (`signs.py`). A row of a table holds if all the bits it needs
are set, and the row that decides a table sets the bits of the criteria that ask for it later. So the tables
are decided in plain Python, once for each distinct set of bits, for one child at the counter and for a
province alike; all literal outputs are a look-up on the outcome (docs/adr/0004).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date
from typing import Literal

import msgspec

from yingbao.determination.cover import Start, start_of
from yingbao.determination.facts import Child
from yingbao.determination.signs import Signs
from yingbao.policy.model import Policy
from yingbao.policy.rules import Rule, Tables

Status = Literal["enrolled", "ineligible", "not_open", "closed", "refer"]

TABLES: tuple[str, ...] = Tables.__struct_fields__
"""The decision tables in the order in which they are decided."""

REMEMBERED = 200_000
"""So many distinct sets of bits keep their outcome in memory; a real city has a few hundred."""


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
    wait_months: int
    """what the policy's rule of waiting adds to the first day of cover"""
    because: tuple[str, ...]


class Rulebook:
    """One policy, ready to decide. 规则手册"""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rules: dict[str, list[Rule]] = {name: getattr(policy.tables, name) for name in TABLES}
        self.signs = Signs(policy, used_by(policy))
        self._tables = [[self._needs_and_sets(table, rule) for rule in self.rules[table]] for table in TABLES]
        self._never = [self.signs.bits[name] for name in policy.waiting.never] if policy.waiting is not None else []
        self.starts: list[Start] = []
        """the ways to reckon the first day of cover that were met so far; an outcome names one by its place"""
        self.outcomes: list[Outcome] = []
        """every outcome met so far, at the place of its number"""
        self._of_bits: dict[int, Outcome] = {}
        self._of_rows: dict[tuple[tuple[int, ...], int, bool], Outcome] = {}
        self._numbering = threading.Lock()

    def _needs_and_sets(self, table: str, rule: Rule) -> tuple[int, int]:
        """The bits that a row needs, and those of later criteria that it sets when it decides."""
        bits, asking = self.signs.bits, self.signs.asks_tables.items()
        needs = sum(bits[name] for name in set(rule.when))
        return needs, sum(bits[name] for name, asks in asking if asks.decided == table and rule.id in (asks.by or ()))

    def decided(self, child: Child) -> tuple[Outcome, date | None]:
        """One child's outcome and first day of cover. 单人判定"""
        outcome = self.outcome(self.signs.of_child(child))
        if outcome.start is None:
            return outcome, None
        begins = self.starts[outcome.start].begins(child, self.policy.cover_from)
        if begins is None or outcome.coverage_to is None or begins > outcome.coverage_to:
            return self.referred(outcome), None
        return outcome, begins

    def outcome(self, bits: int) -> Outcome:
        """Decide the seven tables for one set of bits; the same set is decided once. 逐表判定"""
        if (known := self._of_bits.get(bits)) is not None:
            return known
        rows: list[int] = []
        seen = self.signs.with_made_up(bits)
        for name, table in zip(TABLES, self._tables, strict=True):
            holding = (place for place, (needs, _) in enumerate(table) if seen & needs == needs)
            if name == "subsidy" and self.policy.several_subsidies == "best":
                place = self._best(holding, rows[TABLES.index("premium")])
            else:
                place = next(holding)
            rows.append(place)
            seen |= table[place][1]
        wait, unborn = self._wait(rows[TABLES.index("cover")], bits, seen), bool(bits & self.signs.unborn)
        outcome = self._numbered(tuple(rows), wait, unborn)
        if len(self._of_bits) >= REMEMBERED:
            self._of_bits.clear()
        self._of_bits[bits] = outcome
        return outcome

    def _best(self, holding: Iterable[int], premium: int) -> int:
        """The row that leaves the family least; of equal ones the first."""
        premium_fen = self.policy.tables.premium[premium].premium_fen
        return max(holding, key=lambda place: self.policy.tables.subsidy[place].subsidised_fen(premium_fen))

    def _wait(self, cover: int, bits: int, seen: int) -> int:
        waiting = self.policy.waiting
        if waiting is None or not self.policy.tables.cover[cover].waits or any(seen & bit for bit in self._never):
            return 0
        return waiting.months(self.signs.count(bits, "lapsed_years"), self.signs.count(bits, "repaired_years"))

    def referred(self, outcome: Outcome) -> Outcome:
        """The same rows where cover would begin after its last day, or on a day that nobody knows. 转人工"""
        return self._numbered(outcome.rows, outcome.wait_months, True)

    def _numbered(self, rows: tuple[int, ...], wait_months: int, referred: bool) -> Outcome:
        with self._numbering:
            if (known := self._of_rows.get((rows, wait_months, referred))) is None:
                known = self._said(len(self.outcomes), rows, wait_months, referred)
                self.outcomes.append(known)
                self._of_rows[rows, wait_months, referred] = known
            return known

    def _said(self, number: int, rows: tuple[int, ...], wait_months: int, referred: bool) -> Outcome:
        """What the deciding rows say together, by the contract's precedence of states."""
        tables, at = self.policy.tables, dict(zip(TABLES, rows, strict=True))
        agent, phase = tables.entitlement[at["entitlement"]].agent, tables.phase[at["phase"]].phase
        cover, premium = tables.cover[at["cover"]], tables.premium[at["premium"]].premium_fen
        subsidy = tables.subsidy[at["subsidy"]]
        status = _status(agent, phase, referred or cover.starts == "refer")
        enrolled = status == "enrolled"
        subsidised = subsidy.subsidised_fen(premium) if enrolled else 0
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
            start=self._start(start_of(cover, wait_months)) if enrolled else None,
            coverage_to=(cover.ends or self.policy.cover_to) if enrolled else None,
            wait_months=wait_months,
            because=tuple(self.rules[table][at[table]].id for table in deciding),
        )

    def _start(self, start: Start) -> int:
        if start not in self.starts:
            self.starts.append(start)
        return self.starts.index(start)


def used_by(policy: Policy) -> set[str]:
    """The criteria that some rule asks for, itself or through others. 用到的条件"""
    used = {name for table in TABLES for rule in getattr(policy.tables, table) for name in rule.when}
    used |= set(policy.waiting.never) if policy.waiting is not None else set()
    return used | {other for name in used for other in policy.criteria[name].either or ()}


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
