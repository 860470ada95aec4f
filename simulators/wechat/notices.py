"""WeChat's notices: sealed, signed, and spoilt where a rule says so. 微信支付通知"""

from __future__ import annotations

import base64
import json
import secrets
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from simulators import rsa
from simulators.rows import Delivery, Refund
from simulators.trading import key_of, order_of
from simulators.wechat import answers
from simulators.world import World

Message = tuple[str, dict[str, str], bytes]
UNKNOWN_SERIAL = "7" * 40


def sealed(secret: str, content: bytes, kind: str) -> dict[str, str]:
    """Content under AEAD_AES_256_GCM with the merchant's key of 32 characters. 加密"""
    nonce, attached = secrets.token_hex(6), kind
    ciphertext = AESGCM(secret.encode()).encrypt(nonce.encode(), content, attached.encode())
    return {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(ciphertext).decode(),
        "associated_data": attached,
        "nonce": nonce,
    }


def compact(content: Any) -> bytes:
    """JSON without blanks, in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def signature_headers(
    world: World, body: bytes, forged: bool = False, serial: str = "", age: int = 0
) -> dict[str, str]:
    """The four headers over time, nonce and body. 签名头"""
    pair = world.keys.newest("wechat", serial)
    stamp = str(int((world.clock.now() - timedelta(seconds=age)).timestamp()))
    nonce = secrets.token_hex(16)
    text = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": pair.serial,
        "Wechatpay-Signature": rsa.sign(world.keys.stranger if forged else pair.key, text),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def told(world: World, delivery: Delivery) -> tuple[str, str, dict[str, Any]]:
    """Event, summary and content before sealing."""
    order = order_of(world, "wechat", delivery.order)
    refund = world.store.one(Refund, key=key_of("wechat", delivery.refund)) if delivery.refund else None
    if order is None:
        raise ValueError("a notice without an order")
    if refund:
        return f"REFUND.{refund.state}", "退款结果", answers.refund_notice(order, refund)
    return "TRANSACTION.SUCCESS", "支付成功", answers.transaction(order)


def notice(world: World, delivery: Delivery) -> Message:
    """Where a notice goes, its headers and its body."""
    numbers = [delivery.order, *([delivery.refund] if delivery.refund else [])]

    def spoilt(what: str) -> Any:
        return world.rules.take("wechat", numbers, what)

    event, summary, content = told(world, delivery)
    if more := spoilt("wrong_amount"):
        for name in ("total", "payer_total") if not delivery.refund else ("refund", "payer_refund"):
            content["amount"][name] += int(more)
    if spoilt("wrong_merchant"):
        content["mchid"] = "1999999999"
    if spoilt("wrong_app"):
        content["appid"] = "wx0000000000000000"
    kind = "refund" if delivery.refund else "transaction"
    body: dict[str, Any] = {
        "id": delivery.key[:32],
        "create_time": delivery.made,
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": summary,
        "resource": sealed(world.keys.secret, compact(content), kind),
    }
    if size := spoilt("oversized_body"):
        body["padding"] = "0" * int(size)
    raw = compact(body)
    age = spoilt("stale_timestamp")
    stranger = bool(spoilt("unknown_serial"))
    forged = stranger or bool(spoilt("forged_signature"))
    headers = signature_headers(world, raw, forged=forged, age=int(age or 0))
    if stranger:
        headers["Wechatpay-Serial"] = UNKNOWN_SERIAL
    if spoilt("altered_body"):
        raw = raw.replace(f'"{delivery.key[:32]}"'.encode(), f'"{secrets.token_hex(16)}"'.encode())
    return delivery.url, headers | {"Content-Type": "application/json"}, raw
