"""Workbooks that go back to people: marked files, exports, the template. 导出"""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.spreadsheet.files import HEADER, book, csv, number, parsed
from yingbao.spreadsheet import marking
from yingbao.spreadsheet.protocol import Done, Mark, MarkOrder, Piece
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.roster_columns import TITLES
from yingbao.spreadsheet.template import roster_template
from yingbao.spreadsheet.workbooks import ExportColumn, Marked, with_errors, write_table
from yingbao.values.refusal import Refused
from yingbao.values.text import Language

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
ROWS = [["张三", number(1), "13800000001"], ["李四", "32050520120305", "138"], ["王五", number(3), None]]
HEAD = [*HEADER, "联系电话"]
SHOWN = '=HYPERLINK("http://example.org","x")'


def marked(data: bytes, filename: str = "名单.xlsx", language: Language = "zh") -> Marked:
    roster = parsed(data, filename)
    return with_errors(data, filename, table=roster.table, errors=roster.errors, language=language)


def sheet(content: bytes, name: str | None = None) -> Worksheet:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    page = workbook[name] if name else workbook.worksheets[0]
    assert isinstance(page, Worksheet)
    return page


def colour(page: Worksheet, cell: str) -> str | None:
    fill = page[cell].fill
    return str(fill.fgColor.rgb) if fill.fill_type == "solid" else None


def test_the_clerks_own_workbook_comes_back_with_its_errors_beside_them():
    page = sheet(marked(book([["花名册"], HEAD, *ROWS])).content)
    assert page["A1"].value == "花名册"
    assert (page["D2"].value, page["D3"].value) == ("问题与改法", None)
    assert "应为18位" in page["D4"].value
    assert "联系电话：" in page["D4"].value
    assert (colour(page, "B4"), colour(page, "C4"), colour(page, "B3")) == (RED, YELLOW, None)
    assert "应为18位" in page["B4"].comment.text
    assert page["B3"].value == number(1)


def test_the_messages_come_in_the_language_of_the_clerk():
    page = sheet(marked(book([HEAD, *ROWS]), language="en").content)
    assert page["D1"].value == "What to mend"
    assert "must have 18 characters" in page["D3"].value


def test_layout_other_sheets_and_text_that_looks_like_a_formula_are_kept():
    def lay_out(_, page, other):
        page.set_column(0, 0, 33)
        page.freeze_panes(1, 0)
        page.write_string("A2", SHOWN)

    data = book([HEAD, *ROWS], [["另一张"]], names=["花名册", "说明"], work=lay_out)
    content = marked(data).content
    page = sheet(content, "花名册")
    assert page.column_dimensions["A"].width == pytest.approx(33, abs=1)
    assert page.freeze_panes == "A2"
    assert (page["A2"].value, page["A2"].data_type) == (SHOWN, "s")
    assert sheet(content, "说明")["A1"].value == "另一张"


def test_a_mended_file_comes_back_without_the_marks_of_the_last_time():
    first = marked(book([HEAD, *ROWS])).content
    workbook = openpyxl.load_workbook(io.BytesIO(first))
    workbook.worksheets[0]["B3"] = number(2)
    mended = io.BytesIO()
    workbook.save(mended)
    page = sheet(marked(mended.getvalue()).content)
    assert colour(page, "B3") is None
    assert page["B3"].comment is None
    assert "联系电话：" in page["D3"].value
    assert "18位" not in page["D3"].value
    assert page.max_column == 4


def test_the_column_of_messages_is_not_read_as_part_of_the_list():
    table = read_table(marked(book([HEAD, *ROWS])).content, "名单.xlsx")
    assert [column.field for column in table.columns] == ["name", "identity_number", "guardian_phone"]
    assert not any("问题与改法" in note.zh for note in table.notes)


def test_a_merged_cell_is_marked_without_breaking():
    def merge(_, page):
        page.merge_range("A3:B3", "李四")

    page = sheet(marked(book([HEADER, ["张三", number(1)]], work=merge)).content)
    assert "没有填写证件号码" in page["C3"].value


def test_a_csv_comes_back_as_a_workbook_with_its_rows_where_they_were():
    result = marked(csv([["花名册", "", ""], HEAD, *ROWS], "gb18030"), "名单.csv")
    page = sheet(result.content)
    assert [cell.value for cell in page[3]][:3] == ROWS[0]
    assert page["B3"].data_type == "s"
    assert colour(page, "B4") == RED
    assert "应为18位" in page["D4"].value
    assert "版式没有保留" in result.notes[0].zh


def replies(order: MarkOrder, data: bytes) -> tuple[bytes, Done]:
    """What the child would say, said in this process."""
    said: list[object] = []
    marking.mark(order, data, said.append)
    done = said[-1]
    assert isinstance(done, Done)
    return b"".join(reply.content for reply in said if isinstance(reply, Piece)), done


def order(**more: object) -> MarkOrder:
    marks = [
        Mark(row=3, letter="B", said="号码应为18位", severe=True),
        Mark(row=3, letter="C", said="空着", severe=False),
    ]
    values: dict[str, object] = {
        "filename": "名单.xlsx", "kind": "xlsx", "sheet": "花名册", "header_row": 1, "marks": marks, "language": "zh",
    }  # fmt: skip
    return MarkOrder(**(values | more))  # type: ignore[arg-type]


