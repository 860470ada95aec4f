"""A survey's long work: a workbook is read, families are asked, who has not reported is reminded. 问卷任务

All may run twice or be cut off: an answer that is there changes nothing, a message is told once under its key.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.conf import settings
from django.db import close_old_connections
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from yingbao.agents.models import Appointment
from yingbao.determination.explain import said_day
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.jobs.desk_occasions import clerks_of
from yingbao.jobs.occasions import guardians_of
from yingbao.jobs.work import Running, work
from yingbao.messages.queueing import Telling, queue_all
from yingbao.messages.templates import called
from yingbao.people.models import Person, SchoolRoll
from yingbao.spreadsheet import survey_sheet
from yingbao.survey import composing
from yingbao.survey.models import Answer, Sheet, Survey, Version
from yingbao.survey.owing import schools_waiting, streets_waiting
from yingbao.values import clock

log = logging.getLogger(__name__)

NINE_IN_CHINA = "5 1 * * *"
"""The queue reckons in UTC. 北京时间九点零五分"""
BEFORE, AFTER = (3, 1, 0), (1, 3, 7)
"""so many days before the due day, and after it, whoever has not reported is reminded"""
AT_ONCE = 1_000


@work("survey.sheet")
def sheet(job: Running, *, sheet: int, appointment: int) -> None:
    """Read a workbook of paper answers. 读取答卷表"""
    held = Sheet.objects.select_related("survey__season", "school").get(pk=sheet)
    by = Appointment.objects.select_related("organisation", "user").get(pk=appointment)
    survey_sheet.take_in(sheet=held, by=by, at=clock.now(), progress=job.progress)


@work("survey.invite")
def invite(job: Running, *, survey: int, school: int | None = None) -> None:
    """Ask every family that has not answered, once a day at most; of one school, if it is named. 通知家长"""
    held, at = Survey.objects.select_related("season").get(pk=survey), clock.now()
    version = composing.current(held)
    if version is None or not composing.is_open(held, version, china_day(at)):
        return
    keys = list(unanswered(held, school).order_by("person").values_list("person", flat=True))
    for first in range(0, len(keys), AT_ONCE):
        queue_all(_asked(version, keys[first : first + AT_ONCE], at), at=at)
        job.progress(min(first + AT_ONCE, len(keys)), len(keys) + 1)
    job.progress(len(keys) + 1, len(keys) + 1)


def unanswered(survey: Survey, school: int | None = None) -> QuerySet[SchoolRoll]:
    """The pupils of whom nobody has answered yet. 未作答"""
    rolls = SchoolRoll.objects.filter(
        school__pooling_area=survey.season.pooling_area, school__active=True, left_on__isnull=True, contested=False
    )
    rolls = rolls.filter(school=school) if school else rolls
    return rolls.exclude(person__in=Answer.objects.filter(survey=survey).values("person"))


@app.periodic(cron=NINE_IN_CHINA)
@app.task(name="yingbao.survey", queue="work", pass_context=False, queueing_lock="survey")
def each_morning(timestamp: int) -> None:
    """Remind schools and sub-districts that have not reported. 催报"""
    close_old_connections()
    log.info("%s clerks reminded of a survey", remind(at=clock.now()))


def remind(*, at: datetime) -> int:
    """Remind whoever is due in some days, or was due some days ago; returns how many messages are new. 催报"""
    today, made = china_day(at), 0
    for season in Season.objects.order_by("pk"):
        for survey, version in composing.open_in(season, today):
            composing.await_reports(survey, at=at)
            if _is_day(version.schools_due_on, today):
                made += queue_all(_due(survey, version, schools_waiting(survey), version.schools_due_on, at), at=at)
            if _is_day(version.streets_due_on, today):
                made += queue_all(_due(survey, version, streets_waiting(survey), version.streets_due_on, at), at=at)
    return made


def remind_now(survey: Survey, *, at: datetime) -> int:
    """Remind every school and sub-district that has not reported, once a day at most. 立即催报"""
    version = composing.current(survey)
    if version is None or not composing.is_open(survey, version, china_day(at)):
        return 0
    made = queue_all(_due(survey, version, schools_waiting(survey), version.schools_due_on, at), at=at)
    return made + queue_all(_due(survey, version, streets_waiting(survey), version.streets_due_on, at), at=at)


def _is_day(due: date, today: date) -> bool:
    days = (due - today).days
    return days in BEFORE or -days in AFTER


def _due(survey: Survey, version: Version, waiting: dict[int, str], due: date, at: datetime) -> Iterator[Telling]:
    today = china_day(at)
    kind = "survey_overdue" if today > due else "survey_due"
    clerks = clerks_of(waiting, at=at)
    for key, name in waiting.items():
        values = {"body": name, "title": version.form.title.zh, "deadline": said_day(due).zh}
        for user in clerks.get(key, []):
            yield Telling(kind, values, f"{kind}:{survey.pk}:{key}:{today:%Y%m%d}:{user.pk}", user=user)


def _asked(version: Version, persons: Iterable[int], at: datetime) -> Iterator[Telling]:
    people = Person.objects.in_bulk(list(persons))
    schools = {
        roll.person_id: roll.school.name
        for roll in SchoolRoll.objects.filter(person__in=people, left_on__isnull=True, contested=False).select_related(
            "school"
        )
    }
    guardians = guardians_of(people)
    for key, person in people.items():
        guardian = guardians.get(key)
        if guardian is not None and key in schools:
            values = {
                "school": schools[key], "child": called(person.name), "deadline": said_day(version.schools_due_on).zh,
                "link": f"{settings.PLATFORM_URL}/family/survey",
            }  # fmt: skip
            yield Telling(
                "survey_asked", values, f"survey_asked:{version.survey_id}:{key}:{china_day(at):%Y%m%d}",
                guardian=guardian,
            )  # fmt: skip
