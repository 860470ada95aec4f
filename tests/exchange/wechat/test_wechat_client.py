"""Calls to WeChat Pay over a real connection: nothing is believed that it did not sign just now. 微信支付接口"""

from __future__ import annotations

import datetime as dt
import json
import re
import time

import httpx
import pytest
from werkzeug import Response

from tests.exchange.other_side import verified
from tests.exchange.wechat.conftest import (
    APP,
    MERCHANT,
    NOW,
    ORDER,
    PUBLIC,
    TRANSACTION,
    payment,
    refund,
    reply,
    sealed,
    sign,
    write,
)
from yingbao.exchange import wire
from yingbao.exchange.configured import gateways
from yingbao.exchange.gateway import Declined, NotFound, Unsure

EXPIRES = dt.datetime(2019, 11, 30, 15, 59, 59, tzinfo=dt.UTC)
OPEN = {"order_number": ORDER, "amount_fen": 24012, "description": "居民医保 2020", "expires_at": EXPIRES}
REFUND = {"order_number": ORDER, "transaction": TRANSACTION, "refund_number": "YBR1", "reason": "重复缴费"}
UNPAID = payment(trade_state="NOTPAY", success_time=None, transaction_id=None, payer=None, amount=None)


def raw(body: bytes, status=200, headers=None):
    return lambda _: Response(body, status, headers=headers, content_type="application/json")


def test_a_qr_order_is_signed_and_expires_at_the_deadline(served):
    wechat, server = served
    server.replies.append(reply({"code_url": "weixin://wxpay/bizpayurl/up?pr=NwY5Mz9"}))
    opened = wechat.open_order(**OPEN, kind="qr")
    assert (opened.order_number, opened.kind, opened.address) == (ORDER, "qr", "weixin://wxpay/bizpayurl/up?pr=NwY5Mz9")
    method, path, headers, body = server.asked[0]
    assert (method, path) == ("POST", "/wechat/v3/pay/transactions/native")
    order = json.loads(body)
    assert order["time_expire"] == "2019-11-30T23:59:59+08:00"
    assert order["amount"] == {"total": 24012, "currency": "CNY"}
    assert (order["appid"], order["mchid"], order["out_trade_no"]) == (APP, MERCHANT, ORDER)
    scheme, _, rest = headers["Authorization"].partition(" ")
    parts = dict(re.findall(r'(\w+)="([^"]*)"', rest))
    assert (scheme, parts["mchid"]) == ("WECHATPAY2-SHA256-RSA2048", MERCHANT)
    assert int(parts["timestamp"]) == NOW.timestamp()
    verified(
        "merchant",
        f"POST\n{path}\n{parts['timestamp']}\n{parts['nonce_str']}\n".encode() + body + b"\n",
        parts["signature"],
    )


def test_a_page_order_carries_the_payers_address(served):
    wechat, server = served
    server.replies.append(reply({"h5_url": "https://wx.tenpay.com/x?prepay_id=1"}))
    assert wechat.open_order(**OPEN, kind="page", client_address="203.0.113.7").kind == "page"
    assert json.loads(server.asked[0][3])["scene_info"]["payer_client_ip"] == "203.0.113.7"
    with pytest.raises(ValueError, match="address"):
        wechat.open_order(**OPEN, kind="page")


def test_a_query_signs_its_path_with_the_question_mark_and_agrees_with_the_notice(served):
    wechat, server = served
    server.replies.append(reply(payment()))
    asked = wechat.query(ORDER)
    told = sign(sealed(payment()))
    assert asked.digest == wechat.read_notice(told.headers, told.body, NOW).digest
    method, path, headers, _ = server.asked[0]
    assert path == f"/wechat/v3/pay/transactions/out-trade-no/{ORDER}?mchid={MERCHANT}"
    parts = dict(re.findall(r'(\w+)="([^"]*)"', headers["Authorization"]))
    verified(
        "merchant", f"{method}\n{path}\n{parts['timestamp']}\n{parts['nonce_str']}\n\n".encode(), parts["signature"]
    )


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (UNPAID, "pending"),
        ({**UNPAID, "amount": {"total": 24012, "payer_currency": "CNY"}, "payer": {}}, "pending"),
        (payment(trade_state="REFUND"), "refunded"),
        (payment(trade_state="CLOSED", success_time=None, transaction_id=None), "closed"),
        (payment(trade_state="PAYERROR", success_time=None), "failed"),
    ],
)
def test_a_query_tells_each_state_of_an_order(served, answer, state):
    wechat, server = served
    server.replies.append(reply(answer))
    assert wechat.query(ORDER).state == state