def test_a_very_long_workbook_comes_back_new_with_dates_numbers_and_text_as_they_were(monkeypatch):
    monkeypatch.setattr(marking, "_KEPT_BYTES", 0)
    data = book(
        [
            ["姓名", "身份证号", "出生日期", "编号"],
            ["张三", number(1), date(2012, 3, 5), 7.5],
            [SHOWN, "1", None, True],
        ],
        names=["花名册"],
    )
    content, done = replies(order(), data)
    page = sheet(content, "花名册")
    assert page["C2"].value.date() == date(2012, 3, 5)
    assert (page["D2"].value, page["D3"].value) == (7.5, True)
    assert (page["A3"].value, page["A3"].data_type) == (SHOWN, "s")
    assert (colour(page, "B3"), colour(page, "C3")) == (RED, YELLOW)
    assert page["E3"].value == "号码应为18位；空着"
    assert page["B3"].comment.text.endswith("号码应为18位")
    assert "版式" in done.notes[0].zh


def test_a_workbook_that_openpyxl_cannot_keep_comes_back_all_the_same(monkeypatch):
    def fails(*_, **__):
        raise ValueError("a style that nobody understands")

    monkeypatch.setattr(marking.openpyxl, "load_workbook", fails)
    content, done = replies(order(), book([HEAD, *ROWS], names=["花名册"]))
    monkeypatch.undo()
    assert sheet(content)["B3"].value == ROWS[1][1]
    assert done.notes


def test_marking_refuses_what_reading_refuses():
    with pytest.raises(Refused) as raised:
        replies(order(), b"%PDF")
    assert "PDF" in raised.value.what.zh


def test_an_export_writes_text_as_text_and_quotes_what_looks_like_a_formula():
    columns = [
        ExportColumn("姓名"), ExportColumn("身份证号", width=22), ExportColumn("出生日期", "date"),
        ExportColumn("应缴", "money"), ExportColumn("年级", "number"),
    ]  # fmt: skip
    rows = [
        [SHOWN, number(1), date(2012, 3, 5), 12345, 2],
        ["@张三", "+8613800000001", None, None, None],
        ["-1", "00123", "", 0, 0],
    ]
    content = write_table(columns, rows, sheet="学生")
    page = sheet(content, "学生")
    assert [(page[cell].value, page[cell].data_type) for cell in ("A2", "A3", "A4", "B4")] == [
        (SHOWN, "s"), ("@张三", "s"), ("-1", "s"), ("00123", "s"),
    ]  # fmt: skip
    assert all(page[cell].quotePrefix for cell in ("A2", "A3", "B3", "A4"))
    assert not page["B2"].quotePrefix
    assert page["B2"].number_format == "@"
    assert page["C2"].value.date() == date(2012, 3, 5)
    assert (page["D2"].value, page["D4"].value, page["E2"].value) == (123.45, 0, 2)
    assert (page["C3"].value, page["D3"].value) == (None, None)
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:E4"
    assert page.column_dimensions["B"].width == pytest.approx(22, abs=1)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")


def test_an_export_of_nobody_is_a_header():
    page = sheet(write_table([ExportColumn("姓名")], []))
    assert [cell.value for cell in page[1]] == ["姓名"]


def test_the_template_is_understood_by_the_reader_column_by_column():
    workbook = openpyxl.load_workbook(io.BytesIO(roster_template()))
    roster, example = workbook["花名册"], workbook["填写示例"]
    for cell in example[2]:
        roster.cell(2, cell.column, cell.value)
    filled = io.BytesIO()
    workbook.save(filled)
    result = parsed(filled.getvalue(), "模板.xlsx")
    assert result.errors == ()
    assert result.table.sheet == "花名册"
    assert result.table.passed_over == ()
    assert len(result.table.columns) == roster.max_column
    (row,) = result.rows
    assert (row.name, row.school_stage, row.grade, row.class_name) == ("张小明", "primary", 2, "3班")
    assert row.guardians[0].relation == "father"
    assert row.parent_hukou == ("320508", "341226")
    assert (row.residence_permit, row.parent_employee_insured) == (False, True)


def test_the_template_keeps_numbers_as_text_and_offers_lists_to_choose_from():
    page = sheet(roster_template(), "花名册")
    headings = {str(cell.value).lstrip("*"): cell for cell in page[1]}
    at = headings[TITLES["identity_number"].zh].column_letter
    assert page.column_dimensions[at].number_format == "@"
    offered = {
        next(iter(validation.sqref.ranges)).coord[:1]: validation.formula1
        for validation in page.data_validations.dataValidation
    }
    assert "男" in offered[headings["性别"].column_letter]
    assert "居民身份证" in offered[headings["证件类型"].column_letter]
    assert "初一" in offered[headings["年级"].column_letter]
    for field in ("name", "identity_number"):
        assert TITLES[field].en in headings[TITLES[field].zh].comment.text
    assert page.freeze_panes == "B2"


def test_the_empty_template_is_refused_kindly():
    with pytest.raises(Refused) as raised:
        read_table(roster_template(), "模板.xlsx")
    assert "没有一行" in raised.value.what.zh


def test_every_choice_that_the_template_offers_is_understood():
    workbook = openpyxl.load_workbook(io.BytesIO(roster_template()))
    page = workbook["花名册"]
    example = [cell.value for cell in workbook["填写示例"][2]]
    headings = [cell.value for cell in page[1]]
    for validation in page.data_validations.dataValidation:
        column = next(iter(validation.sqref.ranges)).min_col - 1
        choices = validation.formula1.strip('"').split(",")
        rows = [[*example[:column], choice, *example[column + 1 :]] for choice in choices]
        told = [error for error in parsed(book([headings, *rows])).errors if "看不懂" in error.what.zh]
        assert told == []
