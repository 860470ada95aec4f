"""A list that is tried is told all its slips at once, those too that would be counted wrongly. 名单错误"""

from __future__ import annotations

import re
from datetime import date, time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spreadsheet.test_facts_sheet import valid, workbook
from yingbao.spreadsheet.facts_faults import check_rows
from yingbao.spreadsheet.facts_sheet import facts_source, uploaded
from yingbao.values.refusal import Refused

ON = date(2019, 11, 12)
HEAD = "person_id,birth_date,school_stage,lapsed_years,repaired_years,shoe\n"


def told(content: str, name: str = "facts.csv") -> str:
    with pytest.raises(Refused) as raised:
        check_rows(uploaded(content.encode(), name, on=ON, near="320500"), where=name)
    return raised.value.said("zh")


def test_every_wrong_row_of_a_contracts_file_is_told_with_its_own_remedy():
    said = told(HEAD + "A,x,primary,,,\nB,2012-05-04,nursery,,,\nC,2012-05-04,primary,1,3,\n,2012-05-04,,,,\n")
    assert "第 1 行数据（文件第 2 行），birth_date 的值“x”无法识别（应为形如 2019-09-01 的日期，或留空）" in said
    assert "第 2 行数据（文件第 3 行），school_stage 的值“nursery”无法识别（应为" in said
    assert "第 3 行数据（文件第 4 行），修复的年数多于断保的年数（核对" in said
    assert "第 4 行数据（文件第 5 行），person_id 为空（应为不为空的文字）" in said
    assert said.endswith("逐行改好再试。")


def test_a_remedy_that_is_one_for_all_is_said_once_and_ten_rows_are_told():
    said = told(HEAD + "".join(f"P{number},soon,,,,\n" for number in range(14)))
    assert said.count("应为形如 2019-09-01 的日期") == 1
    assert said.count("无法识别") == 10
    assert "还有 4 行" in said


def test_a_child_that_stands_there_twice_is_told_with_both_rows():
    said = told(HEAD + "A,2012-05-04,,,,\nB,2012-05-04,,,,\nA,2012-05-04,,,,\n")
    assert "第 3 行数据（文件第 4 行），编号和文件第 2 行的相同，会算作两个孩子" in said
    assert "B" not in re.sub("CSV", "", said)


def test_the_same_identity_number_in_two_rows_of_a_workbook_is_one_child_and_is_not_repeated():
    content = workbook(["身份证号", "年级"], [valid(), "三年级"], [valid("32050820120504124"), "三年级"],
                       [valid().lower(), "四年级"])  # fmt: skip
    with pytest.raises(Refused) as raised:
        uploaded(content, "名单.xlsx", on=ON, near="")
    assert "第4行A列“身份证号”：和第 2 行是同一个号码" in raised.value.said("zh")
    assert valid() not in raised.value.said("zh")


def test_more_repaired_than_missed_is_told_of_a_workbook_and_of_a_list_without_the_other_column():
    content = workbook(["编号", "出生日期", "修复年数"], ["A", "2012-05-04", 1], ["B", "2012-05-04", 0])
    source = uploaded(content, "名单.xlsx", on=ON, near="")
    with pytest.raises(Refused, match="more years are repaired than were missed"):
        check_rows(source, where="名单.xlsx")


def test_a_list_of_nobody_passes_and_a_column_that_is_there_twice_is_refused():
    check_rows(uploaded(HEAD.encode(), "f.csv", on=ON, near=""), where="f")
    assert "tier 列出现了 2 次" in told("person_id,tier,tier\nA,1,2\n")


def test_a_list_in_order_and_what_a_parquet_file_has_typed_pass(tmp_path):
    check_rows(uploaded((HEAD + "A,2012-05-04,primary,3,3,9\nB,,,2,1,\n").encode(), "f.csv", on=ON, near=""), where="f")
    path = tmp_path / "facts.parquet"
    pq.write_table(pa.table({"person_id": ["A", "B"], "birth_date": [date(2012, 5, 4), None]}), path)
    check_rows(facts_source(path, on=ON), where="f")
    pq.write_table(pa.table({"person_id": ["A", "A"], "lapsed_years": [1, 2]}), path)
    with pytest.raises(Refused, match="row 2, it has the number of row 1"):
        check_rows(facts_source(path, on=ON), where="f")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.integers(0, 3), st.integers(0, 3)), max_size=9))
def test_a_row_is_told_exactly_if_its_number_came_before_or_more_is_repaired_than_missed(rows):
    content = HEAD + "".join(f"{number},2012-05-04,,{lapsed},{repaired},\n" for number, lapsed, repaired in rows)
    wrong = [
        at + 1
        for at, (number, lapsed, repaired) in enumerate(rows)
        if repaired > lapsed or number in {each[0] for each in rows[:at]}
    ]
    if not wrong:
        check_rows(uploaded(content.encode(), "f.csv", on=ON, near=""), where="f")
    else:
        assert [int(row) for row in re.findall(r"(?<![的件])第 (\d+) 行数据（", told(content))] == wrong


def test_a_time_of_day_in_a_workbooks_cell_is_no_fault_of_its_list():
    rows = workbook(["编号", "缴费时刻"], ["A", time(23, 59, 59)], ["B", "23:59:59"], ["C", "09:05"])
    source = uploaded(rows, "名单.xlsx", on=ON, near="")
    check_rows(source, where="名单.xlsx")


def test_one_wrong_row_alone_is_told_in_whole_sentences():
    wrong = valid()[:-1] + ("0" if valid()[-1] != "0" else "1")
    with pytest.raises(Refused) as raised:
        uploaded(workbook(["身份证号", "年级"], [wrong, "一年级"]), "名单.xlsx", on=ON, near="")
    assert ". Compare it with the document" in raised.value.said("en")
    assert raised.value.said("en").endswith(".")
    assert raised.value.said("zh").endswith("。")
