"""Every way to misbehave, seen from the platform's side. 故障"""

from __future__ import annotations

import json
import time

import httpx
import pytest

from simulators.misbehaving import ANSWERS, BANK, BILLS, KNOWN, MESSAGES, MONEY, NOTICES
from tests.simulators.merchant import number

CHANNELS = ["wechat", "alipay"]


@pytest.fixture(params=CHANNELS)
def merchant(request, wechat, alipay):
    return {"wechat": wechat, "alipay": alipay}[request.param]


@pytest.fixture
def channel(merchant):
    return type(merchant).__name__.lower()


def vouched(merchant, notice):
    """Whether a notice is signed by a key that the platform was told."""
    try:
        if hasattr(merchant, "read"):
            return merchant.read(notice.body)[1]
        return merchant.verified(notice.headers, notice.body)
    except KeyError:
        return False


def content(merchant, notice):
    return merchant.read(notice.body)[0] if hasattr(merchant, "read") else merchant.open(notice.body)


def spoilt(merchant, simulators, platform, channel, *do, count=1):
    """The notices of an order under a rule."""
    order = merchant.order()
    simulators.behave(channel, *do, order=order)
    simulators.pay(channel, order)
    return order, platform.wait(count)


def test_a_word_that_nobody_knows_is_refused(simulators):
    answer = simulators.client.post(f"{simulators.url}/control/behaviour", json={"channel": "wechat", "do": ["nap"]})
    assert answer.status_code == 400
    assert set(KNOWN) == {*NOTICES, *ANSWERS, *MONEY, *BILLS, *BANK, *MESSAGES}


def test_a_silent_channel_tells_nothing_though_the_query_knows(merchant, simulators, platform, channel):
    order = merchant.order()
    simulators.behave(channel, "silent", order=order)
    simulators.pay(channel, order)
    loud = merchant.order()
    simulators.pay(channel, loud)
    assert [content(merchant, notice)["out_trade_no"] for notice in platform.wait(1)] == [loud]
    simulators.control("notify", {"channel": channel, "order": order})
    assert content(merchant, platform.wait(2)[1])["out_trade_no"] == order


def test_a_notice_comes_five_times_under_one_name(merchant, simulators, platform, channel):
    _, notices = spoilt(merchant, simulators, platform, channel, {"duplicate": 4}, count=5)
    assert len(notices) == 5
    assert all(vouched(merchant, notice) for notice in notices)
    names = {
        json.loads(notice.body)["id"] if channel == "wechat" else content(merchant, notice)["notify_id"]
        for notice in notices
    }
    assert len(names) == 1


def test_notices_come_out_of_order(merchant, simulators, platform, channel):
    first, second = merchant.order(), merchant.order()
    simulators.behave(channel, "reorder", order=first)
    simulators.pay(channel, first)
    simulators.pay(channel, second)
    assert [content(merchant, notice)["out_trade_no"] for notice in platform.wait(2)] == [second, first]


def test_a_late_notice_waits_for_the_clock(merchant, simulators, platform, channel):
    order = merchant.order()
    simulators.behave(channel, {"late": 86_400}, order=order)
    simulators.pay(channel, order)
    time.sleep(0.3)
    assert platform.notices == []
    simulators.clock("2019-11-13T10:00:05+08:00")
    assert content(merchant, platform.wait(1)[0])["out_trade_no"] == order


def test_a_notice_arrives_before_the_answer_to_the_order(merchant, simulators, platform, channel):
    simulators.behave(channel, "before_answer")
    order = merchant.order()
    answered = time.monotonic()
    assert platform.notices[0].moment < answered
    assert content(merchant, platform.notices[0])["out_trade_no"] == order


def test_a_notice_tells_a_wrong_sum_with_a_right_signature(merchant, simulators, platform, channel):
    _, (notice, *_) = spoilt(merchant, simulators, platform, channel, {"wrong_amount": 100})
    assert vouched(merchant, notice)
    told = content(merchant, notice)
    assert (told["amount"]["total"] if channel == "wechat" else told["total_amount"]) in (12_445, "124.45")


