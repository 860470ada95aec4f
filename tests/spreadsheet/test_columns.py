"""Headers as schools write them. 表头"""

from __future__ import annotations

import pytest

from tests.spreadsheet.files import book, csv, number, parsed
from yingbao.spreadsheet.columns import canonical, find, meaning, nearest
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.roster_columns import ROSTER, TITLES
from yingbao.spreadsheet.table import Table
from yingbao.values.refusal import Refused

ANNA = ["张安娜", number(1)]


def fields(*rows: list[object], merged: list[tuple[int, int, int, int]] | None = None) -> dict[int, str]:
    return find(rows, ROSTER, merged or []).fields


def table(*rows: list[object]) -> Table:
    return read_table(book(rows), "名单.xlsx")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓名", "name"),
        ("* 姓 名：", "name"),
        ("学生姓名（必填）", "name"),
        ("姓名\n", "name"),
        ("2.姓名", "name"),
        ("身份证号码", "identity_number"),
        ("居民身份证号", "identity_number"),
        ("身份证件号", "identity_number"),
        ("身份证号（学生）", "identity_number"),
        ("幼儿身份证", "identity_number"),
        ("公民身份号码", "identity_number"),
        ("证件种类", "identity_type"),
        ("性 别", "sex"),
        ("出生年月日", "birth_date"),
        ("出生日期(yyyy-mm-dd)", "birth_date"),
        ("所在年级", "grade"),
        ("班级名称", "class_name"),
        ("全国学籍号", "roll_number"),
        ("户口所在地行政区划码", "hukou"),
        ("户籍地", "hukou"),
        ("国籍/地区", "nationality"),
        ("入园时间", "entered_on"),
        ("家长姓名", "guardian_name"),
        ("监护人", "guardian_name"),
        ("监护人身份证号码", "guardian_identity_number"),
        ("身份证号（监护人）", "guardian_identity_number"),
        ("学生监护人姓名", "guardian_name"),
        ("联系电话", "guardian_phone"),
        ("家长的手机号", "guardian_phone"),
        ("与学生关系", "guardian_relation"),
        ("成员1联系电话", "guardian_phone"),
        ("成员2姓名", "second_guardian_name"),
        ("父亲姓名", "father_name"),
        ("母亲身份证件号", "mother_identity_number"),
        ("父亲户籍", "father_hukou"),
        ("父母户籍", "parent_hukou"),
        ("是否有居住证", "residence_permit"),
        ("父母是否参加职工医保", "parent_employee_insured"),
        ("缴费档次", "tier"),
        ("Full name", "name"),
        ("ID Number", "identity_number"),
        ("Date of birth", "birth_date"),
        ("Guardian's phone", "guardian_phone"),
        ("序号", None),
        ("民族", None),
        ("籍贯", None),
        ("户口性质", None),
        ("家庭住址", None),
        ("备注", None),
        ("", None),
    ],
)
def test_a_column_is_known_by_the_names_that_schools_give_it(header, field):
    assert meaning(header, ROSTER) == field


@pytest.mark.parametrize("field", TITLES)
def test_every_field_is_known_by_its_own_title_in_both_languages(field):
    assert meaning(TITLES[field].zh, ROSTER) == field
    assert meaning(TITLES[field].en, ROSTER) == field


def test_no_name_in_the_dictionary_means_two_things():
    for person, names in ROSTER.of_person.items():
        for name, field in names.items():
            if not person and name in ROSTER.names:
                assert ROSTER.names[name] == field
    assert all(name == canonical(name) for name in [*ROSTER.names, *ROSTER.persons])


def test_the_header_may_stand_below_a_title_and_notes():
    found = table(
        ["某某小学2019学年花名册"], ["学校：某某小学", None, "2019年9月"], [], ["序号", "姓名", "身份证号"], [1, *ANNA]
    )
    assert found.header_row == 4
    assert [(column.letter, column.field) for column in found.columns] == [("B", "name"), ("C", "identity_number")]
    assert "表头在第4行" in [note.zh for note in found.notes]


def test_a_list_need_not_begin_in_the_first_column():
    found = table([], [None, None, "姓名", "身份证号"], [None, None, *ANNA])
    assert [column.letter for column in found.columns] == ["C", "D"]
    assert list(found.rows()) == [(3, ANNA)]


