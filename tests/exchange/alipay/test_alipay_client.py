"""Calls to Alipay over a real connection: nothing is believed whose very bytes it did not sign. 支付宝接口"""

from __future__ import annotations

import datetime as dt
import json
import time
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from werkzeug import Response

from tests.exchange.alipay.conftest import APP, NOW, ORDER, TRADE, content, form, joined, reply, spelled, write
from tests.exchange.other_side import signed, verified
from yingbao.exchange import wire
from yingbao.exchange.configured import gateways
from yingbao.exchange.gateway import Declined, NotFound, Unsure

EXPIRES = dt.datetime(2019, 11, 30, 15, 59, 59, tzinfo=dt.UTC)
OPEN = {"order_number": ORDER, "amount_fen": 24012, "description": "居民医保 2020", "expires_at": EXPIRES}
REFUND = {"order_number": ORDER, "transaction": TRADE, "refund_number": "YBR1", "reason": "重复缴费"}
QUERY = "alipay.trade.query"
PAID = {
    "out_trade_no": ORDER,
    "trade_no": TRADE,
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "240.12",
    "send_pay_date": "2019-11-12 09:59:30",
    "buyer_logon_id": "159****5620",
}


def raw(body: bytes, status=200):
    return lambda _: Response(body, status)


def asked_form(server, number=0) -> dict[str, str]:
    return dict(parse_qsl(server.asked[number][3].decode(), keep_blank_values=True))


def held(fields: dict[str, str]) -> dict:
    """The content of a request whose signature is found to be ours."""
    sign = fields.pop("sign")
    verified("app", joined(fields), sign)
    return json.loads(fields["biz_content"])


def test_a_qr_order_is_signed_and_expires_at_the_deadline(served):
    alipay, server = served
    server.replies.append(reply("alipay.trade.precreate", out_trade_no=ORDER, qr_code="https://qr.alipay.com/bax03431"))
    opened = alipay.open_order(**OPEN, kind="qr")
    assert (opened.order_number, opened.kind, opened.address) == (ORDER, "qr", "https://qr.alipay.com/bax03431")
    fields = asked_form(server)
    assert (fields["app_id"], fields["sign_type"], fields["timestamp"]) == (APP, "RSA2", "2019-11-12 10:00:00")
    order = held(fields)
    assert (order["total_amount"], order["time_expire"]) == ("240.12", "2019-11-30 23:59:59")


def test_a_page_order_is_a_signed_address_and_asks_nobody(served):
    alipay, server = served
    opened = alipay.open_order(**OPEN, kind="page")
    assert not server.asked
    fields = dict(parse_qsl(urlsplit(opened.address).query, keep_blank_values=True))
    assert (fields["method"], fields["return_url"]) == ("alipay.trade.wap.pay", "http://127.0.0.1:8000/pay/back")
    assert held(fields)["out_trade_no"] == ORDER


def test_a_query_agrees_with_the_notice_of_the_same_payment(served):
    alipay, server = served
    server.replies.append(reply(QUERY, **PAID))
    asked = alipay.query(ORDER)
    told = alipay.read_notice({}, form(content()), NOW)
    assert (asked.amount_fen, asked.state, asked.paid_at) == (24012, "succeeded", told.paid_at)
    assert asked.digest == told.digest


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"trade_status": "WAIT_BUYER_PAY", "send_pay_date": ""}, "pending"),
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": ""}, "closed"),
        ({"trade_status": "TRADE_CLOSED"}, "refunded"),
        ({"trade_status": "TRADE_FINISHED"}, "succeeded"),
    ],
)
def test_a_query_tells_each_state_of_a_trade(served, changes, state):
    alipay, server = served
    server.replies.append(reply(QUERY, **{**PAID, **changes}))
    assert alipay.query(ORDER).state == state


GOOD = spelled(QUERY, {"code": "10000", **PAID})
INNER = json.dumps({"code": "10000", **PAID}).encode()
WITH_SHA1 = signed("alipay one", INNER, hashes.SHA1())


@pytest.mark.parametrize(
    "answer",
    [
        reply(QUERY, **PAID, key="stranger"),
        reply(QUERY, **PAID, sign="AAAA"),
        raw(GOOD.replace(b"240.12", b"240.13")),
        raw(GOOD.replace(b'","', b'", "', 1)),
        raw(GOOD.partition(b',"sign"')[0] + b"}"),
        raw(GOOD + b"{}"),
        raw(GOOD[:-1]),
        raw(GOOD[:-1] + b"," + GOOD[1:]),
        raw(b'{"alipay_trade_query_response":' + INNER + b',"sign":"' + WITH_SHA1.encode() + b'","sign_type":"RSA"}'),
        raw(b'{"error_response":{"code":"10000"},"sign":"x"}'),
        raw(spelled("alipay.trade.close", {"code": "10000", **PAID})),
        raw(b"<html>garbage"),
        raw(b""),
        raw(b"[" * 100000),
        raw(b"\xff"),
        raw(GOOD, 500),
        raw(GOOD, 302),
        raw(b"x" * (wire.LONGEST_ANSWER + 1)),
        reply(QUERY, **{**PAID, "out_trade_no": "YB2"}),
        reply(QUERY, **{**PAID, "total_amount": "240.123"}),
        reply(QUERY, **{**PAID, "total_amount": 240.12}),
        reply(QUERY, **{**PAID, "send_pay_date": ""}),
        reply(QUERY, **{**PAID, "pay_currency": "USD"}),
        reply(QUERY, code="20000", msg="Service Currently Unavailable", sub_code="isp.unknow-error"),
        reply(QUERY, code="40004", msg="Business Failed", sub_code="ACQ.SYSTEM_ERROR"),
        reply(QUERY, code=10000),
    ],
)
def test_an_answer_that_cannot_be_believed_leaves_the_outcome_unknown(served, answer):
    alipay, server = served
    server.replies.append(answer)
    with pytest.raises(Unsure):
        alipay.query(ORDER)
    assert len(server.asked) == 1


