"""Questions each morning: late ones go up, holders are reminded; a family is told of its answer. 问题提醒"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yingbao.agents.models import Appointment
from yingbao.cases import lateness
from yingbao.cases.handing import DESKS
from yingbao.cases.lifecycle import Act
from yingbao.cases.models import CaseStep, FamilyAsker
from yingbao.enrolment.seasons import china_day
from yingbao.messages.queueing import Telling, queue_all
from yingbao.people.models import Guardian
from yingbao.values import clock

log = logging.getLogger(__name__)
EARLY_IN_CHINA = "30 0 * * *"
"""The queue reckons in UTC. 北京时间八点半"""
TOLD_OF = {Act.SETTLE: "answered", Act.RETURN: "returned"}


@app.periodic(cron=EARLY_IN_CHINA)
@app.task(name="yingbao.questions", queue="work", pass_context=False, queueing_lock="questions")
def each_morning(timestamp: int) -> None:
    """Send late questions up, and remind whoever holds one. 问题超期上报与提醒"""
    close_old_connections()
    at = clock.now()
    log.info("%s questions went up because they were late", lateness.raise_late(at=at))
    log.info("%s clerks reminded of questions", remind(at=at))


def remind(*, at: datetime) -> int:
    """Tell the clerks of every body how many questions are due, or were due yesterday. 答复提醒"""
    today = china_day(at)
    due = Counter(case.to_organisation_id for case in lateness.to_remind(today))
    rows = clerks_of(due, at=at)
    return queue_all(
        (
            Telling(
                "question_due",
                {"body": seat.organisation.name, "count": str(due[seat.organisation_id])},
                f"question_due:{today}:{seat.organisation_id}:{seat.user_id}",
                user=seat.user,
            )
            for seat in rows
        ),
        at=at,
    )


def clerks_of(places: Iterable[int], *, at: datetime) -> list[Appointment]:
    """Who works on questions at these bodies today. 经办人"""
    today = china_day(at)
    held = Appointment.objects.filter(organisation__in=list(places), desk__in=DESKS, since__lte=today)
    held = held.filter(user__is_active=True).exclude(until__lt=today)
    return list(held.select_related("user", "organisation").order_by("organisation", "user", "pk"))


def back(since: datetime) -> Iterator[Telling]:
    """A family's question was answered, or more has to be said; offices hear of theirs as of every case. 答复通知"""
    steps = CaseStep.objects.filter(
        act__in=list(TOLD_OF), at__gt=since, case__once__isnull=False, case__asked_by_organisation__isnull=True
    )
    rows = list(steps.select_related("case", "to_organisation").order_by("pk"))
    guardians = _guardians([row.case_id for row in rows])
    for row in rows:
        guardian = guardians.get(row.case_id)
        if guardian is not None:
            values = {"number": row.case.number, "where": row.to_organisation.name}
            yield Telling(f"question_{TOLD_OF[Act(row.act)]}", values, f"question:{row.pk}", guardian=guardian)


def _guardians(cases: list[int]) -> dict[int, Guardian]:
    """Of each question the guardian whose phone asked: of its child, or of any child if it is about none."""
    askers = {one.case_id: one for one in FamilyAsker.objects.filter(case__in=cases).select_related("case")}
    phones = {bytes(one.phone_index) for one in askers.values()}
    found = list(Guardian.objects.filter(phone_index__in=phones).order_by("pk"))
    told = {}
    for key, asker in askers.items():
        its = [one for one in found if bytes(one.phone_index or b"") == bytes(asker.phone_index)]
        of_child = [one for one in its if one.person_id == asker.case.person_id]
        if guardian := next(iter(of_child or ([] if asker.case.person_id else its)), None):
            told[key] = guardian
    return told
