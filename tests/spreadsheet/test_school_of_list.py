"""A school's list says nowhere where the school is; it is asked for rather than taken as nowhere. 学校所在地"""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from tests.policy.files import SUZHOU, YUZHONG
from tests.spreadsheet.test_facts_sheet import workbook
from yingbao.determination.trying import tried
from yingbao.policy.catalogue import policy_of
from yingbao.spreadsheet.facts_sheet import facts_source, uploaded
from yingbao.spreadsheet.school_of_list import SchoolNeeded, a_division, check_school, school_said
from yingbao.values.refusal import Refused

ON = date(2019, 11, 12)
CONTRACT = b"person_id,birth_date,school_stage,hukou\nP1,2012-05-04,primary,320505\nP2,2016-05-04,,320505\n"
LIST = (["编号", "出生日期", "年级", "户籍所在地"], ["A1", "2012-05-04", "三年级", "姑苏区"])


@pytest.mark.parametrize(
    ("content", "name"),
    [(workbook(*LIST), "名单.xlsx"), (CONTRACT, "facts.csv"),
     (workbook([*LIST[0], "学校所在地"], [*LIST[1], ""]), "空列.xlsx")],
)  # fmt: skip
def test_a_list_of_pupils_that_says_nowhere_where_the_school_is_is_asked_for_it(content, name):
    source = uploaded(content, name, on=ON, near="320500")
    with pytest.raises(SchoolNeeded) as needed:
        check_school(source, [policy_of(str(SUZHOU))], where=name)
    assert "1 名在校的孩子" in needed.value.said("zh")
    assert "--school 320505" in needed.value.said("zh")
    said = uploaded(content, name, on=ON, near="320500", school="320505")
    check_school(said, [policy_of(str(SUZHOU))], where=name)


def test_the_division_that_is_said_holds_for_pupils_of_the_contracts_file_and_for_nobody_else(tmp_path):
    path = tmp_path / "facts.csv"
    path.write_bytes(CONTRACT)
    source = facts_source(path, on=ON, school="320505")
    columns = ["person_id", "school_division"]
    rows = pa.Table.from_batches(source.batches(columns)).to_pylist()
    assert rows == [{"person_id": "P1", "school_division": "320505"}, {"person_id": "P2", "school_division": None}]
    assert pa.Table.from_batches(source.batches(["hukou"])).num_columns == 1
    assert source.line(1) == 2
    told = tried(policy_of(str(SUZHOU)), source, where="facts.csv", as_of=date(2019, 10, 8))
    assert (told.figures["enrolled"], "school_division" in told.missing) == (2, False)


@pytest.mark.parametrize(
    "content",
    [
        workbook(["编号", "出生日期", "户籍所在地"], ["A1", "2016-05-04", "姑苏区"]),
        workbook(["编号", "出生日期", "年级"], ["A1", "2016-05-04", ""]),
        workbook([*LIST[0], "学校所在地"], [*LIST[1], "相城区"], ["A2", "2012-05-04", "三年级", "姑苏区", ""]),
    ],
)
def test_where_no_child_is_on_a_roll_or_a_school_is_named_nothing_is_asked(content):
    check_school(uploaded(content, "名单.xlsx", on=ON, near="320500"), [policy_of(str(SUZHOU))], where="x")


@pytest.mark.parametrize(
    ("content", "name"),
    [(workbook(["编号", "出生日期", "户籍所在地"], ["A1", "2016-05-04", "姑苏区"]), "名单.xlsx"),
     (b"person_id,birth_date\nP1,2012-05-04\n", "facts.csv"),
     (b"person_id,birth_date,school_stage\nP1,2012-05-04,none\n", "facts.csv")],
)  # fmt: skip
def test_a_school_that_is_named_for_a_list_without_a_pupil_is_refused_rather_than_dropped(content, name):
    source = uploaded(content, name, on=ON, near="320500", school="320505")
    check_school(source, [policy_of(str(SUZHOU))], where=name)
    with pytest.raises(Refused) as refused:
        check_school(source, [policy_of(str(SUZHOU))], where=name, said="320505")
    assert "名单里却没有一名孩子看得出在校" in refused.value.said("zh")
    assert "加一列“年级”或“学段”" in refused.value.said("zh")


def test_a_division_that_is_nowhere_is_refused_and_one_of_the_policy_is_taken():
    suzhou, yuzhong = policy_of(str(SUZHOU)), policy_of(str(YUZHONG))
    assert (a_division(suzhou), a_division(yuzhong)) == ("320505", "500103")
    assert school_said("320508", suzhou) == "320508"
    assert school_said("", suzhou) == ""
    with pytest.raises(Refused, match="no such division"):
        school_said("999999", suzhou)
