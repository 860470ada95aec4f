"""What both channels do with orders and refunds, whatever their wires look like. 交易"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta

from simulators.clock import read, stamped
from simulators.rows import Order, Refund
from simulators.world import World

REFUND_TAKES = 30
"""simulated seconds from a WeChat refund's acceptance to its success"""


class Unpayable(Exception):
    """The order takes no money in its present state; the first argument is the state."""


def key_of(channel: str, number: str) -> str:
    """Under which an order or refund is stored."""
    return f"{channel}:{number}"


def order_of(world: World, channel: str, number: str) -> Order | None:
    """An order by the platform's number, closed if its time has run out."""
    order = world.store.one(Order, key=key_of(channel, number))
    return current(world, order) if order else None


def current(world: World, order: Order) -> Order:
    """The order as it stands now: unpaid past its expiry is closed."""
    if order.state == "NOTPAY" and order.expires and order.expires <= world.clock.stamp():
        order.state, order.closed_at = "CLOSED", order.expires
        world.store.put(order)
    return order


def new_order(world: World, channel: str, number: str, **given: object) -> Order:
    """Store a fresh order."""
    order = Order(
        key=key_of(channel, number),
        channel=channel,
        number=number,
        token=secrets.token_urlsafe(18),
        made=world.clock.stamp(),
        **given,  # type: ignore[arg-type]
    )
    world.store.put(order)
    return order


def pay(world: World, order: Order, at: str = "", force: bool = False) -> Order:
    """The payer's money moves. Closed and expired orders take none unless told to. Raises Unpayable. 支付"""
    force = force or bool(world.rules.take(order.channel, [order.number], "pay_late"))
    with world.store.changing():
        order = current(world, world.store.one(Order, key=order.key) or order)
        if order.state == "SUCCESS":
            raise Unpayable("SUCCESS")
        if order.state != "NOTPAY" and not force:
            raise Unpayable(order.state)
        order.state, order.scanned = "SUCCESS", 1
        order.paid_at = stamped(read(at)) if at else world.clock.stamp()
        order.transaction = order.transaction or transaction_number(world, order)
        order.fee_fen = world.fee_fen(order.amount_fen)
        world.store.put(order)
    return order


def scan(world: World, order: Order) -> Order:
    """The payer opens the order; at Alipay the trade begins here. 扫码"""
    with world.store.changing():
        order = current(world, world.store.one(Order, key=order.key) or order)
        if not order.scanned:
            order.scanned = 1
            if order.channel == "alipay" and not order.transaction:
                order.transaction = transaction_number(world, order)
            world.store.put(order)
    return order


def transaction_number(world: World, order: Order) -> str:
    """The channel's own number of 28 digits."""
    day = (order.paid_at or order.made)[:10].replace("-", "")
    number = world.store.next("transaction")
    return f"42000004{day}{number:012d}" if order.channel == "wechat" else f"{day}22001{number:015d}"


def close(world: World, order: Order) -> Order:
    """The order takes no money any more. 关单"""
    order.state, order.closed_at = "CLOSED", world.clock.stamp()
    world.store.put(order)
    return order


def new_refund(world: World, order: Order, number: str, amount_fen: int, reason: str, notify_url: str) -> Refund:
    """Accept a refund and hold its sum against the order. 退款受理"""
    with world.store.changing():
        order = world.store.one(Order, key=order.key) or order
        before = _fee_back_fen(order)
        order.refunded_fen += amount_fen
        later = world.clock.now() + timedelta(seconds=REFUND_TAKES)
        refund = Refund(
            key=key_of(order.channel, number),
            channel=order.channel,
            number=number,
            order=order.number,
            serial=f"5030000{world.day().replace('-', '')}{world.store.next('refund'):013d}",
            amount_fen=amount_fen,
            reason=reason,
            notify_url=notify_url,
            made=world.clock.stamp(),
            fee_back_fen=_fee_back_fen(order) - before,
            due_true=time.time() + REFUND_TAKES / world.speed,
            due_moved=stamped(later),
        )
        world.store.put(order, refund)
    return refund


def _fee_back_fen(order: Order) -> int:
    """How much of the fee belongs to what has been refunded; all of it when all has been."""
    return (2 * order.fee_fen * order.refunded_fen + order.amount_fen) // (2 * order.amount_fen)


def finish_refund(world: World, refund: Refund, state: str) -> Refund:
    """The refund has arrived (SUCCESS), or it cannot (ABNORMAL, CLOSED). 退款结果"""
    with world.store.changing():
        refund.state, refund.finished = state, world.clock.stamp()
        if state == "CLOSED":
            order = world.store.one(Order, key=key_of(refund.channel, refund.order))
            if order:
                order.refunded_fen -= refund.amount_fen
                world.store.put(order)
        world.store.put(refund)
    return refund
