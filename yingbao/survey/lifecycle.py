"""The states of a school's report on a survey and the table of edges between them; no framework. 学校报告流程"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class State(StrEnum):
    """Where a school's report stands. 报告状态"""

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    CORRECTING = "correcting"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[self]


STATE_NAMES = {
    State.OPEN: Text("未报送", "not reported"),
    State.SUBMITTED: Text("已报送，待审核", "reported, to be reviewed"),
    State.ACCEPTED: Text("已审核", "accepted"),
    State.SENT_BACK: Text("已退回", "sent back"),
    State.CORRECTING: Text("更正中", "being corrected"),
}
ANSWERABLE = frozenset({State.OPEN, State.SENT_BACK, State.CORRECTING})
"""Answers are taken and may be changed; in every other state what was counted stands."""
STANDS = frozenset({State.SUBMITTED, State.ACCEPTED, State.CORRECTING})
"""A version counts in the sums: while a school corrects, the one before goes on to."""


class Act(StrEnum):
    """What is done to a school's report. 报告动作"""

    SUBMIT = "submit"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    REOPEN = "reopen"

    @property
    def text(self) -> Text:
        """What the act is called in a report's history."""
        return ACT_NAMES[self]


ACT_NAMES = {
    Act.SUBMIT: Text("报送", "reported"),
    Act.ACCEPT: Text("审核通过", "accepted"),
    Act.SEND_BACK: Text("退回", "sent back"),
    Act.REOPEN: Text("开始更正", "taken up to be corrected"),
}


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: State
    target: State
    needs_reason: bool = False


EDGES = (
    *(Edge(Act.SUBMIT, state, State.SUBMITTED) for state in (State.OPEN, State.SENT_BACK, State.CORRECTING)),
    Edge(Act.ACCEPT, State.SUBMITTED, State.ACCEPTED),
    *(Edge(Act.SEND_BACK, state, State.SENT_BACK, True) for state in (State.SUBMITTED, State.ACCEPTED)),
    *(Edge(Act.REOPEN, state, State.CORRECTING, True) for state in (State.SUBMITTED, State.ACCEPTED)),
)
"""Every edge there is; the school submits and reopens, whoever reviews accepts and sends back."""


def edge_of(act: Act, origin: State | str) -> Edge | None:
    """The edge that an act takes from a state; None if it leads nowhere from there."""
    return next((edge for edge in EDGES if edge.act == act and edge.origin == origin), None)
