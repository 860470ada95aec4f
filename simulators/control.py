"""Addresses under /control that move the simulators without a browser; JSON in, JSON out. 控制接口"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from simulators import inbox, settlement, trading
from simulators.bank import batches, book
from simulators.clock import read
from simulators.deliveries import Deliveries
from simulators.rows import Account, Attempt, Batch, Delivery, Follower, Line, Order, Refund, Text
from simulators.world import World

CHANNELS = ("wechat", "alipay")


class Wrong(ValueError):
    """What the control endpoint was asked makes no sense."""


def _channel(asked: dict[str, Any]) -> str:
    channel = asked.get("channel")
    if channel not in CHANNELS:
        raise Wrong(f"channel is one of {', '.join(CHANNELS)}")
    return str(channel)


def _order(world: World, asked: dict[str, Any]) -> Order:
    order = trading.order_of(world, _channel(asked), str(asked.get("order", "")))
    if order is None:
        raise Wrong("no such order")
    return order


def state(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """What runs here: clock, speed, addresses, fee, the account that channels settle to."""
    return {
        "now": world.clock.stamp(),
        "speed": world.speed,
        "address": world.address,
        "platform": world.platform,
        "gateways": str(world.keys.gateways),
        "fee_rate": world.fee_rate,
        "home_account": book.home_account(world),
        "keys": {channel: [pair.serial for pair in world.keys.pairs(channel)] for channel in CHANNELS},
    }


def clock(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Set the clock (`now`) or push it on (`forward_seconds`); what has become due happens before the answer."""
    if "now" in asked:
        world.move_clock(read(str(asked["now"])))
    else:
        world.move_clock(world.clock.now() + timedelta(seconds=float(asked["forward_seconds"])))
    settlement.settle(world)
    deliveries.wake()
    return {"now": world.clock.stamp()}


