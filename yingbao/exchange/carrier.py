"""What everyone who carries messages can do, and what can become of one. 消息通道

A carrier talks and listens; it knows no database. Whoever calls it writes down what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Protocol

import msgspec

Outcome = Literal["waiting", "arrived", "failed"]


class TryLater(Exception):
    """The provider did not take it, for certain, and may take it later; `code` is its word. 稍后再试"""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Unreachable(Exception):
    """This person cannot be reached by this way, or not in these words; another way may do. 无法触达"""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Outgoing(msgspec.Struct, frozen=True, repr_omit_defaults=True):
    """One message as a carrier gets it. 待发内容"""

    own_id: str
    """ours; the provider is given it, so that it can be asked about"""
    kind: str
    values: Mapping[str, str]
    """with what is secret"""
    stop_url: str = ""
    """where the reader says that it is enough; empty for what cannot be stopped"""

    def __repr__(self) -> str:
        """Without the values, one of which may be a code."""
        return f"Outgoing({self.own_id}, {self.kind})"


class Report(msgspec.Struct, frozen=True):
    """What a provider says became of a message. 送达回执"""

    own_id: str
    provider_id: str
    outcome: Outcome
    code: str = ""


class Carrier(Protocol):
    """A way for messages to reach somebody. 消息通道"""

    channel: str
    asks: bool
    """whether it can be asked what became of a message"""
    same_again_seconds: int
    """for so long the same own id is never delivered twice; 0 where that is not promised"""

    def send(self, *, to: str, message: Outgoing) -> str:
        """Hand a message over; returns what the provider calls it.

        Raises TryLater and Unreachable, `gateway.Declined` for what will never be taken, and `gateway.Unsure` where it
        may or may not have been taken.
        """

    def became(self, *, to: str, own_id: str, day: date) -> Report:
        """What became of a message sent on that day; `gateway.NotFound` if it never arrived there."""