@pytest.mark.parametrize("word", ["forged_signature", "unknown_serial", "altered_body"])
def test_a_notice_that_is_not_to_be_believed(merchant, simulators, platform, channel, word):
    _, (notice, *_) = spoilt(merchant, simulators, platform, channel, word)
    assert not vouched(merchant, notice)
    if channel == "wechat":
        told = notice.headers["Wechatpay-Serial"] in merchant.configuration["platform_keys"]
        assert told == (word != "unknown_serial")


def test_a_rule_with_a_count_is_used_up_and_the_retry_is_right(merchant, simulators, platform, channel):
    order = merchant.order()
    simulators.behave(channel, "forged_signature", order=order, times=1)
    platform.refusals = 1
    simulators.pay(channel, order)
    assert [vouched(merchant, notice) for notice in platform.wait(2)] == [False, True]


def test_a_notice_carries_an_old_time_under_a_right_signature(wechat, simulators, platform):
    _, (notice, *_) = spoilt(wechat, simulators, platform, "wechat", "stale_timestamp")
    assert vouched(wechat, notice)
    # 2019-11-12T09:00:00+08:00, an hour before the simulators' clock
    assert 1_573_520_400 <= int(notice.headers["Wechatpay-Timestamp"]) < 1_573_520_460


def test_a_notice_is_larger_than_anybody_should_read(merchant, simulators, platform, channel):
    _, (notice, *_) = spoilt(merchant, simulators, platform, channel, {"oversized_body": 3_000_000})
    assert len(notice.body) > 3_000_000
    assert vouched(merchant, notice)


@pytest.mark.parametrize("word", ["wrong_merchant", "wrong_app"])
def test_a_notice_is_meant_for_somebody_else(merchant, simulators, platform, channel, word):
    _, (notice, *_) = spoilt(merchant, simulators, platform, channel, word)
    assert vouched(merchant, notice)
    names = {"wechat": {"wrong_merchant": "mchid", "wrong_app": "appid"}}.get(
        channel, {"wrong_merchant": "seller_id", "wrong_app": "app_id"}
    )
    ours = {str(value) for value in merchant.configuration.values()}
    assert content(merchant, notice)[names[word]] not in ours


def test_the_same_bytes_can_be_sent_again(merchant, simulators, platform, channel):
    order = merchant.order()
    simulators.pay(channel, order)
    platform.wait(1)
    simulators.delivered(1, order=order)
    simulators.control("replay", {"channel": channel, "order": order})
    first, second = platform.wait(2)
    assert first.body == second.body
    assert first.headers.get("Wechatpay-Signature") == second.headers.get("Wechatpay-Signature")


def test_answers_are_slow_or_broken_as_asked(merchant, simulators, channel):
    simulators.behave(channel, {"slow": 0.4}, times=1)
    start = time.monotonic()
    merchant.order()
    assert time.monotonic() - start >= 0.4
    simulators.behave(channel, "error", times=1)
    answer = wanted(merchant, number())
    assert answer.status_code == 500
    assert wanted(merchant, number()).status_code == 200


def wanted(merchant, order):
    """Ask for an order and give the raw answer."""
    if hasattr(merchant, "read"):
        told = {"out_trade_no": order, "total_amount": "1.00", "subject": "医保"}
        return merchant.raw("alipay.trade.precreate", told)
    return merchant.call("POST", "/v3/pay/transactions/native", merchant.wanted(order, 100))


def test_the_connection_ends_though_the_order_was_made(merchant, simulators, channel):
    order = number()
    simulators.behave(channel, "timeout", order=order, times=1)
    with pytest.raises(httpx.TransportError):
        wanted(merchant, order)
    simulators.pay(channel, order)


