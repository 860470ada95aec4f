"""What pages show of a case: its marks, its tones, whom to call. 个案内容"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from yingbao.agents.models import Appointment
from yingbao.cases import handing
from yingbao.cases.lifecycle import State
from yingbao.cases.models import Case
from yingbao.cases.responsible import contact_of
from yingbao.enrolment.seasons import policy_of

TONES = {State.OPEN: "warn", State.ACCEPTED: "accent", State.RETURNED: "bad", State.SETTLED: "good"}


def seen(case: Case) -> str:
    """A mark of what was shown: it differs once the case has moved. 页面版本"""
    shown = (case.state, case.state_at, case.to_organisation_id, case.answer)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def row(case: Case, today: date) -> dict[str, Any]:
    """A line of the list. 列表行"""
    return {
        "one": case, "about": case.about, "tone": TONES[State(case.state)], "overdue": case.is_overdue(today),
        "days": (case.due_on - today).days,
    }  # fmt: skip


def page(case: Case, by: Appointment, today: date) -> dict[str, Any]:
    """All that the case's own page shows. 页面内容"""
    acts = handing.possible(by, case)
    number = case.person.documents.filter(replaced_at__isnull=True).values_list("number_masked", flat=True).first()
    return row(case, today) | {
        "seen": seen(case),
        "number": number or "",
        "steps": list(case.steps.select_related("by", "organisation", "to_organisation")),
        "acts": {act.value: True for act in acts},
        "contact": contact_of(case.to_organisation),
        "asker": contact_of(case.asked_by_organisation),
        "help_lines": policy_of(case.season).help_lines,
        "waits_for": case.asked_by_organisation if case.state == State.RETURNED else case.to_organisation,
        "ours": bool(handing.parts_of(by, case)),
        "typed": {},
        "wrong": {},
        "open": "",
    }


def initial_of(name: str) -> str:
    """Of a name, what a slip may carry: its first character. 姓名首字"""
    return f"{name[:1]}**" if name else ""
