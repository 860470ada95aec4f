"""The simulated WeChat Pay keeps to the public description of version 3. 模拟微信支付"""

from __future__ import annotations

import json

import httpx
import pytest

from simulators import rsa
from tests.simulators.merchant import number
from tests.simulators.running import running

H5 = {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}}


def test_an_order_for_a_code_is_answered_signed_and_its_page_asks_for_the_sum(wechat):
    answer = wechat.call("POST", "/v3/pay/transactions/native", wechat.wanted(number(), 12_300))
    assert answer.status_code == 200
    assert wechat.verified(answer.headers, answer.content)
    page = httpx.get(answer.json()["code_url"], trust_env=False).text
    assert "¥123.00" in page
    assert "没有真实资金" in page
    assert "支付" in page
    assert "取消" in page


@pytest.mark.parametrize("spoil", ["key", "body", "time", "header", "serial"])
def test_a_request_that_is_not_signed_right_is_refused_with_401(wechat, spoil):
    wanted = wechat.wanted(number(), 1)
    given = {
        "key": {"key": rsa.new_key()},
        "body": {"signed_body": b"{}"},
        "time": {"timestamp": 1_000_000_000},
        "header": {"headers": {"Authorization": "Basic x"}},
        "serial": {"headers": {"Authorization": 'WECHATPAY2-SHA256-RSA2048 mchid="1"'}},
    }[spoil]
    answer = wechat.call("POST", "/v3/pay/transactions/native", wanted, **given)
    assert answer.status_code == 401
    assert answer.json()["code"] == "SIGN_ERROR"


def test_a_payment_is_told_by_a_sealed_and_signed_notice_and_by_the_query(wechat, simulators, platform):
    order = wechat.order(45_600, attach="family 7")
    assert wechat.query(order).json()["trade_state"] == "NOTPAY"
    simulators.pay("wechat", order)
    notice = platform.wait(1)[0]
    assert notice.path == "/notices/wechat"
    assert wechat.verified(notice.headers, notice.body)
    told, queried = wechat.open(notice.body), wechat.query(order).json()
    assert told == queried
    assert told["trade_state"] == "SUCCESS"
    assert told["amount"]["total"] == 45_600
    assert told["attach"] == "family 7"
    assert told["success_time"].startswith("2019-11-12T10:00")
    by_channel = wechat.call("GET", f"/v3/pay/transactions/id/{told['transaction_id']}?mchid={told['mchid']}")
    assert by_channel.json() == queried


def test_an_order_asked_for_twice_is_one_and_with_another_sum_is_refused(wechat):
    order = number()
    first = wechat.call("POST", "/v3/pay/transactions/native", wechat.wanted(order, 100)).json()
    assert wechat.call("POST", "/v3/pay/transactions/native", wechat.wanted(order, 100)).json() == first
    other = wechat.call("POST", "/v3/pay/transactions/native", wechat.wanted(order, 101))
    assert (other.status_code, other.json()["code"]) == (400, "INVALID_REQUEST")


def test_a_closed_order_takes_no_money_and_a_paid_one_cannot_be_closed(wechat, simulators):
    closed, paid, merchant = wechat.order(), wechat.order(), {"mchid": wechat.configuration["merchant"]}
    answer = wechat.call("POST", f"/v3/pay/transactions/out-trade-no/{closed}/close", merchant)
    assert answer.status_code == 204
    assert wechat.verified(answer.headers, b"")
    refused = simulators.client.post(f"{simulators.url}/control/pay", json={"channel": "wechat", "order": closed})
    assert "CLOSED" in refused.json()["error"]
    simulators.pay("wechat", paid)
    answer = wechat.call("POST", f"/v3/pay/transactions/out-trade-no/{paid}/close", merchant)
    assert answer.json()["code"] == "ORDERPAID"


def test_an_order_is_closed_when_its_time_has_run_out(wechat, simulators):
    order = wechat.order(time_expire="2019-11-12T10:30:00+08:00")
    simulators.clock("2019-11-12T10:29:50+08:00")
    assert wechat.query(order).json()["trade_state"] == "NOTPAY"
    simulators.clock("2019-11-12T10:30:00+08:00")
    assert wechat.query(order).json()["trade_state"] == "CLOSED"


