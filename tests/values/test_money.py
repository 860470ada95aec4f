"""Sums are whole fen inside and yuan on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.values import money


@pytest.mark.parametrize(
    ("fen", "yuan"), [(24000, "240"), (24050, "240.50"), (5, "0.05"), (0, "0"), (-24050, "-240.50"), (-1, "-0.01")]
)
def test_fen_are_written_only_where_there_are_some(fen: int, yuan: str):
    assert money.yuan(fen) == yuan


@given(st.integers(-(10**12), 10**12))
def test_no_fen_is_lost_on_paper(fen: int):
    whole, _, rest = money.yuan(fen).lstrip("-").partition(".")
    assert (int(whole) * 100 + int(rest or "0")) * (-1 if fen < 0 else 1) == fen


def test_a_sum_has_its_unit_in_both_languages():
    assert (money.said(24000).zh, money.said(24000).en) == ("240元", "240 yuan")
