"""The states of a message and the table of edges between them. 消息流程

Plain data and plain functions: nothing here knows the database. Whoever moves a message takes one of these edges,
and the database holds the same names.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class State(StrEnum):
    """Where a message stands. 消息状态"""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPPRESSED = "suppressed"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[self]


STATE_NAMES = {
    State.QUEUED: Text("待发送", "queued"),
    State.SENDING: Text("发送中", "being sent"),
    State.SENT: Text("已提交通道", "taken by the provider"),
    State.DELIVERED: Text("已送达", "delivered"),
    State.FAILED: Text("失败", "failed"),
    State.EXPIRED: Text("过期未发", "expired"),
    State.SUPPRESSED: Text("不发送", "not to be sent"),
}
WAITING = frozenset({State.QUEUED, State.SENDING})
"""What a one-time code may still be needed for; in every other state it is erased."""
ENDED = frozenset({State.DELIVERED, State.EXPIRED, State.SUPPRESSED})
"""Nothing more comes of it."""


class Act(StrEnum):
    """What happens to a message. 消息动作"""

    CLAIM = "claim"
    ACCEPT = "accept"
    AGAIN = "again"
    FALL_BACK = "fall_back"
    REFUSE = "refuse"
    ARRIVE = "arrive"
    EXPIRE = "expire"
    STOP = "stop"
    RETRY = "retry"


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: State
    target: State


EDGES = (
    Edge(Act.CLAIM, State.QUEUED, State.SENDING),
    Edge(Act.ACCEPT, State.SENDING, State.SENT),
    # The provider did not take it, or said for certain that it knows nothing of it.
    Edge(Act.AGAIN, State.SENDING, State.QUEUED),
    # WeChat cannot reach this person: the same words go by SMS.
    Edge(Act.FALL_BACK, State.SENDING, State.QUEUED),
    Edge(Act.FALL_BACK, State.SENT, State.QUEUED),
    Edge(Act.REFUSE, State.SENDING, State.FAILED),
    Edge(Act.REFUSE, State.SENT, State.FAILED),
    # A report may overtake the answer to our own request.
    Edge(Act.ARRIVE, State.SENDING, State.DELIVERED),
    Edge(Act.ARRIVE, State.SENT, State.DELIVERED),
    Edge(Act.EXPIRE, State.QUEUED, State.EXPIRED),
    Edge(Act.STOP, State.QUEUED, State.SUPPRESSED),
    Edge(Act.STOP, State.FAILED, State.SUPPRESSED),
    Edge(Act.RETRY, State.FAILED, State.QUEUED),
)
"""Every edge there is."""
_BY_ACT = {(edge.act, edge.origin): edge.target for edge in EDGES}


def after(act: Act, state: State | str) -> State | None:
    """The state that this act leads to; None if it leads nowhere from there. 下一状态"""
    return _BY_ACT.get((act, State(state)))


def origins(act: Act) -> tuple[State, ...]:
    """The states from which this act leads anywhere. 起点"""
    return tuple(edge.origin for edge in EDGES if edge.act == act)


BACKOFF_SECONDS = (60, 120, 300, 900, 1_800, 3_600)
"""How long a message waits after each try that was not taken; from the last on, always the same."""


def wait_seconds(tries: int) -> int:
    """How long to wait after so many tries. 重试间隔"""
    return BACKOFF_SECONDS[min(max(tries, 1), len(BACKOFF_SECONDS)) - 1]
