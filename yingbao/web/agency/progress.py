"""How a pooling area stands, summed up its tree: district, sub-district, school and community. 分级进度"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.enrolment.models import Season
from yingbao.enrolment.standing import Standing, of_area, of_bodies, total
from yingbao.enrolment.tallying import Figures, by_agent, summed

AGENTS = frozenset({OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY})
NOTHING = Figures()
KINDS = sorted({*AGENTS, OrganisationKind.SUB_DISTRICT, OrganisationKind.DISTRICT})


class Node(NamedTuple):
    """One organisation with what is below it. 节点"""

    pk: int
    name: str
    kind: str
    figures: Figures
    agents: int
    """schools and communities at it or below it that are open"""
    empty: int
    """schools among them that have no list yet"""
    has_below: bool


class Tree:
    """The organisations of a pooling area with the season's figures; two statements for a whole city. 机构树"""

    def __init__(self, season: Season) -> None:
        rows = Organisation.objects.filter(pooling_area=season.pooling_area, kind__in=KINDS).order_by("code", "pk")
        self._rows = {
            pk: (name, kind, parent, active)
            for pk, name, kind, parent, active in rows.values_list("pk", "name", "kind", "parent_id", "active")
        }
        self._below: dict[int | None, list[int]] = defaultdict(list)
        for pk, (_, _, parent, _) in self._rows.items():
            self._below[parent if parent in self._rows else None].append(pk)
        self._season = season
        self._figures = by_agent(season)
        self._nodes: dict[int, Node] = {}

    def node(self, pk: int) -> Node:
        """An organisation with the sums of all below it."""
        if pk in self._nodes:
            return self._nodes[pk]
        name, kind, _, active = self._rows[pk]
        own = self._figures.get(pk, NOTHING)
        agents = int(kind in AGENTS and active)
        empty = int(kind == OrganisationKind.SCHOOL and active and not own.listed)
        below = [self.node(child) for child in self._below[pk]]
        if below:  # most are at the foot of the tree
            own = summed([own, *(node.figures for node in below)])
            agents += sum(node.agents for node in below)
            empty += sum(node.empty for node in below)
        self._nodes[pk] = Node(pk, name, kind, own, agents, empty, bool(below))
        return self._nodes[pk]

    def below(self, pk: int | None, *, every: bool = False) -> list[Node]:
        """What stands directly below an organisation; at the top, below the area itself. 下级

        Without what has neither an open agent nor anybody on a list, unless `every` is asked for.
        """
        keys = self._below[pk]
        while pk is None and len(keys) == 1 and self._below[keys[0]]:
            keys = self._below[keys[0]]
        return [node for node in map(self.node, keys) if every or node.agents or any(node.figures)]

    def total(self) -> Node:
        """All of the area."""
        nodes = [self.node(pk) for pk in self._below[None]]
        figures = summed([node.figures for node in nodes])
        return Node(0, "", "", figures, sum(one.agents for one in nodes), sum(one.empty for one in nodes), True)

    def standing(self, pk: int | None) -> Standing:
        """Who should be insured at an organisation and below it, else in the area, and is not. 应保尽保"""
        return of_area(self._season) if pk is None else total(of_bodies(self._season, self.agents(pk)).values())

    def agents(self, pk: int) -> list[int]:
        """The schools and communities at an organisation and below it. 下属单位"""
        agents, waiting = [], [pk]
        while waiting:
            one = waiting.pop()
            waiting += self._below[one]
            if self._rows[one][1] in AGENTS:
                agents.append(one)
        return agents

    def path(self, pk: int) -> list[Node]:
        """The organisation and those above it, highest first; nothing if it is not of this area. 上级"""
        found: list[Node] = []
        at: int | None = pk
        while at is not None and at in self._rows:
            found.append(self.node(at))
            at = self._rows[at][2]
        return found[::-1]
