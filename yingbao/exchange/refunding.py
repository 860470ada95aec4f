"""Approved refunds of WeChat and Alipay go out, and the channels are asked what became of them. 原路退款

A refund is marked as submitted, and that is committed, before a channel hears of it; the channel is called outside any
transaction. What it answers, tells unasked or says when asked is brought in by `collection.refunding.heard`. The same
number never pays twice, so that whatever is in doubt is asked about and, if it never arrived, sent again.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from yingbao.collection import refunding
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import BillLine, Refund
from yingbao.collection.settling import area_of
from yingbao.exchange.channels import channels, gateway_of
from yingbao.exchange.gateway import Declined, Gateway, NotFound, RefundNotice, Unsure
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

FIRST_ASKED_AFTER = timedelta(seconds=20)
"""Alipay wants to be asked ten seconds after the request at the earliest."""
YOUNG = timedelta(hours=1)
OLD_ASKED_IN_TURN = 30
"""Older refunds are asked about one part each minute, each of them twice an hour."""
WORKING_SECONDS = 50.0
"""So long one round takes at most; the next one goes on."""
SEEN_AT_ONCE = 2000
OUTCOMES = {
    "succeeded": RefundState.SUCCEEDED,
    "processing": RefundState.PROCESSING,
    "abnormal": RefundState.ABNORMAL,
    "closed": RefundState.ABNORMAL,
}
WORDS = {"abnormal": "渠道退款异常，需核实收款账户", "closed": "渠道已关闭这笔退款"}


class _Way(NamedTuple):
    """By which payment a refund goes back."""

    gateway: Gateway
    order_number: str
    transaction: str


class _Deed(Protocol):
    """What a round does with each refund."""

    def __call__(self, *, refund: Refund, at: datetime) -> bool: ...


def send_due(*, at: datetime) -> int:
    """Send every approved refund whose money came through a configured channel; returns how many. 提交渠道退款"""
    rows = Refund.objects.filter(state=RefundState.APPROVED, arrival__way__in=list(channels()))
    due = list(rows.select_related("arrival__payment").order_by("decided_at", "pk")[:SEEN_AT_ONCE])
    return sum(_each_in_time(due, at, send))


def send(*, refund: Refund, at: datetime) -> bool:
    """Send one approved refund; false if it cannot go yet, or somebody else has sent it. 提交一笔退款"""
    way = _way_of(refund, at)
    if way is None or not refunding.submit(refunds=[refund.pk], at=at):
        return False
    _request(refund, way, at)
    return True


def ask_open(*, at: datetime) -> int:
    """Ask about the refunds whose outcome is due to be known; returns how many. 查询退款"""
    rows = Refund.objects.filter(
        state__in=refunding.UNDER_WAY, submitted_at__lte=at - FIRST_ASKED_AFTER, arrival__way__in=list(channels())
    )
    turn = at.minute % OLD_ASKED_IN_TURN
    due = [
        one
        for one in rows.select_related("arrival__payment").order_by("submitted_at", "pk")[:SEEN_AT_ONCE]
        if one.submitted_at and (at - one.submitted_at < YOUNG or one.pk % OLD_ASKED_IN_TURN == turn)
    ]
    return sum(_each_in_time(due, at, ask))


def ask(*, refund: Refund, at: datetime) -> bool:
    """Ask the channel what became of a refund; one that never arrived there is sent again. 查询一笔退款"""
    way = _way_of(refund, at)
    if way is None:
        return False
    try:
        told = way.gateway.query_refund(order_number=way.order_number, refund_number=refund.number)
    except NotFound:
        _request(refund, way, at)
    except (Unsure, Declined) as unsure:
        log.warning("refund not known: channel=%s number=%s reason=%s", way.gateway.channel, refund.number, unsure)
    else:
        _bring_in(refund, told, at)
    return True


def hear(*, notice: RefundNotice, at: datetime) -> None:
    """A verified notice of a channel about a refund; whatever it says, the channel is never sent away. 退款通知"""
    refund = Refund.objects.filter(number=notice.refund_number).select_related("arrival__payment").first()
    if refund is None:
        said = f"渠道通知了一笔本平台没有的退款，订单号 {notice.order_number[:40]}"
        key = f"{notice.channel}:refund:{notice.refund_number or notice.transaction}"
        raise_alarm(area_of(notice.order_number), kind="difference", key=key, said=said, at=at)
    elif notice.cumulative:
        # It names the sum of all refunds of the payment; this one's own is asked for.
        if refund.state in refunding.UNDER_WAY:
            ask(refund=refund, at=at)
    else:
        _bring_in(refund, notice, at)


def _each_in_time(due: list[Refund], at: datetime, deed: _Deed) -> list[bool]:
    """Do it for each of them, as long as the round's time lasts and their channel can be used."""
    until = time.monotonic() + WORKING_SECONDS
    done = []
    for refund in due:
        try:
            done.append(deed(refund=refund, at=at))
        except Refused as refused:
            log.error("channel=%s cannot be used: %s", refund.arrival.way, refused.said("en"))
        if time.monotonic() > until:
            break
    return done


