"""What a questionnaire may be and what an answer to it is. 问题与作答"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.survey import questions as q
from yingbao.survey.defaults import ready
from yingbao.survey.questions import Condition, Form, Option, Question, faults, shown, taken, words_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

ON = date(2019, 10, 28)
READY = ready(2020)
TWO = (Option("a", Text("甲", "A")), Option("b", Text("乙", "B")))


def question(key="x", kind="one", **more):
    return Question(key, kind, Text("题", "Q"), **({"options": TWO} if kind in ("one", "several") else {}) | more)


def form(*asked):
    return Form(Text("问卷", "Survey"), Text("", ""), asked)


def test_the_ready_questionnaire_can_be_published_as_it_is():
    assert faults(READY) == []
    assert [one.meaning for one in READY.questions if one.meaning] == ["where", "paid", "help"]
    assert msgspec.convert(msgspec.to_builtins(READY), Form) == READY


def test_a_question_appears_only_after_the_answer_that_calls_for_it():
    assert [one.key for one in shown(READY, {})] == ["where", "help"]
    assert "why" in [one.key for one in shown(READY, {"where": "none"})]
    assert "why" not in [one.key for one in shown(READY, {"where": "here", "paid": "yes"})]
    assert "why" in [one.key for one in shown(READY, {"where": "here", "paid": "no"})]


def test_what_stands_under_a_hidden_question_counts_for_nothing():
    answers, wrong = taken(READY, {"where": "unknown", "paid": "no", "why": ["how"], "help": "no"}, on=ON)
    assert wrong == []
    assert answers == {"where": "unknown", "help": "no"}


def test_an_option_that_the_questionnaire_does_not_have_is_refused():
    _, wrong = taken(READY, {"where": "mars", "help": "no"}, on=ON)
    assert [one.question for one in wrong] == ["where"]
    assert "mars" in wrong[0].what.zh


def test_a_question_that_the_questionnaire_does_not_have_is_refused():
    _, wrong = taken(READY, {"where": "unknown", "help": "no", "salary": "9"}, on=ON)
    assert [one.question for one in wrong] == ["salary"]


def test_a_required_question_without_an_answer_is_named_with_how_to_mend_it():
    _, wrong = taken(READY, {"where": "here"}, on=ON)
    assert [one.question for one in wrong] == ["insurance", "paid", "help"]
    assert all(one.mend.zh for one in wrong)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("number", "12", "1.5"), ("number", "0", "１２"),
        ("number", "1000000", "1000001"), ("date", "2019-10-28", "10月28"),
        ("date", "2020-02-29", "2019-02-29"), ("date", "2019-01-01", "0019-01-01"), ("yes_no", "yes", "是"),
        ("text", "字" * 200, "字" * 201),
    ],
)  # fmt: skip
def test_each_kind_of_question_takes_its_own_answers_alone(kind, good, bad):
    asked = form(question(kind=kind))
    assert taken(asked, {"x": good}, on=ON) == ({"x": good}, [])
    answers, wrong = taken(asked, {"x": bad}, on=ON)
    assert answers == {}
    assert len(wrong) == 1


def test_several_options_are_kept_once_each_and_in_the_order_of_the_form():
    assert taken(form(question(kind="several")), {"x": ["b", "a", "b"]}, on=ON)[0] == {"x": ["a", "b"]}


@pytest.mark.parametrize(
    "asked",
    [
        form(), form(question(), question()), form(question(options=TWO[:1])), form(question(options=TWO + TWO[:1])),
        form(question(shown_if=(Condition("later", ("a",)),)), question("later")),
        form(question(), question("y", shown_if=(Condition("x", ("none",)),))),
        form(question(kind="one", meaning="paid")), form(question("a", "yes_no", meaning="help"),
                                                         question("b", "yes_no", meaning="help")),
        Form(Text("", "Survey"), Text("", ""), (question(),)), form(*[question(f"x{n}") for n in range(41)]),
        form(Question("x", "text", Text(" ", "Q"))),
    ],
)  # fmt: skip
def test_a_questionnaire_that_cannot_be_answered_is_not_published(asked):
    assert faults(asked)
    with pytest.raises(Refused):
        q.check(asked)


def test_a_new_version_gives_no_key_another_kind_or_meaning():
    assert q.changes_meaning(form(question()), form(question(kind="several")))
    assert q.changes_meaning(form(question("x", "yes_no")), form(question("x", "yes_no", meaning="help")))
    assert not q.changes_meaning(form(question()), form(question(required=False), question("new", "text")))


def test_free_words_are_told_apart_from_what_is_counted():
    counted, words = words_of(READY, {"where": "none", "why": ["other"], "why_words": "不同意", "help": "no"})
    assert "why_words" not in counted
    assert words == {"why_words": "不同意"}


ANSWER = st.one_of(
    st.text(max_size=20), st.lists(st.text(max_size=5), max_size=4),
    st.sampled_from(["here", "none", "yes", "no", "other"]),
    st.lists(st.sampled_from(["how", "other", "money"]), max_size=3),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from([one.key for one in READY.questions] + ["alien"]), ANSWER))
def test_whatever_is_sent_what_is_taken_is_an_answer_to_what_was_shown(sent):
    answers, wrong = taken(READY, sent, on=ON)
    visible = {one.key: one for one in shown(READY, answers)}
    assert set(answers) <= set(visible)
    for key, value in answers.items():
        choices = visible[key].choices
        if choices:
            assert set(value if isinstance(value, list) else [value]) <= set(choices)
    if not wrong:
        assert all(key in answers for key, one in visible.items() if one.required)
        assert taken(READY, answers, on=ON) == (answers, [])
