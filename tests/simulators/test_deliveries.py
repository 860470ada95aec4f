"""Notices are retried at the real intervals on a fast clock. 重试"""

from __future__ import annotations

from itertools import pairwise

import pytest

from simulators.deliveries import SCHEDULES
from tests.simulators.merchant import Alipay, Wechat, listening
from tests.simulators.running import running

SPEED = 3600.0


def test_the_schedules_are_those_of_the_public_descriptions():
    minutes, hours = 60, 3600
    assert list(SCHEDULES["wechat"]) == [
        15, 15, 30, 3 * minutes, 10 * minutes, 20 * minutes, 30 * minutes, 30 * minutes, 30 * minutes, 60 * minutes,
        3 * hours, 3 * hours, 3 * hours, 6 * hours, 6 * hours,
    ]  # fmt: skip
    assert sum(SCHEDULES["alipay"]) == 24 * hours + 24 * minutes


def test_a_notice_comes_again_until_it_is_taken_and_then_no_more(wechat, simulators, platform):
    platform.refusals = 4
    order = wechat.order()
    simulators.pay("wechat", order)
    notices = platform.wait(5)
    gaps = [(later.moment - earlier.moment) * SPEED for earlier, later in pairwise(notices)]
    for gap, wanted in zip(gaps, SCHEDULES["wechat"], strict=False):
        assert gap >= wanted * 0.95
    # Each try takes a few true milliseconds, which on this clock are many seconds.
    assert gaps[3] == pytest.approx(180, abs=900)
    assert len({notice.headers["Wechatpay-Nonce"] for notice in notices}) == 5
    assert len({wechat.open(notice.body)["transaction_id"] for notice in notices}) == 1
    assert [row["status"] for row in simulators.delivered(5, order=order)] == [500, 500, 500, 500, 200]
    simulators.clock("2019-11-14T10:00:00+08:00")
    assert len(simulators.log(order=order)) == 5


def test_a_notice_that_nobody_takes_is_given_up_at_the_end(tmp_path):
    with running(tmp_path / "home", "http://127.0.0.1:9", speed=1e7) as simulators:
        order = Wechat(simulators).order()
        simulators.pay("wechat", order)
        tries = simulators.delivered(16, order=order)
        assert [row["status"] for row in tries] == [0] * 16
        assert simulators.control("orders", method="GET")["notices"] == []
        order = Alipay(simulators).order()
        simulators.pay("alipay", order)
        assert len(simulators.delivered(8, order=order)) == 8


@pytest.mark.parametrize("word", [b"Success", b"success ", b"fail", b""])
def test_alipay_takes_nothing_but_the_exact_word(alipay, simulators, platform, word):
    platform.answer = (200, word)
    order = alipay.order()
    simulators.pay("alipay", order)
    assert simulators.delivered(2, order=order)[0]["taken"] == 0


def test_a_moved_clock_brings_the_next_try_at_once(tmp_path):
    with listening() as platform, running(tmp_path / "home", platform.url, speed=1) as simulators:
        platform.refusals = 1
        order = Wechat(simulators).order()
        simulators.pay("wechat", order)
        simulators.delivered(1, order=order)
        simulators.clock("2019-11-12T10:01:00+08:00")
        assert [row["status"] for row in simulators.delivered(2, order=order)] == [500, 200]


def test_a_restart_keeps_orders_keys_clock_and_the_notices_still_to_come(tmp_path):
    with listening() as platform:
        platform.refusals = 1
        with running(tmp_path / "home", platform.url, speed=1) as simulators:
            wechat = Wechat(simulators)
            order, unpaid = wechat.order(777), wechat.order(778)
            simulators.pay("wechat", order)
            simulators.delivered(1, order=order)
            keys = simulators.state()["keys"]
            simulators.clock("2019-11-13T08:00:00+08:00")
            simulators.delivered(2, order=order)
            platform.refusals = 1
            simulators.control("notify", {"channel": "wechat", "order": order})
            simulators.delivered(3, order=order)
        with running(tmp_path / "home", platform.url, speed=1, now=None) as simulators:
            state, wechat = simulators.state(), Wechat(simulators)
            assert state["keys"] == keys
            assert state["now"].startswith("2019-11-13T08:00")
            assert wechat.query(order).json()["trade_state"] == "SUCCESS"
            assert wechat.query(unpaid).json()["amount"]["total"] == 778
            simulators.control("clock", {"forward_seconds": 20})
            assert simulators.delivered(4, order=order)[-1]["status"] == 200
