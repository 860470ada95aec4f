"""What a clerk types or a workbook holds, as answers: figures of options, their words, 是 and 否. 录入

The same for the table of a class and for a workbook: an option is told by its number in the questionnaire or by its
words. What is neither stays as it was typed, and is refused as no option.
"""

from __future__ import annotations

import re

from yingbao.survey.questions import NO, YES, Answers, Question
from yingbao.values.plain import narrow

_BETWEEN = re.compile(r"[\s,，、;；/.]+")
_SHORT = {"是": YES, "有": YES, "y": YES, "yes": YES, "否": NO, "没有": NO, "无": NO, "n": NO, "no": NO}
_DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")


def typed(question: Question, word: str) -> str | list[str]:
    """One cell as an answer; empty if nothing is in it. 录入一格"""
    word = narrow(word).strip()
    if not word:
        return ""
    if question.kind == "several":
        # A word of an option may hold a comma itself, so it is looked for whole first.
        whole = _option(question, word)
        parts = [word] if whole != word else [part for part in _BETWEEN.split(word) if part]
        figures = len(parts) == 1 and parts[0].isdigit() and len(question.choices) < 10
        return [_option(question, part) for part in (parts[0] if figures else parts)]
    if question.kind in ("one", "yes_no"):
        return _option(question, word)
    if question.kind == "date" and (day := _DAY.fullmatch(word)):
        year, month, rest = day.groups()
        return f"{year}-{int(month):02}-{int(rest):02}"
    if question.kind == "number" and re.fullmatch(r"\d+\.0+", word):
        return word.partition(".")[0]
    return word


def shown(question: Question, value: str | list[str] | None) -> str:
    """An answer as it stands in a cell: the number of an option, words as they are. 显示一格"""
    if not value:
        return ""
    if not question.choices:
        return str(value)
    keys = list(question.choices)
    said = value if isinstance(value, list) else [value]
    return " ".join(str(keys.index(one) + 1) if one in keys else one for one in said)


def said(question: Question, value: str | list[str] | None) -> list[str]:
    """An answer in the Chinese words of its options, for a reader. 文字"""
    if not value:
        return []
    words = value if isinstance(value, list) else [value]
    return [question.choices[one].zh if one in question.choices else one for one in words]


def row(questions: tuple[Question, ...], cells: dict[str, str]) -> Answers:
    """A row of cells as answers, without what is empty. 录入一行"""
    found = {one.key: typed(one, cells.get(one.key, "")) for one in questions}
    return {key: value for key, value in found.items() if value}


def _option(question: Question, word: str) -> str:
    keys = list(question.choices)
    if word.isdigit() and len(word) < 3 and 1 <= int(word) <= len(keys):
        return keys[int(word) - 1]
    by_words = {narrow(text.zh): key for key, text in question.choices.items()}
    by_words |= {narrow(text.en).lower(): key for key, text in question.choices.items()}
    if question.kind == "yes_no":
        by_words |= _SHORT
    return by_words.get(word) or by_words.get(word.lower()) or word