def test_the_signature_may_stand_before_the_answer_and_blanks_between(served):
    alipay, server = served
    inner = '{ "code": "10000", "note": "引号 \\" } 与 \\/", ' + json.dumps(PAID)[1:]
    sign = signed("alipay one", inner.encode())
    server.replies.append(raw(f'{{ "sign" : "{sign}" ,\n "alipay_trade_query_response" : {inner} }}\n'.encode()))
    assert alipay.query(ORDER).state == "succeeded"


def test_an_order_that_nobody_began_to_pay_is_not_found(served):
    alipay, server = served
    server.replies += 2 * [reply(QUERY, code="40004", msg="Business Failed", sub_code="ACQ.TRADE_NOT_EXIST")]
    with pytest.raises(NotFound):
        alipay.query(ORDER)


def test_a_signed_no_is_told_with_its_code(served):
    alipay, server = served
    no = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_HAS_SUCCESS", "sub_msg": "交易已被支付"}
    server.replies.append(reply("alipay.trade.precreate", **no))
    with pytest.raises(Declined) as declined:
        alipay.open_order(**OPEN, kind="qr")
    assert (declined.value.code, declined.value.message) == ("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")


def test_closing_an_order_twice_is_no_error_but_a_paid_one_is(served):
    alipay, server = served
    server.replies += [
        reply("alipay.trade.close", out_trade_no=ORDER, trade_no=TRADE),
        reply("alipay.trade.close", code="40004", sub_code="ACQ.TRADE_HAS_CLOSE"),
        reply("alipay.trade.close", code="40004", sub_code="ACQ.TRADE_STATUS_ERROR"),
    ]
    alipay.close(ORDER)
    alipay.close(ORDER)
    with pytest.raises(Declined):
        alipay.close(ORDER)


def test_a_refund_that_moved_money_has_succeeded_and_another_is_in_process(served):
    alipay, server = served
    told = {"out_trade_no": ORDER, "trade_no": TRADE, "refund_fee": "0.24"}
    server.replies += [reply("alipay.trade.refund", **told, fund_change=change) for change in ("Y", "N")]
    states = [alipay.refund(**REFUND, amount_fen=12, total_fen=24012) for _ in range(2)]
    assert [(found.state, found.amount_fen) for found in states] == [("succeeded", 12), ("processing", 12)]
    request = held(asked_form(server))
    assert (request["refund_amount"], request["out_request_no"]) == ("0.12", "YBR1")


@pytest.mark.parametrize(
    "changes", [{"refund_fee": "0.11"}, {"trade_no": "1"}, {"out_trade_no": "YB2"}, {"fund_change": ""}]
)
def test_a_refund_answered_for_another_leaves_the_outcome_unknown(served, changes):
    alipay, server = served
    told = {"out_trade_no": ORDER, "trade_no": TRADE, "refund_fee": "0.12", "fund_change": "Y", **changes}
    server.replies.append(reply("alipay.trade.refund", **told))
    with pytest.raises(Unsure):
        alipay.refund(**REFUND, amount_fen=12, total_fen=24012)


def test_a_refund_is_asked_after_and_is_not_found_where_alipay_names_no_state(served):
    alipay, server = served
    method = "alipay.trade.fastpay.refund.query"
    told = {"out_trade_no": ORDER, "trade_no": TRADE, "out_request_no": "YBR1", "refund_amount": "0.12"}
    paid = {"refund_status": "REFUND_SUCCESS", "gmt_refund_pay": "2019-11-12 09:59:50"}
    server.replies += [reply(method, **told, **paid), reply(method)]
    found = alipay.query_refund(order_number=ORDER, refund_number="YBR1")
    assert (found.state, found.amount_fen, found.cumulative) == ("succeeded", 12, False)
    assert str(found.at) == "2019-11-12 09:59:50+08:00"
    with pytest.raises(NotFound):
        alipay.query_refund(order_number=ORDER, refund_number="YBR1")


def test_no_answer_in_time_and_no_connection_leave_the_outcome_unknown(tmp_path, monkeypatch, served):
    _, server = served
    monkeypatch.setattr(wire, "_TIMES", httpx.Timeout(0.3))
    nowhere = gateways(write(tmp_path), now=lambda: NOW)["alipay"]
    with pytest.raises(Unsure, match="connection"):
        nowhere.query(ORDER)
    with server.running() as address:
        slow = gateways(write(tmp_path, address=f"{address}/alipay/gateway.do"), now=lambda: NOW)["alipay"]
        server.replies.append(lambda request: time.sleep(1) or reply(QUERY, **PAID)(request))
        with pytest.raises(Unsure, match="in time"):
            slow.query(ORDER)


def test_nothing_of_a_call_is_logged_but_channel_and_reason(served, caplog):
    alipay, server = served
    server.replies += [reply(QUERY, **PAID), reply(QUERY, **PAID, key="stranger")]
    with caplog.at_level("DEBUG"):
        alipay.query(ORDER)
        with pytest.raises(Unsure):
            alipay.query(ORDER)
    assert "answer not believed: channel=alipay" in caplog.text
    assert not any(word in caplog.text for word in (TRADE, ORDER, "159****", "sign="))


@pytest.mark.parametrize("number", ["", "a&b=c", "x" * 65, "单号", "a-b"])
def test_a_number_that_alipay_does_not_take_is_never_sent(served, number):
    alipay, server = served
    with pytest.raises(ValueError, match="number"):
        alipay.query(number)
    assert not server.asked
