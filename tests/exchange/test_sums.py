"""Yuan to fen and back, exactly or not at all. 元与分"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.exchange.sums import fen, fen_of_bill, yuan


@given(st.integers(0, 10**12))
def test_every_sum_in_fen_comes_back_from_yuan(amount_fen):
    assert fen(yuan(amount_fen)) == amount_fen
    assert fen_of_bill("-" + yuan(amount_fen)) == -amount_fen


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_sum_is_never_rounded(amount):
    assert fen(f"{amount:f}") == int(amount * 100)


@given(st.text(st.sampled_from("0123456789.-+eE, ٣１_"), max_size=14))
def test_whatever_is_taken_is_exactly_what_it_says(text):
    try:
        found = fen(text)
    except ValueError:
        return
    assert Decimal(found) == Decimal(text) * 100
    assert set(text) <= set("0123456789.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "01",
        "00.10",
        "1.234",
        "-1",
        "+1",
        "1e2",
        "1,000",
        " 1",
        "1 ",
        "1\n",
        "１",
        "٣",
        "1_0",
        "NaN",
        "9" * 12,
    ],
)
def test_what_is_no_plain_amount_is_refused(text):
    with pytest.raises(ValueError, match="yuan"):
        fen(text)


@pytest.mark.parametrize(
    ("text", "amount_fen"), [("0.60000", 60), ("-0.01", -1), ("5", 500), ("0.0", 0), ("+1.20", 120)]
)
def test_a_bill_may_write_signs_and_zeros(text, amount_fen):
    assert fen_of_bill(text) == amount_fen


@pytest.mark.parametrize("text", ["", "0.601", "0.60001", "--1", "1e2", "1,0", "x", "0.6000000001"])
def test_a_bills_sum_that_is_not_exact_in_fen_is_refused(text):
    with pytest.raises(ValueError, match="yuan"):
        fen_of_bill(text)


def test_nothing_below_zero_is_ever_sent():
    with pytest.raises(ValueError, match="below zero"):
        yuan(-1)
