"""The cases and questions of a body that closes go on: to its successor, else to the body above. 个案移交

Called in the transaction that closes the body (`campaign.closing`). What it asked is its successor's to read and to
ask again; what lay with it lies with the successor, a question with days of its own; what was settled stays as it was.
"""

from __future__ import annotations

from datetime import datetime

from yingbao.agents.models import Appointment, Organisation
from yingbao.cases.due import due
from yingbao.cases.handing import agency_of, note
from yingbao.cases.lateness import above
from yingbao.cases.lifecycle import Act, State
from yingbao.cases.models import Case


def hand_on(*, closing: Organisation, successor: Organisation | None, by: Appointment, at: datetime) -> int:
    """Hand every open case and question of a closed body on; returns how many. Again it changes nothing. 移交"""
    taking = successor or above(closing, closing.pooling_area) or agency_of(closing.pooling_area)
    if taking is None or taking.pk == closing.pk:
        return 0
    handed = 0
    open_ = Case.objects.unsettled().select_for_update(of=("self",)).select_related("season")
    for case in open_.filter(to_organisation=closing).order_by("pk"):
        case.to_organisation = taking
        _new_days(case, at)
        if case.raised_to_id == closing.pk:
            case.raised_to = taking
        _handed(case, by, at)
        handed += 1
    for case in open_.filter(asked_by_organisation=closing).order_by("pk"):
        case.asked_by_organisation = taking
        if case.state == State.RETURNED:
            _new_days(case, at)
        _handed(case, by, at)
        handed += 1
    return handed


def _new_days(case: Case, at: datetime) -> None:
    """A question has days of its own with each body; a child's place was promised by a day, which stays."""
    if case.is_question:
        case.due_on = due(case.season, at, question=True)


def _handed(case: Case, by: Appointment, at: datetime) -> None:
    case.state_at = at
    case.save(update_fields=["to_organisation", "asked_by_organisation", "raised_to", "due_on", "state_at"])
    note(case, Act.HAND_ON, by=by, at=at)
