"""A policy's text goes to another year whole, and every line that the notice has to confirm is marked. 政策移年"""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.files import SUZHOU, YUZHONG
from yingbao.policy import catalogue
from yingbao.policy.load import load_text
from yingbao.policy.moving import MARK, directory_moved, moved, moved_day

FILES = [each.path for each in catalogue.available()]


def unmarked(text: str) -> str:
    return re.sub(rf"[ \t]*{MARK}.*", "", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_policy_that_there_is_loads_in_other_years_and_comes_back_word_for_word(path):
    text = catalogue.text_of(path)
    year = load_text(text, "x.yaml").plan_year
    for to in (year + 1, year + 2, year + 7):
        later = moved(text, to=to)
        assert load_text(later.text, "x.yaml").plan_year == to
        assert later.marked == later.text.count(MARK)
        assert unmarked(moved(later.text, to=year).text) == unmarked(text)


def test_days_years_in_sentences_and_names_of_criteria_go_along_and_document_numbers_stay():
    text = moved(catalogue.text_of(SUZHOU), to=2021).text
    policy = load_text(text, "x.yaml")
    assert policy.policy == "320500/2021"
    assert (policy.cover_from, policy.windows["points"].last) == (date(2021, 1, 1), date(2020, 9, 10))
    assert policy.criteria["december_2021"].until == date(2021, 12, 31)
    assert policy.source.number == "苏社基〔2019〕68号"
    assert "2019年" not in unmarked(text)
    assert "2020年1月1日" not in unmarked(text)
    assert "1 January 2021" in policy.criteria["of_age"].says.en


def line_of(text, words):
    return next(line for line in text.splitlines() if words in line)


def test_a_year_that_is_not_the_policys_own_is_a_fact_and_is_marked_rather_than_moved():
    text = catalogue.text_of(catalogue.find("320500/2026")).replace(
        "zh: 以前已办理基本信息登记，无需再登记。", "zh: 2023年度起已登记的，2026年度无需再登记。"
    )
    later = moved(text, to=2027).text
    assert "2027年度标准" not in later
    assert "zh: 2023年度起已登记的，2027年度无需再登记。" in later
    assert "句中的2023年照原样留下" in line_of(later, "2023年度起已登记的")
    assert "句中的数字" in line_of(later, "2027年1月1日未满18周岁")


def test_what_is_said_to_be_unconfirmed_is_said_of_its_own_year_and_stays_until_somebody_looks():
    lines = moved(catalogue.text_of(catalogue.find("320500/2026")), to=2027).text
    carried = line_of(lines, "暂按2023年度")
    assert carried.strip().startswith("zh: 2026年度缴费标准未知，暂按2023年度  # 核对")
    assert "2026、2023" in carried
    assert MARK in line_of(lines, "that of 2023 is carried over")
    assert MARK in line_of(lines, "2025年以前断保的年数")
    assert MARK not in line_of(lines, "国家规定放开户籍限制")


def test_a_bare_year_in_one_language_goes_along_with_the_sentence_in_the_other():
    text = catalogue.text_of(catalogue.find("320500/2026")).replace(
        "    name: {zh: 年度申报缴费期, en: yearly declaration and payment}", '    name: {zh: 2026年, en: "2026"}'
    )
    assert 'name: {zh: 2027年, en: "2027"}' in moved(text, to=2027).text


def test_the_number_title_and_day_of_last_years_notice_stay_and_are_marked_each():
    text = catalogue.text_of(SUZHOU).replace("source:\n", "source:\n  issued: 2019-08-30\n", 1)
    later = moved(text, to=2021).text
    source = load_text(later, "x.yaml").source
    assert (source.number, source.issued) == ("苏社基〔2019〕68号", date(2019, 8, 30))
    assert source.title == "关于做好2020年度学生（少儿）参加城乡居民基本医疗保险工作的通知"
    for words in ("  number:", "  title:", "  issued:", "  basis:"):
        assert "还是上年通知的" in line_of(later, words)


def test_the_years_of_other_days_in_the_policy_go_along_and_a_standards_number_is_no_year():
    text = catalogue.text_of(catalogue.find("320500/2026")).replace(
        "says: {zh: 以前断保一年或以上, en: one year or more of enrolment was missed}",
        "says: {zh: 2009年9月1日以后出生, en: born from 1 September 2009}",
    )
    text = text.replace("    fact: lapsed_years\n    at_least: 1\n", "    fact: birth_date\n    from: 2009-09-01\n")
    later = moved(text, to=2027).text
    assert "says: {zh: 2010年9月1日以后出生, en: born from 1 September 2010}" in later
    assert "from: 2010-09-01" in later
    assert "GA 461-2004" in later
    assert "2004年照原样" not in later


def test_names_that_would_become_one_stay_as_they_are():
    text = catalogue.text_of(SUZHOU).replace("points_in_time", "december_2021")
    later = moved(text, to=2021).text
    policy = load_text(later, "x.yaml")
    assert (policy.plan_year, {"december_2020", "december_2021"} - policy.criteria.keys()) == (2021, set())


def test_a_line_with_a_day_a_sum_or_a_figure_is_marked_with_what_stood_there_last_year():
    lines = moved(catalogue.text_of(YUZHONG), to=2021).text.splitlines()
    marked = {line.split("#")[0].strip(): line.split(MARK)[1] for line in lines if MARK in line}
    assert marked["premium_fen: 117500"] == ": 去年 1175 元 / last year 1175 yuan"
    assert marked["until: 2021-02-28"] == ": 去年 2020-02-29 / last year 2020-02-29"
    assert marked["days: 90"] == ": 去年 90 / last year 90"
    assert "source:" in marked
    assert "help_lines:" in marked or "payment_routes:" in marked
    assert "plan_year: 2021" not in marked


def test_text_over_several_lines_is_marked_above_it_and_never_inside():
    text = catalogue.text_of(SUZHOU).replace(
        "        zh: 年度申报缴费自2019年9月1日开始，现在还不能缴费。\n",
        '        zh: "年度申报缴费\n          自2019年9月1日开始"\n',
    )
    text = text.replace(
        "        en: Declaration and payment begin on 1 September 2019; it is too early to pay.\n",
        "        en: |-\n          It begins on\n          1 September 2019.\n",
    )
    rule = load_text(moved(text, to=2021).text, "x.yaml").tables.phase[0]
    assert rule.because.zh == "年度申报缴费 自2020年9月1日开始"
    assert rule.because.en == "It begins on\n1 September 2020."


def test_the_last_of_february_stays_the_last_of_february():
    assert moved_day(date(2020, 2, 29), 1) == date(2021, 2, 28)
    assert moved_day(date(2023, 2, 28), 1) == date(2024, 2, 29)
    text = catalogue.text_of(SUZHOU).replace("2020年12月缴费", "2020年2月29日缴费")
    assert "2021年2月28日缴费" in moved(text, to=2021).text


def test_a_directory_becomes_the_new_years_and_needs_to_say_whose_it_is():
    later = directory_moved("# of 2020\ndirectory: 500103/2020\nclause: 附\n", "500103/2021")
    assert unmarked(later) == "# of 2020\ndirectory: 500103/2021\nclause: 附\n"
    assert unmarked(directory_moved(later, "500103/2020")) == "# of 2020\ndirectory: 500103/2020\nclause: 附\n"
    with pytest.raises(ValueError, match="whose it is"):
        directory_moved("clause: 附\n", "500103/2021")


@settings(max_examples=8, deadline=None)
@given(st.integers(2003, 2095), st.integers(2003, 2095))
def test_going_by_way_of_another_year_ends_at_the_same_text(first, second):
    text = catalogue.text_of(YUZHONG)
    assert unmarked(moved(moved(text, to=first).text, to=second).text) == unmarked(moved(text, to=second).text)