def test_a_payment_keeps_its_digest_when_some_of_it_is_refunded(served):
    wechat, server = served
    server.replies += [reply(payment()), reply(payment(trade_state="REFUND"))]
    assert wechat.query(ORDER).digest == wechat.query(ORDER).digest


@pytest.mark.parametrize(
    "answer",
    [
        raw(json.dumps(payment()).encode()),
        reply(payment(), key="stranger"),
        reply(payment(), key="stranger", serial="5157F09EFDC096DE15EBE81A47057A7232F1B8E1"),
        reply(payment(), at=NOW - dt.timedelta(minutes=6)),
        raw(json.dumps(payment()).encode(), headers=sign(b"{}").headers),
        raw(b"<html>garbage", headers=sign(b"<html>garbage").headers),
        raw(b"", headers=sign(b"").headers),
        reply({"code": "SYSTEM_ERROR", "message": "系统异常"}, status=500),
        raw(b"busy", status=503),
        raw(b"", status=302, headers={"Location": "http://127.0.0.1:1/"}),
        raw(b'{"code":"ORDER_NOT_EXIST","message":"unsigned"}', status=404),
        reply({"code": "FREQUENCY_LIMITED", "message": "慢一点"}, status=429),
        reply({"code": "SLOW_DOWN", "message": "慢一点"}, status=429),
        reply({"code": "SYSTEM_ERROR", "message": "系统异常"}, status=400),
        reply({"message": "no code"}, status=400),
        reply(payment(out_trade_no="YB20191112000002")),
        reply(payment(mchid="1900000110")),
        reply(payment(amount={"total": 24012, "currency": "USD"})),
        raw(b"x" * (wire.LONGEST_ANSWER + 1)),
    ],
)
def test_an_answer_that_cannot_be_believed_leaves_the_outcome_unknown(served, answer):
    wechat, server = served
    server.replies.append(answer)
    with pytest.raises(Unsure):
        wechat.query(ORDER)
    assert len(server.asked) == 1


def test_a_signed_no_is_told_with_its_code(served):
    wechat, server = served
    server.replies.append(reply({"code": "ORDERPAID", "message": "订单已支付"}, status=400))
    with pytest.raises(Declined) as no:
        wechat.open_order(**OPEN, kind="qr")
    assert (no.value.code, no.value.message) == ("ORDERPAID", "订单已支付")


def test_an_order_that_wechat_does_not_know_is_not_found(served):
    wechat, server = served
    server.replies.append(reply({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, status=404))
    with pytest.raises(NotFound):
        wechat.query(ORDER)


def test_closing_an_order_twice_is_no_error_but_a_paid_one_is(served):
    wechat, server = served
    server.replies += [
        reply(None, status=204),
        reply({"code": "ORDER_CLOSED", "message": "订单已关闭"}, status=400),
        reply({"code": "ORDERPAID", "message": "订单已支付"}, status=400),
    ]
    wechat.close(ORDER)
    wechat.close(ORDER)
    with pytest.raises(Declined):
        wechat.close(ORDER)
    assert json.loads(server.asked[0][3]) == {"mchid": MERCHANT}


def test_a_refund_is_asked_for_and_asked_after(served):
    wechat, server = served
    server.replies += [reply(refund(status="PROCESSING", success_time=None)), reply(refund())]
    first = wechat.refund(**REFUND, amount_fen=12, total_fen=24012)
    later = wechat.query_refund(order_number=ORDER, refund_number="YBR1")
    assert (first.state, later.state) == ("processing", "succeeded")
    assert json.loads(server.asked[0][3])["amount"] == {"refund": 12, "total": 24012, "currency": "CNY"}
    assert server.asked[1][1] == "/wechat/v3/refund/domestic/refunds/YBR1"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": 24012, "refund": 13, "currency": "CNY"}},
        {"out_refund_no": "YBR2"},
        {"out_trade_no": "YB20191112000002"},
        {"transaction_id": "1"},
        {"status": "ELSE"},
    ],
)
def test_a_refund_answered_for_another_leaves_the_outcome_unknown(served, changes):
    wechat, server = served
    server.replies.append(reply(refund(**changes)))
    with pytest.raises(Unsure):
        wechat.refund(**REFUND, amount_fen=12, total_fen=24012)