@pytest.mark.parametrize("word", ["unsigned", "forged_answer"])
def test_an_answer_has_no_signature_or_a_forged_one(merchant, simulators, channel, word):
    simulators.behave(channel, word)
    answer = wanted(merchant, number())
    if channel == "wechat":
        signed = "Wechatpay-Signature" in answer.headers
        assert signed == (word == "forged_answer")
        assert not (signed and merchant.verified(answer.headers, answer.content))
    else:
        text, signature = answer.text, answer.json().get("sign")
        assert (signature is None) == (word == "unsigned")
        inner = text.removeprefix('{"alipay_trade_precreate_response":').split(',"sign":')[0]
        assert not (signature and merchant.verified(inner, signature))


def test_the_query_tells_a_wrong_sum(wechat, alipay, simulators):
    order, trade = wechat.order(100), alipay.order("1.00")
    for channel, paid in (("wechat", order), ("alipay", trade)):
        simulators.pay(channel, paid)
        simulators.behave(channel, {"wrong_amount_in_query": 5}, order=paid)
    assert wechat.query(order).json()["amount"]["total"] == 105
    assert alipay.call("alipay.trade.query", out_trade_no=trade)["total_amount"] == "1.05"


def test_money_comes_after_the_order_ran_out(merchant, simulators, platform, channel):
    order = merchant.order()
    simulators.clock("2019-12-12T10:00:00+08:00")
    simulators.control("scan", {"channel": channel, "order": order})
    simulators.behave(channel, "pay_late", order=order)
    paid = simulators.pay(channel, order, at="2019-12-12T09:59:00+08:00")
    assert (paid["state"], paid["paid_at"]) == ("SUCCESS", "2019-12-12T09:59:00+08:00")
    assert platform.wait(1)


def test_a_closed_order_is_paid_by_force(wechat, simulators, platform):
    order = wechat.order()
    wechat.call("POST", f"/v3/pay/transactions/out-trade-no/{order}/close", {"mchid": "1900000109"})
    simulators.pay("wechat", order, force=True)
    assert wechat.open(platform.wait(1)[0].body)["trade_state"] == "SUCCESS"


def test_a_refund_ends_abnormally(wechat, alipay, simulators, platform):
    order = wechat.order(100)
    simulators.pay("wechat", order)
    simulators.behave("wechat", "refund_abnormal", order=order)
    wechat.refund(order, 100, 100)
    notice = platform.wait(2)[1]
    assert json.loads(notice.body)["event_type"] == "REFUND.ABNORMAL"
    trade = alipay.order("1.00")
    simulators.pay("alipay", trade)
    simulators.behave("alipay", "refund_abnormal", order=trade)
    told = alipay.call("alipay.trade.refund", out_trade_no=trade, refund_amount="1.00", out_request_no="r")
    assert told["sub_code"] == "ACQ.SELLER_BALANCE_NOT_ENOUGH"


def test_a_refund_is_stuck_until_somebody_ends_it(wechat, alipay, simulators, platform):
    order, refund = wechat.order(100), number()
    simulators.pay("wechat", order)
    simulators.behave("wechat", "refund_processing", order=order)
    wechat.refund(order, 100, 100, refund)
    simulators.clock("2019-11-13T10:00:00+08:00")
    assert wechat.call("GET", f"/v3/refund/domestic/refunds/{refund}").json()["status"] == "PROCESSING"
    simulators.control("refund", {"channel": "wechat", "refund": refund, "state": "CLOSED"})
    assert wechat.open(platform.wait(2)[1].body)["refund_status"] == "CLOSED"
    trade = alipay.order("1.00")
    simulators.pay("alipay", trade)
    simulators.behave("alipay", "refund_processing", order=trade)
    asked = {"out_trade_no": trade, "out_request_no": refund}
    assert alipay.call("alipay.trade.refund", refund_amount="1.00", **asked)["fund_change"] == "N"
    assert "refund_status" not in alipay.call("alipay.trade.fastpay.refund.query", **asked)
    simulators.control("refund", {"channel": "alipay", "refund": refund})
    assert alipay.call("alipay.trade.fastpay.refund.query", **asked)["refund_status"] == "REFUND_SUCCESS"
