"""The states of a case and the table of edges between them: what leads where, and who may do it. 个案流程

Plain data and plain functions: nothing here knows the database. `handing` walks these edges and no others; the drawing
in docs/cases.md is this table's own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class State(StrEnum):
    """Where a case stands. 个案状态"""

    OPEN = "open"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[self]


STATE_NAMES = {
    State.OPEN: Text("待接收", "waits to be accepted"),
    State.ACCEPTED: Text("办理中", "being worked on"),
    State.RETURNED: Text("已退回", "returned"),
    State.SETTLED: Text("已办结", "settled"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
}
ENDED = frozenset({State.SETTLED, State.WITHDRAWN})
"""Nobody has to do anything any more."""
UNSETTLED = frozenset(State) - ENDED
"""Someone still has to do something."""


class Act(StrEnum):
    """What is done to a case. 个案动作"""

    ASK = "ask"
    ACCEPT = "accept"
    RETURN = "return"
    PASS_ON = "pass_on"  # noqa: S105  an act, no password
    SEND_AGAIN = "send_again"
    GO_UP = "go_up"
    SETTLE = "settle"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    HAND_ON = "hand_on"

    @property
    def text(self) -> Text:
        """What the act is called in a case's history."""
        return ACT_NAMES[self]


ACT_NAMES = {
    Act.ASK: Text("提出", "asked"),
    Act.ACCEPT: Text("接收", "accepted"),
    Act.RETURN: Text("退回", "returned"),
    Act.PASS_ON: Text("转交", "passed on"),
    Act.SEND_AGAIN: Text("再次送出", "sent again"),
    Act.GO_UP: Text("自动上报", "went up by itself"),
    Act.SETTLE: Text("办结", "settled"),
    Act.REOPEN: Text("再次提问", "asked again"),
    Act.WITHDRAW: Text("撤回", "withdrawn"),
    Act.HAND_ON: Text("单位停办，转由接手单位", "its body closed: went to the next one"),
}


class Who(StrEnum):
    """In which part someone acts. 办理身份"""

    RECEIVER = "receiver"
    """the body with which the case lies"""
    SENDER = "sender"
    """the body that asked"""
    PROGRAM = "program"
    """the platform itself, when a case was turned away too often, or a question has lain too long"""


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: State
    target: State
    who: Who
    needs_reason: bool = False
    question: bool = False
    """there for questions only; a child that is handed over is accepted before anything else"""


EDGES = (
    Edge(Act.ACCEPT, State.OPEN, State.ACCEPTED, Who.RECEIVER),
    Edge(Act.RETURN, State.OPEN, State.RETURNED, Who.RECEIVER, needs_reason=True),
    Edge(Act.RETURN, State.ACCEPTED, State.RETURNED, Who.RECEIVER, needs_reason=True),
    Edge(Act.PASS_ON, State.OPEN, State.OPEN, Who.RECEIVER, needs_reason=True),
    Edge(Act.PASS_ON, State.ACCEPTED, State.OPEN, Who.RECEIVER, needs_reason=True),
    Edge(Act.SEND_AGAIN, State.RETURNED, State.OPEN, Who.SENDER, needs_reason=True),
    Edge(Act.GO_UP, State.RETURNED, State.OPEN, Who.PROGRAM),
    Edge(Act.GO_UP, State.OPEN, State.OPEN, Who.PROGRAM),
    Edge(Act.GO_UP, State.ACCEPTED, State.OPEN, Who.PROGRAM, question=True),
    Edge(Act.SETTLE, State.OPEN, State.SETTLED, Who.RECEIVER, needs_reason=True, question=True),
    Edge(Act.SETTLE, State.ACCEPTED, State.SETTLED, Who.RECEIVER, needs_reason=True),
    Edge(Act.SETTLE, State.RETURNED, State.SETTLED, Who.SENDER, needs_reason=True),
    Edge(Act.REOPEN, State.SETTLED, State.OPEN, Who.SENDER, needs_reason=True, question=True),
    Edge(Act.WITHDRAW, State.OPEN, State.WITHDRAWN, Who.SENDER, question=True),
    Edge(Act.WITHDRAW, State.ACCEPTED, State.WITHDRAWN, Who.SENDER, question=True),
    Edge(Act.WITHDRAW, State.RETURNED, State.WITHDRAWN, Who.SENDER, question=True),
)
"""Every edge there is. ASK makes a case and leads to `open`; HAND_ON leaves it where it stands, with another body."""

TURNED_AWAY = frozenset({Act.RETURN, Act.PASS_ON})
"""Acts by which a body says that the case is not its own."""
MOST_TURNS = 2
"""So often a case is turned away before it goes up by itself: no family is sent back and forth."""
MOST_TURNS_OF_A_QUESTION = 4
"""A question rightly goes from the school to the sub-district and on to a bureau: only then does it go in circles."""


def edge_of(act: Act, origin: State | str) -> Edge | None:
    """The edge that an act takes from a state; None if it leads nowhere from there."""
    return next((edge for edge in EDGES if edge.act == act and edge.origin == origin), None)


def goes_up(turns: int, *, raised: bool, question: bool = False) -> bool:
    """Whether a case that was turned away so often goes up now; one that did is decided up there. 是否上报"""
    return turns >= (MOST_TURNS_OF_A_QUESTION if question else MOST_TURNS) and not raised


def acts_open(
    state: State | str,
    *parts: Who,
    raised: bool = False,
    on_top: bool = False,
    question: bool = False,
    reopened: bool = False,
) -> tuple[Act, ...]:
    """What somebody in these parts can do now, in the order of the table. 可办动作

    `raised`: the case went up once; then only the body on top (`on_top`) may still pass it on, and nobody turns it
    back, unless it is a question that cannot be answered without knowing more. Asked again (`reopened`) is once.
    """
    fitting = (edge for edge in EDGES if edge.origin == state and edge.who in parts and (question or not edge.question))
    open_ = dict.fromkeys(edge.act for edge in fitting)
    if raised and not question:
        open_.pop(Act.RETURN, None)
    if raised and not on_top:
        open_.pop(Act.PASS_ON, None)
    if reopened:
        open_.pop(Act.REOPEN, None)
    return tuple(open_)
