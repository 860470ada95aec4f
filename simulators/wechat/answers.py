"""How orders and refunds look in WeChat's answers and notices. 报文"""

from __future__ import annotations

from typing import Any

from simulators.keys import APP_ID, MERCHANT
from simulators.rows import Order, Refund

WORDS = {"NOTPAY": "订单未支付", "SUCCESS": "支付成功", "CLOSED": "订单已关闭", "REFUND": "订单发生过退款"}
PAYER = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
RECEIVED = "支付用户零钱"


def transaction(order: Order, amount_fen: int | None = None) -> dict[str, Any]:
    """An order as the query and the notice tell it; `amount_fen` lies about the sum."""
    amount = order.amount_fen if amount_fen is None else amount_fen
    state = "REFUND" if order.state == "SUCCESS" and order.refunded_fen else order.state
    told: dict[str, Any] = {
        "appid": APP_ID,
        "mchid": MERCHANT,
        "out_trade_no": order.number,
        "trade_state": state,
        "trade_state_desc": WORDS[state],
        "attach": order.attach,
        "amount": {"total": amount, "currency": "CNY"},
    }
    if order.state == "SUCCESS":
        told |= {
            "transaction_id": order.transaction,
            "trade_type": "MWEB" if order.way == "H5" else order.way,
            "bank_type": "OTHERS",
            "success_time": order.paid_at,
            "payer": {"openid": PAYER},
            "amount": {"total": amount, "payer_total": amount, "currency": "CNY", "payer_currency": "CNY"},
        }
    return told


def refund(order: Order, of: Refund) -> dict[str, Any]:
    """A refund as its request and its query answer it."""
    told: dict[str, Any] = {
        "refund_id": of.serial,
        "out_refund_no": of.number,
        "transaction_id": order.transaction,
        "out_trade_no": order.number,
        "channel": "ORIGINAL",
        "user_received_account": RECEIVED,
        "create_time": of.made,
        "status": of.state,
        "funds_account": "UNSETTLED",
        "amount": {
            "total": order.amount_fen,
            "refund": of.amount_fen,
            "payer_total": order.amount_fen,
            "payer_refund": of.amount_fen,
            "settlement_refund": of.amount_fen,
            "settlement_total": order.amount_fen,
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if of.state == "SUCCESS":
        told["success_time"] = of.finished
    return told


def refund_notice(order: Order, of: Refund) -> dict[str, Any]:
    """A refund as its notice tells it, which differs from the query."""
    told: dict[str, Any] = {
        "mchid": MERCHANT,
        "out_trade_no": order.number,
        "transaction_id": order.transaction,
        "out_refund_no": of.number,
        "refund_id": of.serial,
        "refund_status": of.state,
        "user_received_account": RECEIVED,
        "amount": {
            "total": order.amount_fen,
            "refund": of.amount_fen,
            "payer_total": order.amount_fen,
            "payer_refund": of.amount_fen,
        },
    }
    if of.state == "SUCCESS":
        told["success_time"] = of.finished
    return told
