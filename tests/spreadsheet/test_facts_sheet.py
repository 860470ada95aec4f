"""A clerk's workbook becomes facts; numbers of people do not go further than its cells. 事实表"""

from __future__ import annotations

import io
import re
from datetime import date, time

import pyarrow as pa
import pytest
import xlsxwriter

from yingbao.determination.facts import COLUMNS, read_child
from yingbao.determination.source import CsvSource
from yingbao.spreadsheet.facts_sheet import FactsSheet, facts_source, uploaded
from yingbao.values.refusal import Refused

ON = date(2019, 11, 12)


def workbook(*rows):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, clock = book.add_worksheet("名单"), book.add_format({"num_format": "hh:mm:ss"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell, clock if isinstance(cell, time) else None)
    return content.getvalue()


def facts(source):
    rows = pa.Table.from_batches(source.batches(source.schema.names), schema=source.schema).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def valid(number17="32050820120504123"):
    from stdnum.cn.ric import calc_check_digit

    return number17 + calc_check_digit(number17 + "0")


def test_a_school_list_with_chinese_headings_becomes_the_contracts_facts(tmp_path):
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(
        workbook(
            ["某小学 2019 年花名册"],
            ["序号", "姓名", "身份证号", "年级", "户籍所在地", "是否续保", "救助类别"],
            [1, "张小明", valid(), "三年级", "姑苏区", "是", "低保；孤儿"],
            [2, "李小红", valid("32050820120504124"), "初一", "安徽省阜阳市颍上县", "否", ""],
        )
    )
    source = facts_source(path, on=ON, near="320500", school="320508")
    assert facts(source) == [
        {"person_id": "R3", "identity_type": "resident_id", "birth_date": "2012-05-04", "hukou": "320508",
         "school_division": "320508", "school_stage": "primary", "registered_before": "true",
         "assistance": "minimum_living;orphan"},
        {"person_id": "R4", "identity_type": "resident_id", "birth_date": "2012-05-04", "hukou": "341226",
         "school_division": "320508", "school_stage": "junior", "registered_before": "false"},
    ]  # fmt: skip
    assert source.line(2) == 4
    assert valid() not in str(facts(source))
    assert all(read_child(row, ON) for row in facts(source))


def test_a_workbook_with_the_contracts_own_names_is_read_as_it_stands():
    every = {"person_id": "P1", "birth_date": "2012-05-04", "school_stage": "none", "tier": "2", "lapsed_years": 3,
             "paid_on": "2020-01-31", "assistance": "orphan;destitute", "residence_permit": "true"}  # fmt: skip
    source = uploaded(workbook(list(every), list(every.values())), "facts.xlsx", on=ON, near="500103")
    assert facts(source) == [{name: str(value) for name, value in every.items()}]


def test_every_column_of_the_contract_has_a_name_here():
    content = workbook(list(COLUMNS), ["P1", "", "2012-05-04"])
    assert set(uploaded(content, "f.xlsx", on=ON, near="").schema.names) == set(COLUMNS)


@pytest.mark.parametrize(
    ("heading", "cell", "said"),
    [("户籍所在地", "火星", "户籍所在地"), ("救助类别", "富裕", "救助类别"), ("出生日期", "五月四日", "出生日期"),
     ("身份证号", "320508201213451234", "身份证号")],
)  # fmt: skip
def test_a_value_that_is_not_understood_is_told_with_its_row_and_column(heading, cell, said):
    content = workbook(["编号", "年级", heading], ["1", "一年级", cell])
    with pytest.raises(Refused) as raised:
        uploaded(content, "名单.xlsx", on=ON, near="")
    assert f"第2行C列“{said}”" in raised.value.said("zh")


@pytest.mark.parametrize(
    ("cell", "stage"),
    [("二年级1班", "primary"), ("三(2)班", "primary"), ("初一3班", "junior"), ("大一班", "kindergarten"),
     ("高2(5)班", "senior"), ("无", None), ("", None), ("不在校", "none")],
)  # fmt: skip
def test_a_list_without_grades_tells_the_stage_by_the_class(cell, stage):
    content = workbook(["编号", "出生日期", "班级"], ["A1", "2012-05-04", cell])
    row = facts(uploaded(content, "名单.xlsx", on=ON, near="320500", school="320505"))[0]
    assert row.get("school_stage") == stage
    assert row.get("school_division") == ("320505" if stage not in (None, "none") else None)
    assert "class_name" not in row


def test_grade_or_stage_goes_before_the_class_and_a_class_of_no_known_stage_is_asked_for():
    content = workbook(
        ["编号", "年级", "学段", "班级"], ["A1", "七年级", "", "一年级2班"], ["A2", "", "高中", "星星班"]
    )
    assert [row["school_stage"] for row in facts(uploaded(content, "a.xlsx", on=ON, near=""))] == ["junior", "senior"]
    for cell in ("星星班", "2", "班" * 50):
        with pytest.raises(Refused) as raised:
            uploaded(workbook(["编号", "班级"], ["A1", "一年级2班"], ["A2", cell]), "a.xlsx", on=ON, near="")
        assert "第3行B列“班级”：看不出" in raised.value.said("zh")
        assert "加一列“年级”或“学段”" in raised.value.said("zh")


def test_all_that_is_wrong_is_told_at_once_ten_rows_of_it_in_words():
    wrong = [[str(number), "一年级", "火星"] for number in range(1, 15)]
    content = workbook(["编号", "年级", "户籍所在地"], *wrong[:7], ["8", "一年级", "320508"], *wrong[7:])
    with pytest.raises(Refused) as raised:
        uploaded(content, "名单.xlsx", on=ON, near="")
    said = raised.value.said("zh")
    told = [int(line) for line in re.findall(r"第(\d+)行C列“户籍所在地”", said)]
    assert told == [2, 3, 4, 5, 6, 7, 8, 10, 11, 12]
    assert "还有 4 行" in said
    assert said.count("行政区划") <= 1


def test_a_contracts_csv_is_read_by_the_contract_and_a_clerks_csv_as_a_list(tmp_path):
    contract = tmp_path / "facts.csv"
    contract.write_text("person_id,birth_date\nP1,2012-05-04\n", encoding="utf-8")
    assert isinstance(facts_source(contract, on=ON), CsvSource)
    held = uploaded(contract.read_bytes(), "facts.csv", on=ON, near="")
    assert (facts(held), held.line(1)) == ([{"person_id": "P1", "birth_date": "2012-05-04"}], 2)
    clerk = tmp_path / "名单.csv"
    clerk.write_bytes("姓名,出生日期,年级\n张三,2012/5/4,一年级\n".encode("gb18030"))
    source = facts_source(clerk, on=ON)
    assert isinstance(source, FactsSheet)
    assert facts(source)[0]["birth_date"] == "2012-05-04"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook", "没有表头\n".encode()])
def test_what_is_no_list_is_refused_and_never_crashes(content):
    for name in ("a.xlsx", "a.csv", "a.parquet", "a"):
        with pytest.raises(Refused):
            uploaded(content, name, on=ON, near="")
