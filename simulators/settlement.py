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
    """Pay out every day that is due and not yet paid out. A day with more refunds than payments is carried over."""
    ripe = world.clock.now() - timedelta(days=1)
    if ripe.time() < ARRIVES:
        ripe -= timedelta(days=1)
    last = ripe.date().isoformat()
    for channel in PAYERS:
        start = world.store.setting(f"{channel} settled to", "")
        if start >= last:
            continue
        with world.store.changing():
            for day in _days(world, channel, start, last):
                _settle_day(world, channel, day)
            world.store.remember(f"{channel} settled to", last)


def _days(world: World, channel: str, start: str, last: str) -> list[str]:
    """Days after `start` until `last` on which something moved."""
    paid = {row.paid_at[:10] for row in world.store.find(Order, "paid_at > ?", start, channel=channel, state="SUCCESS")}
    back = {
        row.finished[:10] for row in world.store.find(Refund, "finished > ?", start, channel=channel, state="SUCCESS")
    }
    return sorted(day for day in paid | back if start < day <= last)


def _settle_day(world: World, channel: str, day: str) -> None:
    name, account, word, merchant = PAYERS[channel]
    owed = int(world.store.setting(f"{channel} owed fen", 0))
    owed += sum(entry.net_fen for entry in activity.day_of(world, channel, day))
    if owed > 0:
        next_day = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        book.post(
            world,
            book.home_account(world),
            side="贷",
            amount_fen=owed,
            day=next_day,
            other_name=name,
            other_account=account,
            remark=f"{word} {merchant} {day.replace('-', '')}",
        )
        world.store.remember(f"{channel} paid out {day}", {"fen": owed, "day": next_day})
        owed = 0
    world.store.remember(f"{channel} owed fen", owed)
