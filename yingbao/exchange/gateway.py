"""What every payment gateway can do, and the shapes in which it tells what happened. 支付网关

A gateway talks and listens; it posts nothing. Whoever calls it brings its answers into the ledger, keyed by
(channel, merchant, transaction) and held against `Notice.digest`. Nothing here knows the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal, Protocol

import msgspec

PayState = Literal["succeeded", "pending", "closed", "failed", "refunded"]
RefundState = Literal["succeeded", "processing", "abnormal", "closed"]
LineKind = Literal["payment", "refund"]
OrderKind = Literal["page", "qr"]

LONGEST_NOTICE = 64 * 1024


class Unsure(Exception):
    """The outcome is unknown (no answer, a broken one, one without a valid signature): ask again later. 结果未知"""


class Declined(Exception):
    """The gateway said no, signed and for good; `code` is its word for the reason. 网关拒绝"""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(f"{code}: {message}")


class NotFound(Exception):
    """The gateway, asked with a signature, knows no such order, refund or bill. 查无此单"""


class Forged(Exception):
    """A message that is not what it claims to be; `why` holds none of its content. 伪造通知"""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def digest_of(*content: object) -> bytes:
    """SHA-256 over the parts, each with its length before it, so that no two contents run together. 摘要"""
    parts = [str(part).encode() for part in content]
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


class Notice(msgspec.Struct, frozen=True):
    """What a gateway says of one payment, by notice or by query. 支付通知

    `merchant` is whom the channel pays out to, as its settlements name it: the merchant number (WeChat) or the seller
    account (Alipay). `amount_fen` is the order's amount, 0 where an unpaid order's answer names none. `refunded` means
    paid, and some or all of it given back since. `digest` is the same for a notice and a query about the same payment,
    and the same for `succeeded` and `refunded`.
    """

    channel: str
    merchant: str
    order_number: str
    transaction: str
    amount_fen: int
    state: PayState
    paid_at: datetime | None
    payer: str
    digest: bytes

    def __repr__(self) -> str:
        return f"<Notice {self.channel} {self.order_number} {self.state} {self.amount_fen} fen>"


class RefundNotice(msgspec.Struct, frozen=True):
    """What a gateway says of one refund, by notice, answer or query. 退款通知

    Alipay has no refund number of its own: `refund_id` is then the same as `refund_number`, and both are empty for a
    refund made by hand in its merchant pages. Where `cumulative`, `amount_fen` is all that was ever refunded of
    the payment (an Alipay notice says no more): ask `query_refund` for this one's amount before posting it.
    """

    channel: str
    merchant: str
    refund_number: str
    refund_id: str
    transaction: str
    amount_fen: int
    state: RefundState
    at: datetime | None
    order_number: str = ""
    cumulative: bool = False

    @property
    def digest(self) -> bytes:
        """SHA-256 of what must not change for the same refund in the same state."""
        return digest_of(
            self.channel,
            self.merchant,
            self.refund_number,
            self.transaction,
            self.amount_fen,
            self.state,
            self.cumulative,
        )


class BillLine(msgspec.Struct, frozen=True):
    """One line of a channel's bill: a payment or a refund, both with an amount above zero. 账单明细

    `fee_fen` is what the channel keeps: above zero for a payment, below zero where it gives a fee back. A refund's
    `state` in a WeChat bill is that of the moment the bill was made and may have changed since.
    """

    kind: LineKind
    transaction: str
    order_number: str
    refund_number: str
    refund_id: str
    amount_fen: int
    fee_fen: int
    at: datetime
    state: str


class Bill(msgspec.Struct, frozen=True):
    """A channel's bill of one China day, its sums already held against its own summary. 渠道账单"""

    channel: str
    merchant: str
    day: date
    lines: tuple[BillLine, ...]
    gross_fen: int
    refunds_fen: int
    fees_fen: int
    sha256: bytes
    raw: bytes

    def __repr__(self) -> str:
        return f"<Bill {self.channel} {self.day} {len(self.lines)} lines>"


class Opened(msgspec.Struct, frozen=True):
    """An order that can now be paid: `address` is where to send the browser, or the text of the QR code. 已下单"""

    order_number: str
    kind: OrderKind
    address: str


class Answer(msgspec.Struct, frozen=True):
    """What to answer to a notice, to the byte. 应答"""

    status: int
    content_type: str
    body: bytes


class Gateway(Protocol):
    """A configured channel. 渠道

    Every call to the outside may raise Unsure or Declined; queries, closing and bills also NotFound; a bill that
    contradicts itself raises Refused. All raise Refused while the channel's configuration cannot be read.
    """

    @property
    def channel(self) -> str:
        """The channel's name: wechat or alipay."""

    @property
    def merchant(self) -> str:
        """Who we are to the channel; part of every business key."""

    def open_order(
        self,
        *,
        order_number: str,
        amount_fen: int,
        description: str,
        expires_at: datetime,
        kind: OrderKind,
        client_address: str = "",
    ) -> Opened:
        """Make an order payable until `expires_at`. A WeChat page needs the payer's IP address."""

    def query(self, order_number: str) -> Notice:
        """The state of an order now."""

    def close(self, order_number: str) -> None:
        """Close an unpaid order; closing a closed one is no error."""

    def refund(
        self, *, order_number: str, transaction: str, refund_number: str, amount_fen: int, total_fen: int, reason: str
    ) -> RefundNotice:
        """Give back some or all of a payment; the same refund number never pays twice."""

    def query_refund(self, *, order_number: str, refund_number: str) -> RefundNotice:
        """The state of a refund now; NotFound if it never arrived or failed.

        Alipay wants to be asked 10 seconds after the request at the earliest.
        """

    def bill(self, day: date) -> Bill:
        """The bill of a past China day; NotFound if the channel has none for it."""

    def read_notice(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | RefundNotice:
        """The verified content of a message that came in; Forged if anything about it is wrong."""

    def accepted(self) -> Answer:
        """What the channel wants to hear when its notice is kept."""

    def declined(self, why: str) -> Answer:
        """What makes the channel send the notice again; `why` goes to the sender."""


def amount_checked(amount_fen: int) -> int:
    """The amount, if it is one that can be paid; anything else is a mistake of the caller's."""
    if amount_fen <= 0:
        raise ValueError("an order or refund is above zero fen")
    return amount_fen


def paid_digest(
    channel: str,
    merchant: str,
    order_number: str,
    transaction: str,
    amount_fen: int,
    state: PayState,
    at: datetime | None,
) -> bytes:
    """The digest of a payment: who, which, how much, whether paid, and (where given) when. 支付摘要"""
    paid = "paid" if state in ("succeeded", "refunded") else state
    moment = at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
    return digest_of(channel, merchant, order_number, transaction, amount_fen, "CNY", paid, moment)
