"""A body marks its task as done, or takes that back; each with a trace. 办结任务"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yingbao.agents.models import Appointment
from yingbao.campaign.lifecycle import Act, State, target_of
from yingbao.campaign.models import Assignment, AssignmentStep
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_NOTE = 300


def mark_of(one: Assignment) -> str:
    """What a page showed of a task, as a mark. 页面标记"""
    return f"{one.state}.{one.state_at.timestamp():.6f}"


@transaction.atomic
def finish(*, assignment: int, note: str, seen: str, by: Appointment, at: datetime) -> Assignment:
    """Mark a body's task as done; a second click of the same user changes nothing. 标记完成

    Raises Refused if it is not this body's, stands otherwise than `seen`, or the note is too long.
    """
    one = _locked(assignment, by)
    note = _noted(one, note)
    if one.state == State.DONE and one.done_by_id == by.user_id and seen != mark_of(one):
        return one
    _as_seen(one, seen)
    return _move(one, Act.FINISH, note, by, at)


@transaction.atomic
def take_back(*, assignment: int, note: str, seen: str, by: Appointment, at: datetime) -> Assignment:
    """What was marked as done is not done after all. 撤回完成

    Raises Refused if it is not this body's, stands otherwise than `seen`, or the platform saw it done by itself.
    """
    one = _locked(assignment, by)
    note = _noted(one, note)
    if one.state == State.OPEN and seen != mark_of(one):
        return one
    _as_seen(one, seen)
    if one.done_by_id is None:
        raise Refused(
            where=one.task.zh,
            what=Text("这项任务由平台按实际数据自动完成", "the platform saw this done by what it has"),
            mend=Text("数据变了，它会自动变回未完成。", "When that changes, it is open again by itself."),
        )
    return _move(one, Act.TAKE_BACK, note, by, at)


def _locked(assignment: int, by: Appointment) -> Assignment:
    """The task, if it is the body's own and stands. Raises Assignment.DoesNotExist."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("task")
    return rows.get(pk=assignment, organisation=by.organisation_id)


def _noted(one: Assignment, note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise Refused(
            where=one.task.zh,
            what=Text("说明太长，或含有看不见的字符", "the note is too long or has characters that cannot be seen"),
            mend=Text("写 300 字以内的文字。", "Write at most 300 characters."),
        )
    return note


def _as_seen(one: Assignment, seen: str) -> None:
    if seen == mark_of(one):
        return
    who = one.done_by.name if one.done_by else "平台"
    moment = f"{one.state_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    raise Refused(
        where=one.task.zh,
        what=Text("{when} 起这项任务是“{state}”（{who}）", "since {when} this task is {state} ({who})").filled(
            when=moment, state=one.state_text, who=who
        ),
        mend=Text("请看过现在的情况再办。", "Look at how it stands now."),
    )


def _move(one: Assignment, act: Act, note: str, by: Appointment, at: datetime) -> Assignment:
    target = target_of(act, one.state)
    if target is None:
        raise Refused(
            where=one.task.zh,
            what=Text("这项任务现在是“{state}”", "this task is {state} now").filled(state=one.state_text),
            mend=Text("刷新页面再看。", "Load the page anew."),
        )
    one.state, one.state_at = target.value, at
    one.done_by, one.note = (by.user, note) if target == State.DONE else (None, "")
    one.save(update_fields=["state", "state_at", "done_by", "note"])
    AssignmentStep.objects.create(
        assignment=one, organisation_id=one.organisation_id, act=act, by=by.user, at=at, note=note
    )
    return one
