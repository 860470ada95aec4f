"""What is read of a file, what is passed over, and what is said about it. 读取"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.spreadsheet.files import HEADER, book, csv, number, parsed
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.table import Table
from yingbao.values.text import Text

ROWS = [["张三", number(1)], ["李四", number(2)], ["王五", number(3)]]


def said(table: Table, part: str) -> list[Text]:
    return [note for note in table.notes if part in note.zh]


def test_rows_keep_the_numbers_that_the_clerks_program_shows():
    table = read_table(book([["花名册"], [], HEADER, ROWS[0], [], ROWS[1], [" ", ""], ROWS[2]]), "名单.xlsx")
    assert [(row, cells[0]) for row, cells in table.rows()] == [(4, "张三"), (6, "李四"), (8, "王五")]
    assert table.row_count == 3


def test_reading_the_rows_again_gives_them_again():
    table = read_table(book([HEADER, *ROWS]), "名单.xlsx")
    assert list(table.rows()) == list(table.rows())


def test_progress_is_told_and_never_runs_backwards():
    told: list[tuple[int, int]] = []
    table = read_table(
        book([HEADER, *([f"张{n}", number(n)] for n in range(2500))]),
        "x.xlsx",
        progress=lambda *done: told.append(done),
    )
    assert told == sorted(told)
    assert told[-1][0] == table.row_count == 2500
    assert told[0] == (0, 2500)


@pytest.mark.parametrize(
    ("encoding", "separator", "told"),
    [
        ("utf-8", ",", "UTF-8"),
        ("utf-8-sig", ",", "UTF-8"),
        ("utf-8-sig", ";", "UTF-8"),
        ("gb18030", ",", "GB18030"),
        ("gbk", "\t", "GB18030"),
        ("utf-16", "\t", "UTF-16"),
    ],
)
def test_a_csv_is_read_in_the_encodings_and_separators_in_use(encoding, separator, told):
    table = read_table(csv([HEADER, *ROWS], encoding, separator), "名单.csv")
    assert [cells for _, cells in table.rows()] == ROWS
    assert said(table, told)
    assert table.kind == "csv"
    assert table.sheet == ""


def test_rare_characters_survive_from_gb18030_and_from_a_workbook():
    name = "王\U0002b4ef\U00020164䶮"
    for data in (csv([HEADER, [name, number(1)]], "gb18030"), book([HEADER, [name, number(1)]])):
        (row,) = parsed(data).rows
        assert row.name == row.name_original == name


def test_quoted_separators_and_line_breaks_in_a_csv_keep_their_row():
    lines = [
        "姓名,身份证号,班级",
        f'"张三",{number(1)},"一年级,1班"',
        f'"李\n四",{number(2)},',
        f"王五,{number(3)},3班",
    ]
    data = "\r\n".join(lines).encode()
    table = read_table(data, "名单.csv")
    assert [number for number, _ in table.rows()] == [2, 3, 4]


def test_a_csv_that_declares_its_separator_is_believed():
    table = read_table(("sep=;\r\n姓名;身份证号\r\n" + f"张三;{number(1)}\r\n").encode(), "名单.csv")
    assert table.header_row == 2
    assert list(table.rows()) == [(3, ROWS[0])]


def test_a_csv_keeps_its_numbers_as_text_however_they_are_protected():
    for written in (f'"=""{number(1)}"""', f"'{number(1)}", f"{number(1)}\t", f" {number(1)}"):
        (row,) = parsed(f"姓名,身份证号\r\n张三,{written}\r\n".encode()).rows
        assert row.identity_number == number(1)


def test_days_come_as_days_in_any_format_and_in_both_calendars():
    moment = datetime(2012, 3, 5, 8, 30)  # noqa: DTZ001  a workbook knows no time zones
    for options in ({}, {"date_1904": True}):
        table = read_table(
            book([[*HEADER, "出生日期", "入学日期"], [*ROWS[0], date(2012, 3, 5), moment]], **options), "名单.xlsx"
        )
        assert next(cells for _, cells in table.rows())[2:] == ["2012-03-05", "2012-03-05 08:30:00"]


def test_hidden_and_other_sheets_are_passed_over_and_told():
    data = book(
        [["填表说明"]], [HEADER, *ROWS], [["统计"]], [HEADER, ["赵六", number(4)]], [["x"]],
        names=["说明", "一班", "统计", "二班", "隐藏"], work=lambda *pages: pages[-1].hide(),
    )  # fmt: skip
    table = read_table(data, "名单.xlsx")
    assert table.sheet == "一班"
    assert table.row_count == 3
    assert "隐藏" in said(table, "隐藏的工作表")[0].zh
    assert said(table, "也像名单")[0].zh.startswith("另有1张工作表也像名单，没有读取：二班")
    assert "说明、统计" in said(table, "其他工作表")[0].zh


def test_sums_signatures_and_repeated_headers_are_passed_over_and_told():
    data = book(
        [["序号", *HEADER], ["1", *ROWS[0]], ["序号", *HEADER], ["2", *ROWS[1]], ["合计", "2人"], [],
         ["填表人：李老师", None, "审核人："],
         ["注：以上信息属实"]]
    )  # fmt: skip
    table = read_table(data, "名单.xlsx")
    assert [row for row, _ in table.rows()] == [2, 4]
    assert "5、7、8" in said(table, "合计")[0].zh
    assert "3" in said(table, "重复的表头")[0].zh


def test_rows_prepared_for_pupils_who_never_came_are_passed_over_and_told():
    data = book([["班级", *HEADER], ["1班", *ROWS[0]], ["1班"], ["1班"], ["1班", *ROWS[1]]])
    table = read_table(data, "名单.xlsx")
    assert [row for row, _ in table.rows()] == [2, 5]
    assert "有2行既没有姓名也没有证件号码" in said(table, "既没有")[0].zh


def test_a_pupil_without_a_number_is_not_passed_over():
    table = read_table(book([HEADER, ["张三", None], [None, number(1)], ["合计明", number(2)]]), "名单.xlsx")
    assert [row for row, _ in table.rows()] == [2, 3, 4]


def test_formulas_are_read_as_last_calculated_and_errors_as_nothing():
    def formulas(_, page):
        page.write_formula("A2", '=HYPERLINK("http://example.org","张三")', None, "张三")
        page.write_formula("C2", "=VLOOKUP(A2,X:Y,2)", None, "#N/A")

    table = read_table(book([[*HEADER, "班级"], [None, number(1)]], work=formulas), "名单.xlsx")
    assert list(table.rows()) == [(2, ["张三", number(1), None])]
    assert "有2个公式" in said(table, "公式")[0].zh
    assert "有1个单元格" in said(table, "#N/A")[0].zh


def test_notes_stand_in_both_languages():
    table = read_table(book([[*HEADER, "血型"], [*ROWS[0], "A"]], [["x"]]), "名单.xlsx")
    assert len(table.notes) >= 3
    for note in table.notes:
        assert note.zh != note.en
