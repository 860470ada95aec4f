"""Kinds of questions, what a questionnaire may be, and whether an answer is one; no framework. 问题与作答

A questionnaire is data. What a question *means* (insured where, paid or not, needs help) ties its answer to what the
platform knows; a question without a meaning is only counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, get_args

import msgspec

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Kind = Literal["one", "several", "yes_no", "number", "date", "text"]
Meaning = Literal["", "where", "paid", "help"]
KINDS: dict[str, Text] = {
    "one": Text("单选", "one of several"),
    "several": Text("多选", "several of several"),
    "yes_no": Text("是或否", "yes or no"),
    "number": Text("数字", "number"),
    "date": Text("日期", "date"),
    "text": Text("简短文字", "short text"),
}
MEANINGS: dict[str, Text] = {
    "": Text("只统计，不与平台核对", "only counted"),
    "where": Text("在哪里参保（与平台核对）", "insured where (checked with the platform)"),
    "paid": Text("是否已缴费（与平台核对）", "paid or not (checked with the platform)"),
    "help": Text("是否需要帮助（只给学校看）", "needs help (for the school alone)"),
}
WHERE: dict[str, Text] = {
    "": Text("其他", "something else"),
    "here": Text("在本地参保", "insured here"),
    "elsewhere": Text("在别处参保", "insured elsewhere"),
    "none": Text("没有参保", "not insured"),
}
"""What an option of a question that means “where” stands for."""
YES, NO = "yes", "no"
YES_NO = {YES: Text("是", "yes"), NO: Text("否", "no")}
MOST_QUESTIONS, MOST_OPTIONS = 40, 30
LONGEST_TITLE, LONGEST_OPTION, LONGEST_WORDS = 120, 60, 200
LARGEST_NUMBER = 1_000_000
_FIGURES = re.compile(r"[0-9]{1,7}")
Answers = dict[str, str | list[str]]
"""question → option, options, ISO day, figures or words; only of questions that were shown"""


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to choose. 选项"""

    key: str
    text: Text
    where: str = ""
    """a word of WHERE, in a question that means “where”"""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier answer that makes a question appear. 显示条件"""

    question: str
    options: tuple[str, ...]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question. 问题"""

    key: str
    kind: Kind
    text: Text
    options: tuple[Option, ...] = ()
    required: bool = True
    shown_if: tuple[Condition, ...] = ()
    """shown if any of these holds; empty: always"""
    meaning: Meaning = ""

    @property
    def choices(self) -> dict[str, Text]:
        """What can be chosen, by key. 可选项"""
        return YES_NO if self.kind == "yes_no" else {one.key: one.text for one in self.options}


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A questionnaire: its title, a word to whoever fills it in, and its questions in order. 问卷"""

    title: Text
    intro: Text
    questions: tuple[Question, ...]

    def question(self, key: str) -> Question | None:
        """One of its questions. 按键取题"""
        return next((one for one in self.questions if one.key == key), None)


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with the answer to one question, and how to mend it. 作答错误"""

    question: str
    what: Text
    mend: Text


def faults(form: Form) -> list[Text]:
    """What keeps a questionnaire from being published. 问卷检查"""
    found: list[Text] = []
    if not form.questions:
        found.append(Text("问卷还没有问题", "There is no question yet"))
    if len(form.questions) > MOST_QUESTIONS:
        found.append(Text("问题超过{n}个", "More than {n} questions").filled(n=MOST_QUESTIONS))
    if not form.title.zh.strip() or not form.title.en.strip():
        found.append(Text("问卷标题的中英文都要写", "The title is needed in both languages"))
    for number, one in enumerate(form.questions, 1):
        earlier = {each.key: each for each in form.questions[: number - 1]}
        if one.key in earlier:
            found.append(Text("第{n}题的编号重复", "Question {n} has another's key").filled(n=number))
        found += [
            Text("第{n}题：{what}", "Question {n}: {what}").filled(n=number, what=what)
            for what in _faults(one, earlier)
        ]
    for meaning in ("where", "paid", "help"):
        if sum(one.meaning == meaning for one in form.questions) > 1:
            what = Text("“{meaning}”只能问一次", "“{meaning}” can be asked once only")
            found.append(what.filled(meaning=MEANINGS[meaning]))
    return found


def _faults(one: Question, earlier: Mapping[str, Question]) -> Iterable[Text]:
    if not one.text.zh.strip() or not one.text.en.strip():
        yield Text("题目的中英文都要写", "its words are needed in both languages")
    if one.kind in ("one", "several"):
        if not 2 <= len(one.options) <= MOST_OPTIONS:
            yield Text("选项要有2至{n}个", "it needs 2 to {n} options").filled(n=MOST_OPTIONS)
        if len({option.key for option in one.options}) < len(one.options):
            yield Text("选项编号重复", "two options have the same key")
        if any(not option.text.zh.strip() or not option.text.en.strip() for option in one.options):
            yield Text("选项的中英文都要写", "options are needed in both languages")
    fits = {"where": ("one",), "paid": ("yes_no",), "help": ("yes_no",)}
    if one.meaning and one.kind not in fits[one.meaning]:
        yield Text("这个含义不能用这种题型", "this meaning needs another kind of question")
    for condition in one.shown_if:
        asked = earlier.get(condition.question)
        if asked is None:
            yield Text("显示条件里的题要排在前面", "the question that makes it appear must come before it")
        elif not condition.options or not set(condition.options) <= set(asked.choices):
            yield Text("显示条件里的选项不存在", "the option that makes it appear is none of that question's")


