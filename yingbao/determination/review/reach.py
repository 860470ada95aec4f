"""Which children each row of the tables decides: the tables walked for all children at once. 规则覆盖范围"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from yingbao.determination.review.boxes import Box, met, without
from yingbao.determination.review.space import Space
from yingbao.determination.rulebook import TABLES
from yingbao.policy.model import Policy
from yingbao.policy.rules import Entitlement, PhaseRule, PremiumRule, Rule, SubsidyRule

PAYABLE = ("open", "late", "newborn")
"""Phases in which a premium is taken."""


class Piece(msgspec.Struct, frozen=True):
    """Children whom the tables so far treat alike. 同类儿童"""

    box: Box
    rows: dict[str, int]
    """per table that is asked later the place of the row that decided"""


class Reach:
    """Per row of every table the children whom it decides, and those for whom it would hold. 规则覆盖范围"""

    def __init__(self, policy: Policy, space: Space) -> None:
        self.policy, self.space = policy, space
        self.rules: dict[str, Sequence[Rule]] = {table: getattr(policy.tables, table) for table in TABLES}
        asked = {each.decided for each in policy.criteria.values() if each.decided is not None}
        self._kept = {"entitlement", "phase", *asked}
        if policy.several_subsidies == "best":
            self._kept.add("premium")
        self._met: dict[frozenset[str], list[Box]] = {}
        self.before: dict[str, list[Piece]] = {}
        """per table the children who come to it, as the tables before have decided them"""
        self.decided: dict[str, list[list[Piece]]] = {}
        """per table and row the children whom it decides"""
        pieces = [Piece(space.full, {})]
        for table in TABLES:
            pieces = [piece for piece in pieces if self._comes_to(table, piece)]
            self.before[table] = pieces
            self.decided[table] = [[] for _ in self.rules[table]]
            for piece in pieces:
                for place, boxes in self._deciding(table, piece):
                    self.decided[table][place] += [Piece(box, {**piece.rows, table: place}) for box in boxes]
            if table in self._kept:
                pieces = [piece for row in self.decided[table] for piece in row]

    def _comes_to(self, table: str, piece: Piece) -> bool:
        """Whether the table's row is among the reasons of these children's decision."""
        if table in ("entitlement", "phase"):
            return True
        return self.eligible(piece) and (table == "registration" or self.payable(piece))

    def eligible(self, piece: Piece) -> bool:
        """Whether someone enrols these children. 有参保资格"""
        row = self.rules["entitlement"][piece.rows["entitlement"]]
        return isinstance(row, Entitlement) and row.agent is not None

    def payable(self, piece: Piece) -> bool:
        """Whether a premium is taken from them on their day. 可以缴费"""
        row = self.rules["phase"][piece.rows["phase"]]
        return isinstance(row, PhaseRule) and row.phase in PAYABLE

    def _deciding(self, table: str, piece: Piece) -> Iterator[tuple[int, list[Box]]]:
        """The rows that decide these children, each with its part of them."""
        left = [piece.box]
        for place in self._order(table, piece):
            boxes = self.holding(table, place, piece)
            if boxes and (hit := met(left, boxes)):
                yield place, hit
                left = without(left, hit)
            if not left:
                return

    def _order(self, table: str, piece: Piece) -> Sequence[int]:
        """The order in which a table's rows are asked: as they stand, or of the subsidies the best first."""
        rows = self.rules[table]
        if table != "subsidy" or self.policy.several_subsidies == "first":
            return range(len(rows))
        premium = self.rules["premium"][piece.rows["premium"]]

        def left_to_family(place: int) -> int:
            row = rows[place]
            if not isinstance(row, SubsidyRule) or not isinstance(premium, PremiumRule):
                raise TypeError(row)
            return -row.subsidised_fen(premium.premium_fen)

        return sorted(range(len(rows)), key=left_to_family)

    def holding(self, table: str, place: int, piece: Piece) -> list[Box]:
        """Everyone for whom a row would hold who was decided like these in the tables before. 规则成立范围"""
        return self.fulfilling(self.rules[table][place].when, piece)

    def fulfilling(self, names: Iterable[str], piece: Piece) -> list[Box]:
        """Everyone with all these criteria who was decided like these in the tables before. 条件成立范围"""
        criteria = self.policy.criteria
        facts: list[str] = []
        for name in names:
            asked = criteria[name].decided
            if asked is None:
                facts.append(name)
            elif self.rules[asked][piece.rows[asked]].id not in (criteria[name].by or ()):
                return []
        return self.of_facts(facts)

    def of_facts(self, names: Iterable[str]) -> list[Box]:
        """Everyone with all these criteria, which ask about facts alone. 事实条件范围"""
        together = frozenset(names)
        if (known := self._met.get(together)) is None:
            known = [self.space.full]
            for name in sorted(together):
                known = met(known, self.space.boxes_of(name))
            self._met[together] = known
        return known

    def asking(self, table: str, column: str) -> list[int]:
        """The rows of a table, but its last, that ask for a column. 询问某列的规则"""
        criteria, space = self.policy.criteria, self.space
        return [
            place
            for place, rule in enumerate(self.rules[table][:-1])
            if any(criteria[name].decided is None and column in space.columns_of(name) for name in rule.when)
        ]

    def would_hold(self, table: str, place: int) -> list[Box]:
        """The children of the table for whom the row would hold, whatever stands above it. 规则成立的儿童"""
        return [box for piece in self.before[table] for box in met([piece.box], self.holding(table, place, piece))]

    def boxes(self, table: str, place: int) -> list[Box]:
        """The children whom a row decides. 规则决定的儿童"""
        return [piece.box for piece in self.decided[table][place]]
