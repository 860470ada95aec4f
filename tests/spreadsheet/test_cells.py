"""What cells say, in the many ways in which schools say it. 单元格取值"""

from __future__ import annotations

from datetime import date

import pytest

from yingbao.spreadsheet import cells
from yingbao.values.fault import Fault


@pytest.mark.parametrize(
    ("written", "stage", "grade"),
    [
        ("三年级", "primary", 3), ("3年级", "primary", 3), ("3", "primary", 3), (3.0, "primary", 3),
        ("三", "primary", 3),
        ("小三", "primary", 3), ("小学三年级", "primary", 3), ("六年级", "primary", 6), ("七年级", "junior", 1),
        ("7", "junior", 1), ("初一", "junior", 1), ("初中二年级", "junior", 2), ("九年级", "junior", 3),
        ("初三", "junior", 3),
        ("高一", "senior", 1), ("高中三年级", "senior", 3), ("十年级", "senior", 1), ("职一", "vocational", 1),
        ("中职二年级", "vocational", 2), ("大班", "kindergarten", 3), ("中班", "kindergarten", 2),
        ("小班", "kindergarten", 1), ("托班", "kindergarten", 0), ("学前班", "kindergarten", 3),
        ("小一班", "kindergarten", 1), ("Grade 3", "primary", 3),
    ],
)  # fmt: skip
def test_a_grade_is_understood_in_the_words_of_schools(written, stage, grade):
    assert cells.grade(written) == (stage, grade)


@pytest.mark.parametrize("written", ["2019级", "十三年级", "小七", "毕业班", "0"])
def test_a_grade_that_nobody_can_place_is_refused_with_an_example(written):
    with pytest.raises(Fault) as raised:
        cells.grade(written)
    assert "三年级" in raised.value.mend.zh


@pytest.mark.parametrize(
    ("stage", "written", "grade"),
    [
        ("junior", "1", 1), ("junior", "7", 1), ("junior", "一年级", 1), ("senior", "2", 2), ("vocational", "高一", 1),
        ("vocational", "二年级", 2), ("special", "七年级", 7), ("primary", "3", 3),
    ],
)  # fmt: skip
def test_a_grade_beside_its_stage_is_counted_within_it(stage, written, grade):
    assert cells.fitted(stage, cells.grade(written)) == (stage, grade)


def test_a_grade_that_its_stage_has_not_fits_nowhere():
    assert cells.fitted("primary", cells.grade("九年级")) is None
    assert cells.fitted("senior", cells.grade("六年级")) is None


@pytest.mark.parametrize(
    ("written", "name", "grade"),
    [
        ("3班", "3班", None), ("3", "3班", None), (3.0, "3班", None), ("（3）班", "(3)班", None),
        ("蒙氏班", "蒙氏班", None),
        ("三年级2班", "2班", ("primary", 3)), ("三年级（2）班", "2班", ("primary", 3)),
        ("三(2)班", "2班", ("primary", 3)),
        ("初一3班", "3班", ("junior", 1)), ("七(1)", "1班", ("junior", 1)),
        ("高二(5)班", "5班", ("senior", 2)),
        ("大一班", "大一班", ("kindergarten", 3)), ("小三班", "小三班", ("kindergarten", 1)),
        ("301班", "301班", None), ("19电商1班", "19电商1班", None),
    ],
)  # fmt: skip
def test_a_class_may_say_its_grade_as_well(written, name, grade):
    assert cells.class_and_grade(written) == (name, grade)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2013-09-01", date(2013, 9, 1)), ("2013-09-01 00:00:00", date(2013, 9, 1)), ("2013/9/1", date(2013, 9, 1)),
        ("2013.9.1", date(2013, 9, 1)), ("2013年9月1日", date(2013, 9, 1)), ("20130901", date(2013, 9, 1)),
        (20130901.0, date(2013, 9, 1)), ("２０１３－９－１", date(2013, 9, 1)), ("2013年9月", (2013, 9)),
        ("201309", (2013, 9)), ("2013-09", (2013, 9)), ("", None), (None, None), ("无", None),
    ],
)  # fmt: skip
def test_a_day_is_understood_in_the_ways_it_is_written(written, meant):
    assert cells.day(written) == meant


@pytest.mark.parametrize("written", ["2013-02-30", "1/9/2013", 41518.0, 2013.1, "去年", "2013-13", "13-09-01"])
def test_what_is_no_day_is_refused_with_how_to_write_one(written):
    with pytest.raises(Fault) as raised:
        cells.day(written)
    assert "2013-09-01" in raised.value.mend.zh


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("是", True), ("有", True), ("√", True), ("Ｙ", True), (True, True), (1.0, True), ("已参加", True),
        ("320505199001011234", True), ("否", False), ("无", False), ("×", False), ("未参加", False), (False, False),
        ("", None), (None, None), ("/", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_understood(written, meant):
    assert cells.yes_no(written) is meant


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (cells.yes_no, "也许"), (cells.sex, "未知"), (cells.stage, "夜校"), (cells.tier, "三档"),
        (cells.kind, "军官证"), (cells.short_text, "长" * 41),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_what_could_stand_there(read, written):
    with pytest.raises(Fault) as raised:
        read(written)
    assert raised.value.mend.zh
    assert raised.value.mend.en


@pytest.mark.parametrize(
    ("written", "meant"),
    [("男", "male"), ("女 ", "female"), ("Ｍ", "male"), (2.0, "female"), ("男生", "male"), (None, None)],
)
def test_sex_is_understood_in_words_and_by_code(written, meant):
    assert cells.sex(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("父亲", "father"), ("父子", "father"), ("妈妈", "mother"), ("母女", "mother"), ("爷爷", "grandparent"),
        ("外祖母", "grandparent"), ("叔叔", "other"), ("父母", "other"), ("", None),
    ],
)  # fmt: skip
def test_who_a_guardian_is_to_the_child_is_understood(written, meant):
    assert cells.relation(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("身份证", "resident_id"),
        (1.0, "resident_id"),
        ("01", "resident_id"),
        ("01-居民身份证", "resident_id"),
        ("台胞证", "tw_permit"),
    ],
)
def test_kinds_of_documents_are_understood_by_name_and_code(written, meant):
    assert cells.kind(written) == meant


def test_several_places_may_stand_in_one_cell():
    assert cells.places("江苏省苏州市虎丘区；安徽阜阳颍上县、320505", near="") == ("320505", "341226")


@pytest.mark.parametrize("written", [3.2050520130304e17, 320505201303040000, 1e15])
def test_a_large_number_has_lost_its_digits_and_is_never_repaired(written):
    with pytest.raises(Fault) as raised:
        cells.number_text(written)
    assert "丢失" in raised.value.what.zh
    assert "文本" in raised.value.mend.zh


def test_a_phone_stored_as_a_number_is_whole():
    assert cells.number_text(13812345678.0) == "13812345678"