def rotate(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """A further key signs from now on; with `told` false the platform's configuration does not name it."""
    serial = world.keys.rotate(_channel(asked), bool(asked.get("public_key")), bool(asked.get("told", True)))
    world.keys.write_configuration(world.address, world.platform)
    return {"serial": serial}


def platform(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """The platform stands elsewhere; the configuration is written again."""
    world.platform = str(asked["platform"]).rstrip("/")
    world.keys.write_configuration(world.address, world.platform)
    inbox.write_configuration(world)
    return {"platform": world.platform}


def fee(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """The fee in ten-thousandths, for payments from now on."""
    world.fee_rate = int(asked["rate"])
    return {"fee_rate": world.fee_rate}


def behave(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Switch misbehaviour on."""
    channel = str(asked.get("channel"))
    if channel not in (*CHANNELS, "bank", *inbox.VIAS) or not isinstance(asked.get("do"), list):
        raise Wrong("channel is wechat, alipay, bank, sms or wechat_account; do is a list")
    made = world.rules.add(channel, str(asked.get("order", "*")), asked["do"], int(asked.get("times", -1)))
    return [asdict(rule) for rule in made]


def behaviour(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """The misbehaviour that holds."""
    return [asdict(rule) for rule in world.rules.all()]


def behave_again(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Switch misbehaviour off, on one `channel` or everywhere."""
    world.rules.clear(str(asked.get("channel", "")))
    return []


def pay(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Somebody pays, at `at` or now; with `force` a closed order too."""
    try:
        order = trading.pay(world, _order(world, asked), str(asked.get("at", "")), bool(asked.get("force")))
    except trading.Unpayable as fault:
        raise Wrong(f"the order is {fault}") from None
    deliveries.announce(order)
    return asdict(order)


def scan(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Somebody opens the order and does not pay yet."""
    return asdict(trading.scan(world, _order(world, asked)))


def notify(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Send a further notice of a payment, or of its `refund`, whatever went before; gives its status."""
    order = _order(world, asked)
    refund = world.store.one(Refund, key=trading.key_of(order.channel, str(asked.get("refund", ""))))
    made = deliveries.announce(order, refund, unasked=True)
    return [asdict(delivery) for delivery in made]


def replay(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Send the last notice of an order again, byte for byte, signature and time included."""
    sent = world.replayable.get((_channel(asked), str(asked.get("order"))))
    if sent is None:
        raise Wrong("nothing has been sent about this order since the start")
    status, taken = deliveries.send(_channel(asked), *sent)
    return {"status": status, "taken": taken}


def finish_refund(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """End a refund now with `state` SUCCESS, ABNORMAL or CLOSED."""
    refund = world.store.one(Refund, key=trading.key_of(_channel(asked), str(asked.get("refund", ""))))
    order = trading.order_of(world, _channel(asked), refund.order) if refund else None
    ended = str(asked.get("state", "SUCCESS"))
    if refund is None or order is None or ended not in ("SUCCESS", "ABNORMAL", "CLOSED"):
        raise Wrong("no such refund or state")
    refund = trading.finish_refund(world, refund, ended)
    deliveries.announce(order, refund)
    return asdict(refund)


def log(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Every try to deliver a notice with the platform's status, oldest first."""
    equal = {name: asked[name] for name in ("channel", "order", "refund") if name in asked}
    return [asdict(attempt) for attempt in world.store.find(Attempt, **equal)]


def orders(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Orders with their refunds and the notices still to come."""
    equal = {"channel": asked["channel"]} if "channel" in asked else {}
    return {
        "orders": [asdict(trading.current(world, order)) for order in world.store.find(Order, **equal)],
        "refunds": [asdict(refund) for refund in world.store.find(Refund, **equal)],
        "notices": [asdict(row) for row in world.store.find(Delivery, "state NOT IN ('done', 'given_up')", **equal)],
    }


def forget_notices(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Give up every notice still to come."""
    with world.store.changing():
        dropped = world.store.find(Delivery, "state IN ('waiting', 'held')")
        for delivery in dropped:
            delivery.state = "given_up"
        world.store.put(*dropped)
    return {"given_up": len(dropped)}


def accounts(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Accounts with their balances."""
    return [
        {**asdict(account), "balance_fen": book.balance_fen(world, account.key)}
        for account in world.store.find(Account)
    ]


def open_account(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Open an account, or change its name or opening balance; `home` makes the channels settle to it."""
    opening = int(asked.get("opening_fen", 0))
    account = Account(str(asked["number"]), str(asked["name"]), str(asked.get("kind", "payer")), opening)
    world.store.put(account)
    if asked.get("home"):
        world.store.remember("home account", account.key)
    return asdict(account)


def transfer(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """A transfer; see `book.transfer` for the names."""
    return [asdict(line) for line in book.transfer(world, **asked)]


def line(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Any line on an account, for what no other address can do."""
    given = {"other_name": "", "other_account": "", "remark": "", **asked}
    return asdict(book.post(world, str(given.pop("account")), **given))


def lose(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """A line is missing from statements, or with `lost` false is there again; its money stays."""
    found = world.store.one(Line, serial=str(asked.get("serial")))
    if found is None:
        raise Wrong("no such line")
    found.lost = int(bool(asked.get("lost", True)))
    world.store.put(found)
    return asdict(found)


def lines(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Every line of an account as it was booked, lost ones too."""
    return [asdict(row) for row in world.store.find(Line, account=str(asked.get("account")))]


def give_back(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Return a debit (`kind` debit) or a payout (`kind` payout) that was a success."""
    kind, day = str(asked.get("kind", "debit")), str(asked.get("day", ""))
    reason = str(asked.get("reason", "客户拒付" if kind == "debit" else "账号不存在"))
    return asdict(batches.give_back(world, str(asked["end_to_end"]), reason, day, kind))


def held_batches(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Every batch in numbers."""
    return [batches.summary(world, batch) for batch in world.store.find(Batch)]


def messages(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Every message that reached a phone or a follower, or one `recipient`'s, oldest first."""
    equal = {name: asked[name] for name in ("via", "recipient", "own_id") if name in asked}
    return [asdict(text) for text in world.store.find(Text, **equal)]


def message_templates(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Have the templates of `via` approved: `words` by kind, with {name} where a value goes."""
    return [asdict(one) for one in inbox.register(world, str(asked.get("via")), dict(asked["words"]))]


def followers(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Everybody who follows the official account or did."""
    return [asdict(one) for one in world.store.find(Follower)]


def new_follower(world: World, deliveries: Deliveries, asked: dict[str, Any]) -> Any:
    """Somebody follows the official account, and no event tells of it."""
    return asdict(inbox.new_follower(world, str(asked.get("name", "微信用户"))))


Action = Callable[[World, Deliveries, dict[str, Any]], Any]
ADDRESSES: dict[tuple[str, str], Action] = {
    ("GET", "state"): state,
    ("POST", "clock"): clock,
    ("POST", "rotate"): rotate,
    ("POST", "platform"): platform,
    ("POST", "fee"): fee,
    ("GET", "behaviour"): behaviour,
    ("POST", "behaviour"): behave,
    ("DELETE", "behaviour"): behave_again,
    ("POST", "pay"): pay,
    ("POST", "scan"): scan,
    ("POST", "notify"): notify,
    ("POST", "replay"): replay,
    ("POST", "refund"): finish_refund,
    ("GET", "log"): log,
    ("GET", "orders"): orders,
    ("DELETE", "notices"): forget_notices,
    ("GET", "bank/accounts"): accounts,
    ("POST", "bank/accounts"): open_account,
    ("POST", "bank/transfer"): transfer,
    ("POST", "bank/line"): line,
    ("POST", "bank/lose"): lose,
    ("GET", "bank/lines"): lines,
    ("POST", "bank/return"): give_back,
    ("GET", "bank/batches"): held_batches,
    ("GET", "messages"): messages,
    ("POST", "messages/templates"): message_templates,
    ("GET", "messages/followers"): followers,
    ("POST", "messages/followers"): new_follower,
}
