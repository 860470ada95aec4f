"""What Alipay says about a payment or a refund, by notice or in an answer. 支付宝通知

Notices come again for 25 hours with the same content and carry no nonce, so there is no window within which they must
be fresh; that one came before is for the ledger's keys to see.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from yingbao.exchange.alipay.config import Config
from yingbao.exchange.alipay.signing import SIGN_TYPE, signed_text, verify
from yingbao.exchange.gateway import LONGEST_NOTICE, Forged, Notice, PayState, RefundNotice, paid_digest
from yingbao.exchange.sums import fen
from yingbao.exchange.wire import Fields, Unreadable, china_moment

CHANNEL = "alipay"
_MOST_FIELDS = 100
_STATES: dict[str, PayState] = {
    "WAIT_BUYER_PAY": "pending",
    "TRADE_SUCCESS": "succeeded",
    "TRADE_FINISHED": "succeeded",
    "TRADE_CLOSED": "closed",
}


def read_notice(config: Config, *, body: bytes) -> Notice | RefundNotice:
    """The content of a notice whose signature, app, seller and kind are right; Forged otherwise."""
    if len(body) > LONGEST_NOTICE:
        raise Forged("longer than 64 KB")
    try:
        form = _form(body)
        content = {name: value for name, value in form.items() if name not in ("sign", "sign_type")}
        # The kind of signature stands outside what is signed: it may be stated, it decides nothing.
        if form.get("sign_type") != SIGN_TYPE or form.get("charset", "utf-8").lower() != "utf-8":
            raise Unreadable("another kind of signature or charset")
        verify(config, signed_text(content), form.get("sign", ""))
        fields = Fields(content)
        fields.must_be("app_id", config.app_id)
        fields.must_be("seller_id", config.seller_id)
        fields.must_be("notify_type", "trade_status_sync")
        fields.if_given_must_be("auth_app_id", config.app_id)
        return _refund(config, fields) if _is_refund(fields) else payment(config, fields, paid="gmt_payment")
    except Unreadable as error:
        raise Forged(str(error)) from None


def amount(fields: Fields, name: str) -> int:
    """A field in yuan as whole fen; Unreadable if it is not one exactly."""
    try:
        return fen(fields.text(name, longest=20))
    except Unreadable:
        raise
    except ValueError:
        raise Unreadable(f"{name} is no amount in yuan") from None


def payment(config: Config, fields: Fields, *, paid: str) -> Notice:
    """A payment as a notice or an answer tells it; `paid` names the field with the moment of payment."""
    for currency in ("trans_currency", "settle_currency", "pay_currency"):
        fields.if_given_must_be(currency, "CNY")
    state = _STATES.get(fields.text("trade_status", longest=32))
    if state is None:
        raise Unreadable("another trade_status")
    # A trade that was paid and then wholly refunded is closed too, but knows when it was paid.
    if state == "closed" and paid in fields:
        state = "refunded"
    settled = state in ("succeeded", "refunded")
    amount_fen = amount(fields, "total_amount") if settled or "total_amount" in fields else 0
    if settled and not amount_fen:
        raise Unreadable("nothing was paid")
    paid_at = china_moment(fields.text(paid, longest=32), paid) if settled else None
    order_number = fields.text("out_trade_no", longest=64)
    transaction = fields.text("trade_no", longest=64) if settled else fields.text_or_none("trade_no", longest=64)
    payer = next((fields.text(name) for name in ("buyer_id", "buyer_user_id", "buyer_open_id") if name in fields), "")
    payer = payer or fields.text_or_none("buyer_logon_id")
    # Notice and query name two different moments (payment, pay-out), so the digest goes without one.
    digest = paid_digest(CHANNEL, config.seller_id, order_number, transaction, amount_fen, state, None)
    return Notice(CHANNEL, config.seller_id, order_number, transaction, amount_fen, state, paid_at, payer, digest)


def _is_refund(fields: Fields) -> bool:
    some = "refund_fee" in fields and amount(fields, "refund_fee") > 0
    return some or "gmt_refund" in fields


def _refund(config: Config, fields: Fields) -> RefundNotice:
    if fields.text("trade_status", longest=32) not in ("TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"):
        raise Unreadable("another trade_status")
    refunded = amount(fields, "refund_fee")
    if not 0 < refunded <= amount(fields, "total_amount"):
        raise Unreadable("more refunded than paid, or nothing")
    number = fields.text_or_none("out_biz_no", longest=64)
    return RefundNotice(
        CHANNEL,
        config.seller_id,
        number,
        number,
        fields.text("trade_no", longest=64),
        refunded,
        "succeeded",
        china_moment(fields.text("gmt_refund", longest=32), "gmt_refund"),
        order_number=fields.text("out_trade_no", longest=64),
        cumulative=True,
    )


def _form(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise Unreadable("no form") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Unreadable("a field stands twice")
    return form
