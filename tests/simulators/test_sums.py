"""Sums keep to the fen: yuan in files, fees, and fees that come back with refunds. 金额"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators import trading
from simulators.rows import Order
from simulators.world import World, in_fen, opened, yuan


@pytest.fixture(scope="module")
def world():
    with tempfile.TemporaryDirectory() as home:
        world = opened(Path(home), "http://127.0.0.1:9", 600.0, None)
        yield world
        world.store.close()


@given(st.integers(0, 10**12))
def test_yuan_and_fen_are_the_same_sum(fen):
    assert in_fen(yuan(fen)) == fen


@pytest.mark.parametrize("text", ["", ".", "1.234", "-1", "+1", "1e3", "１", "1,000.00", "1.x", "²"])
def test_what_is_no_sum_in_yuan_is_refused(text):
    with pytest.raises(ValueError):
        in_fen(text)


@given(amount_fen=st.integers(1, 10**7), cuts=st.lists(st.integers(1, 10**7), max_size=6))
def test_refunds_of_a_whole_payment_give_back_its_whole_fee(world: World, amount_fen: int, cuts: list[int]):
    order = trading.new_order(
        world, "wechat", f"N{world.store.next('test')}", way="NATIVE", amount_fen=amount_fen, description="", attach="",
        notify_url="", return_url="", expires="",
    )  # fmt: skip
    order = trading.pay(world, order)
    left, given_back = amount_fen, 0
    for part in [*cuts, amount_fen]:
        part = min(part, left)
        if part:
            number = f"R{world.store.next('test')}"
            given_back += trading.new_refund(world, order, number, part, "", "").fee_back_fen
            left -= part
    held = world.store.one(Order, key=order.key)
    assert held is not None
    assert held.refunded_fen == amount_fen
    assert given_back == order.fee_fen == (amount_fen * 60 + 5_000) // 10_000


def test_nothing_is_kept_of_a_change_that_failed_halfway(world):
    with pytest.raises(ZeroDivisionError), world.store.changing():
        world.store.remember("half", 1)
        1 / 0  # noqa: B018
    assert world.store.setting("half") is None
