"""From rows of a file to pupils, and what is said about those that cannot be taken. 解析花名册"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spreadsheet.files import ON, book, csv, error_of, number, parsed, pupil, roster, row_of
from yingbao.spreadsheet.protocol import ReadOrder
from yingbao.spreadsheet.roster import parse_roster
from yingbao.spreadsheet.roster_columns import ROSTER
from yingbao.spreadsheet.rows import Guardian
from yingbao.spreadsheet.table import Column, Table
from yingbao.values.identity import with_check_character

PARENT = number(2, born="19850612", division="341226")


def table(fields: list[str], *rows: list[object], kind: str = "xlsx") -> Table:
    """A table without a file."""
    packed = msgspec.msgpack.encode([(at, row) for at, row in enumerate(rows, 2)])
    columns = tuple(Column(letter=chr(65 + at), header=field, field=field) for at, field in enumerate(fields))
    return Table(kind, "", "名单", 1, columns, (), len(rows), (), (packed,))


def test_a_full_row_is_read_into_all_its_parts():
    row = row_of(
        证件类型="居民身份证", 性别="男", 出生日期="2012-03-05", 年级="二年级", 班级="3班", 学籍号="G" + number(),
        学号="20190301", 国籍="中国", 户籍所在地="江苏省苏州市虎丘区", 监护人="张大山", 与学生关系="父亲",
        联系电话="138 1234 5678", 监护人身份证号=PARENT, 父母户籍="江苏省苏州市姑苏区；安徽省阜阳市颍上县", 居住证="否",
        父母参加职工医保="是", 入学日期="2019-09-01", 缴费档次="一档",
    )  # fmt: skip
    assert row.identity_type == "resident_id"
    assert row.identity_number == number()
    assert (row.sex, row.birth_date) == ("male", date(2012, 3, 5))
    assert (row.school_stage, row.grade, row.class_name) == ("primary", 2, "3班")
    assert (row.roll_number, row.student_number, row.nationality) == ("G" + number(), "20190301", "中国")
    assert row.hukou == "320505"
    assert row.guardians == (
        Guardian(
            name="张大山", relation="father", phone="13812345678", identity_type="resident_id", identity_number=PARENT
        ),
    )
    assert row.parent_hukou == ("320508", "341226")
    assert (row.residence_permit, row.parent_employee_insured) == (False, True)
    assert (row.entered_on, row.tier) == (date(2019, 9, 1), 1)
    assert row.row_number == 2


def test_name_and_number_are_enough():
    row = row_of()
    assert (row.name, row.sex, row.birth_date) == ("张小明", "male", date(2012, 3, 5))
    assert (row.hukou, row.guardians, row.parent_hukou, row.residence_permit) == ("", (), (), None)


def test_the_name_is_matched_in_one_form_and_kept_as_written():
    row = row_of(姓名="买买提•吐尔逊")
    assert (row.name, row.name_original) == ("买买提·吐尔逊", "买买提•吐尔逊")
    assert row_of(姓名="张　三").name_original == "张 三"


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"姓名": None}, "name", "没有填写姓名"),
        ({"姓名": "=HYPERLINK(1)"}, "name", "不属于姓名"),
        ({"身份证号": None}, "identity_number", "没有填写证件号码"),
        ({"身份证号": number()[:-1]}, "identity_number", "应为18位"),
        ({"身份证号": 320505201203050011}, "identity_number", "丢失"),
        ({"身份证号": "3.20505E+17"}, "identity_number", "丢失"),
        ({"身份证号": number(born="18190304")}, "identity_number", "岁"),
        ({"身份证号": number(born="20291102")}, "identity_number", "还没有到"),
        ({"身份证号": "未办理"}, "identity_number", "看不出是哪种证件"),
        ({"证件类型": "护照"}, "identity_number", "护照"),
        ({"证件类型": "军官证"}, "identity_type", "看不懂"),
        ({"性别": "女"}, "sex", "性别与证件号码不符"),
        ({"性别": "不详人"}, "sex", "看不懂"),
        ({"出生日期": "2012-03-06"}, "birth_date", "出生日期与证件号码不符"),
        ({"出生日期": "2012年4月"}, "birth_date", "出生日期与证件号码不符"),
        ({"出生日期": 41000}, "birth_date", "不是日期"),
        ({"年级": "2019级"}, "grade", "看不懂"),
        ({"学段": "小学", "年级": "九年级"}, "grade", "不在所填"),
        ({"户籍所在地": "外地"}, "hukou", "不认识"),
        ({"户籍所在地": "苏州市"}, "hukou", "哪个区"),
        ({"父母户籍": "火星"}, "parent_hukou", "不认识"),
        ({"监护人身份证号": number()}, "guardian_identity_number", "相同"),
        ({"监护人身份证号": PARENT[:-1]}, "guardian_identity_number", "应为18位"),
        ({"居住证": "也许"}, "residence_permit", "看不懂"),
    ],
)
def test_a_row_in_error_is_not_taken_and_says_why_in_its_cell(more, field, said):
    result = roster(pupil(**more), pupil(姓名="李四", 身份证号=number(4)))
    (error,) = result.errors
    assert (error.row, error.field, error.severity) == (2, field, "error")
    assert said in error.what.zh or said in error.mend.zh
    assert error.what.en
    assert error.mend.zh
    assert error.mend.en
    assert result.refused_rows == (2,)
    assert [row.name for row in result.rows] == ["李四"]


@pytest.mark.parametrize(
    ("more", "field", "said"),
    [
        ({"联系电话": "1381234"}, "guardian_phone", "电话"),
        ({"学籍号": "12345"}, "roll_number", "19位"),
        ({"学籍号": "G" + number(3)}, "roll_number", "不符"),
        ({"监护人": "张大山、李梅"}, "guardian_name", "、"),
        ({"入学日期": "去年"}, "entered_on", "不是日期"),
        ({"班级": "长" * 41}, "class_name", "超过40"),
        ({"姓名": "张\ue123"}, "name", "自造字"),
        ({"身份证号": number(born="19850612")}, "identity_number", "34岁"),
        ({"年级": "三年级", "班级": "四(2)班"}, "class_name", "不同"),
        ({"身份证号": "E12345678", "出生日期": "2012-03-05"}, "identity_number", "护照"),
        ({"身份证号": "E12345678", "证件类型": "护照"}, "birth_date", "没有出生日期"),
    ],
)
def test_a_doubt_that_decides_nothing_is_told_and_the_pupil_taken(more, field, said):
    result = roster(pupil(**more))
    (error,) = result.errors
    assert (error.field, error.severity) == (field, "warning")
    assert said in error.what.zh
    assert len(result.rows) == 1
    assert result.refused_rows == ()


def test_what_is_wrong_and_decides_nothing_is_left_out_of_the_row():
    (row,) = roster(pupil(监护人="张大山", 联系电话="1381234", 学籍号="G" + number(3))).rows
    assert row.guardians == (Guardian(name="张大山"),)
    assert row.roll_number == ""


def test_an_error_names_its_column_as_the_file_does_and_masks_what_is_secret():
    error = error_of(身份证号=number()[:-1] + "Y")
    assert (error.column_letter, error.column_name, error.pupil) == ("B", "身份证号", "张小明")
    assert "*" in error.value
    assert number()[6:14] not in error.value
    assert error_of(联系电话="13812345").value == "138*2345"
    assert "*" in error_of(学籍号="G" + number(3)).value
    assert error_of(性别="女").value == "女"


def test_all_errors_of_a_row_are_told_at_once_in_the_order_of_its_columns():
    result = roster(pupil(性别="女", 出生日期="2012-03-06", 户籍所在地="火星"))
    assert [error.column_letter for error in result.errors] == ["C", "D", "E"]


def test_a_child_of_another_kind_has_its_birth_date_and_sex_from_its_columns():
    row = row_of(证件类型="护照", 身份证号="e1234567", 性别="女", 出生日期="2012-03-05")
    assert (row.identity_number, row.sex, row.birth_date) == ("E1234567", "female", date(2012, 3, 5))


def test_a_residence_permit_is_known_by_its_number_and_told():
    permit = with_check_character("83000020120305001")
    (row,) = roster(pupil(身份证号=permit)).rows
    assert (row.identity_type, row.sex) == ("hmt_residence_permit", "male")
    assert "港澳台居民居住证" in error_of(身份证号=permit).what.zh


def test_one_pupil_written_twice_is_told_at_both_rows():
    result = roster(pupil(), pupil(姓名="李四", 身份证号=number(4)), pupil(姓名="张　小明"))
    assert [(error.row, error.severity) for error in result.errors] == [(2, "warning"), (4, "warning")]
    assert "与第4行是同一名学生" in result.errors[0].what.zh
    assert "row 2 is the same pupil" in result.errors[1].what.en
    assert [row.row_number for row in result.rows] == [2, 3, 4]


def test_two_pupils_with_one_number_are_an_error_at_both_rows():
    result = roster(pupil(), pupil(姓名="李四"), pupil(姓名="王五", 身份证号=number(4)))
    assert [(error.row, error.severity) for error in result.errors] == [(2, "error"), (3, "error")]
    assert "第3行的证件号码相同，姓名不同" in result.errors[0].what.zh
    assert result.refused_rows == (2, 3)
    assert [row.name for row in result.rows] == ["王五"]


def test_one_number_in_very_many_rows_names_only_some_of_them():
    result = roster(*(pupil(姓名=f"张{sign}") for sign in "一二三四五六七八九十"))
    assert len(result.errors) == 10
    assert "3、4、5、6、7…" in result.errors[0].what.zh


def test_of_numbers_that_a_csv_rounded_none_is_believed_even_if_its_check_character_fits():
    lucky = next(
        found for serial in range(0, 1000, 100)
        for day in range(1, 29)
        if (found := with_check_character(f"320505201203{day:02}{serial:03}")).endswith("000")
    )  # fmt: skip
    unlucky = "320505201304010000" if with_check_character("32050520130401000")[-1] != "0" else "320505201304020000"
    assert lucky.endswith("000")
    data = csv([["姓名", "身份证号"], ["张三", lucky], ["李四", unlucky], ["王五", number(5)]])
    result = parsed(data, "名单.csv")
    assert [row.name for row in result.rows] == ["王五"]
    assert all("丢失" in error.what.zh for error in result.errors)
    alone = parsed(csv([["姓名", "身份证号"], ["张三", lucky], ["王五", number(5)]]), "名单.csv")
    assert len(alone.rows) == 2


def test_father_and_mother_are_two_guardians_and_both_their_hukou_count():
    row = row_of(
        父亲姓名="张大山",
        父亲电话="13800000001",
        父亲户籍="320508",
        母亲姓名="李梅",
        母亲身份证号=PARENT,
        母亲户籍="341226",
    )
    assert [(guardian.name, guardian.relation) for guardian in row.guardians] == [
        ("张大山", "father"),
        ("李梅", "mother"),
    ]
    assert row.guardians[1].identity_number == PARENT
    assert row.parent_hukou == ("320508", "341226")


def test_a_guardian_who_is_named_again_as_a_parent_is_one_guardian():
    row = row_of(监护人="张大山", 联系电话="13800000001", 父亲姓名="张大山", 父亲身份证号=PARENT, 母亲姓名="李梅")
    assert [(guardian.name, guardian.relation) for guardian in row.guardians] == [
        ("张大山", "father"),
        ("李梅", "mother"),
    ]
    assert row.guardians[0].phone == "13800000001"
    assert row.guardians[0].identity_number == PARENT


def test_the_hukou_of_a_grandparent_is_no_parents_hukou():
    row = row_of(监护人="张爷", 与学生关系="爷爷", 监护人户籍="320508", 母亲户籍="341226", 母亲姓名="李梅")
    assert row.guardians[0].hukou == "320508"
    assert row.parent_hukou == ("341226",)


def test_the_class_tells_the_grade_if_no_column_does():
    row = row_of(班级="七年级（3）班")
    assert (row.school_stage, row.grade, row.class_name) == ("junior", 1, "3班")
    row = row_of(学段="高中", 年级="1", 班级="3")
    assert (row.school_stage, row.grade, row.class_name) == ("senior", 1, "3班")
    row = row_of(学段="特殊教育", 班级="启智班")
    assert (row.school_stage, row.grade, row.class_name) == ("special", None, "启智班")


def test_a_district_without_its_city_is_the_one_near_the_school():
    data = book([["姓名", "身份证号", "户籍"], ["张三", number(1), "高新区"]])
    assert parsed(data, near="320506").rows[0].hukou == "320505"
    assert parsed(data, near="500103").errors[0].field == "hukou"


def test_messy_numbers_are_the_same_numbers():
    messy = "\u202d３２０５０５ " + number()[6:14] + "\u00a0" + number()[14:] + "\u200b"
    assert row_of(身份证号=messy).identity_number == number()


def test_progress_of_parsing_reaches_the_number_of_rows():
    told: list[tuple[int, int]] = []
    parse_roster(
        table(["name", "identity_number"], ["张三", number()]), on=ON, progress=lambda *done: told.append(done)
    )
    assert told == [(1, 1)]


cell_values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.sampled_from(["张三", number(), PARENT, "男", "三年级", "1班", "2012-03-05", "320505", "13812345678", "\u202e"]),
)  # fmt: skip
FIELDS = [field.name for field in ROSTER.fields]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(cell_values, min_size=len(FIELDS), max_size=len(FIELDS)), min_size=1, max_size=2))
def test_whatever_stands_in_the_cells_every_row_is_either_taken_or_told(rows):
    result = parse_roster(table(FIELDS, *rows), on=ON, near="320505")
    taken = {row.row_number for row in result.rows}
    told = {error.row for error in result.errors if error.severity == "error"}
    assert taken | told == set(range(2, 2 + len(rows)))
    assert taken & told == set()
    assert set(result.refused_rows) == told
    for error in result.errors:
        for secret in (number(), PARENT, "13812345678"):
            assert secret not in f"{error.value} {error.what.zh} {error.what.en} {error.mend.zh} {error.pupil}"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.dates(date(1995, 1, 1), ON), st.integers(0, 999)), min_size=1, max_size=20, unique=True))
def test_every_valid_pupil_is_taken_with_the_date_and_sex_of_the_number(children):
    rows = [["张三", with_check_character(f"320505{born:%Y%m%d}{serial:03}")] for born, serial in children]
    result = parse_roster(table(["name", "identity_number"], *rows), on=ON)
    assert [row.birth_date for row in result.rows] == [born for born, _ in children]
    assert [row.sex for row in result.rows] == ["male" if serial % 2 else "female" for _, serial in children]


def test_an_order_for_the_child_survives_the_journey():
    order = ReadOrder(filename="名单.xlsx", headings=ROSTER)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(order), type=ReadOrder) == order
