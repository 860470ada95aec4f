"""WeChat Pay's addresses: requests are verified, answers signed, faults played. 微信支付接口"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from werkzeug import Request, Response

from simulators import activity, rsa, trading
from simulators.clock import read, stamped
from simulators.deliveries import Deliveries
from simulators.keys import APP_ID, MERCHANT, PUBLIC_KEY_ID
from simulators.rows import Order, Refund
from simulators.wechat import answers, bills
from simulators.wechat.notices import compact, sealed, signature_headers
from simulators.world import World

SCHEME = "WECHATPAY2-SHA256-RSA2048 "
FRESH = 300
"""seconds by which a request's time may differ from the simulators' clock or from the true one"""
NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
REFUND_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")


class Refusal(Exception):
    """A request that WeChat does not follow. 拒绝"""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


def invalid(message: str) -> Refusal:
    """A parameter that cannot be."""
    return Refusal(400, "PARAM_ERROR", message)


@dataclass
class Asked:
    """One request with everything an action needs. 请求"""

    world: World
    deliveries: Deliveries
    request: Request
    content: dict[str, Any]
    number: str

    @property
    def numbers(self) -> list[str]:
        """Order and refund numbers by which rules are found."""
        named = (self.number, self.content.get("out_trade_no"), self.content.get("out_refund_no"))
        refund = self.world.store.one(Refund, key=trading.key_of("wechat", self.number))
        return [str(name) for name in (*named, refund.order if refund else "") if name]


def verify(world: World, request: Request, body: bytes) -> None:
    """Refuse what the merchant's key has not signed. Raises Refusal 401 SIGN_ERROR. 验签"""
    header = request.headers.get("Authorization", "")
    parts = dict(re.findall(r'(\w+)="([^"]*)"', header.removeprefix(SCHEME)))
    needed = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}
    if not header.startswith(SCHEME) or needed - parts.keys():
        raise Refusal(401, "SIGN_ERROR", "Http头缺少Accept或Authorization格式错误")
    if parts["mchid"] != MERCHANT or parts["serial_no"].upper() != world.keys.merchant_serial:
        raise Refusal(401, "SIGN_ERROR", "商户号或证书序列号不正确")
    clocks = (world.clock.now().timestamp(), time.time())
    if not parts["timestamp"].isdigit() or all(abs(int(parts["timestamp"]) - now) > FRESH for now in clocks):
        raise Refusal(401, "SIGN_ERROR", "Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    wire = str(request.environ.get("REQUEST_URI", ""))
    key = world.keys.wechat_merchant.public_key()
    # The real host has no prefix: what stands below the configured address counts as the path too.
    for path in (wire, wire.removeprefix("/wechat")):
        head = f"{request.method}\n{path}\n{parts['timestamp']}\n{parts['nonce_str']}\n"
        if rsa.verifies(key, parts["signature"], head.encode() + body + b"\n"):
            return
    raise Refusal(401, "SIGN_ERROR", "签名错误，请检查后再试")


def answer(world: World, deliveries: Deliveries, request: Request, action: str, number: str = "") -> Response:
    """Verify, act, sign; a rule may spoil any of it. 应答"""
    body = request.get_data()
    try:
        content = json.loads(body) if body else {}
    except ValueError:
        content = {}
    asked = Asked(world, deliveries, request, content if isinstance(content, dict) else {}, number)
    take, numbers = world.rules.take, asked.numbers
    try:
        verify(world, request, body)
        if take("wechat", numbers, "error"):
            raise Refusal(500, "SYSTEM_ERROR", "系统异常，请稍后重试")
        status, told = ACTIONS[action](asked)
    except Refusal as refusal:
        status, told = refusal.status, {"code": refusal.code, "message": refusal.message}
    if seconds := take("wechat", numbers, "slow"):
        time.sleep(float(seconds))
    if (seconds := take("wechat", numbers, "timeout")) is not None:
        time.sleep(0 if seconds is True else float(seconds))
        raise ConnectionAbortedError("as asked, no answer")
    if isinstance(told, bytes):
        return Response(told, status, content_type="text/plain; charset=utf-8")
    raw = compact(told) if told is not None else b""
    forged = bool(take("wechat", numbers, "forged_answer"))
    serial = request.headers.get("Wechatpay-Serial", "")
    headers = {} if take("wechat", numbers, "unsigned") else signature_headers(world, raw, forged, serial)
    return Response(raw, status, headers={**headers, "Content-Type": "application/json"})


Told = tuple[int, Any]


def _checked(asked: Asked) -> tuple[str, int, str]:
    """Number, sum and expiry of an order that is asked for."""
    content, amount = asked.content, asked.content.get("amount")
    if content.get("appid") != APP_ID or content.get("mchid") != MERCHANT:
        raise Refusal(400, "APPID_MCHID_NOT_MATCH", "商户号和appid没有绑定关系")
    number = content.get("out_trade_no")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise invalid("out_trade_no 须为6到32个字符")
    total = amount.get("total") if isinstance(amount, dict) else None
    if not isinstance(amount, dict) or type(total) is not int or total < 1 or amount.get("currency", "CNY") != "CNY":
        raise invalid("amount.total 须为大于0的整数，单位为分，币种 CNY")
    description = content.get("description")
    if not isinstance(description, str) or not 0 < len(description) <= 127:
        raise invalid("description 不能为空，且不超过127个字符")
    if not str(content.get("notify_url", "")).startswith(("http://", "https://")):
        raise invalid("notify_url 须为完整地址")
    expires = content.get("time_expire") or ""
    try:
        if expires:
            expires = stamped(read(str(expires)))
    except ValueError:
        raise invalid("time_expire 须为 rfc3339 格式") from None
    if expires and expires <= asked.world.clock.stamp():
        raise invalid("time_expire 已过")
    return number, total, expires


def _ordered(asked: Asked, way: str) -> Order:
    world, content = asked.world, asked.content
    number, total, expires = _checked(asked)
    with world.store.changing():
        order = trading.order_of(world, "wechat", number)
        if order is None:
            return trading.new_order(
                world,
                "wechat",
                number,
                way=way,
                amount_fen=total,
                description=content["description"],
                attach=str(content.get("attach", "")),
                notify_url=content["notify_url"],
                return_url="",
                expires=expires,
            )
    if order.state == "SUCCESS":
        raise Refusal(400, "ORDERPAID", "该订单已支付")
    if order.state == "CLOSED":
        raise Refusal(400, "ORDER_CLOSED", "该订单已关闭")
    if (order.amount_fen, order.description, order.way) != (total, content["description"], way):
        raise Refusal(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")
    return order


def _early(asked: Asked, order: Order) -> None:
    """The payer is quicker than our answer, if a rule says so."""
    if order.state == "NOTPAY" and asked.world.rules.take("wechat", [order.number], "before_answer"):
        for delivery in asked.deliveries.announce(trading.pay(asked.world, order), unasked=True):
            delivery.state = "sending"
            asked.world.store.put(delivery)
            asked.deliveries.deliver(delivery)


def native(asked: Asked) -> Told:
    """An order for a QR code; the code holds the address of the simulated payer's page."""
    order = _ordered(asked, "NATIVE")
    _early(asked, order)
    return 200, {"code_url": f"{asked.world.address}/wechat/pay/{order.token}"}


def h5(asked: Asked) -> Told:
    """An order for a browser outside WeChat; the merchant may add `redirect_url` to the address."""
    scene = asked.content.get("scene_info")
    if not isinstance(scene, dict) or not scene.get("payer_client_ip") or not (scene.get("h5_info") or {}).get("type"):
        raise invalid("scene_info.payer_client_ip 与 h5_info.type 必填")
    order = _ordered(asked, "H5")
    _early(asked, order)
    return 200, {"h5_url": f"{asked.world.address}/wechat/pay/{order.token}?prepay_id=wx{order.token[:12]}"}


def _of_us(asked: Asked) -> None:
    if asked.request.args.get("mchid", MERCHANT) != MERCHANT or asked.content.get("mchid", MERCHANT) != MERCHANT:
        raise invalid("mchid 与签名商户不一致")


def _order(asked: Asked) -> Order:
    _of_us(asked)
    order = trading.order_of(asked.world, "wechat", asked.number)
    if order is None:
        raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


def query(asked: Asked) -> Told:
    """An order by the platform's number."""
    if not asked.request.args.get("mchid"):
        raise invalid("mchid 必填")
    order = _order(asked)
    more = asked.world.rules.take("wechat", [order.number], "wrong_amount_in_query")
    return 200, answers.transaction(order, order.amount_fen + int(more) if more else None)


def query_transaction(asked: Asked) -> Told:
    """An order by WeChat's own number."""
    _of_us(asked)
    order = asked.world.store.one(Order, channel="wechat", transaction=asked.number)
    if order is None:
        raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
    return 200, answers.transaction(order)


def close(asked: Asked) -> Told:
    """Close an unpaid order; closing again changes nothing."""
    if not asked.content.get("mchid"):
        raise invalid("mchid 必填")
    with asked.world.store.changing():
        order = _order(asked)
        if order.state == "SUCCESS":
            raise Refusal(400, "ORDERPAID", "该订单已支付，不能关闭")
        if order.state == "NOTPAY":
            trading.close(asked.world, order)
    return 204, None


def refund(asked: Asked) -> Told:
    """Give money back; the same number with the same content gives the same refund."""
    world, content = asked.world, asked.content
    amount, number = content.get("amount"), content.get("out_refund_no")
    if not isinstance(number, str) or not REFUND_NUMBER.fullmatch(number):
        raise invalid("out_refund_no 须为1到64个字符")
    if not isinstance(amount, dict) or type(amount.get("refund")) is not int or amount["refund"] < 1:
        raise invalid("amount.refund 须为大于0的整数，单位为分")
    if amount.get("currency") != "CNY" or type(amount.get("total")) is not int:
        raise invalid("amount.total 与 amount.currency 必填，币种 CNY")
    with world.store.changing():
        order = (
            world.store.one(Order, channel="wechat", transaction=content["transaction_id"])
            if content.get("transaction_id")
            else trading.order_of(world, "wechat", str(content.get("out_trade_no")))
        )
        if order is None or order.state != "SUCCESS":
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
        known = world.store.one(Refund, key=trading.key_of("wechat", number))
        if known and (known.order, known.amount_fen) != (order.number, amount["refund"]):
            raise Refusal(400, "INVALID_REQUEST", "请求重入时，参数与首次请求时不一致")
        if amount["total"] != order.amount_fen:
            raise Refusal(400, "INVALID_REQUEST", "订单金额与退款请求不一致")
        if known is None:
            if order.refunded_fen + amount["refund"] > order.amount_fen:
                raise Refusal(403, "NOT_ENOUGH", "退款金额大于可退金额")
            url, reason = str(content.get("notify_url") or ""), str(content.get("reason", ""))
            known = trading.new_refund(world, order, number, amount["refund"], reason, url)
    asked.deliveries.wake()
    return 200, answers.refund(order, known)


def query_refund(asked: Asked) -> Told:
    """A refund by the platform's number."""
    known = asked.world.store.one(Refund, key=trading.key_of("wechat", asked.number))
    order = trading.order_of(asked.world, "wechat", known.order) if known else None
    if known is None or order is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return 200, answers.refund(order, known)


def _bill(asked: Asked, kind: str) -> bytes:
    day, bill_type = asked.request.args.get("bill_date", ""), asked.request.args.get("bill_type", "ALL")
    try:
        ready = activity.is_ready(asked.world, day)
    except ValueError:
        raise invalid("bill_date 格式 yyyy-MM-dd") from None
    if bill_type not in ("ALL", "SUCCESS", "REFUND"):
        raise invalid("bill_type 不支持")
    made = bills.trade_bill(asked.world, day, bill_type) if kind == "trade" else bills.flow_bill(asked.world, day)
    if not ready or made is None:
        raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在，请检查指定日期是否有交易或退款发生，次日10点后再试")
    return made


def _bill_address(asked: Asked, kind: str) -> Told:
    made = _bill(asked, kind)
    token = hashlib.sha256(made).hexdigest()[:40]
    path = asked.world.home / "bills" / f"wechat_{token}"
    rsa.write(path, made)
    packed = "&tartype=gzip" if asked.request.args.get("tar_type", "").upper() == "GZIP" else ""
    return 200, {
        "download_url": f"{asked.world.address}/wechat/v3/billdownload/file?token={quote(token)}{packed}",
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(made).hexdigest(),  # noqa: S324
    }


def trade_bill(asked: Asked) -> Told:
    """Where the day's trade bill can be had, with its digest."""
    return _bill_address(asked, "trade")


def flow_bill(asked: Asked) -> Told:
    """Where the day's fund flow can be had, with its digest."""
    return _bill_address(asked, "flow")


def download(asked: Asked) -> Told:
    """A bill's bytes; as in life this answer is not signed, its digest was."""
    token = asked.request.args.get("token", "")
    path = asked.world.home / "bills" / f"wechat_{token}"
    if not re.fullmatch(r"[0-9a-f]{40}", token) or not path.is_file():
        raise Refusal(400, "NO_STATEMENT_EXIST", "下载地址已失效")
    content = path.read_bytes()
    return 200, gzip.compress(content) if asked.request.args.get("tartype") == "gzip" else content


def certificates(asked: Asked) -> Told:
    """Every platform certificate, sealed; public keys are not among them."""
    world = asked.world
    pairs = [pair for pair in world.keys.pairs("wechat") if pair.told and not pair.serial.startswith(PUBLIC_KEY_ID)]
    return 200, {
        "data": [
            {
                "serial_no": pair.serial,
                "effective_time": "2015-01-01T08:00:00+08:00",
                "expire_time": "2035-01-01T08:00:00+08:00",
                "encrypt_certificate": sealed(
                    world.keys.secret, (world.keys.gateways / pair.shown).read_bytes(), "certificate"
                ),
            }
            for pair in pairs
        ]
    }


ACTIONS: dict[str, Callable[[Asked], Told]] = {
    action.__name__: action
    for action in (
        native,
        h5,
        query,
        query_transaction,
        close,
        refund,
        query_refund,
        trade_bill,
        flow_bill,
        download,
        certificates,
    )
}
