"""Every address of the simulators and who answers it. 路由"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from markupsafe import Markup
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from simulators import control, payer, phones
from simulators.alipay import gateway
from simulators.bank import batches, book, files, pages
from simulators.deliveries import Deliveries
from simulators.html import page
from simulators.reports import Reports
from simulators.sms import api as sms
from simulators.wechat import api
from simulators.wechat_account import api as account
from simulators.world import World

LARGEST = 20 * 1024 * 1024
STYLE = (Path(__file__).parent / "static" / "style.css").read_bytes()
V3 = "/wechat/v3"
ACCOUNT = "/wechat_account/cgi-bin"
ADDRESSES = Map(
    [
        Rule(f"{V3}/pay/transactions/native", methods=["POST"], endpoint="wechat native"),
        Rule(f"{V3}/pay/transactions/h5", methods=["POST"], endpoint="wechat h5"),
        Rule(f"{V3}/pay/transactions/out-trade-no/<number>", methods=["GET"], endpoint="wechat query"),
        Rule(f"{V3}/pay/transactions/id/<number>", methods=["GET"], endpoint="wechat query_transaction"),
        Rule(f"{V3}/pay/transactions/out-trade-no/<number>/close", methods=["POST"], endpoint="wechat close"),
        Rule(f"{V3}/refund/domestic/refunds", methods=["POST"], endpoint="wechat refund"),
        Rule(f"{V3}/refund/domestic/refunds/<number>", methods=["GET"], endpoint="wechat query_refund"),
        Rule(f"{V3}/bill/tradebill", methods=["GET"], endpoint="wechat trade_bill"),
        Rule(f"{V3}/bill/fundflowbill", methods=["GET"], endpoint="wechat flow_bill"),
        Rule(f"{V3}/billdownload/file", methods=["GET"], endpoint="wechat download"),
        Rule(f"{V3}/certificates", methods=["GET"], endpoint="wechat certificates"),
        Rule("/alipay/gateway.do", methods=["GET", "POST"], endpoint="alipay"),
        Rule("/alipay/bills/<token>", methods=["GET"], endpoint="alipay bill"),
        Rule("/<any(wechat, alipay):channel>/pay/<token>", methods=["GET", "POST"], endpoint="payer"),
        Rule("/sms", methods=["POST"], endpoint="sms"),
        Rule("/sms/", methods=["POST"], endpoint="sms"),
        Rule(f"{ACCOUNT}/stable_token", methods=["POST"], endpoint="account token"),
        Rule(f"{ACCOUNT}/message/template/send", methods=["POST"], endpoint="account send"),
        Rule(f"{ACCOUNT}/qrcode/create", methods=["POST"], endpoint="account code"),
        Rule("/phones/", methods=["GET"], endpoint="phones"),
        Rule("/phones/follow/<ticket>", methods=["GET", "POST"], endpoint="follow"),
        Rule("/phones/leave/<openid>", methods=["POST"], endpoint="leave"),
        Rule("/bank", methods=["GET"], endpoint="bank home"),
        Rule("/bank/accounts/<number>", methods=["GET"], endpoint="bank account"),
        Rule("/bank/statements/<number>.<form>", methods=["GET"], endpoint="bank statement"),
        Rule("/bank/transfers", methods=["POST"], endpoint="bank transfers"),
        Rule("/bank/<any(debits, payouts):kind>", methods=["POST"], endpoint="bank file"),
        Rule("/bank/batches/<batch>/<any(result, returns):what>.<any(csv, xml):form>", endpoint="bank result"),
        Rule("/control/bank/<any(debits, payouts):kind>", methods=["POST"], endpoint="control file"),
        Rule("/control/<path:name>", methods=["GET", "POST", "DELETE"], endpoint="control"),
        Rule("/static/style.css", methods=["GET"], endpoint="style"),
        Rule("/", methods=["GET"], endpoint="front"),
    ]
)
WORDS = {"debits": "debit", "payouts": "payout"}
BANK: dict[str, Callable[..., Response]] = {
    "home": pages.home,
    "account": pages.account,
    "statement": pages.statement,
    "transfers": pages.transfers,
    "result": pages.result,
}


class App:
    """The WSGI application of one world. 应用"""

    def __init__(self, world: World, deliveries: Deliveries, reports: Reports) -> None:
        self.world, self.deliveries, self.reports = world, deliveries, reports

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST
        request.max_form_memory_size = LARGEST
        try:
            endpoint, given = ADDRESSES.bind_to_environ(environ).match()
            response = self.answer(endpoint, request, **given)
        except ConnectionAbortedError:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise
        except HTTPException as fault:
            return fault(environ, start_response)
        return response(environ, start_response)

    def answer(self, endpoint: str, request: Request, **given: str) -> Response:
        """Who answers; ConnectionAbortedError ends the connection without an answer."""
        world, deliveries = self.world, self.deliveries
        part, _, action = endpoint.partition(" ")
        if part == "wechat":
            return api.answer(world, deliveries, request, action, given.get("number", ""))
        if endpoint == "alipay":
            return gateway.answer(world, deliveries, request)
        if endpoint == "alipay bill":
            return gateway.download(world, given["token"])
        if part == "payer":
            return payer.show(world, deliveries, request, **given)
        if part in ("sms", "account", "phones", "follow", "leave"):
            return self.message(part, action, request, given)
        if endpoint == "bank file":
            return pages.take_file(world, request, WORDS[given["kind"]])
        if part == "bank":
            return BANK[action](world, request, **given)
        if endpoint == "control file":
            return self.control_file(request, WORDS[given["kind"]])
        if part == "control":
            return self.control(request, given["name"])
        if part == "style":
            return Response(STYLE, content_type="text/css; charset=utf-8", headers={"Cache-Control": "max-age=3600"})
        return front()

    def message(self, part: str, action: str, request: Request, given: dict[str, str]) -> Response:
        """Both carriers of messages, and the phones at which they arrive."""
        if part == "sms":
            return sms.answer(self.world, request)
        if part == "account":
            return account.answer(self.world, request, action)
        if part == "follow":
            return phones.follow(self.world, request, self.reports, given["ticket"])
        if part == "leave":
            return as_json({"left": phones.leave(self.world, self.reports, given["openid"]).key})
        return phones.home(self.world, request)

    def control(self, request: Request, name: str) -> Response:
        """One control address with the query and the JSON of its body as names."""
        action = control.ADDRESSES.get((request.method, name))
        if action is None:
            return as_json({"error": "no such control address"}, 404)
        try:
            body = json.loads(request.get_data() or b"{}")
            return as_json(action(self.world, self.deliveries, {**request.args.to_dict(), **body}))
        except (ValueError, KeyError, TypeError, book.Impossible) as fault:
            return as_json({"error": f"{type(fault).__name__}: {fault}"}, 400)

    def control_file(self, request: Request, kind: str) -> Response:
        """A debit or payout file as the body; `account` in the query."""
        try:
            batch = batches.take(self.world, kind, request.get_data(), request.args.get("account", ""))
        except batches.Known as known:
            return as_json({"error": "same file", "batch": str(known)}, 409)
        except (files.Malformed, book.Impossible, ValueError) as fault:
            return as_json({"error": str(fault)}, 422)
        return as_json(batches.summary(self.world, batch))


def as_json(content: Any, status: int = 200) -> Response:
    """JSON for control."""
    text = json.dumps(content, ensure_ascii=False)
    return Response(text, status, content_type="application/json; charset=utf-8")


def front() -> Response:
    """What stands at the root."""
    return page(
        "bank",
        "模拟网关",
        Markup(
            '<h1>模拟网关</h1><div class="card">'
            "<p>这里模拟微信支付、支付宝、一家银行、短信和微信公众号，没有连接任何真实网关。</p>"
            '<p><a href="/phones/">模拟手机：平台发出的消息</a></p><p><a href="/bank">模拟银行</a></p></div>'
        ),
    )