def changes_meaning(before: Form, after: Form) -> list[Text]:
    """What a new version must not do: give a key that has answers another kind or meaning. 版本兼容"""
    found = []
    for one in after.questions:
        was = before.question(one.key)
        if was is not None and (was.kind, was.meaning) != (one.kind, one.meaning):
            what = Text(
                "“{text}”换了题型或含义；已收的答案会对不上，请删去后另加一题",
                "“{text}” has another kind or meaning; answers would not fit. Remove it and add another question",
            )
            found.append(what.filled(text=one.text))
    return found


def is_shown(question: Question, given: Mapping[str, str | list[str]]) -> bool:
    """Whether a question appears after these answers. 是否显示"""
    if not question.shown_if:
        return True
    return any(_holds(condition, given.get(condition.question)) for condition in question.shown_if)


def _holds(condition: Condition, given: str | list[str] | None) -> bool:
    said = given if isinstance(given, list) else [given] if given else []
    return any(one in condition.options for one in said)


def shown(form: Form, given: Mapping[str, str | list[str]]) -> list[Question]:
    """The questions that appear; what stands under a hidden question counts for nothing. 显示的题"""
    kept: Answers = {}
    found = []
    for one in form.questions:
        if is_shown(one, kept):
            found.append(one)
            if one.key in given:
                kept[one.key] = given[one.key]
    return found


def taken(form: Form, given: Mapping[str, str | list[str]], *, on: date) -> tuple[Answers, list[Wrong]]:
    """The answers as they count, and what is wrong with them. 核对作答

    A key or option that the questionnaire does not have is wrong; an answer to a question that is not shown is left
    out, as a family that goes back and changes its mind leaves it behind.
    """
    answers: Answers = {}
    unknown = sorted(set(given) - {one.key for one in form.questions})
    none = Text("问卷里没有这道题", "The questionnaire has no such question")
    wrong = [Wrong(key, none, _AGAIN) for key in unknown]
    for one in shown(form, given):
        value = _value(one, given.get(one.key))
        if not value:
            if one.required:
                wrong.append(Wrong(one.key, Text("还没有回答", "Not answered yet"), _mend(one)))
            continue
        what = _unfit(one, value, on)
        if what is not None:
            wrong.append(Wrong(one.key, what, _mend(one)))
        else:
            answers[one.key] = value
    return answers, wrong


_AGAIN = Text("请刷新页面后重新填写。", "Reload the page and fill it in again.")


def _mend(one: Question) -> Text:
    match one.kind:
        case "one" | "yes_no":
            return Text("请选一项。", "Choose one.")
        case "several":
            return Text("请至少选一项。", "Choose at least one.")
        case "number":
            return Text("请填不超过{n}的整数。", "Give a whole number up to {n}.").filled(n=LARGEST_NUMBER)
        case "date":
            return Text("请填日期，如 2019-10-28。", "Give a day such as 2019-10-28.")
        case _:
            return Text("请填写，不超过{n}字。", "Write it, in {n} characters at most.").filled(n=LONGEST_WORDS)


def _value(one: Question, given: str | list[str] | None) -> str | list[str]:
    """What was given, without blanks; of several options each once, in the questionnaire's order."""
    if one.kind == "several":
        said = given if isinstance(given, list) else [given] if given else []
        known = [key for key in one.choices if key in said]
        return known + [word for word in dict.fromkeys(said) if word not in one.choices]
    word = (given[0] if given else "") if isinstance(given, list) else given or ""
    return " ".join(word.split())


def _unfit(one: Question, value: str | list[str], on: date) -> Text | None:
    said = value if isinstance(value, list) else [value]
    if one.kind in ("one", "several", "yes_no"):
        alien = next((word for word in said if word not in one.choices), None)
        what = Text("问卷里没有“{word}”这个选项", "The questionnaire has no option “{word}”")
        return None if alien is None else what.filled(word=alien[:20])
    word = said[0]
    if one.kind == "number":
        fits = _FIGURES.fullmatch(word) and int(word) <= LARGEST_NUMBER
        return None if fits else Text("不是整数", "That is no whole number")
    if one.kind == "date":
        return None if _is_day(word, on) else Text("日期不对", "That is no day, or none of these times")
    return None if len(word) <= LONGEST_WORDS else Text("太长", "It is too long")


def _is_day(word: str, on: date) -> bool:
    try:
        day = date.fromisoformat(word)
    except ValueError:
        return False
    return 1990 <= day.year <= on.year + 2


def words_of(form: Form, answers: Answers) -> tuple[Answers, dict[str, str]]:
    """What is counted, and the free words, which only the school reads. 分出文字"""
    free = {one.key for one in form.questions if one.kind == "text"}
    counted = {key: value for key, value in answers.items() if key not in free}
    return counted, {key: str(value) for key, value in answers.items() if key in free}


def decoded(data: object) -> Form:
    """A questionnaire as it lies in the database. 读取问卷"""
    return msgspec.convert(data, Form)


def key_for(existing: Iterable[str], letter: str) -> str:
    """A key that no question or option has: q1, q2, …; it is never shown to anybody. 新编号"""
    taken_keys = set(existing)
    return next(f"{letter}{n}" for n in range(1, 10_000) if f"{letter}{n}" not in taken_keys)


def check(form: Form) -> None:
    """Raise Refused with everything that keeps the questionnaire from being published. 发布前检查"""
    found = faults(form)
    if found:
        raise Refused(
            where="form",
            what=Text("；".join(one.zh for one in found), "; ".join(one.en for one in found)),
            mend=Text("请改好再发布。", "Mend that and publish again."),
        )


assert set(KINDS) == set(get_args(Kind))
