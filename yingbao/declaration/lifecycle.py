"""The states of a declaration and the table of edges between them. 申报流程

Plain data: nothing here knows the database. A frozen list is never edited; what changes afterwards is a supplement,
a declaration of its own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class State(StrEnum):
    """Where a declaration stands. 申报状态"""

    FROZEN = "frozen"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    RETURNED = "returned"
    DISCARDED = "discarded"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[self]


STATE_NAMES = {
    State.FROZEN: Text("已锁定待提交", "frozen, to be submitted"),
    State.SUBMITTED: Text("已提交待受理", "submitted"),
    State.ACCEPTED: Text("已受理", "accepted"),
    State.PARTLY_ACCEPTED: Text("部分受理", "accepted in part"),
    State.RETURNED: Text("已退回", "returned"),
    State.DISCARDED: Text("已作废", "discarded"),
}

OPEN = frozenset({State.FROZEN, State.SUBMITTED})
"""Someone still has to act; an agent has at most one such declaration in a season."""
STANDING = frozenset({State.ACCEPTED, State.PARTLY_ACCEPTED})
"""Taken by the tax authority: its accepted lines are owed."""


class Act(StrEnum):
    """What is done to a declaration. 申报动作"""

    SUBMIT = "submit"
    DISCARD = "discard"
    ACCEPT = "accept"
    ACCEPT_IN_PART = "accept_in_part"
    RETURN = "return"


class Who(StrEnum):
    """In which part someone acts. 办理身份"""

    AGENT = "agent"
    COLLECTOR = "collector"


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: State
    target: State
    who: Who
    needs_reason: bool = False


EDGES = (
    Edge(Act.SUBMIT, State.FROZEN, State.SUBMITTED, Who.AGENT),
    Edge(Act.DISCARD, State.FROZEN, State.DISCARDED, Who.AGENT),
    Edge(Act.ACCEPT, State.SUBMITTED, State.ACCEPTED, Who.COLLECTOR),
    Edge(Act.ACCEPT_IN_PART, State.SUBMITTED, State.PARTLY_ACCEPTED, Who.COLLECTOR, True),
    Edge(Act.RETURN, State.SUBMITTED, State.RETURNED, Who.COLLECTOR, True),
)
"""Every edge there is. Before FROZEN the list is only being built: it is the agent's confirmed children."""


def edge_of(act: Act, origin: State | str) -> Edge | None:
    """The edge that this act takes from a state; None if it leads nowhere from there."""
    return next((edge for edge in EDGES if edge.act == act and edge.origin == origin), None)
