"""Alipay's notices: a signed form, spoilt where a rule says so. 支付宝通知"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from simulators import rsa
from simulators.clock import plain, stamped
from simulators.keys import ALIPAY_APP, ALIPAY_SELLER
from simulators.rows import Delivery, Order, Refund
from simulators.trading import key_of, order_of
from simulators.world import World, yuan

BUYER, BUYER_LOGIN = "2088102122524333", "159****5620"


def joined(form: Mapping[str, str], leave_out: tuple[str, ...]) -> bytes:
    """What is signed: the fields sorted by name, `a=1&b=2`, without the empty ones and those left out. 待签名串"""
    kept = sorted((name, value) for name, value in form.items() if name not in leave_out and value != "")
    return "&".join(f"{name}={value}" for name, value in kept).encode()


def trade_state(order: Order) -> str:
    """Alipay's word for an order's state."""
    if order.state == "SUCCESS":
        return "TRADE_CLOSED" if order.refunded_fen >= order.amount_fen else "TRADE_SUCCESS"
    return "WAIT_BUYER_PAY" if order.state == "NOTPAY" else "TRADE_CLOSED"


def fields(world: World, delivery: Delivery) -> dict[str, str]:
    """The form without its signature."""
    order = order_of(world, "alipay", delivery.order)
    refund = world.store.one(Refund, key=key_of("alipay", delivery.refund)) if delivery.refund else None
    if order is None:
        raise ValueError("a notice without an order")
    form = {
        "notify_time": plain(world.clock.stamp()),
        "notify_type": "trade_status_sync",
        "notify_id": delivery.key[:32],
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        "app_id": ALIPAY_APP,
        "auth_app_id": ALIPAY_APP,
        "trade_no": order.transaction,
        "out_trade_no": order.number,
        "buyer_id": BUYER,
        "buyer_logon_id": BUYER_LOGIN,
        "seller_id": ALIPAY_SELLER,
        "trade_status": trade_state(order) if refund else "TRADE_SUCCESS",
        "total_amount": yuan(order.amount_fen),
        "receipt_amount": yuan(order.amount_fen),
        "invoice_amount": yuan(order.amount_fen),
        "buyer_pay_amount": yuan(order.amount_fen),
        "point_amount": "0.00",
        "subject": order.description,
        "passback_params": order.attach,
        "gmt_create": plain(order.made),
        "gmt_payment": plain(order.paid_at),
        "fund_bill_list": f'[{{"amount":"{yuan(order.amount_fen)}","fundChannel":"ALIPAYACCOUNT"}}]',
    }
    if refund:
        form |= {
            "out_biz_no": refund.number,
            "refund_fee": yuan(order.refunded_fen),
            "gmt_refund": plain(refund.finished) + ".000",
        }
    return {name: value for name, value in form.items() if value}


def notice(world: World, delivery: Delivery) -> tuple[str, dict[str, str], bytes]:
    """Where a notice goes, its headers and its body."""
    numbers = [delivery.order, *([delivery.refund] if delivery.refund else [])]

    def spoilt(what: str) -> Any:
        return world.rules.take("alipay", numbers, what)

    form = fields(world, delivery)
    if more := spoilt("wrong_amount"):
        order = order_of(world, "alipay", delivery.order)
        lie = yuan((order.amount_fen if order else 0) + int(more))
        form |= {"total_amount": lie, "receipt_amount": lie, "buyer_pay_amount": lie}
    if spoilt("wrong_merchant"):
        form["seller_id"] = "2088999999999999"
    if spoilt("wrong_app"):
        form["app_id"] = "2099999999999999"
    if age := spoilt("stale_timestamp"):
        form["notify_time"] = plain(stamped(world.clock.now() - timedelta(seconds=int(age))))
    if size := spoilt("oversized_body"):
        form["body"] = "0" * int(size)
    forged = bool(spoilt("forged_signature")) or bool(spoilt("unknown_serial"))
    key = world.keys.stranger if forged else world.keys.newest("alipay").key
    form["sign"] = rsa.sign(key, joined(form, ("sign", "sign_type")))
    if spoilt("altered_body"):
        form["notify_id"] = form["notify_id"][::-1]
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    return delivery.url, headers, urlencode(form).encode()