def test_an_order_in_a_browser_leads_back_to_the_platform_and_nowhere_else(wechat, platform):
    wanted = wechat.wanted(number(), 500, scene_info=H5)
    address = wechat.call("POST", "/v3/pay/transactions/h5", wanted).json()["h5_url"]
    back = f"{platform.url}/pay/back?a=1"
    page = httpx.post(address, data={"choice": "pay", "redirect_url": back}, trust_env=False).text
    assert "支付成功" in page
    assert f'href="{back}"' in page
    page = httpx.get(f"{address}&redirect_url=http://elsewhere.example/", trust_env=False).text
    assert "elsewhere" not in page
    assert platform.wait(1)


def test_a_payer_who_cancels_has_paid_nothing(wechat, platform):
    order = number()
    address = wechat.call("POST", "/v3/pay/transactions/native", wechat.wanted(order, 500)).json()["code_url"]
    assert "已取消" in httpx.post(address, data={"choice": "cancel"}, trust_env=False).text
    assert wechat.query(order).json()["trade_state"] == "NOTPAY"
    assert platform.notices == []


def test_a_refund_is_accepted_then_told_and_never_above_what_was_paid(wechat, simulators, platform):
    order, refund = wechat.order(1_000), number()
    simulators.pay("wechat", order)
    accepted = wechat.refund(order, 400, 1_000, refund)
    assert accepted.json()["status"] == "PROCESSING"
    assert wechat.verified(accepted.headers, accepted.content)
    notice = platform.wait(2)[1]
    assert notice.path == "/notices/wechat/refunds"
    assert wechat.verified(notice.headers, notice.body)
    assert json.loads(notice.body)["event_type"] == "REFUND.SUCCESS"
    told = wechat.open(notice.body)
    assert (told["out_refund_no"], told["refund_status"], told["amount"]["refund"]) == (refund, "SUCCESS", 400)
    assert wechat.call("GET", f"/v3/refund/domestic/refunds/{refund}").json()["status"] == "SUCCESS"
    assert wechat.refund(order, 400, 1_000, refund).json()["refund_id"] == told["refund_id"]
    assert wechat.refund(order, 401, 1_000, refund).json()["code"] == "INVALID_REQUEST"
    assert wechat.refund(order, 601, 1_000).json()["code"] == "NOT_ENOUGH"
    assert wechat.query(order).json()["trade_state"] == "REFUND"


def test_what_does_not_exist_is_told_so(wechat):
    assert wechat.query(number()).json()["code"] == "ORDER_NOT_EXIST"
    assert wechat.call("GET", "/v3/refund/domestic/refunds/none").status_code == 404
    assert wechat.refund(number(), 1, 1).json()["code"] == "RESOURCE_NOT_EXISTS"


@pytest.mark.parametrize("public_key", [False, True])
def test_keys_rotate_and_the_old_one_still_holds_for_who_asks_for_it(wechat, simulators, platform, public_key):
    old = simulators.state()["keys"]["wechat"][-1]
    new = simulators.control("rotate", {"channel": "wechat", "public_key": public_key})["serial"]
    assert new.startswith("PUB_KEY_ID_") == public_key
    assert {old, new} <= wechat.configuration["platform_keys"].keys()
    simulators.pay("wechat", wechat.order())
    notice = platform.wait(1)[0]
    assert notice.headers["Wechatpay-Serial"] == new
    assert wechat.verified(notice.headers, notice.body)
    answer = wechat.call("GET", "/v3/certificates", headers={"Wechatpay-Serial": old})
    assert answer.headers["Wechatpay-Serial"] == old
    assert wechat.verified(answer.headers, answer.content)
    serials = {row["serial_no"] for row in answer.json()["data"]}
    assert (new in serials) != public_key


def test_a_key_that_nobody_told_is_not_in_the_configuration(tmp_path):
    with running(tmp_path / "home") as simulators:
        serial = simulators.control("rotate", {"channel": "wechat", "told": False})["serial"]
        text = (simulators.gateways_dir / "wechat.toml").read_text("utf-8")
        assert serial not in text
        assert serial in simulators.state()["keys"]["wechat"]
