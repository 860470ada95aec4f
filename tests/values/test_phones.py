"""Phone numbers in all the ways in which people write them. 联系电话"""

from __future__ import annotations

import pytest

from yingbao.values import phones
from yingbao.values.fault import Fault


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13812345678", "13812345678"),
        ("138-1234-5678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("+86 13812345678", "13812345678"),
        ("0086-138 1234 5678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("\u202d13812345678\u202c", "13812345678"),
        ("0512-69820471", "051269820471"),
        ("（0512）69820471", "051269820471"),
        ("010-62345678", "01062345678"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_a_number_is_kept_in_one_form(written, kept):
    assert phones.check(written) == kept


@pytest.mark.parametrize(
    "written", ["", "1381234567", "138123456789", "12812345678", "69820471", "无", "abc", "+86123"]
)
def test_a_number_that_nobody_can_call_is_refused(written):
    with pytest.raises(Fault) as raised:
        phones.check(written)
    assert "11" in raised.value.mend.zh


def test_a_masked_number_shows_its_ends():
    assert phones.masked("13812345678") == "138****5678"
    assert phones.masked("12345") == "*****"
