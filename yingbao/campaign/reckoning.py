"""How far the season's tasks are: done, late, under way, to come; in all and per body below. 任务进度"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q

from yingbao.agents.models import Appointment, Organisation
from yingbao.campaign.lifecycle import State
from yingbao.campaign.models import Assignment, SeasonTask
from yingbao.campaign.seen_done import SEEN
from yingbao.enrolment.models import Season


class HowFar(NamedTuple):
    """Bodies by how they stand with their tasks. 进度"""

    done: int = 0
    """seen by the platform, or marked by hand where it cannot see"""
    late: int = 0
    under_way: int = 0
    """open, begun and not late"""
    ahead: int = 0
    """open and not begun: its first day is to come"""
    told: int = 0
    """marked by hand, though the platform could see it and does not 自报完成"""

    @property
    def all(self) -> int:
        """All of whom it is asked."""
        return sum(self)

    @property
    def share(self) -> int:
        """Per cent that are done, rounded down: 100 only when all are."""
        return self.done * 100 // self.all if self.all else 0

    def plus(self, other: HowFar) -> HowFar:
        """Both together."""
        return HowFar(*(one + more for one, more in zip(self, other, strict=True)))


def is_told(one: Assignment) -> bool:
    """Whether a task counts as done by its doer's word alone, where the platform could see it. 自报完成"""
    return one.state == State.DONE and one.done_by_id is not None and one.task.seen_by in SEEN


def together(figures: Iterable[HowFar]) -> HowFar:
    """All of them added up. 合计"""
    whole = HowFar()
    for each in figures:
        whole = whole.plus(each)
    return whole


def by_task(*, season: Season, of: Appointment, on: date) -> dict[int, HowFar]:
    """For each task how far the bodies are that a desk sees. 各任务进度"""
    open_, late = Q(state=State.OPEN), Q(task__due__isnull=False, task__due__lt=on)
    ahead = open_ & ~late & Q(task__starts__isnull=False, task__starts__gt=on)
    rows = Assignment.objects.visible_to(of).asked().filter(season=season, task__asked=True)
    told = Q(state=State.DONE, done_by__isnull=False, task__seen_by__in=list(SEEN))
    counted = rows.order_by("task").values_list("task").annotate(
        done=Count("pk", filter=Q(state=State.DONE)),
        told=Count("pk", filter=told),
        late=Count("pk", filter=open_ & late),
        opened=Count("pk", filter=open_),
        ahead=Count("pk", filter=ahead),
    )  # fmt: skip
    return {
        task: HowFar(done - said, overdue, opened - overdue - to_come, to_come, said)
        for task, done, said, overdue, opened, to_come in counted
    }


def by_body(*, task: SeasonTask, roots: Iterable[int], on: date) -> dict[int, HowFar]:
    """For each of these bodies how far it and all below it are with one task. 各单位进度"""
    with connection.cursor() as cursor:
        cursor.execute(_BY_BODY, {"task": task.pk, "roots": list(roots), "on": on, "seen": task.seen_by in SEEN})
        return {key: HowFar(*counts) for key, *counts in cursor.fetchall()}


_BY_BODY = """
WITH RECURSIVE below AS (
    SELECT id AS root, id FROM agents_organisation WHERE id = ANY(%(roots)s)
    UNION ALL
    SELECT b.root, o.id FROM agents_organisation o JOIN below b ON o.parent_id = b.id
), stands AS (
    SELECT b.root, CASE WHEN a.state = 'done' AND a.done_by_id IS NOT NULL AND %(seen)s THEN 'told'
                        WHEN a.state = 'done' THEN 'done' WHEN t.due < %(on)s THEN 'late'
                        WHEN t.starts > %(on)s THEN 'ahead' ELSE 'under way' END AS stands
    FROM below b
    JOIN campaign_assignment a ON a.organisation_id = b.id AND a.task_id = %(task)s AND a.state <> 'dropped'
    JOIN campaign_seasontask t ON t.id = a.task_id
)
SELECT root, count(*) FILTER (WHERE stands = 'done'), count(*) FILTER (WHERE stands = 'late'),
       count(*) FILTER (WHERE stands = 'under way'), count(*) FILTER (WHERE stands = 'ahead'),
       count(*) FILTER (WHERE stands = 'told')
FROM stands GROUP BY root"""


def children_of(place: Organisation | None, area: str) -> list[Organisation]:
    """The bodies right below one, or on top of the area. 下级机构"""
    rows = Organisation.objects.filter(pooling_area=area, parent=place)
    return list(rows.order_by("kind", "name", "pk"))
