"""What a body's list says, cell by cell. 救助名单解析"""

from __future__ import annotations

from datetime import date

import pytest

from tests.spreadsheet.assisted_lists import CHANGE, HEADER
from tests.spreadsheet.rosters import csv_file, resident_id, workbook
from yingbao.policy.terms import ASSISTANCE
from yingbao.spreadsheet.assisted_columns import CATEGORIES, CHANGES, FULL
from yingbao.spreadsheet.assisted_list import Listed, category, last_day, parse_assisted
from yingbao.spreadsheet.reading import read_table
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused

AS_OF, ON = date(2019, 11, 1), date(2019, 11, 12)


def person(**more: object) -> dict[str, object]:
    return {"姓名": "王小明", "证件号码": resident_id(), "救助类别": "低保", "起始日期": "2019-01-01"} | more


def read(rows: list[dict[str, object]], kind: str = "full", *, data: bytes | None = None) -> Listed:
    data = data or workbook(rows, header=CHANGE if kind == "changes" else HEADER)
    table = read_table(data, "名单.xlsx", headings=CHANGES if kind == "changes" else FULL)
    return parse_assisted(table, kind=kind, as_of=AS_OF, on=ON)


def told(listed: Listed) -> list[tuple[int, str, str]]:
    return [(error.row, error.column_letter, error.what.zh) for error in listed.errors]


@pytest.mark.parametrize("code", ASSISTANCE)
def test_every_category_is_known_by_its_name_and_its_code(code):
    assert category(ASSISTANCE[code].zh) == code
    assert category(ASSISTANCE[code].en) == code
    assert category(code) == code


def test_no_name_stands_for_two_categories():
    assert {word: category(word) for word in CATEGORIES} == CATEGORIES


@pytest.mark.parametrize(
    ("said", "code"),
    [("城乡 低保", "minimum_living"), ("特困供养人员", "destitute"), ("特困职工子女", "hardship_worker_family"),
     ("重度残疾(1-2级)", "severely_disabled"), ("建档立卡（苏州）", "registered_poor"), ("", None)],
)  # fmt: skip
def test_categories_are_known_by_the_names_that_offices_use(said, code):
    assert category(said) == code


def test_an_unknown_category_is_told_with_all_that_there_are():
    with pytest.raises(Fault) as refused:
        category("省级劳模")
    assert "省级劳模" in refused.value.what.zh
    assert "特困职工家庭" in refused.value.mend.zh


@pytest.mark.parametrize(
    ("said", "day"),
    [("2019-12-31", date(2019, 12, 31)), ("2020年2月", date(2020, 2, 29)), ("长期", None), ("", None)],
)
def test_a_last_day_may_be_a_month_or_none_at_all(said, day):
    assert last_day(said) == day


def test_a_full_list_names_persons_with_category_and_days():
    listed = read([person(), person(姓名="李小红", 救助类别="孤儿", 起始日期=None, 终止日期="2020-06-30")])
    assert listed.errors == ()
    assert [(one.name, one.category, one.act, one.first, one.last) for one in listed.entries] == [
        ("王小明", "minimum_living", "add", date(2019, 1, 1), None),
        ("李小红", "orphan", "add", AS_OF, date(2020, 6, 30)),
    ]
    assert listed.categories == ("minimum_living", "orphan")


def test_a_list_of_changes_adds_and_removes():
    rows = [
        person(变动="新增"), person(变动="退出"), person(变动="退出", 终止日期="2019-09-30"), person(变动="减少"),
    ]  # fmt: skip
    listed = read(rows, "changes")
    assert [one.act for one in listed.entries] == ["add", "end", "end", "end"]
    assert [one.last for one in listed.entries] == [None, date(2019, 10, 31), date(2019, 9, 30), date(2019, 10, 31)]


def test_a_list_of_changes_says_of_each_row_what_changes():
    listed = read([person(变动=""), person(变动="待定"), person(变动="不变")], "changes")
    assert told(listed) == [(2, "A", "没有写明新增还是退出"), (3, "A", "看不懂“待定”")]
    assert [one.act for one in listed.entries] == ["add"]


def test_a_list_of_changes_without_its_column_is_refused_whole():
    with pytest.raises(Refused, match="变动"):
        read_table(workbook([person()], header=HEADER), "名单.xlsx", headings=CHANGES)


def test_a_full_list_does_not_name_those_who_are_removed():
    data = workbook([person(变动="退出"), person(变动="新增"), person(变动="")], header=CHANGE)
    listed = read([], data=data)
    assert told(listed) == [(2, "A", "全量名单里不能有退出的人")]
    assert len(listed.entries) == 2


def test_what_is_wrong_is_told_with_its_cell_and_the_number_is_masked():
    number = resident_id()
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    rows = [
        person(证件号码=wrong), person(救助类别=""), person(姓名=""), person(起始日期="去年"),
        person(终止日期="2018-01-01"), person(证件号码=None), person(证件号码=320508201205041234),
    ]  # fmt: skip
    listed = read(rows)
    assert listed.entries == ()
    assert [(row, letter) for row, letter, _ in told(listed)] == [
        (2, "B"), (3, "C"), (4, "A"), (5, "D"), (6, "E"), (7, "B"), (8, "B"),
    ]  # fmt: skip
    assert listed.refused_rows == (2, 3, 4, 5, 6, 7, 8)
    assert all(wrong[3:14] not in error.value for error in listed.errors)


def test_one_person_in_two_categories_is_fine_and_twice_in_one_is_not():
    number = resident_id()
    rows = [
        person(证件号码=number), person(证件号码=number, 救助类别="孤儿"), person(证件号码=number),
        person(证件号码=number, 姓名="李小红", 救助类别="困境儿童"),
    ]  # fmt: skip
    listed = read(rows)
    assert [one.row_number for one in listed.entries] == [2, 3]
    assert told(listed) == [(4, "C", "与第2行重复"), (5, "B", "第2行的证件号码相同而姓名不同")]


def test_another_kind_of_document_is_read_with_a_doubt():
    listed = read([person(证件号码="H12345678"), person()])
    assert [one.identity_type for one in listed.entries] == ["hk_mo_permit", "resident_id"]
    assert [error.severity for error in listed.errors] == ["warning"]


def test_other_names_of_columns_and_a_csv_in_gb18030_are_understood():
    rows = [
        {
            "序号": "1",
            "救助对象姓名": "王小明",
            "身份证号": resident_id(),
            "困难类型": "低保对象",
            "认定时间": "2019年3月",
        }
    ]
    names = tuple(rows[0])
    data = "\n".join([",".join(names), ",".join(str(value) for value in rows[0].values())]).encode("gb18030")
    assert csv_file([]).startswith("姓名".encode("gb18030"))
    [entry] = read([], data=data).entries
    assert (entry.name, entry.category, entry.first) == ("王小明", "minimum_living", date(2019, 3, 1))
