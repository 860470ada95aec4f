"""What the channels tell us unasked: verified, brought in, answered so that they stop or come again. 渠道通知

A notice of a payment whose order nobody knows: while the money is young, our own order may not be committed yet, so the
channel is asked to come again; after ten minutes the money is held in suspense, so that a sender is never refused
for ever. What is forged raises one alarm for its reason, without its content.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from yingbao.collection import settling
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.lifecycle import Word
from yingbao.collection.models import Payment
from yingbao.exchange import refunding
from yingbao.exchange.channels import gateway_of
from yingbao.exchange.gateway import Answer, Forged, Gateway, Notice, RefundNotice
from yingbao.exchange.paying import paid_of
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

COMMITTED_WITHIN = timedelta(minutes=10)
NOT_CONFIGURED = Answer(503, "text/plain", b"not configured")


def hear(*, channel: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Answer:
    """Take in one message of a channel; the answer is what the channel must hear, to the byte. 接收通知"""
    try:
        gateway = gateway_of(channel)
        told = gateway.read_notice(headers, body, now)
    except Forged as forged:
        _alarm(channel, forged, now)
        return gateway.declined("not accepted")
    except Refused as refused:
        # Keys that are just being replaced: the message comes again.
        log.error("channel=%s cannot hear: %s", channel, refused.said("en"))
        return NOT_CONFIGURED
    if isinstance(told, RefundNotice):
        refunding.hear(notice=told, at=now)
        return gateway.accepted()
    return _paid(gateway, told, now)


def _paid(gateway: Gateway, told: Notice, now: datetime) -> Answer:
    """A payment: settled, or asked for again; what says nothing of money is heard and left to the query."""
    if told.state not in ("succeeded", "refunded"):
        return gateway.accepted()
    paid = paid_of(told)
    known = Payment.objects.filter(number=paid.order_number, channel=paid.channel).exists()
    if not known and now - paid.paid_at < COMMITTED_WITHIN:
        return gateway.declined("the order is not known yet")
    settling.settle(paid=paid, word=Word.NOTICE, at=now)
    return gateway.accepted()


def _alarm(channel: str, forged: Forged, now: datetime) -> None:
    said = f"收到一条未通过核验的{dict(Payment.CHANNELS)[channel]}通知：{forged.why[:120]}"
    raise_alarm(settling.area_of(""), kind="forged", key=f"{channel}:{forged.why[:100]}", said=said, at=now)
