"""What pages show of a case: its marks, its tones, whom to call. 个案内容"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from yingbao.agents.models import Appointment, Desk
from yingbao.cases import handing
from yingbao.cases.due import take_up_by
from yingbao.cases.lifecycle import ENDED, State
from yingbao.cases.models import Case
from yingbao.cases.responsible import contact_of
from yingbao.enrolment.seasons import policy_of
from yingbao.values.text import Text

TONES = {
    State.OPEN: "warn", State.ACCEPTED: "accent", State.RETURNED: "bad", State.SETTLED: "good", State.WITHDRAWN: "",
}  # fmt: skip
QUESTION_STATES = {
    State.OPEN: Text("待答复", "waits for an answer"),
    State.ACCEPTED: Text("答复中", "being answered"),
    State.RETURNED: Text("等提问人补充", "more has to be said"),
    State.SETTLED: Text("已答复", "answered"),
    State.WITHDRAWN: Text("已撤回", "withdrawn"),
}
"""What the states of a question are called, which is answered and not worked on."""
FAMILY = Text("家长", "a family")
NOBODY = Text("不涉及具体孩子", "about no child")
NAMELESS = Text("一名学生", "a pupil")
"""The education bureau counts, and calls no child by name."""


def seen(case: Case) -> str:
    """A mark of what was shown: it differs once the case has moved. 页面版本"""
    shown = (case.state, case.state_at, case.to_organisation_id, case.answer, case.reopened)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def row(case: Case, today: date, by: Appointment) -> dict[str, Any]:
    """A line of the list. 列表行"""
    asker = case.asked_by_organisation
    return {
        "one": case, "about": case.about, "tone": TONES[State(case.state)], "overdue": case.is_overdue(today),
        "days": (case.due_on - today).days, "child": child_of(case, by), "state": state_of(case),
        "asked_by": FAMILY if asker is None else Text(asker.name, asker.name), "over": case.state in ENDED,
    }  # fmt: skip


def state_of(case: Case) -> Text:
    """What the state is called on a page. 状态"""
    return QUESTION_STATES[State(case.state)] if case.is_question else case.state_text


def child_of(case: Case, by: Appointment) -> Text:
    """Whom it is about, as this desk may know. 涉及的孩子"""
    if case.person_id is None:
        return NOBODY
    if by.desk == Desk.EDUCATION or case.person is None:
        return NAMELESS
    return Text(case.person.name, case.person.name)


def page(case: Case, by: Appointment, today: date) -> dict[str, Any]:
    """All that the case's own page shows. 页面内容"""
    acts = handing.possible(by, case)
    asker = case.asked_by_organisation
    return row(case, today, by) | {
        "seen": seen(case),
        "number": number_of(case, by),
        "steps": list(case.steps.select_related("by", "organisation", "to_organisation")),
        "acts": {act.value: True for act in acts},
        "contact": contact_of(case.to_organisation),
        "asker": contact_of(asker) if asker else None,
        "policy": policy_of(case.season),
        "waits_for": asker if asker and case.state == State.RETURNED else case.to_organisation,
        "take_up": take_up(case, today),
        "ours": bool(handing.parts_of(by, case)),
        "typed": {},
        "wrong": {},
        "open": "",
    }


def take_up(case: Case, today: date) -> dict[str, Any] | None:
    """By when a child that was handed over has to be taken up, and whether that is over. 接收期限"""
    if case.is_question or case.state not in (State.OPEN, State.RETURNED):
        return None
    day = take_up_by(case.state_at)
    return {"day": day, "late": day < today}


def number_of(case: Case, by: Appointment) -> str:
    """The masked number of the child, for whom it is not nameless. 遮盖号码"""
    if by.desk == Desk.EDUCATION or case.person is None:
        return ""
    now = case.person.documents.filter(replaced_at__isnull=True)
    return now.values_list("number_masked", flat=True).first() or ""


def initial_of(name: str) -> str:
    """Of a name, what a slip may carry: its first character. 姓名首字"""
    return f"{name[:1]}**" if name else ""
