"""The simulated Alipay keeps to the public description of its gateway. 模拟支付宝"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.simulators.merchant import number


def test_a_trade_begins_when_the_code_is_opened_and_is_paid_by_notice_and_query(alipay, simulators, platform):
    order = alipay.order("60.00", passback_params="family 7")
    assert alipay.call("alipay.trade.query", out_trade_no=order)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    simulators.control("scan", {"channel": "alipay", "order": order})
    waiting = alipay.call("alipay.trade.query", out_trade_no=order)
    assert waiting["trade_status"] == "WAIT_BUYER_PAY"
    simulators.pay("alipay", order)
    form, signed = alipay.read(platform.wait(1)[0].body)
    assert signed
    assert form["trade_status"] == "TRADE_SUCCESS"
    assert (form["out_trade_no"], form["total_amount"], form["passback_params"]) == (order, "60.00", "family 7")
    assert (form["app_id"], form["seller_id"]) == tuple(alipay.configuration[name] for name in ("app_id", "seller_id"))
    assert "refund_fee" not in form
    queried = alipay.call("alipay.trade.query", trade_no=form["trade_no"])
    assert (queried["trade_status"], queried["total_amount"]) == ("TRADE_SUCCESS", "60.00")
    assert queried["trade_no"] == waiting["trade_no"]


def test_a_request_that_is_not_signed_right_is_refused(alipay):
    form = alipay.form("alipay.trade.query", {"out_trade_no": "1"})
    form["biz_content"] = '{"out_trade_no":"2"}'
    answer = httpx.post(alipay.configuration["address"], data=form, trust_env=False).json()
    assert answer["alipay_trade_query_response"]["sub_code"] == "isv.invalid-signature"


def test_a_strange_method_and_a_strange_application_are_refused(alipay):
    assert alipay.raw("alipay.trade.gift", {}).json()["error_response"]["sub_code"] == "isv.invalid-method"
    answer = alipay.raw("alipay.trade.query", {}, app_id="1").json()
    assert answer["alipay_trade_query_response"]["sub_code"] == "isv.invalid-app-id"


@pytest.mark.parametrize("way", ["wap", "page"])
def test_a_payer_is_sent_to_the_page_and_comes_back_with_signed_parameters(alipay, platform, way):
    order, back = number(), f"{platform.url}/pay/back"
    content = {"out_trade_no": order, "total_amount": "1.20", "subject": "医保"}
    form = alipay.form(f"alipay.trade.{way}.pay", content, return_url=back)
    sent = httpx.get(alipay.configuration["address"], params=form, trust_env=False)
    assert sent.status_code == 302
    page = httpx.post(sent.headers["Location"], data={"choice": "pay"}, trust_env=False).text
    address = page.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert address.startswith(back + "?")
    told = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert told["out_trade_no"] == order
    kept = sorted((name, value) for name, value in told.items() if name not in ("sign", "sign_type"))
    assert alipay.verified("&".join(f"{name}={value}" for name, value in kept), told["sign"])


def test_a_closed_trade_takes_no_money(alipay, simulators):
    order = alipay.order()
    assert alipay.call("alipay.trade.close", out_trade_no=order)["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    simulators.control("scan", {"channel": "alipay", "order": order})
    assert alipay.call("alipay.trade.close", out_trade_no=order)["code"] == "10000"
    assert alipay.call("alipay.trade.query", out_trade_no=order)["trade_status"] == "TRADE_CLOSED"
    refused = simulators.client.post(f"{simulators.url}/control/pay", json={"channel": "alipay", "order": order})
    assert refused.status_code == 400


@pytest.mark.parametrize("limit", [{"timeout_express": "30m"}, {"time_expire": "2019-11-12 10:30:00"}])
def test_a_code_runs_out_at_its_time(alipay, simulators, limit):
    order = alipay.order(**limit)
    simulators.control("scan", {"channel": "alipay", "order": order})
    simulators.clock("2019-11-12T10:31:00+08:00")
    assert alipay.call("alipay.trade.query", out_trade_no=order)["trade_status"] == "TRADE_CLOSED"


def test_a_refund_is_done_at_once_and_told_with_its_fields(alipay, simulators, platform):
    order = alipay.order("10.00")
    simulators.pay("alipay", order)
    asked = {"out_trade_no": order, "refund_amount": "4.00", "out_request_no": "R" + order}
    done = alipay.call("alipay.trade.refund", **asked)
    assert (done["fund_change"], done["refund_fee"]) == ("Y", "4.00")
    assert alipay.call("alipay.trade.refund", **asked)["fund_change"] == "N"
    found = alipay.call("alipay.trade.fastpay.refund.query", out_trade_no=order, out_request_no="R" + order)
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "4.00")
    forms = [alipay.read(notice.body) for notice in platform.wait(2)]
    refunds = [form for form, signed in forms if signed and "refund_fee" in form]
    assert [(form["refund_fee"], form["out_biz_no"]) for form in refunds] == [("4.00", "R" + order)]
    rest = {"out_trade_no": order, "refund_amount": "6.01", "out_request_no": "S" + order}
    assert alipay.call("alipay.trade.refund", **rest)["code"] == "40004"
    rest["refund_amount"] = "6.00"
    assert alipay.call("alipay.trade.refund", **rest)["refund_fee"] == "10.00"
    assert alipay.call("alipay.trade.query", out_trade_no=order)["trade_status"] == "TRADE_CLOSED"


def test_a_sum_that_is_none_is_refused(alipay):
    for wrong in ("0", "-1.00", "1.001", "x", ""):
        told = alipay.call("alipay.trade.precreate", out_trade_no=number(), total_amount=wrong, subject="医保")
        assert told["sub_code"] == "ACQ.INVALID_PARAMETER"


def test_a_new_key_signs_and_stands_beside_the_old_one(alipay, simulators, platform):
    before = alipay.configuration["alipay_keys"]
    simulators.control("rotate", {"channel": "alipay"})
    assert alipay.configuration["alipay_keys"][:-1] == before
    simulators.pay("alipay", alipay.order())
    assert alipay.read(platform.wait(1)[0].body)[1]
