"""What a clerk types and a workbook holds becomes answers, and comes back as it was. 录入"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.survey.defaults import ready
from yingbao.survey.questions import Question
from yingbao.survey.typing import said, shown, typed
from yingbao.values.text import Text

FORM = ready(2020)
WHERE, WHY, HELP = FORM.question("where"), FORM.question("why"), FORM.question("help")
DAY = Question("day", "date", Text("日", "Day"))


@pytest.mark.parametrize(
    ("question", "word", "meant"),
    [
        (WHERE, "1", "here"), (WHERE, "１", "here"), (WHERE, "本区", "here"), (WHERE, " 外省市 ", "elsewhere"),
        (WHERE, "9", "9"), (WHERE, "火星", "火星"), (WHERE, "", ""), (HELP, "是", "yes"), (HELP, "N", "no"),
        (WHY, "1 3", ["how", "private"]), (WHY, "13", ["how", "private"]), (WHY, "1、3", ["how", "private"]),
        (WHY, "不知道怎么办、在哪里缴", ["how"]), (WHY, "1 8", ["how", "8"]), (DAY, "2019年10月8日", "2019-10-08"),
        (DAY, "2019/1/2", "2019-01-02"), (DAY, "昨天", "昨天"),
        (Question("n", "number", Text("数", "N")), "12.0", "12"),
    ],
)  # fmt: skip
def test_numbers_words_and_short_forms_of_an_option_are_understood(question, word, meant):
    assert typed(question, word) == meant


@given(st.data())
def test_what_is_shown_in_a_cell_is_read_as_the_same_answer(data):
    one = data.draw(st.sampled_from([question for question in FORM.questions if question.choices]))
    keys = list(one.choices)
    if one.kind == "several":
        picked = data.draw(st.lists(st.sampled_from(keys), min_size=1))
        value = [key for key in keys if key in picked]
    else:
        value = data.draw(st.sampled_from(keys))
    assert typed(one, shown(one, value)) == value
    assert typed(one, said(one, value)[0]) in (value, value[:1])
