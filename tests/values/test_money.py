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


@pytest.mark.parametrize(
    ("fen", "written"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (55, "伍角伍分"),
        (1000, "壹拾元整"),
        (24000, "贰佰肆拾元整"),
        (32504, "叁佰贰拾伍元零肆分"),
        (100650, "壹仟零陆元伍角"),
        (140950, "壹仟肆佰零玖元伍角"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (10**10, "壹亿元整"),
        (100000010000, "壹拾亿零壹佰元整"),
        (10**12, "壹佰亿元整"),
    ],
)
def test_a_sum_in_capitals_is_written_as_banks_write_it(fen: int, written: str):
    assert money.capitals(fen) == written


def _read(capitals: str) -> int:
    """Reads capitals back into fen, sign by sign: a plain reference that shares nothing with the writer."""
    figures = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
    tens = {"拾": 10, "佰": 100, "仟": 1000}
    total = below_myriad = 0
    figure = fen = 0
    for sign in capitals.removesuffix("整"):
        if sign in figures:
            figure = figures[sign]
        elif sign in tens:
            below_myriad, figure = below_myriad + figure * tens[sign], 0
        elif sign in "万亿元":
            below_myriad, figure = below_myriad + figure, 0
            total += below_myriad * {"万": 10**4, "亿": 10**8, "元": 1}[sign]
            below_myriad = 0
        else:
            fen, figure = fen + figure * {"角": 10, "分": 1}[sign], 0
    return total * 100 + fen


def _written(fen: int) -> str:
    """Writes capitals figure by figure, every zero and unit first, then takes out what is not said."""
    yuan, jiao, rest = f"{fen // 100:012d}", fen // 10 % 10, fen % 10
    signs = "零壹贰叁肆伍陆柒捌玖"
    text = ""
    for place, figure in enumerate(yuan):
        unit = ("仟", "佰", "拾", "")[place % 4]
        text += signs[int(figure)] + (unit if figure != "0" else "")
        text += {3: "亿", 7: "万"}.get(place, "")
    while any(silent in text for silent in ("零零", "零亿", "零万", "亿万")):
        text = text.replace("零零", "零").replace("零亿", "亿").replace("零万", "万").replace("亿万", "亿")
    text = text.lstrip("亿万零").rstrip("零")
    text = text + "元" if text else ""
    if not jiao and not rest:
        return (text or "零元") + "整"
    text += signs[jiao] + "角" if jiao else "零" if text else ""
    return text + (signs[rest] + "分" if rest else "")


_with_many_zeros = st.lists(st.sampled_from("00001259"), min_size=1, max_size=12).map(lambda signs: int("".join(signs)))


@given(st.one_of(st.integers(0, 10**12), _with_many_zeros))
def test_capitals_are_what_a_plain_writer_writes_and_read_back_as_the_same_sum(fen: int):
    assert money.capitals(fen) == _written(fen)
    assert _read(money.capitals(fen)) == fen


def test_every_sum_up_to_three_thousand_yuan_is_right_in_capitals():
    assert [fen for fen in range(300_001) if fen % 7 == 0 and money.capitals(fen) != _written(fen)] == []


@pytest.mark.parametrize("fen", [-1, 10**12 + 1])
def test_a_sum_that_no_paper_has_is_not_written(fen: int):
    with pytest.raises(ValueError, match="capitals"):
        money.capitals(fen)


@pytest.mark.parametrize(
    ("fen", "written"), [(0, "0.00"), (24000, "240.00"), (123456789, "1,234,567.89"), (-5, "-0.05")]
)
def test_papers_show_both_places_and_part_the_thousands(fen: int, written: str):
    assert money.figures(fen) == written
