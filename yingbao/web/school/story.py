"""What happened to a child, as sentences: who, when, what from and to. 办理与变更记录

A school reads what it and the platform did. Where another school or office acted, it learns that and when, but
neither the clerk's name nor the other school's particulars.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from yingbao.agents.models import Appointment, Organisation, User
from yingbao.agents.tokens import PROGRAM
from yingbao.determination.explain import said_day
from yingbao.enrolment.models import Enrolment
from yingbao.people import history
from yingbao.people.grades import grade_name, stage_name
from yingbao.people.models import Change, LeaveReason, Relation, Sex
from yingbao.policy import terms
from yingbao.spreadsheet.models import Roster
from yingbao.values import divisions
from yingbao.values.text import Text

YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}
PLATFORM = Text("平台自动", "the platform")
FAMILY = Text("家长（手机办理）", "the family, by phone")
ELSEWHERE = Text("外单位经办人员", "a clerk elsewhere")
MOST = 200
SHOWN_AT_ONCE = 5

TABLES = {
    "people_person": Text("基本信息", "basic data"),
    "people_identitydocument": Text("证件", "identity document"),
    "people_guardian": Text("监护人", "guardian"),
    "people_schoolroll": Text("学籍", "school roll"),
    "people_basicregistration": Text("医保基本信息登记", "registration of basic data"),
    "people_pointsadmission": Text("积分入医", "points admission"),
    "people_assistedstatus": Text("救助对象名单", "list of assisted persons"),
}
FIELDS = {
    "name": Text("姓名", "name"), "sex": Text("性别", "sex"), "birth_date": Text("出生日期", "birth date"),
    "hukou": Text("户籍所在地", "hukou"), "residence_permit": Text("居住证", "residence permit"),
    "parent_employee_insured": Text("父母参加职工医保", "parent in employee insurance"),
    "lapsed_years": Text("断保年数", "years lapsed"), "repaired_years": Text("补缴年数", "years repaired"),
    "merged_because": Text("并档原因", "merged because"), "kind": Text("证件类型", "kind"),
    "number_masked": Text("号码", "number"), "replaced_at": Text("停用", "replaced"),
    "relation": Text("关系", "relation"), "phone_masked": Text("电话", "phone"),
    "school_id": Text("学校", "school"), "stage": Text("学段", "stage"), "grade": Text("年级", "grade"),
    "class_name": Text("班级", "class"), "roll_number_masked": Text("学籍号", "roll number"),
    "entered_on": Text("入校", "entered"), "left_on": Text("离校", "left"),
    "leave_reason": Text("离校原因", "left because"),
    "contested": Text("两校同时在册", "on two schools' rosters"), "registered_on": Text("登记日期", "registered on"),
    "admitted_on": Text("取得资格", "admitted on"), "category": Text("类别", "category"),
    "provided_by_id": Text("提供部门", "provided by"), "first": Text("起", "from"), "last": Text("止", "until"),
}  # fmt: skip
"""The fields that a reader is told of, in that order; the rest is the platform's own."""
DECIDED = {
    "status": Text("结论", "status"), "self_paid_fen": Text("家庭缴", "family pays"),
    "premium_fen": Text("保费", "premium"), "state": Text("状态", "state"), "organisation": Text("代办单位", "agent"),
    "coverage_from": Text("待遇开始", "cover from"),
}  # fmt: skip
SOURCES = {
    "promotion": Text("升级", "New school year"),
    "merge": Text("并档", "Records merged"),
    "demonstration": Text("建立演示数据", "Demonstration data"),
    "season": Text("核定时登记", "Registered with the decision"),
    "registration": Text("登记基本信息", "Basic data registered"),
}
"""Through what a change came, by the first word of its source. 来源"""
CODES: dict[str, dict[str, Text]] = {
    "kind": terms.IDENTITY_TYPES,
    "category": terms.ASSISTANCE,
    "stage": {stage: stage_name(stage) for stage in terms.STAGES},
    "sex": {value: Text(name, value) for value, name in Sex.choices},
    "relation": {value: Text(name, value) for value, name in Relation.choices},
    "leave_reason": {value: Text(name, value.replace("_", " ")) for value, name in LeaveReason.choices},
}


class Line(NamedTuple):
    """One field before and after. 变更项"""

    name: Text
    before: Text | None
    after: Text | None


class Event(NamedTuple):
    """One thing that happened. 记录"""

    at: datetime
    who: Text
    what: Text
    lines: list[Line]
    reason: str = ""

    @property
    def is_long(self) -> bool:
        """Whether its particulars are folded away, as those of a new record."""
        return len(self.lines) > SHOWN_AT_ONCE


