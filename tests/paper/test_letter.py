"""The letter to parents on paper. 告家长书"""

from __future__ import annotations

import io
from datetime import date

import msgspec
import pytest
from pypdf import PdfReader

from yingbao.paper.letter import LetterPaper, LetterReason, draw_letters
from yingbao.values.text import Text

PAPER = LetterPaper(
    child_name="张小明", identity_masked="320***********1234", class_label="小学一年级1班", agent_name="枕波小学",
    agent_phone="65550101", title=Text("苏州市区学生（少儿）居民医保 2020 年度", "Suzhou 2020"),
    notice_number="苏社基〔2019〕68号", plan_year=2020, amount_fen=12300,
    verdict=Text("可以参保，家庭缴123元", "can be enrolled"), rest=None,
    reasons=[LetterReason(Text("孩子学籍在市区。", "on the roll"), "一")],
    cover=(date(2020, 1, 1), date(2020, 12, 31)),
    deadline=date(2019, 11, 30), ways=[Text("扫码缴费。", "scan")],
    help_lines=[(Text("参保登记", "registration"), "12333")],
    family_url="https://example.test/family/", issued_on=date(2019, 11, 12), simulated=True,
)  # fmt: skip


def test_a_letter_is_a_pdf_and_the_same_letter_is_the_same_bytes():
    drawn = draw_letters([PAPER])
    assert drawn.startswith(b"%PDF")
    assert drawn == draw_letters([PAPER])


def test_a_class_is_one_file_and_longer_than_one_letter():
    other = msgspec.structs.replace(PAPER, child_name="古丽娜尔·艾合买提江·买买提明", cover=None, reasons=[])
    assert len(draw_letters([PAPER, other])) > len(draw_letters([PAPER]))


def words(paper: LetterPaper) -> str:
    pages = PdfReader(io.BytesIO(draw_letters([paper]))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_who_cannot_enrol_reads_no_sum_of_zero_and_no_last_day_and_who_is_exempt_reads_both():
    exempt = msgspec.structs.replace(PAPER, amount_fen=0, premium_fen=12300, verdict=Text("免缴", "exempt"))
    assert "家庭缴费0.00元" in words(exempt)
    assert "截止日期2019年11月30日" in words(exempt)
    outside = msgspec.structs.replace(PAPER, amount_fen=0, cover=None, verdict=Text("不能参保", "not eligible"))
    assert "不能参保" in words(outside)
    assert "家庭缴费" not in words(outside)
    assert "截止日期" not in words(outside)


@pytest.mark.parametrize("name", ["𠀃𠮷", "#let x = 1", "<b>张</b>", "$E$ *粗* _斜_", "张" * 50])
def test_a_name_is_never_markup_and_rare_or_long_ones_are_drawn(name):
    assert draw_letters([msgspec.structs.replace(PAPER, child_name=name)]).startswith(b"%PDF")


def test_no_letter_at_all_is_refused():
    with pytest.raises(ValueError, match="no letter"):
        draw_letters([])
