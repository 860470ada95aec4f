"""An officer composes a questionnaire, publishes it for a season, changes it by a new version, closes it. 编制与发布"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import msgspec
from django.db import connection, transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.survey import refusals
from yingbao.survey.defaults import ready
from yingbao.survey.models import Survey, Version
from yingbao.survey.questions import Form, changes_meaning, check
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class Days(NamedTuple):
    """When it opens and by when it is due. 日期"""

    opens_on: date
    schools_due_on: date
    streets_due_on: date


def begin(*, season: Season, by: Appointment, at: datetime) -> Survey:
    """A new survey on the officer's desk, with the usual questions in it. 新建问卷"""
    _check_officer(by, season)
    return Survey.objects.create(
        season=season, draft=msgspec.to_builtins(ready(season.plan_year)), made_by=by.user, made_at=at
    )


def keep(*, survey: Survey, form: Form, seen: int, by: Appointment) -> Survey:
    """Keep the draft as it was changed; Refused if another change came between. 保存草稿"""
    _check_officer(by, survey.season)
    with transaction.atomic():
        held = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if held.closed_at is not None:
            raise refusals.closed()
        if held.edits != seen:
            raise refusals.draft_changed()
        held.draft, held.edits = msgspec.to_builtins(form), held.edits + 1
        held.save(update_fields=["draft", "edits"])
        return held


def publish(*, survey: Survey, days: Days, reason: str, seen: int, by: Appointment, at: datetime) -> Version:
    """Ask this from now on; answers that came before keep the version they were given to. 发布

    The same once more gives the version that there is. Every open school of the area has its report waiting from now.
    """
    _check_officer(by, survey.season)
    with transaction.atomic():
        held = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if held.closed_at is not None:
            raise refusals.closed()
        last = current(held)
        if last is not None and last.asks == held.draft and _days(last) == days:
            return last
        if held.edits != seen:
            raise refusals.draft_changed()
        form = held.form
        check(form)
        reason = " ".join(reason.split())
        if last is not None:
            _check_fits(last.form, form)
            if not reason or len(reason) > refusals.LONGEST_REASON:
                raise refusals.reason_missing()
        _check_days(days, last, china_day(at))
        if days.streets_due_on.year > held.season.plan_year:
            raise refusals.days_after_the_year(held.season.plan_year)
        made = Version.objects.create(
            survey=held, number=last.number + 1 if last else 1, asks=held.draft, **days._asdict(),
            reason=reason if last else "", published_by=by.user, at=at,
        )  # fmt: skip
        await_reports(held, at=at)
        return made


def close(*, survey: Survey, by: Appointment, at: datetime) -> Survey:
    """No more answers and reports; again changes nothing. 结束问卷"""
    _check_officer(by, survey.season)
    with transaction.atomic():
        held = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
        if held.closed_at is None:
            held.closed_at, held.closed_by = at, by.user
            held.save(update_fields=["closed_at", "closed_by"])
        return held


def current(survey: Survey) -> Version | None:
    """The version that is asked now; None while there is a draft alone. 现行版本"""
    return Version.objects.filter(survey=survey).order_by("-number").first()


def forms(survey: Survey) -> list[Form]:
    """What was ever asked, the newest first. 历次问卷"""
    return [one.form for one in Version.objects.filter(survey=survey).order_by("-number")]


def is_open(survey: Survey, version: Version | None, on: date) -> bool:
    """Whether families are asked on that day. 是否开放"""
    return survey.closed_at is None and version is not None and version.opens_on <= on


def open_in(season: Season, on: date) -> list[tuple[Survey, Version]]:
    """The surveys of a season that are open on a day, the newest first. 开放的问卷"""
    rows = Survey.objects.filter(season=season, closed_at__isnull=True).order_by("-pk").prefetch_related("versions")
    found = []
    for one in rows:
        versions = sorted(one.versions.all(), key=lambda each: each.number)
        if versions and is_open(one, versions[-1], on):
            found.append((one, versions[-1]))
    return found


def await_reports(survey: Survey, *, at: datetime) -> None:
    """A row for the report of every open school of the area, also of one that was set up since. 待报学校"""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO survey_report (survey_id, school_id, street_id, state, state_at, reason)
            SELECT %(survey)s, o.id, CASE WHEN p.kind IN ('sub_district', 'district') THEN p.id END, 'open', %(at)s, ''
            FROM agents_organisation o LEFT JOIN agents_organisation p ON p.id = o.parent_id
            WHERE o.kind = 'school' AND o.active AND o.pooling_area = %(area)s
              AND NOT EXISTS (SELECT FROM survey_report r WHERE r.survey_id = %(survey)s AND r.school_id = o.id)
            ORDER BY o.id ON CONFLICT DO NOTHING
            """,
            {"survey": survey.pk, "area": survey.season.pooling_area, "at": at},
        )


def _days(version: Version) -> Days:
    return Days(version.opens_on, version.schools_due_on, version.streets_due_on)


def _check_days(days: Days, last: Version | None, today: date) -> None:
    earliest = today if last is None else min(last.opens_on, today)
    if not earliest <= days.opens_on <= days.schools_due_on <= days.streets_due_on:
        raise refusals.days_in_disorder()


def _check_fits(before: Form, after: Form) -> None:
    found = changes_meaning(before, after)
    if found:
        raise Refused(
            where="form", what=Text("；".join(one.zh for one in found), "; ".join(one.en for one in found)),
            mend=Text("请改好再发布。", "Mend that and publish again."),
        )  # fmt: skip


def _check_officer(by: Appointment, season: Season) -> None:
    if by.desk != Desk.AGENCY or by.organisation.pooling_area != season.pooling_area:
        raise refusals.not_yours()
