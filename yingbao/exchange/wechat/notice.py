"""What WeChat Pay says about a payment or a refund, by notice or in an answer. 微信支付通知"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from yingbao.exchange.gateway import LONGEST_NOTICE, Forged, Notice, PayState, RefundNotice, RefundState, paid_digest
from yingbao.exchange.wechat.config import Config
from yingbao.exchange.wechat.signing import Unverified, opened, verify
from yingbao.exchange.wire import Fields, Unreadable, moment

CHANNEL = "wechat"
_PAID = "TRANSACTION.SUCCESS"
_STATES: dict[str, PayState] = {
    "SUCCESS": "succeeded",
    "REFUND": "refunded",
    "NOTPAY": "pending",
    "USERPAYING": "pending",
    "ACCEPT": "pending",
    "CLOSED": "closed",
    "REVOKED": "closed",
    "PAYERROR": "failed",
}
_REFUND_STATES: dict[str, RefundState] = {
    "SUCCESS": "succeeded",
    "PROCESSING": "processing",
    "ABNORMAL": "abnormal",
    "CLOSED": "closed",
}
_REFUND_EVENTS = {"REFUND.SUCCESS": "SUCCESS", "REFUND.ABNORMAL": "ABNORMAL", "REFUND.CLOSED": "CLOSED"}


def read_notice(config: Config, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice | RefundNotice:
    """The content of a notice whose signature, age, sealing, merchant, app, currency and state are all right."""
    if len(body) > LONGEST_NOTICE:
        raise Forged("longer than 64 KB")
    try:
        verify(config, headers=headers, body=body, now=now)
        message = Fields.of(body)
        message.must_be("resource_type", "encrypt-resource")
        event = message.text("event_type", longest=32)
        if event != _PAID and event not in _REFUND_EVENTS:
            raise Unreadable("another event")
        resource = message.part("resource")
        resource.if_given_must_be("original_type", "transaction" if event == _PAID else "refund")
        content = opened(config, resource)
        if event == _PAID:
            content.must_be("trade_state", "SUCCESS")
            return payment(config, content)
        content.must_be("mchid", config.merchant)
        content.must_be("refund_status", _REFUND_EVENTS[event])
        return refund(config, content)
    except (Unverified, Unreadable) as error:
        raise Forged(str(error)) from None


def payment(config: Config, content: Fields) -> Notice:
    """A payment as the transaction object tells it; Unreadable if it is another merchant's, app's or currency's."""
    content.must_be("mchid", config.merchant)
    content.must_be("appid", config.app_id)
    state = _STATES.get(content.text("trade_state", longest=32))
    if state is None:
        raise Unreadable("another trade_state")
    settled = state in ("succeeded", "refunded")
    amount_fen = 0
    if settled or "amount" in content:
        amount = content.part("amount")
        # An unpaid order's answer may leave the currency out.
        (amount.must_be if settled else amount.if_given_must_be)("currency", "CNY")
        amount.if_given_must_be("payer_currency", "CNY")
        amount_fen = amount.fen("total")
    if settled and not amount_fen:
        raise Unreadable("nothing was paid")
    paid_at = moment(content.text("success_time", longest=40), "success_time") if settled else None
    order_number = content.text("out_trade_no", longest=32)
    transaction = (
        content.text("transaction_id", longest=32) if settled else content.text_or_none("transaction_id", longest=32)
    )
    payer = content.part("payer").text_or_none("openid") if "payer" in content else ""
    digest = paid_digest(CHANNEL, config.merchant, order_number, transaction, amount_fen, state, paid_at)
    return Notice(CHANNEL, config.merchant, order_number, transaction, amount_fen, state, paid_at, payer, digest)


def refund(config: Config, content: Fields) -> RefundNotice:
    """A refund as the refund object tells it; a notice calls its state refund_status, an answer status."""
    named = "refund_status" if "refund_status" in content else "status"
    state = _REFUND_STATES.get(content.text(named, longest=32))
    if state is None:
        raise Unreadable(f"another {named}")
    amount = content.part("amount")
    amount.if_given_must_be("currency", "CNY")
    amount_fen = amount.fen("refund")
    if not 0 < amount_fen <= amount.fen("total"):
        raise Unreadable("more refunded than paid, or nothing")
    when = content.text_or_none("success_time", longest=40) or content.text_or_none("create_time", longest=40)
    if state == "succeeded" and "success_time" not in content:
        raise Unreadable("success_time is missing")
    return RefundNotice(
        CHANNEL,
        config.merchant,
        content.text("out_refund_no", longest=64),
        content.text("refund_id", longest=32),
        content.text("transaction_id", longest=32),
        amount_fen,
        state,
        moment(when, "success_time") if when else None,
        order_number=content.text("out_trade_no", longest=32),
    )