def _way_of(refund: Refund, at: datetime) -> _Way | None:
    """The payment that it goes back to; none while its order is not known or its merchant is not ours any more."""
    arrival = refund.arrival
    gateway = gateway_of(arrival.way)
    prefix = f"{gateway.channel}:{gateway.merchant}:"
    if not arrival.key.startswith(prefix):
        said = "收款商户号已更换，不能由平台退款，请在原商户平台办理"
        raise_alarm(
            refund.pooling_area, kind="abnormal_refund", key=f"{refund.number}:merchant", said=said, at=at,
            arrival=arrival,
        )  # fmt: skip
        return None
    order_number = arrival.payment.number if arrival.payment else _order_on_the_bill(refund)
    return _Way(gateway, order_number, arrival.key.removeprefix(prefix)) if order_number else None


def _order_on_the_bill(refund: Refund) -> str:
    """Money without an order of ours: its number stands on the next day's bill."""
    lines = BillLine.objects.filter(arrival=refund.arrival_id, kind="payment").exclude(order_number="")
    return lines.values_list("order_number", flat=True).first() or ""


def _request(refund: Refund, way: _Way, at: datetime) -> None:
    """Ask the channel for it; the refund is submitted, and that is committed."""
    try:
        told = way.gateway.refund(
            order_number=way.order_number,
            transaction=way.transaction,
            refund_number=refund.number,
            amount_fen=refund.amount_fen,
            total_fen=refund.arrival.amount_fen,
            reason=f"医保费退款：{refund.get_reason_display()}",
        )
    except Unsure as unsure:
        log.warning("refund in doubt: channel=%s number=%s reason=%s", way.gateway.channel, refund.number, unsure)
    except (Declined, NotFound) as no:
        code = no.code if isinstance(no, Declined) else str(no)
        log.warning("refund refused: channel=%s number=%s reason=%s", way.gateway.channel, refund.number, code)
        refunding.heard(number=refund.number, outcome=RefundState.ABNORMAL, at=at, said=f"渠道拒绝：{code}")
    else:
        _bring_in(refund, told, at)


def _bring_in(refund: Refund, told: RefundNotice, at: datetime) -> None:
    """What the channel says becomes the refund's state; what cannot be is shown to a person."""
    key = f"{told.channel}:{told.merchant}:{told.transaction}"
    if key != refund.arrival.key:
        _differs(refund, f"{refund.number}:payment", "渠道所说的退款不属于这笔缴费", at)
        return
    try:
        refunding.heard(
            number=refund.number, outcome=OUTCOMES[told.state], at=at, said=WORDS.get(told.state, ""),
            amount_fen=told.amount_fen,
        )  # fmt: skip
    except Refused as refused:
        refund.refresh_from_db()
        if refund.state == RefundState.APPROVED or told.state != "succeeded":
            # It is about to be sent, and then answers; or an old word came late.
            return
        _differs(refund, f"{refund.number}:{told.state}", f"渠道称已退款，本平台不能入账：{refused.what.zh}", at)


def _differs(refund: Refund, key: str, said: str, at: datetime) -> None:
    log.error("refund differs: channel=%s number=%s", refund.arrival.way, refund.number)
    raise_alarm(refund.pooling_area, kind="abnormal_refund", key=key, said=said, at=at, arrival=refund.arrival)
