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
    assert "1 January 2021" in policy.criteria["of_age"].says.en


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