def story(one: Enrolment, organisation: Organisation) -> list[Event]:
    """The child's history as this organisation may read it, newest first. 历史"""
    events: list[Event] = []
    changes = list(history.of(one.person)[:MOST])[::-1]
    steps = list(one.steps.select_related("by", "wish"))
    own = _own(organisation, [each.actor for each in changes] + [step.by for step in steps])
    names = _names(changes)
    for (at, _, source), group in groupby(changes, key=lambda change: (change.at, change.actor_id, change.source)):
        told = list(group)
        lines = [line for change in told for line in _lines(change, organisation, names)]
        if lines:
            events.append(Event(at, _who(told[0].actor, own), _source(source), lines))
    events += [
        Event(
            step.at,
            FAMILY if hasattr(step, "wish") else _who(step.by, own),
            step.text,
            _decided(step.changes),
            step.reason,
        )
        for step in steps
    ]
    return sorted(events, key=lambda event: event.at)[::-1]


def _own(organisation: Organisation, actors: Iterable[User | None]) -> set[int]:
    """Who among them acted for this organisation: its clerks, and its own programs, known by what they handed in."""
    own = set(Appointment.objects.filter(organisation=organisation).values_list("user_id", flat=True))
    programs = {user.pk for user in actors if user and user.username.startswith(PROGRAM)}
    if programs:
        rosters = Roster.objects.filter(school=organisation, uploaded_by__in=programs)
        own |= set(rosters.values_list("uploaded_by_id", flat=True))
    return own


def _who(user: User | None, own: set[int]) -> Text:
    if user is None:
        return PLATFORM
    return Text(user.name, user.name) if user.pk in own else ELSEWHERE


def _source(source: str) -> Text:
    """Through what a change came. 来源"""
    if roster := re.fullmatch(r"roster ([0-9]+)", source):
        return Text("导入花名册（编号 {n}）", "Roster {n} imported").filled(n=roster[1])
    word = source.split(" ")[0]
    return SOURCES.get(word, Text("更新资料", "Data updated"))


def _names(changes: Iterable[Change]) -> dict[int, str]:
    """The organisations that the changes name, by their keys."""
    keys = {
        value
        for change in changes
        for side in (change.before, change.after)
        for field, value in (side or {}).items()
        if field in ("school_id", "provided_by_id") and isinstance(value, int)
    }
    return dict(Organisation.objects.filter(pk__in=keys).values_list("pk", "name"))


def _lines(change: Change, organisation: Organisation, names: dict[int, str]) -> list[Line]:
    before, after = change.before or {}, change.after or {}
    table = TABLES.get(change.table_name, Text(change.table_name, change.table_name))
    school = after.get("school_id", before.get("school_id"))
    if change.table_name == "people_schoolroll" and school not in (None, organisation.pk):
        return [Line(Text("学籍（外校）", "school roll elsewhere"), None, Text("有变动", "changed"))]
    lines = []
    for field, words in FIELDS.items():
        if field not in before and field not in after:
            continue
        was, now = _said(field, before, names), _said(field, after, names)
        if was is not None or now is not None:
            lines.append(Line(Text(f"{table.zh} {words.zh}", f"{table.en}: {words.en}"), was, now))
    return lines


def _said(field: str, side: dict[str, Any], names: dict[int, str]) -> Text | None:
    """A stored value in words; None for what says nothing."""
    value = side.get(field)
    if value in (None, "", False) or (value == 0 and field != "grade"):
        return None
    if field in ("school_id", "provided_by_id"):
        return Text(names.get(value, "—"), names.get(value, "—"))
    if field == "grade" and "stage" in side:
        return grade_name(side["stage"], value)
    if field == "hukou":
        return divisions.name(str(value))
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return said_day(date.fromisoformat(value[:10]))
    return CODES.get(field, {}).get(str(value), Text(str(value), str(value)))


def _decided(changes: dict[str, list[Any]]) -> list[Line]:
    lines = []
    for field, words in DECIDED.items():
        if field in changes:
            was, now = (_said_decision(field, value) for value in changes[field])
            lines.append(Line(words, was, now))
    return lines


def _said_decision(field: str, value: Any) -> Text | None:
    if value in (None, ""):
        return None
    if field.endswith("_fen"):
        return Text("{n} 元", "{n} yuan").filled(n=f"{int(value) / 100:g}")
    if field == "status":
        return terms.STATUSES.get(str(value), Text(str(value), str(value)))
    return _said(field, {field: value}, {})