def test_no_answer_in_time_and_no_connection_leave_the_outcome_unknown(tmp_path, monkeypatch, served):
    _, server = served
    monkeypatch.setattr(wire, "_TIMES", httpx.Timeout(0.3))
    write(tmp_path, address="http://127.0.0.1:9/wechat")
    nowhere = gateways(tmp_path, now=lambda: NOW)["wechat"]
    with pytest.raises(Unsure, match="connection"):
        nowhere.query(ORDER)
    with server.running() as address:
        write(tmp_path, address=f"{address}/wechat")
        slow = gateways(tmp_path, now=lambda: NOW)["wechat"]
        server.replies.append(lambda request: time.sleep(1) or reply(payment())(request))
        with pytest.raises(Unsure, match="in time"):
            slow.query(ORDER)


def test_an_answer_that_drips_for_ever_is_left_alone(served):
    _, server = served

    def drops():
        for _ in range(100):
            yield b" "
            time.sleep(0.05)

    server.replies.append(lambda _: Response(drops(), 200))
    began = time.monotonic()
    with server.running() as address, wire.line() as line, pytest.raises(Unsure, match="too long"):
        wire.call(line, "GET", address, headers={}, seconds=0.3)
    assert time.monotonic() - began < 4


def test_an_answer_longer_than_allowed_is_not_read_to_its_end(served):
    _, server = served
    server.replies.append(raw(b"x" * 1001))
    with server.running() as address, wire.line() as line, pytest.raises(Unsure, match="is too long"):
        wire.call(line, "GET", address, headers={}, longest=1000)


def test_in_public_key_mode_we_say_with_which_key_to_answer(tmp_path, served):
    _, server = served
    with server.running() as address:
        write(tmp_path, keys=("public",), address=f"{address}/wechat")
        server.replies.append(reply(payment(), key="public"))
        assert gateways(tmp_path, now=lambda: NOW)["wechat"].query(ORDER).state == "succeeded"
    assert server.asked[-1][2]["Wechatpay-Serial"] == PUBLIC


@pytest.mark.parametrize("number", ["", "a/b?c=d", "../../close", "x" * 33, "单号123456"])
def test_a_number_that_would_lead_elsewhere_is_never_asked_for(served, number):
    wechat, server = served
    with pytest.raises(ValueError, match="number"):
        wechat.query(number)
    assert not server.asked


@pytest.mark.parametrize("amount_fen", [0, -1])
def test_an_order_of_nothing_is_a_mistake_of_the_callers(served, amount_fen):
    wechat, _ = served
    with pytest.raises(ValueError, match="above zero"):
        wechat.open_order(**{**OPEN, "amount_fen": amount_fen}, kind="qr")


def test_nothing_of_a_call_is_logged_but_channel_and_reason(served, caplog):
    wechat, server = served
    server.replies += [reply(payment()), raw(json.dumps(payment()).encode())]
    with caplog.at_level("DEBUG"):
        wechat.query(ORDER)
        with pytest.raises(Unsure):
            wechat.query(ORDER)
    assert "answer not believed: channel=wechat" in caplog.text
    assert not any(word in caplog.text for word in (TRANSACTION, "oUpF8", "signature=", "Authorization"))
