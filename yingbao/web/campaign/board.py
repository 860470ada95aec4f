"""A body's own tasks as its pages show them: late, due, to come, done, and where each is worked on. 本单位任务"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.urls import NoReverseMatch, reverse

from yingbao.agents.models import Appointment, Desk
from yingbao.campaign.doing import mark_of
from yingbao.campaign.models import Assignment
from yingbao.campaign.reckoning import is_told
from yingbao.campaign.seen_done import SEEN
from yingbao.campaign.seen_far import Far, seen_far
from yingbao.enrolment.models import Season
from yingbao.policy import terms
from yingbao.values.text import Text
from yingbao.web.wall import by_platform

SOON_DAYS = 7
WAYS_ON: dict[str, tuple[tuple[str, str], ...]] = {
    "roster_in": (("roster-upload", ""),),
    "first_timers_registered": (("pupils", "show=register"), ("children", "show=register")),
    "list_confirmed": (("pupils", "show=ready"), ("children", "show=ready")),
    "declaration_handed_in": (("declarations", ""), ("declarations", "")),
    "everyone_paid": (("declarations", ""), ("declarations", "")),
    "points_list_in": (("agency-points", ""),),
    "training_announced": (("trainings", ""),),
    "training_attended": (("trainings", ""), ("trainings", "")),
    "letters_handed_out": (("letters", ""), ("letters", "")),
    "publicity_recorded": (("publicity", ""), ("publicity", "")),
    "survey_reported": (("survey-school", ""),),
    "survey_summed": (("survey-street", ""), ("survey-street", "")),
    "photos_in": (("own-cards", ""),),
    "cards_handed_out": (("own-cards-handout", ""),),
}
"""Where the work is done that the platform sees: at a school or bureau, at a community. 办理入口"""


class Own(NamedTuple):
    """One task of the reader's own body. 本单位任务"""

    one: Assignment
    text: Text
    clause: str
    tone: str
    """bad: late; warn: due soon; accent: under way; nothing: to come; good: done"""
    tag: Text
    url: str
    """where it is worked on; empty where it is not done on the platform"""
    seen_by: Text | None
    """by what the platform sees that it is done"""
    seen: str
    by_platform: bool
    """done as the platform saw by itself"""
    told: bool
    """marked by hand, though the platform could see it and does not"""


def own_tasks(season: Season, of: Appointment, today: date) -> list[Own]:
    """What the reader's body has to do and has done, the late ones first, the done ones last. 本单位任务"""
    rows = Assignment.objects.asked().filter(season=season, organisation=of.organisation_id, task__asked=True)
    tasks = list(rows.select_related("task", "done_by", "asked_of"))
    far = seen_of(season, tasks)
    found = [_own(one, of, today, far) for one in tasks]
    rank = {"bad": 0, "warn": 1, "accent": 2, "": 3, "good": 4}
    never = date.max
    return sorted(found, key=lambda own: (rank[own.tone], own.one.task.due or never, own.one.task.position, own.one.pk))


def _own(one: Assignment, of: Appointment, today: date, far: Mapping[int, Far]) -> Own:
    tone, tag = stands(one, today, far)
    word = one.task.seen_by
    return Own(
        one, one.task.text, one.task.clause, tone, tag, _address(word, of.desk), terms.SEEN_BY.get(word) if word in SEEN
        else None, mark_of(one), one.state == "done" and one.done_by_id is None, is_told(one),
    )  # fmt: skip


def seen_of(season: Season, rows: Iterable[Assignment]) -> dict[int, Far]:
    """For those of these tasks that were marked by hand: how far the platform sees them. 自报任务的实际进度"""
    told: dict[str, dict[int, int]] = {}
    for one in rows:
        if is_told(one):
            told.setdefault(one.task.seen_by, {})[one.pk] = one.organisation_id
    if not told:
        return {}
    with by_platform("how far a task is that its body marked by hand: heads alone, of bodies that the desk sees"):
        found = {word: seen_far(season=season, word=word, bodies=set(of.values())) for word, of in told.items()}
    return {key: found[word][body] for word, of in told.items() for key, body in of.items() if body in found[word]}


def stands(one: Assignment, today: date, far: Mapping[int, Far]) -> tuple[str, Text]:
    """How a body's task stands today, as a tone and in words; `far` is of those marked by hand. 任务状态"""
    left, task = one.days_left(today), one.task
    if is_told(one):
        seen = far.get(one.pk)
        if seen is None:
            return "warn", Text("自报完成，平台没有看到", "done as they say, not seen by the platform")
        said = Text("自报完成，平台看到 {n}/{all}", "done as they say; the platform sees {n} of {all}")
        return "warn", said.filled(n=seen.done, all=seen.of)
    if not one.is_open:
        return "good", Text("已完成", "done")
    if left is not None and left < 0:
        return "bad", Text("逾期 {n} 天", "{n} days late").filled(n=-left)
    if task.starts is not None and task.starts > today:
        return "", Text("{m}月{d}日起", "from {d}/{m}").filled(m=task.starts.month, d=task.starts.day)
    if left is None:
        return "accent", Text("进行中", "under way")
    if left == 0:
        return "warn", Text("今天到期", "due today")
    return "warn" if left <= SOON_DAYS else "accent", Text("还剩 {n} 天", "{n} days left").filled(n=left)


def _address(word: str, desk: str) -> str:
    ways = WAYS_ON.get(word, ())
    place = 1 if desk == Desk.COMMUNITY else 0
    if place >= len(ways):
        return ""
    name, query = ways[place]
    try:
        return f"{reverse(name)}?{query}" if query else reverse(name)
    except NoReverseMatch:  # that part of the platform is not there
        return ""


def counted(tasks: list[Own]) -> dict[str, Any]:
    """The open ones apart from the done ones. 分列"""
    return {
        "open": [own for own in tasks if own.one.is_open],
        "done": [own for own in tasks if not own.one.is_open],
        "late": sum(own.tone == "bad" for own in tasks),
    }