def test_two_lines_make_one_header_if_the_upper_one_says_whose_it_is():
    header = (
        ["序号", "学生信息", None, None, "监护人信息", None, None],
        [None, "姓名", "身份证号", "班级", "姓名", "身份证号码", "电话"],
    )
    expected = {
        1: "name", 2: "identity_number", 3: "class_name", 4: "guardian_name", 5: "guardian_identity_number",
        6: "guardian_phone",
    }  # fmt: skip
    assert fields(*header) == expected
    assert fields(*header, merged=[(0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 0, 6)]) == expected


def test_merged_cells_over_father_and_mother_keep_them_apart():
    def merge(_, page):
        page.merge_range(0, 0, 1, 0, "姓名")
        page.merge_range(0, 1, 1, 1, "身份证号")
        page.merge_range(0, 2, 0, 3, "父亲")
        page.merge_range(0, 4, 0, 5, "母亲")

    rows = [
        [],
        [None, None, "姓名", "电话", "姓名", "身份证号"],
        [*ANNA, "张大山", "13800000001", "李梅", number(2, born="19850101")],
    ]
    found = read_table(book(rows, work=merge), "名单.xlsx")
    assert [column.field for column in found.columns] == [
        "name", "identity_number", "father_name", "father_phone", "mother_name", "mother_identity_number",
    ]  # fmt: skip
    assert found.columns[2].header == "父亲/姓名"
    assert found.header_row == 2


def test_a_row_of_values_is_never_half_of_a_header():
    found = find([["姓名", "身份证号", "与监护人关系"], ["张三", number(1), "父亲"]], ROSTER, [])
    assert (found.row, found.lines) == (0, 1)


def test_of_two_identity_numbers_the_one_after_the_parents_name_is_the_parents():
    assert fields(["姓名", "身份证号", "家长姓名", "身份证号", "联系电话"]) == {
        0: "name", 1: "identity_number", 2: "guardian_name", 3: "guardian_identity_number", 4: "guardian_phone",
    }  # fmt: skip
    assert fields(["家长姓名", "身份证号", "姓名", "学生身份证号"])[3] == "identity_number"
    assert fields(["家长姓名", "身份证号", "姓名", "学生身份证号"])[1] == "guardian_identity_number"


def test_a_column_that_is_given_twice_is_read_once_and_told():
    found = table(["姓名", "身份证号", "班级", "班级"], [*ANNA, "1班", "2班"])
    assert [column.field for column in found.columns].count("class_name") == 1
    assert any("重复的列没有读取：D 班级" in note.zh for note in found.notes)
    assert next(row for _, row in found.rows())[2] == "1班"


def test_unknown_columns_are_listed_and_the_running_number_is_not_worth_a_word():
    found = table(["序号", "姓名", "身份证号", "血型"], [1, *ANNA, "A"])
    assert [(column.letter, column.header) for column in found.passed_over] == [("A", "序号"), ("D", "血型")]
    (note,) = [note for note in found.notes if "没有读取的列" in note.zh]
    assert "血型" in note.zh
    assert "血型" in note.en
    assert "序号" not in note.zh


def test_a_missing_column_is_refused_with_those_that_are_there_and_the_nearest_name():
    with pytest.raises(Refused) as raised:
        table(["姓名", "身份号证", "性别"], ["张三", number(1), "男"])
    assert "第1行的表头没有“身份证号”一列" in raised.value.what.zh
    assert "身份号证" in raised.value.what.zh
    assert "“身份号证”如果就是身份证号" in raised.value.mend.zh
    assert "身份号证" in raised.value.mend.en


def test_a_missing_column_without_a_likeness_is_refused_with_what_is_needed():
    with pytest.raises(Refused) as raised:
        table(["姓名", "性别"], ["张三", "男"])
    assert "姓名、身份证号" in raised.value.mend.zh


def test_a_sheet_without_any_header_says_how_to_make_one():
    with pytest.raises(Refused) as raised:
        table(["张三", number(1)], ["李四", number(2)])
    assert "没有找到表头" in raised.value.what.zh
    assert "no header" in raised.value.what.en


def test_the_nearest_name_is_none_if_nothing_is_like_it():
    found = find([["姓名", "血型"]], ROSTER, [])
    (missing,) = found.missing(ROSTER)
    assert nearest(found, missing, ROSTER) is None


def test_columns_are_found_in_any_order_and_in_a_csv_as_well():
    data = csv([["班级", "身份证号", "姓名"], ["1班", number(1), "张三"]], "gb18030", "\t")
    (row,) = parsed(data, "名单.csv").rows
    assert (row.name, row.class_name) == ("张三", "1班")
