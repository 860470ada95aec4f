"""The season's tasks by themselves: listed for everyone, seen done, reminded before and after their day. 任务与提醒

Each round may run twice or be cut off; the next one ends the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import close_old_connections
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from yingbao.agents.models import ADMINISTRATORS, Appointment, User
from yingbao.campaign import opening, seen_done, telling
from yingbao.campaign.lifecycle import State
from yingbao.campaign.models import Assignment
from yingbao.determination.explain import said_day
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.messages.queueing import Telling, queue_all
from yingbao.values import clock

log = logging.getLogger(__name__)

EVERY_TEN_MINUTES = "5-59/10 * * * *"
NINE_IN_CHINA = "5 1 * * *"
"""The queue reckons in UTC. 北京时间九点零五分"""
BEFORE_DAYS = (7, 1)
"""so many days before its last one a task is reminded; whoever was missed is caught up with"""
AFTER_DAYS = (1, 7)
GIVEN_UP_AFTER_DAYS = 21
NAMED = 2
"""tasks that a message names; of more it gives the number"""
LONGEST_TASKS = 60


@app.periodic(cron=EVERY_TEN_MINUTES)
@app.task(name="yingbao.tasks", queue="work", pass_context=False, queueing_lock="tasks")
def each_ten_minutes(timestamp: int) -> None:
    """List what is asked of whom, and see what is done. 列出任务、自动完成"""
    close_old_connections()
    bring_up_to_date(at=clock.now())


@app.periodic(cron=NINE_IN_CHINA)
@app.task(name="yingbao.task-reminders", queue="work", pass_context=False, queueing_lock="task-reminders")
def each_morning(timestamp: int) -> None:
    """Remind of what is due and what is late, and of tomorrow's trainings. 任务提醒"""
    close_old_connections()
    bring_up_to_date(at=clock.now())
    log.info("%s clerks reminded of tasks", remind(at=clock.now()))
    log.info("%s clerks reminded of trainings", telling.tell_tomorrow(at=clock.now()))


def bring_up_to_date(*, at: datetime) -> None:
    """The tasks of every season that is worked on, as policies and facts say now. 更新任务"""
    for season in opening.current_seasons(china_day(at)):
        opened = opening.open_tasks(season=season, at=at)
        seen = seen_done.look(season=season, at=at)
        if any(opened) or seen:
            log.info("season %s: %s tasks opened, %s dropped, %s asked again, %s moved by facts",
                     season.policy, *opened, seen)  # fmt: skip


def remind(*, at: datetime) -> int:
    """Tell those whose body has not done what is due soon or late; once for each occasion. 提醒未完成"""
    seasons = opening.current_seasons(china_day(at))
    return sum(queue_all(_tellings(season, china_day(at), at), at=at) for season in seasons)


def occasion(due: date, today: date) -> str:
    """Which reminder a day calls for: "7 days before", "1 after"; empty: none. 提醒时机"""
    left = (due - today).days
    if left >= 0:
        return next((f"b{days}" for days in sorted(BEFORE_DAYS) if left <= days), "")
    if -left > GIVEN_UP_AFTER_DAYS:
        return ""
    return next((f"a{days}" for days in sorted(AFTER_DAYS, reverse=True) if -left >= days), "")


def _tellings(season: Season, today: date, at: datetime) -> Iterator[Telling]:
    open_ = Assignment.objects.filter(season=season, state=State.OPEN, task__asked=True, task__due__isnull=False)
    days = [due for due in open_.order_by("task__due").values_list("task__due", flat=True).distinct() if due]
    for due in days:
        which = occasion(due, today)
        if which:
            yield from _of_day(season, due, which, open_.filter(task__due=due), at)


def _of_day(season: Season, due: date, which: str, rows: QuerySet[Assignment], at: datetime) -> Iterator[Telling]:
    """One message to each clerk of a body, whatever number of tasks has the same last day."""
    bodies: dict[int, list[Assignment]] = {}
    for one in rows.select_related("task", "organisation").order_by("organisation", "task__position"):
        bodies.setdefault(one.organisation_id, []).append(one)
    users = working_at(bodies, at=at)
    for place, tasks in bodies.items():
        what = "；".join(dict.fromkeys(one.task.zh for one in tasks[:NAMED]))
        values = {
            "body": tasks[0].organisation.name, "count": str(len(tasks)), "deadline": said_day(due).zh,
            "what": what if len(what) <= LONGEST_TASKS else what[: LONGEST_TASKS - 1] + "…",
        }  # fmt: skip
        kind = "task_due" if which[0] == "b" else "task_late"
        for user in users.get(place, []):
            yield Telling(kind, values, f"{kind}:{season.pk}:{place}:{due:%Y%m%d}:{which}:{user.pk}", user=user)


def working_at(organisations: Iterable[int], *, at: datetime) -> dict[int, list[User]]:
    """Who works at these bodies, administrators left out. 经办人"""
    today = china_day(at)
    held = Appointment.objects.filter(organisation__in=list(organisations), since__lte=today, user__is_active=True)
    held = held.exclude(until__lt=today).exclude(desk__in=sorted(ADMINISTRATORS))
    found: dict[int, dict[int, User]] = {}
    for one in held.select_related("user").order_by("organisation", "user"):
        found.setdefault(one.organisation_id, {})[one.user_id] = one.user
    return {place: list(users.values()) for place, users in found.items()}
