"""Orders go out to the channels, and the channels are asked what became of them. 渠道下单与查单

Nothing here runs inside a transaction: the order is committed before a channel hears of it, and what a channel says is
brought in by `collection.settling`. An outcome that is not known stays unknown until a query or a bill tells it.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db.models import F

from yingbao.collection import ordering, settling
from yingbao.collection.lifecycle import OPEN_PAYMENTS, PaymentState, Word
from yingbao.collection.models import Payment
from yingbao.collection.settling import Paid
from yingbao.exchange.channels import channels, gateway_of
from yingbao.exchange.gateway import Declined, Gateway, NotFound, Notice, OrderKind, Unsure
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

DESCRIPTION = "城乡居民医疗保险费"
FIRST_ASKED_AFTER = timedelta(seconds=20)
"""A notice is faster than that, as a rule."""
YOUNG = timedelta(minutes=10)
ASKED_EVERY = {True: timedelta(seconds=50), False: timedelta(minutes=5)}
"""Young orders are asked about each minute, older ones each five minutes."""
ASKING_SECONDS = 50.0
"""So long one round of asking takes at most; the next one goes on."""
SEEN_AT_ONCE = 2000


def place(*, payment: Payment, now: datetime, client_address: str = "") -> Payment:
    """Tell the channel of an order, and note where it can be paid. 渠道下单

    `client_address`: the payer's IP address, which a WeChat page needs. A second call does nothing. Where the channel
    does not answer, the order is unknown and `ask` finds out.
    """
    if payment.state != PaymentState.CREATED or payment.channel == "card":
        return payment
    gateway = gateway_of(payment.channel)
    kind: OrderKind = "page" if payment.kind == "page" else "qr"
    try:
        opened = gateway.open_order(
            order_number=payment.number,
            amount_fen=payment.total_fen,
            description=DESCRIPTION,
            expires_at=payment.expires_at,
            kind=kind,
            client_address=client_address,
        )
    except Unsure as unsure:
        return ordering.answered(payment=payment, unsure=str(unsure))
    except (Declined, NotFound) as no:
        log.warning("order refused: channel=%s number=%s reason=%s", payment.channel, payment.number, _code(no))
        return ordering.answered(payment=payment, declined=_code(no))
    return ordering.answered(payment=payment, address=opened.address)


def ask(*, payment: Payment, now: datetime) -> Payment:
    """Ask the channel what became of an order; one whose time is over is closed there. 查单"""
    if payment.state not in OPEN_PAYMENTS:
        return payment
    if payment.channel == "card":
        return _end_card(payment, now)
    gateway = gateway_of(payment.channel)
    if payment.state == PaymentState.CREATED:
        # Whoever placed it was cut off before the answer was noted.
        ordering.answered(payment=payment, unsure="the answer was not noted")
    said = _query(gateway, payment, now)
    if said in ("pending", "missing") and now >= payment.expires_at:
        _end(gateway, payment, now)
    payment.refresh_from_db()
    return payment


def cancel(*, payment: Payment, now: datetime) -> Payment:
    """The payer wants this order no longer: it is closed at the channel, unless it is paid by now. 取消订单"""
    if payment.state not in OPEN_PAYMENTS:
        return payment
    if payment.channel == "card":
        return settling.close(payment=payment, word=Word.QUERY, at=now)
    gateway = gateway_of(payment.channel)
    if payment.state == PaymentState.CREATED:
        ordering.answered(payment=payment, unsure="the answer was not noted")
    if _query(gateway, payment, now) in ("pending", "missing"):
        _end(gateway, payment, now)
    payment.refresh_from_db()
    return payment


def ask_open(*, now: datetime) -> int:
    """Ask about every order whose outcome is due to be known; returns about how many. 定时查单"""
    until = time.monotonic() + ASKING_SECONDS
    rows = Payment.objects.filter(state__in=sorted(OPEN_PAYMENTS), created_at__lte=now - FIRST_ASKED_AFTER)
    asked = 0
    for payment in rows.order_by(F("checked_at").asc(nulls_first=True), "pk")[:SEEN_AT_ONCE]:
        if not _is_due(payment, now) or (payment.channel != "card" and payment.channel not in channels()):
            continue
        try:
            ask(payment=payment, now=now)
        except Refused as refused:
            log.warning("channel=%s cannot be asked: %s", payment.channel, refused.said("en"))
        asked += 1
        if time.monotonic() > until:
            break
    return asked


def paid_of(notice: Notice) -> Paid:
    """What a gateway says of a payment, in the words of collection. 收款事实

    Raises ValueError if it says that nothing was paid.
    """
    if notice.paid_at is None:
        raise ValueError("nothing was paid")
    return Paid(
        notice.channel, notice.merchant, notice.order_number, notice.transaction, notice.amount_fen, notice.paid_at,
        notice.payer,
    )  # fmt: skip


def _query(gateway: Gateway, payment: Payment, now: datetime) -> str:
    """Ask, bring in what is said, and return it: a state, `missing` or `unsure`."""
    try:
        notice = gateway.query(payment.number)
    except NotFound:
        settling.note_asked(payment=payment, at=now)
        return "missing"
    except (Unsure, Declined) as unsure:
        settling.lose_sight(payment=payment, at=now, said=_code(unsure))
        return "unsure"
    if notice.state in ("succeeded", "refunded"):
        settling.settle(paid=paid_of(notice), word=Word.QUERY, at=now)
    elif notice.state == "closed":
        settling.close(payment=payment, word=Word.QUERY, at=now)
    elif notice.state == "failed":
        settling.fail(payment=payment, word=Word.QUERY, at=now)
    else:
        settling.wait(payment=payment, at=now)
    return notice.state


def _end(gateway: Gateway, payment: Payment, now: datetime) -> None:
    """Close an order at the channel; in between it may have been paid, so the channel is asked once more."""
    try:
        gateway.close(payment.number)
    except (NotFound, Declined) as no:
        # Nobody began to pay, or somebody just paid: the query tells.
        log.info("close refused: channel=%s number=%s reason=%s", payment.channel, payment.number, _code(no))
    except Unsure as unsure:
        settling.lose_sight(payment=payment, at=now, said=str(unsure))
        return
    if _query(gateway, payment, now) == "missing":
        settling.close(payment=payment, word=Word.QUERY, at=now)


def _end_card(payment: Payment, now: datetime) -> Payment:
    """An order at the counter whose slip nobody entered."""
    if now < payment.expires_at:
        return payment
    return settling.close(payment=payment, word=Word.QUERY, at=now)


def _is_due(payment: Payment, now: datetime) -> bool:
    last = payment.checked_at
    return last is None or now >= payment.expires_at or now - last >= ASKED_EVERY[now - payment.created_at < YOUNG]


def _code(no: Exception) -> str:
    return no.code if isinstance(no, Declined) else str(no)
