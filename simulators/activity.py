"""What moved in a channel on one day: the stuff of bills and settlements. 当日收支"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from simulators.clock import CHINA
from simulators.rows import Order, Refund
from simulators.trading import key_of
from simulators.world import World

READY = time(10, 0)
"""a day's bill can be had from this time of the next day"""


@dataclass(frozen=True)
class Entry:
    """One payment, or one refund that has arrived. 收支"""

    at: str
    order: str
    transaction: str
    way: str
    made: str
    description: str
    attach: str
    order_fen: int
    paid_fen: int
    """above zero for a payment only"""
    refund_fen: int
    """above zero for a refund only"""
    fee_fen: int
    """kept by the channel; below zero where a refund gives it back"""
    refund: str = ""
    refund_serial: str = ""

    @property
    def net_fen(self) -> int:
        """What the merchant has more for it."""
        return self.paid_fen - self.refund_fen - self.fee_fen


def day_of(world: World, channel: str, day: str) -> list[Entry]:
    """Payments and refunds of a day, in the order in which they happened."""
    after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    bounds = (day, after)
    entries = [
        of_payment(order)
        for order in world.store.find(
            Order, "state = 'SUCCESS' AND channel = ? AND paid_at >= ? AND paid_at < ?", channel, *bounds
        )
    ]
    for refund in world.store.find(
        Refund, "state = 'SUCCESS' AND channel = ? AND finished >= ? AND finished < ?", channel, *bounds
    ):
        order = world.store.one(Order, key=key_of(channel, refund.order))
        if order:
            entries.append(of_refund(order, refund))
    return sorted(entries, key=lambda entry: entry.at)


def days(world: World, channel: str) -> list[str]:
    """Every day on which something moved."""
    paid = {order.paid_at[:10] for order in world.store.find(Order, channel=channel, state="SUCCESS")}
    return sorted(paid | {back.finished[:10] for back in world.store.find(Refund, channel=channel, state="SUCCESS")})


def of_payment(order: Order) -> Entry:
    """A payment."""
    return Entry(
        at=order.paid_at,
        order=order.number,
        transaction=order.transaction,
        way=order.way,
        made=order.made,
        description=order.description,
        attach=order.attach,
        order_fen=order.amount_fen,
        paid_fen=order.amount_fen,
        refund_fen=0,
        fee_fen=order.fee_fen,
    )


def of_refund(order: Order, refund: Refund) -> Entry:
    """A refund, with the fee that comes back."""
    return replace(
        of_payment(order),
        at=refund.finished,
        paid_fen=0,
        refund_fen=refund.amount_fen,
        fee_fen=-refund.fee_back_fen,
        refund=refund.number,
        refund_serial=refund.serial,
    )


def billed(world: World, channel: str, day: str) -> list[Entry]:
    """The entries as the day's bill shows them, with the faults asked for."""
    shown: list[Entry] = []
    entries = day_of(world, channel, day)
    for entry in entries:
        numbers = [entry.order, *([entry.refund] if entry.refund else [])]
        if world.rules.take(channel, numbers, "bill_missing"):
            continue
        if more := world.rules.take(channel, numbers, "bill_amount"):
            entry = replace(
                entry,
                order_fen=entry.order_fen + int(more),
                paid_fen=entry.paid_fen and entry.paid_fen + int(more),
                refund_fen=entry.refund_fen and entry.refund_fen + int(more),
            )
        shown.append(entry)
    if extra := world.rules.take(channel, [], "bill_extra"):
        number = f"{day.replace('-', '')}{int(extra):08d}"
        shown.append(
            Entry(
                at=f"{day}T12:00:00+08:00",
                order=f"STRANGE{number}",
                transaction=f"42000004{number:0>20}"
                if channel == "wechat"
                else f"{day.replace('-', '')}22001{extra:015d}",
                way="NATIVE" if channel == "wechat" else "PRECREATE",
                made=f"{day}T11:59:00+08:00",
                description="另一笔",
                attach="",
                order_fen=int(extra),
                paid_fen=int(extra),
                refund_fen=0,
                fee_fen=world.fee_fen(int(extra)),
            )
        )
    return shown


def is_ready(world: World, day: str) -> bool:
    """Whether the day's bill has been made. Raises ValueError where `day` is no date."""
    return world.clock.now() >= datetime.combine(date.fromisoformat(day) + timedelta(days=1), READY, CHINA)
