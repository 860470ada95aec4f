"""One cell of what is held about a child, in words that a family reads. 保存信息的文字

What the database keeps as a code has its name somewhere; it is looked up here, so that no code reaches a page or file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Model

from yingbao.agents.models import Organisation
from yingbao.cards.lifecycle import ACT_NAMES as CARD_ACTS
from yingbao.determination.explain import said_value
from yingbao.enrolment.corrections import FIELDS
from yingbao.enrolment.lifecycle import ACT_NAMES
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.reasons import facts_used, reasons
from yingbao.enrolment.seasons import policy_of
from yingbao.families import requesting
from yingbao.families.consent import TEXTS
from yingbao.messages.templates import TEMPLATES
from yingbao.people.models import Sex
from yingbao.policy import terms
from yingbao.values import divisions
from yingbao.values.text import Text
from yingbao.web.school.story import SOURCES
from yingbao.web.school.story import TABLES as STORY_TABLES
from yingbao.web.templatetags.words import day, language, moment, yuan

CODES: Mapping[str, Mapping[Any, Text]] = {
    "stage": terms.STAGES, "category": terms.ASSISTANCE, "registration": terms.REGISTRATIONS,
    "channel": terms.REGISTRATIONS, "act": ACT_NAMES, "table_name": STORY_TABLES, "status": terms.STATUSES,
    "field": FIELDS, "purpose": {purpose: text.title for purpose, text in TEXTS.items()},
}  # fmt: skip
"""Names of codes by the column in which they stand, whatever the table."""
CARD_ACTS_BY_WORD = {act.value: text for act, text in CARD_ACTS.items()}
GIVEN_BY = {
    "phone": Text("家长用手机", "by phone"), "paper": Text("学校按纸质问卷", "on paper"),
    "sheet": Text("学校按表格", "in a workbook"),
}  # fmt: skip
CAME_BY = {
    "roster": Text("导入花名册", "a roster was imported"), "assisted": Text("导入救助名单", "a list was imported"),
    "family": Text("家长申请", "a guardian asked"), "roll-over": Text("转入新年度", "the next season was opened"),
    "correction": Text("申请更正", "a correction was granted"),
} | SOURCES  # fmt: skip
"""Through what a change came, by the first word of its source."""


def said(row: Model, field: str) -> str:
    """One cell in words; nothing for an empty one. 一项"""
    *path, name = field.split("__")
    for step in path:
        row = getattr(row, step)
    own = OF_ONE_TABLE.get((row._meta.label, name))
    if own is not None:
        return own(row)
    value = getattr(row, name)
    if value in (None, "", {}):
        return ""
    if isinstance(value, Organisation):
        return value.name
    if isinstance(value, bool):
        return _of(Text("是", "yes") if value else Text("否", "no"))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    return yuan(value) if name.endswith("_fen") else _word(row, name, value)


def _word(row: Model, name: str, value: Any) -> str:
    """A code in words, where it is one."""
    known = getattr(row, f"{name}_text", None)
    if isinstance(known, Text):
        return _of(known)
    if name in ("hukou", "pooling_area"):
        return _division(str(value))
    code = CODES.get(name, {}).get(value)
    if isinstance(code, Text):
        return _of(code)
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if callable(display) else value)


def _of(text: Text) -> str:
    return str(text.said(language()))


def _division(code: str) -> str:
    return _of(divisions.name(code)) if divisions.exists(code) else code


def _rules(one: Any) -> str:
    """Not the names of the rules: what each says of the child, with its clause."""
    told = reasons(one, policy_of(one.season))
    return "；".join(f"{_of(each.sentence)}（{each.clause}）" for each in told)


def _facts(one: Enrolment) -> str:
    known = facts_used(one)
    if one.as_of is None:
        known = [(terms.FACTS[key], said_value(key, part)) for key, part in one.facts.items() if key in terms.FACTS]
    return "；".join(f"{_of(name)}：{_of(value)}" for name, value in known)


def _answers(row: Any) -> str:
    """Each question with what was chosen, as the form had it."""
    form, found = row.version.form, []
    for key, value in row.said.items():
        question = form.question(key)
        if question is not None:
            chosen = value if isinstance(value, list) else [value]
            words = [_of(question.choices[one]) if one in question.choices else str(one) for one in chosen]
            found.append(f"{_of(question.text)} {'、'.join(words)}")
    return "；".join(found)


def _wanted(row: Any) -> str:
    if row.field in ("hukou", "parent_hukou"):
        return _division(row.wanted)
    names = {"sex": dict(Sex.choices), "assistance": {key: _of(text) for key, text in terms.ASSISTANCE.items()}}
    return str(names.get(row.field, {}).get(row.wanted, row.wanted))


def _source(row: Any) -> str:
    return _of(CAME_BY.get(row.source.split(" ")[0], Text("更新资料", "data updated")))


def _kind_of_message(row: Any) -> str:
    template = TEMPLATES.get(row.kind)
    return _of(template.title) if template else ""


def _asked(row: Any) -> str:
    return "；".join(one.words for one in requesting.written(row))


OF_ONE_TABLE: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("enrolment.Enrolment", "because"): _rules,
    ("enrolment.Enrolment", "facts"): _facts,
    ("enrolment.CorrectionRequest", "wanted"): _wanted,
    ("survey.Answer", "said"): _answers,
    ("survey.Answer", "source"): lambda row: _of(GIVEN_BY[row.source]),
    ("people.Change", "source"): _source,
    ("outbox.Message", "kind"): _kind_of_message,
    ("cards.CardStep", "act"): lambda row: _of(CARD_ACTS_BY_WORD[row.act]),
    ("families.DataRequest", "words_cipher"): _asked,
}
"""Cells that need more than a name: of which table, which column."""
