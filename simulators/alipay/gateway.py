"""Alipay's gateway: one address, methods by name, signed answers, faults played. 支付宝网关"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from werkzeug import Request, Response

from simulators import activity, rsa, trading
from simulators.alipay import bills
from simulators.alipay.notices import BUYER, BUYER_LOGIN, joined, trade_state
from simulators.clock import plain, read, stamped
from simulators.deliveries import Deliveries
from simulators.keys import ALIPAY_APP, ALIPAY_SELLER
from simulators.rows import Order, Refund
from simulators.world import World, in_fen, yuan

QR_LIVES = timedelta(hours=2)
PAGE_LIVES = timedelta(days=15)
UNITS = {"m": 60, "h": 3600, "d": 86_400}
NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
WAYS = {"alipay.trade.wap.pay": "WAP", "alipay.trade.page.pay": "PAGE"}


class Refusal(Exception):
    """A request that Alipay does not follow: code, sub-code, sentence. 拒绝"""

    def __init__(self, code: str, sub_code: str, sub_message: str) -> None:
        super().__init__(sub_code)
        self.told = {
            "code": code,
            "msg": "Business Failed" if code == "40004" else "Invalid Arguments",
            "sub_code": sub_code,
            "sub_msg": sub_message,
        }


NOT_THERE = ("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")


@dataclass
class Asked:
    """One request with everything a method needs. 请求"""

    world: World
    deliveries: Deliveries
    form: dict[str, str]
    content: dict[str, Any]

    @property
    def numbers(self) -> list[str]:
        """Order and refund numbers by which rules are found."""
        return [str(self.content[name]) for name in ("out_trade_no", "out_request_no") if self.content.get(name)]


def verify(world: World, form: dict[str, str]) -> None:
    """Refuse what the application's key has not signed. Raises Refusal isv.invalid-signature. 验签"""
    if form.get("app_id") != ALIPAY_APP:
        raise Refusal("40002", "isv.invalid-app-id", "无效的AppID参数")
    if form.get("sign_type") != "RSA2" or form.get("charset", "").lower() != "utf-8":
        raise Refusal("40002", "isv.invalid-signature-type", "无效的签名类型或编码")
    key = world.keys.alipay_merchant.public_key()
    if not rsa.verifies(key, form.get("sign", ""), joined(form, ("sign",))):
        raise Refusal("40002", "isv.invalid-signature", "验签出错，请检查签名、公钥与待签名串")


def answer(world: World, deliveries: Deliveries, request: Request) -> Response:
    """Verify, act, sign the raw bytes of the answer; a rule may spoil any of it. 应答"""
    form = {**request.args.to_dict(), **request.form.to_dict()}
    method = form.get("method", "")
    try:
        content = json.loads(form.get("biz_content", "{}"))
    except ValueError:
        content = {}
    asked = Asked(world, deliveries, form, content if isinstance(content, dict) else {})
    take, numbers = world.rules.take, asked.numbers
    try:
        verify(world, form)
        if take("alipay", numbers, "error"):
            return Response("Internal Server Error", 500)
        if method in WAYS:
            return page(asked, WAYS[method])
        if method not in METHODS:
            raise Refusal("40002", "isv.invalid-method", "不存在的方法名")
        told = {"code": "10000", "msg": "Success", **METHODS[method](asked)}
    except Refusal as refusal:
        told = refusal.told
    if seconds := take("alipay", numbers, "slow"):
        time.sleep(float(seconds))
    if (seconds := take("alipay", numbers, "timeout")) is not None:
        time.sleep(0 if seconds is True else float(seconds))
        raise ConnectionAbortedError("as asked, no answer")
    name = method.replace(".", "_") + "_response" if method in METHODS or method in WAYS else "error_response"
    raw = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    signature = f',"sign":"{_signature(asked, raw)}"' if not take("alipay", numbers, "unsigned") else ""
    return Response(f'{{"{name}":{raw}{signature}}}', content_type="application/json;charset=utf-8")


def _signature(asked: Asked, raw: str) -> str:
    forged = asked.world.rules.take("alipay", asked.numbers, "forged_answer")
    key = asked.world.keys.stranger if forged else asked.world.keys.newest("alipay").key
    return rsa.sign(key, raw.encode())


