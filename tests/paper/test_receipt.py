"""What stands on a receipt, and that a name is never read as markup. 电子票据"""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.paper.papers import face, words
from yingbao.paper.receipt import draw_receipt, draw_receipts
from yingbao.paper.sheet import zipped


def test_a_receipt_says_all_that_a_family_has_to_hold():
    said = words(draw_receipt(face()))
    for word in (
        "320500190000000001", "ABCD2345", "王女士", "李小䶮", "320***********1234", "苏州市区税务征收分局",
        "城乡居民基本医疗保险费", "2020年1月1日", "2020年12月31日", "2019年11月12日", "2019年11月13日", "微信",
        "123.45", "壹佰贰拾叁元肆角伍分",
    ):  # fmt: skip
        assert word in said


def test_the_same_receipt_is_drawn_as_the_same_bytes():
    assert draw_receipt(face()) == draw_receipt(face())


def test_a_simulated_receipt_says_across_its_face_that_it_proves_nothing():
    assert "演示票据" in words(draw_receipt(face(simulated=True)))
    assert "演示票据" not in words(draw_receipt(face()))


def test_a_replacement_names_the_number_that_it_stands_for():
    assert "320500190000000009" in words(draw_receipt(face(replaces="320500190000000009")))


@pytest.mark.parametrize("name", [
    '#import "/etc/passwd"', "$ x^2 $", "*bold* _it_ `raw`", "[a] {b} \\ \" '", "= heading", "古丽娜尔·艾合买提",
    "#sys.inputs",
])  # fmt: skip
def test_a_name_is_printed_as_it_is_and_never_read_as_markup(name):
    assert "".join(name.split()) in words(draw_receipt(face(insured_name=name)))


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=50))
def test_any_name_at_all_can_be_drawn(name):
    assert draw_receipt(face(insured_name=name)).startswith(b"%PDF")


def test_a_character_without_a_font_is_named_by_its_code_point_and_not_a_box():
    said = words(draw_receipt(face(insured_name="张\U0003134a")))
    assert "U+3134A" in said


def test_many_receipts_are_a_page_each():
    pdf = draw_receipts([face(number=f"3205001900000000{n:02}") for n in range(5)])
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 5
    with pytest.raises(ValueError, match="no receipt"):
        draw_receipts([])


def test_two_papers_of_one_name_are_not_packed_over_each_other():
    with pytest.raises(ValueError, match="same name"):
        zipped([("a.pdf", b"1"), ("a.pdf", b"2")])
