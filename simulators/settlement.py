"""Each day's takings of a channel, less its fee, arrive at the bank on the next morning. 次日结算"""

from __future__ import annotations

from datetime import date, time, timedelta

from simulators import activity
from simulators.bank import book
from simulators.keys import ALIPAY_SELLER, MERCHANT
from simulators.rows import Order, Refund
from simulators.world import World

ARRIVES = time(9, 0)
PAYERS = {
    "wechat": ("财付通支付科技有限公司", "243300133", "财付通结算", MERCHANT),
    "alipay": ("支付宝（中国）网络技术有限公司", "215500690", "支付宝结算", ALIPAY_SELLER),
}
"""name, account, word in the remittance text, merchant"""


def settle(world: World) -> None:
    """Pay out every day that is due. A day below zero is carried over; what turns up later for a day follows. 结算"""
    ripe = world.clock.now() - timedelta(days=1)
    if ripe.time() < ARRIVES:
        ripe -= timedelta(days=1)
    last = ripe.date().isoformat()
    for channel in PAYERS:
        seen = f"{last} {_moved(world, channel, last)}"
        # Whole days are read again only when something in them has changed.
        if world.store.setting(f"{channel} settled", "") == seen:
            continue
        with world.store.changing():
            for day in activity.days(world, channel):
                if day <= last:
                    _settle_day(world, channel, day)
            world.store.remember(f"{channel} settled", seen)


def _moved(world: World, channel: str, last: str) -> int:
    """How many payments and refunds there are until a day."""
    bound = last + "T24"
    test = "state = 'SUCCESS' AND channel = ? AND {} < ?"
    paid = world.store.total(Order, "1", test.format("paid_at"), channel, bound)
    return paid + world.store.total(Refund, "1", test.format("finished"), channel, bound)


def _settle_day(world: World, channel: str, day: str) -> None:
    name, account, word, merchant = PAYERS[channel]
    settled = world.store.setting(f"{channel} settled {day}")
    net = sum(entry.net_fen for entry in activity.day_of(world, channel, day))
    owed = int(world.store.setting(f"{channel} owed fen", 0)) + net - (settled or 0)
    if settled == net:
        return
    if owed > 0:
        next_day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        arrives = next_day if settled is None else max(next_day, world.day())
        book.post(
            world,
            book.home_account(world),
            side="贷",
            amount_fen=owed,
            day=arrives,
            other_name=name,
            other_account=account,
            remark=f"{word} {merchant} {day.replace('-', '')}",
        )
        payouts = world.store.setting(f"{channel} payouts", [])
        world.store.remember(f"{channel} payouts", [*payouts, {"bill": day, "fen": owed, "day": arrives}])
        owed = 0
    world.store.remember(f"{channel} owed fen", owed)
    world.store.remember(f"{channel} settled {day}", net)
