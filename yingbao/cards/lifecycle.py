"""The states of a photo and of a card, and the edges between them: what leads where, and who may do it. 制卡流程

Plain data and plain functions: nothing here knows the database. `receiving`, `deciding`, `batching`, `answering` and
`handing` walk these edges and no others; the drawing in docs/cards.md is this table's own.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from yingbao.values.text import Text


class PhotoState(StrEnum):
    """Where a photo stands. 照片状态"""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return PHOTO_NAMES[self]


PHOTO_NAMES = {
    PhotoState.WAITING: Text("待审核", "waits for a look"),
    PhotoState.ACCEPTED: Text("已通过", "accepted"),
    PhotoState.REJECTED: Text("须重拍", "to be taken again"),
    PhotoState.REPLACED: Text("已换新照片", "replaced by another"),
    PhotoState.WITHDRAWN: Text("已撤回", "withdrawn"),
}
LIVE_PHOTO = frozenset({PhotoState.WAITING, PhotoState.ACCEPTED})
"""Its picture may still be there; of every other one it is gone."""


class CardState(StrEnum):
    """Where a card stands. 卡片状态"""

    ORDERED = "ordered"
    MADE = "made"
    READY = "ready"
    HELD = "held"
    REFUSED = "refused"
    LOST = "lost"

    @property
    def text(self) -> Text:
        """What the state is called on a page."""
        return CARD_NAMES[self]


CARD_NAMES = {
    CardState.ORDERED: Text("制卡中", "being made"),
    CardState.MADE: Text("已制成", "made"),
    CardState.READY: Text("可领取", "ready to collect"),
    CardState.HELD: Text("已持卡", "in the family's hands"),
    CardState.REFUSED: Text("未制成", "not made"),
    CardState.LOST: Text("已挂失", "lost"),
}
LIVE_CARD = frozenset({CardState.ORDERED, CardState.MADE, CardState.READY, CardState.HELD})
"""A child has one of these at most; who has none of them has no card."""


class Act(StrEnum):
    """What is done to a photo or a card. 制卡动作"""

    HAND_IN = "hand_in"
    ACCEPT = "accept"
    REJECT = "reject"
    REPLACE = "replace"
    WITHDRAW = "withdraw"
    ORDER = "order"
    MAKE = "make"
    REFUSE = "refuse"
    ANNOUNCE = "announce"
    HAND_OUT = "hand_out"
    COLLECT = "collect"
    NOTE = "note"
    LOSE = "lose"
    PURGE = "purge"

    @property
    def text(self) -> Text:
        """What the act is called in a history."""
        return ACT_NAMES[self]


ACT_NAMES = {
    Act.HAND_IN: Text("交照片", "photo handed in"),
    Act.ACCEPT: Text("照片通过", "photo accepted"),
    Act.REJECT: Text("照片退回", "photo rejected"),
    Act.REPLACE: Text("换照片", "photo replaced"),
    Act.WITHDRAW: Text("撤回照片", "photo withdrawn"),
    Act.ORDER: Text("送制卡", "sent to be made"),
    Act.MAKE: Text("制成", "made"),
    Act.REFUSE: Text("未制成", "not made"),
    Act.ANNOUNCE: Text("通知领卡", "announced"),
    Act.HAND_OUT: Text("学校发卡", "handed out"),
    Act.COLLECT: Text("自行领取", "collected"),
    Act.NOTE: Text("名单载明已持卡", "listed as a holder"),
    Act.LOSE: Text("挂失", "reported lost"),
    Act.PURGE: Text("照片清除", "picture erased"),
}


class Who(StrEnum):
    """In which part someone acts. 办理身份"""

    AGENT = "agent"
    """the school or community that answers for the child"""
    FAMILY = "family"
    CENTRE = "centre"
    """the card centre"""
    PROGRAM = "program"


class Edge(NamedTuple):
    """One way from a state to another. 流程边"""

    act: Act
    origin: PhotoState | CardState
    target: PhotoState | CardState
    who: tuple[Who, ...]
    needs_reason: bool = False


_LOOKS = (Who.AGENT, Who.CENTRE)
_BRINGS = (Who.AGENT, Who.FAMILY)
EDGES = (
    Edge(Act.ACCEPT, PhotoState.WAITING, PhotoState.ACCEPTED, _LOOKS),
    Edge(Act.REJECT, PhotoState.WAITING, PhotoState.REJECTED, _LOOKS, needs_reason=True),
    Edge(Act.REJECT, PhotoState.ACCEPTED, PhotoState.REJECTED, _LOOKS, needs_reason=True),
    Edge(Act.REPLACE, PhotoState.WAITING, PhotoState.REPLACED, _BRINGS),
    Edge(Act.REPLACE, PhotoState.ACCEPTED, PhotoState.REPLACED, _BRINGS),
    Edge(Act.WITHDRAW, PhotoState.WAITING, PhotoState.WITHDRAWN, (Who.FAMILY, Who.PROGRAM), needs_reason=True),
    Edge(Act.WITHDRAW, PhotoState.ACCEPTED, PhotoState.WITHDRAWN, (Who.FAMILY, Who.PROGRAM), needs_reason=True),
    Edge(Act.MAKE, CardState.ORDERED, CardState.MADE, (Who.CENTRE,)),
    Edge(Act.REFUSE, CardState.ORDERED, CardState.REFUSED, (Who.CENTRE,), needs_reason=True),
    Edge(Act.ANNOUNCE, CardState.MADE, CardState.READY, (Who.PROGRAM,)),
    Edge(Act.HAND_OUT, CardState.READY, CardState.HELD, (Who.AGENT,)),
    Edge(Act.COLLECT, CardState.MADE, CardState.HELD, _LOOKS),
    Edge(Act.COLLECT, CardState.READY, CardState.HELD, _LOOKS),
    Edge(Act.LOSE, CardState.MADE, CardState.LOST, _LOOKS, needs_reason=True),
    Edge(Act.LOSE, CardState.READY, CardState.LOST, _LOOKS, needs_reason=True),
    Edge(Act.LOSE, CardState.HELD, CardState.LOST, _LOOKS, needs_reason=True),
)
"""Every edge there is. HAND_IN makes a photo, ORDER a card that is made, NOTE one that is held; PURGE moves nothing."""


def edge_of(act: Act, origin: PhotoState | CardState | str) -> Edge | None:
    """The edge that an act takes from a state; None if it leads nowhere from there."""
    return next((edge for edge in EDGES if edge.act == act and edge.origin == origin), None)


def origins(act: Act) -> frozenset[str]:
    """The states from which an act leads anywhere. 可办状态"""
    return frozenset(str(edge.origin) for edge in EDGES if edge.act == act)


def target(act: Act) -> str:
    """Where an act leads, which is the same from everywhere. 目标状态"""
    return str(next(edge.target for edge in EDGES if edge.act == act))


def acts_open(state: PhotoState | CardState | str, who: Who) -> tuple[Act, ...]:
    """What somebody in this part can do now, in the order of the table. 可办动作"""
    return tuple(edge.act for edge in EDGES if edge.origin == state and who in edge.who)