def _expiry(asked: Asked, lives: timedelta) -> str:
    content, now = asked.content, asked.world.clock.now()
    try:
        if content.get("time_expire"):
            return stamped(read(str(content["time_expire"])))
    except ValueError:
        raise Refusal("40004", "ACQ.INVALID_PARAMETER", "time_expire 格式不正确") from None
    if found := re.fullmatch(r"(\d+)([mhd])", str(content.get("timeout_express", ""))):
        return stamped(now + timedelta(seconds=int(found[1]) * UNITS[found[2]]))
    return stamped(now + lives)


def _ordered(asked: Asked, way: str, lives: timedelta) -> Order:
    world, content = asked.world, asked.content
    number, subject = content.get("out_trade_no"), content.get("subject")
    if not isinstance(number, str) or not NUMBER.fullmatch(number) or not subject or not isinstance(subject, str):
        raise Refusal("40004", "ACQ.INVALID_PARAMETER", "out_trade_no 或 subject 不正确")
    try:
        amount_fen = in_fen(str(content.get("total_amount", "")))
    except ValueError:
        amount_fen = 0
    if amount_fen < 1:
        raise Refusal("40004", "ACQ.INVALID_PARAMETER", "total_amount 单位为元，最多两位小数，大于0")
    if content.get("seller_id", ALIPAY_SELLER) != ALIPAY_SELLER:
        raise Refusal("40004", "ACQ.INVALID_PARAMETER", "seller_id 与应用不符")
    expires = _expiry(asked, lives)
    with world.store.changing():
        order = trading.order_of(world, "alipay", number)
        if order is None:
            if expires <= world.clock.stamp():
                raise Refusal("40004", "ACQ.INVALID_PARAMETER", "time_expire 已过")
            return trading.new_order(
                world,
                "alipay",
                number,
                way=way,
                amount_fen=amount_fen,
                description=subject,
                attach=str(content.get("passback_params", "")),
                notify_url=asked.form.get("notify_url", ""),
                return_url=asked.form.get("return_url", ""),
                expires=expires,
            )
    if order.state == "SUCCESS":
        raise Refusal("40004", "ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
    if order.state == "CLOSED":
        raise Refusal("40004", "ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
    if (order.amount_fen, order.description) != (amount_fen, subject):
        raise Refusal("40004", "ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
    return order


def page_address(world: World, order: Order) -> str:
    """Where the payer sees this order."""
    return f"{world.address}/alipay/pay/{order.token}"


def _early(asked: Asked, order: Order) -> None:
    """The payer is quicker than our answer, if a rule says so."""
    if order.state == "NOTPAY" and asked.world.rules.take("alipay", [order.number], "before_answer"):
        for delivery in asked.deliveries.announce(trading.pay(asked.world, order), unasked=True):
            delivery.state = "sending"
            asked.world.store.put(delivery)
            asked.deliveries.deliver(delivery)


def precreate(asked: Asked) -> dict[str, Any]:
    """An order for a QR code; the trade itself begins when somebody opens the code."""
    order = _ordered(asked, "PRECREATE", QR_LIVES)
    _early(asked, order)
    return {"out_trade_no": order.number, "qr_code": page_address(asked.world, order)}


def page(asked: Asked, way: str) -> Response:
    """Send the payer's browser to the page of a fresh order."""
    order = _ordered(asked, way, PAGE_LIVES)
    _early(asked, order)
    return Response("", 302, headers={"Location": page_address(asked.world, order)})


def _trade(asked: Asked) -> Order:
    """The trade asked for; an order that nobody has opened is none yet."""
    content = asked.content
    order = (
        asked.world.store.one(Order, channel="alipay", transaction=str(content["trade_no"]))
        if content.get("trade_no")
        else trading.order_of(asked.world, "alipay", str(content.get("out_trade_no")))
    )
    if order is None or not order.scanned:
        raise Refusal(*NOT_THERE)
    return order


def _said(order: Order) -> dict[str, Any]:
    return {"trade_no": order.transaction, "out_trade_no": order.number, "buyer_logon_id": BUYER_LOGIN}


def query(asked: Asked) -> dict[str, Any]:
    """A trade as it stands."""
    order = _trade(asked)
    more = int(asked.world.rules.take("alipay", [order.number], "wrong_amount_in_query") or 0)
    paid = order.state == "SUCCESS"
    told = {
        **_said(order),
        "trade_status": trade_state(order),
        "total_amount": yuan(order.amount_fen + more),
        "receipt_amount": yuan(order.amount_fen + more if paid else 0),
        "buyer_pay_amount": yuan(order.amount_fen + more if paid else 0),
        "point_amount": "0.00",
        "invoice_amount": yuan(order.amount_fen + more if paid else 0),
        "buyer_user_id": BUYER,
    }
    if paid:
        told["send_pay_date"] = plain(order.paid_at)
    return told


def close(asked: Asked) -> dict[str, Any]:
    """Close an unpaid trade; a code that nobody opened cannot be closed and runs out by itself."""
    with asked.world.store.changing():
        order = _trade(asked)
        if order.state == "SUCCESS":
            raise Refusal("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if order.state == "NOTPAY":
            trading.close(asked.world, order)
    return {"trade_no": order.transaction, "out_trade_no": order.number}


def refund(asked: Asked) -> dict[str, Any]:
    """Give money back at once; the same request number gives the same refund."""
    world, content = asked.world, asked.content
    number = str(content.get("out_request_no") or content.get("out_trade_no"))
    with world.store.changing():
        order = _trade(asked)
        known = world.store.one(Refund, key=trading.key_of("alipay", number))
        try:
            amount_fen = in_fen(str(content.get("refund_amount", "")))
        except ValueError:
            raise Refusal("40004", "ACQ.INVALID_PARAMETER", "refund_amount 不正确") from None
        if order.state != "SUCCESS":
            raise Refusal("40004", "ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if known and (known.order, known.amount_fen) != (order.number, amount_fen):
            raise Refusal("40004", "ACQ.DISCORDANT_REPEAT_REQUEST", "不一致的请求")
        if known is None:
            if amount_fen < 1 or order.refunded_fen + amount_fen > order.amount_fen:
                raise Refusal("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
            if world.rules.take("alipay", asked.numbers, "refund_abnormal"):
                raise Refusal("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足")
            known = trading.new_refund(world, order, number, amount_fen, str(content.get("refund_reason", "")), "")
            order.refunded_fen += amount_fen
        changed = known.state == "PROCESSING" and not world.rules.take("alipay", asked.numbers, "refund_processing")
        if changed:
            known = trading.finish_refund(world, known, "SUCCESS")
    if changed:
        asked.deliveries.announce(order, known)
    told = {**_said(order), "fund_change": "Y" if changed else "N", "refund_fee": yuan(order.refunded_fen)}
    return told | ({"gmt_refund_pay": plain(known.finished)} if known.finished else {})


def query_refund(asked: Asked) -> dict[str, Any]:
    """A refund; without `refund_status` it has not arrived, or there is none."""
    order = _trade(asked)
    known = asked.world.store.one(Refund, key=trading.key_of("alipay", str(asked.content.get("out_request_no"))))
    if known is None or known.order != order.number or known.state != "SUCCESS":
        return {}
    return {
        **_said(order),
        "out_request_no": known.number,
        "refund_reason": known.reason,
        "total_amount": yuan(order.amount_fen),
        "refund_amount": yuan(known.amount_fen),
        "refund_status": "REFUND_SUCCESS",
        "gmt_refund_pay": plain(known.finished),
    }


def bill_address(asked: Asked) -> dict[str, Any]:
    """Where the day's bill can be had for a short while."""
    day = str(asked.content.get("bill_date", ""))
    if asked.content.get("bill_type") != "trade":
        raise Refusal("40004", "isv.invalid-arguments", "bill_type 只支持 trade")
    try:
        ready = activity.is_ready(asked.world, day)
    except ValueError:
        raise Refusal("40004", "isv.invalid-arguments", "bill_date 格式 yyyy-MM-dd") from None
    made = bills.bill(asked.world, day)
    if not ready or made is None:
        raise Refusal("40004", "isp.bill_not_exist", "账单不存在")
    token = hashlib.sha256(made).hexdigest()[:40]
    rsa.write(asked.world.home / "bills" / f"alipay_{token}", made)
    return {"bill_download_url": f"{asked.world.address}/alipay/bills/{token}", "bill_file_code": "N"}


def download(world: World, token: str) -> Response:
    """A bill's bytes; whoever has the address may have them, as in life."""
    path = world.home / "bills" / f"alipay_{token}"
    if not re.fullmatch(r"[0-9a-f]{40}", token) or not path.is_file():
        return Response("gone", 404)
    return Response(path.read_bytes(), content_type="application/zip")


METHODS: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "alipay.trade.precreate": precreate,
    "alipay.trade.query": query,
    "alipay.trade.close": close,
    "alipay.trade.refund": refund,
    "alipay.trade.fastpay.refund.query": query_refund,
    "alipay.data.dataservice.bill.downloadurl.query": bill_address,
}
