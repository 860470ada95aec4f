"""What a school takes away: its own file marked, the template, its pupils. 下载"""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.enrolment.building import clerk
from tests.spreadsheet.rosters import committed, csv_file, pupil, resident_id, reviewed, workbook
from yingbao.enrolment.models import Enrolment
from yingbao.spreadsheet.outgoing import errors_workbook, export_pupils, has_errors_workbook
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db

WRONG = "320508201205041231"


def cells(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_clerks_own_file_comes_back_with_each_error_in_its_row(school, by):
    rows = [pupil(), pupil(身份证号=WRONG), pupil(年级="高一"), pupil()]
    roster = reviewed(school, by, workbook(rows, above=["星海学校花名册"]))
    assert has_errors_workbook(roster)
    found = cells(errors_workbook(roster, language="zh").content)
    assert found[0][0] == "星海学校花名册"
    assert found[3][:2] == [rows[1]["姓名"], WRONG]
    said = {number: " ".join(str(cell) for cell in row[9:] if cell) for number, row in enumerate(found, 1)}
    assert "校验码不符" in said[4]
    assert "年级：本校没有这个学段" in said[5]
    assert said[3] == said[6] == ""


def test_what_the_comparison_found_stands_in_the_file_as_well(school, by, other_school):
    known = pupil(姓名="赵云飞")
    committed(other_school, clerk(other_school).user, [known])
    one = pupil()
    roster = reviewed(school, by, [known | {"姓名": "钱多多"}, one, one])
    text = str(cells(errors_workbook(roster, language="en").content))
    assert "belongs to a person of another name" in text
    assert "row 3" in text
    assert "赵云飞" not in text


def test_a_csv_file_comes_back_as_a_workbook_with_the_same_rows(school, by):
    roster = reviewed(school, by, csv_file([pupil(姓名="李𫖯"), pupil(身份证号=WRONG)]), filename="名单.csv")
    found = cells(errors_workbook(roster, language="zh").content)
    assert found[1][0] == "李𫖯"
    assert any("校验码不符" in str(cell) for cell in found[2])


def test_a_file_that_was_erased_cannot_be_marked_any_more(school, by):
    roster = committed(school, by, [pupil()])
    assert not has_errors_workbook(roster)
    with pytest.raises(Refused, match="erased"):
        errors_workbook(roster, language="en")


def test_the_mended_file_can_be_uploaded_as_it_came_back(school, by):
    rows = [pupil(), pupil(身份证号=WRONG)]
    roster = reviewed(school, by, rows)
    book = openpyxl.load_workbook(io.BytesIO(errors_workbook(roster, language="zh").content))
    book.active["B3"] = number = resident_id()
    book.active["E3"] = f"G{number}"
    mended = io.BytesIO()
    book.save(mended)
    again = reviewed(school, by, mended.getvalue())
    assert (again.counts.get("new"), again.counts.get("error")) == (2, None)


def test_pupils_are_exported_by_class_with_their_decision_and_masked_numbers(school, by):
    last = pupil(姓名="王二", 班级="2班", 户籍所在地="510104", 学籍号="", 联系电话="13912345678")
    first = pupil(姓名="王一", 班级="1班", 年级="一年级")
    committed(school, by, [last, first])
    header, *rows = cells(export_pupils(Enrolment.objects.all(), language="zh"))
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["姓名"] for row in found] == ["王一", "王二"]
    assert [row["核定结果"] for row in found] == ["可以参保", "不能参保"]
    assert (found[0]["年级"], found[0]["班级"], found[0]["个人缴费（元）"]) == ("一年级", "1班", 240)
    assert found[1]["联系电话"] == "139****5678"
    assert found[1]["个人缴费（元）"] is None
    text = str(found)
    assert last["身份证号"] not in text
    assert first["身份证号"][6:14] not in str([row["证件号码"] for row in found])


def test_full_numbers_are_exported_only_when_asked_for(school, by):
    one = pupil(联系电话="13912345678")
    committed(school, by, [one])
    text = str(cells(export_pupils(Enrolment.objects.all(), language="zh", full_numbers=True)))
    assert one["身份证号"] in text
    assert "13912345678" in text


def test_the_export_speaks_english_and_holds_only_the_list_that_was_asked_for(school, by):
    committed(school, by, [pupil(姓名="王一"), pupil(姓名="王二")])
    header, *rows = cells(export_pupils(Enrolment.objects.filter(person__name="王二"), language="en"))
    assert header[:2] == ["Name", "Kind of document"]
    assert [row[0] for row in rows] == ["王二"]


def test_an_export_of_nobody_is_a_header(school):
    assert len(cells(export_pupils(Enrolment.objects.none(), language="zh"))) == 1
