"""Every body has the tasks that the season's policy asks of its kind: kept true, set by set. 列出任务

Said again it changes nothing. What a policy asks no more, or of a body that closed, is dropped as long as it is open;
what was done stays done.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction

from yingbao.agents.models import Appointment, Organisation
from yingbao.campaign.lifecycle import Act, State
from yingbao.campaign.models import Assignment, AssignmentStep, SeasonTask
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.policy.phases import followed


class Opened(NamedTuple):
    """What a round changed. 变动"""

    new: int
    dropped: int
    asked_again: int


def current_seasons(on: date) -> list[Season]:
    """The seasons that are worked on or come next, one or two of each pooling area. 当前参保季"""
    areas = Season.objects.order_by("pooling_area").values_list("pooling_area", flat=True).distinct()
    found = {season.pk: season for area in areas for season in (season_for(area, on), season_for(area))}
    return [found[key] for key in sorted(found)]


@transaction.atomic
def open_tasks(*, season: Season, at: datetime) -> Opened:
    """Bring the tasks of all bodies of a season in line with its policy. 列出任务"""
    # One round at a time: two of them would ask the same twice and one would wait for the other anyway.
    Season.objects.select_for_update(no_key=True).get(pk=season.pk)
    _ask(season)
    values = {"season": season.pk, "area": season.pooling_area, "at": at}
    with connection.cursor() as cursor:
        return Opened(*(_run(cursor, sql, values) for sql in (_OPEN, _DROP, _ASK_AGAIN)))


def _run(cursor: object, sql: str, values: dict[str, object]) -> int:
    cursor.execute(sql, values)  # type: ignore[attr-defined]
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]


def _ask(season: Season) -> None:
    asked = followed(policy_of(season))
    rows = [
        SeasonTask(
            season=season, word=one.id, phase=one.phase.id, zh=one.task.zh, en=one.task.en, clause=one.phase.clause,
            kinds=list(one.kinds), starts=one.starts, due=one.due, seen_by=one.task.seen_by or "", position=number,
        )
        for number, one in enumerate(asked)
    ]  # fmt: skip
    SeasonTask.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["season", "word"],
        update_fields=["phase", "zh", "en", "clause", "kinds", "starts", "due", "seen_by", "position", "asked"],
    )  # fmt: skip
    gone = SeasonTask.objects.filter(season=season, asked=True).exclude(word__in=[one.id for one in asked])
    gone.update(asked=False)


_OPEN = """
WITH made AS (
    INSERT INTO campaign_assignment (season_id, task_id, organisation_id, asked_of_id, state, state_at, note)
    SELECT t.season_id, t.id, o.id, o.id, 'open', %(at)s, ''
    FROM campaign_seasontask t
    JOIN agents_organisation o ON o.pooling_area = %(area)s AND o.active AND o.kind = ANY(t.kinds)
    WHERE t.season_id = %(season)s AND t.asked
    ORDER BY o.id, t.id
    ON CONFLICT (task_id, asked_of_id) DO NOTHING
    RETURNING id, organisation_id
), told AS (
    INSERT INTO campaign_assignmentstep (assignment_id, organisation_id, act, at, note)
    SELECT id, organisation_id, 'open', %(at)s, '' FROM made ORDER BY id
) SELECT count(*) FROM made"""

_STANDS = "t.asked AND o.active AND o.kind = ANY(t.kinds)"
_MOVE = """
WITH moved AS (
    UPDATE campaign_assignment a SET state = '{to}', state_at = %(at)s
    FROM campaign_seasontask t, agents_organisation o
    WHERE t.id = a.task_id AND o.id = a.organisation_id AND a.season_id = %(season)s AND a.state = '{of}' AND {which}
    RETURNING a.id, a.organisation_id
), told AS (
    INSERT INTO campaign_assignmentstep (assignment_id, organisation_id, act, at, note)
    SELECT id, organisation_id, '{act}', %(at)s, '' FROM moved ORDER BY id
) SELECT count(*) FROM moved"""
_DROP = _MOVE.format(to=State.DROPPED, of=State.OPEN, which=f"NOT ({_STANDS})", act=Act.DROP)
_ASK_AGAIN = _MOVE.format(to=State.OPEN, of=State.DROPPED, which=_STANDS, act=Act.ASK_AGAIN)


@transaction.atomic
def hand_over(*, organisation: Organisation, successor: Organisation, by: Appointment, at: datetime) -> int:
    """What a body that closes has not done goes to the one that takes its children; returns how many. 移交任务

    A successor of another kind is not asked for it: it is dropped in the next round.
    """
    if organisation.kind != successor.kind:
        return 0
    rows = list(
        Assignment.objects.select_for_update().filter(organisation=organisation, state=State.OPEN).order_by("pk")
    )
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(organisation=successor, state_at=at)
    AssignmentStep.objects.bulk_create(
        AssignmentStep(
            assignment=row, organisation=successor, act=Act.HAND_OVER, by=by.user, at=at,
            note=f"{organisation.name} → {successor.name}"[:300],
        )
        for row in rows
    )  # fmt: skip
    return len(rows)
