"""The long work of exemption lists, and what follows from a status that came or went. 救助名单任务"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from yingbao.agents.models import Organisation, User
from yingbao.collection import adjusting
from yingbao.enrolment import confirming
from yingbao.enrolment.determining import CHUNK, determine_people
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.jobs import money
from yingbao.jobs.work import Running, work
from yingbao.people import assisting
from yingbao.spreadsheet import assisted_committing as committing
from yingbao.spreadsheet import assisted_review, assisted_undoing
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.review import WHOLE, Progress, silent
from yingbao.values import clock

LOOKED_BACK = timedelta(days=7)
_WRITTEN, _DETERMINED = 60, 99
_NAMES = Q(act=AssistedRow.Act.ADD, applied_at__isnull=False, withdrawn_at__isnull=True, person__isnull=False)
"""Rows by which a body says that it lists a person."""


@work("assisted.review")
def review_list(job: Running, *, assisted_list: int) -> None:
    """Read an uploaded list and match its rows. 核对救助名单"""
    assisted_review.review(assisted_list, at=clock.now(), progress=job.progress)


@work("assisted.commit")
def commit_list(job: Running, *, assisted_list: int, meant: bool) -> None:
    """Let a reviewed list take effect, and decide afresh for everyone it touches: both, or neither. 名单生效"""
    by, at = User.objects.get(pk=job.owner_id), clock.now()
    try:
        with transaction.atomic():
            effected = committing.commit(
                assisted_list=AssistedList.objects.get(pk=assisted_list),
                by=by,
                at=at,
                meant=meant,
                progress=job.progress,
            )
            _follow(_confirmed(effected, at), by, at, job.progress)
    except Exception:
        # Refused, cancelled or broken: nothing was written, and the list can be confirmed again.
        committing.let_go(assisted_list)
        raise
    job.progress(WHOLE, WHOLE)


@work("assisted.settle")
def settle_list(job: Running, *, organisation: int) -> None:
    """Let rows of lists in effect that somebody settled take effect too. 核实结果生效"""
    catch_up(at=clock.now(), organisation=Organisation.objects.get(pk=organisation), progress=job.progress)
    job.progress(WHOLE, WHOLE)


@work("assisted.withdraw")
def withdraw_list(job: Running, *, assisted_list: int, because: str) -> None:
    """Take a whole list back, and decide afresh for everyone it had touched: both, or neither. 撤回名单"""
    by, at = User.objects.get(pk=job.owner_id), clock.now()
    with transaction.atomic():
        found = AssistedList.objects.get(pk=assisted_list)
        taken = assisted_undoing.take_back(assisted_list=found, because=because, by=by, at=at)
        _follow(_asked_again(found, taken.person_ids, at), by, at, job.progress)
    job.progress(WHOLE, WHOLE)


def withdraw_row(*, row: AssistedRow, because: str, by: User, at: datetime) -> int:
    """Take one row back, with what follows; returns of how many persons something changed. 撤回一行"""
    with transaction.atomic():
        taken = assisted_undoing.take_back(assisted_list=row.assisted_list, row=row, because=because, by=by, at=at)
        _follow(_asked_again(row.assisted_list, taken.person_ids, at, row), by, at, silent)
    return len(taken.person_ids)


def catch_up(*, at: datetime, organisation: Organisation | None = None, progress: Progress = silent) -> int:
    """List whoever has appeared since a list took effect; returns of how many persons something changed. 补匹配

    Each list is a transaction of its own, so that a night cut short goes on where it was.
    """
    changed = 0
    lists = committing.lists_waiting(organisation)
    for done, list_id in enumerate(lists):
        progress(WHOLE * done // len(lists), WHOLE)
        with transaction.atomic():
            effected = _confirmed(committing.catch_up(list_id=list_id, at=at), at)
            _follow(effected, effected.assisted_list.committed_by, at, silent)
        changed += len(effected.person_ids)
    return changed


def turn(*, at: datetime) -> int:
    """Follow up the statuses that began or ended with the day, in every season; returns of how many persons. 逐日变动

    Looks back a week, so that nothing is lost when nights are missed; what was followed up already stays as it is.
    """
    today = china_day(at)
    persons = assisting.turned(since=today - LOOKED_BACK, until=today)
    if persons:
        for season in Season.objects.order_by("pk"):
            with transaction.atomic():
                after_statuses(season=season, person_ids=persons, at=at)
    return len(persons)


def after_statuses(
    *, season: Season, person_ids: Sequence[int], at: datetime, by: User | None = None, progress: Progress = silent
) -> int:
    """What follows in a season when these persons' assisted statuses changed; returns how many decisions did. 身份变动

    Runs inside the transaction that wrote the statuses. What is owed follows: of what a family has paid already a
    refund opens, the body is claimed for, and the agent's declaration gets a supplement.
    """
    changed = 0
    for first in range(0, len(person_ids), CHUNK):
        chunk = person_ids[first : first + CHUNK]
        changed += determine_people(season=season, person_ids=chunk, as_of=china_day(at), at=at, by=by)
        progress(first + len(chunk), len(person_ids))
    adjusting.follow(season=season, person_ids=person_ids, at=at, by=by)
    money.correct_declarations(season=season, at=at, person_ids=person_ids)
    return changed


def _confirmed(effected: committing.Effected, at: datetime) -> committing.Effected:
    """Whom the list names counts in the new season from now on, also where the list changed nothing else. 名单即确认"""
    found = effected.assisted_list
    said = list(found.rows.filter(_NAMES).values_list("person_id", "category"))
    persons = confirming.confirm(body=found.organisation, said=said, as_of=found.as_of, at=at)
    return effected._replace(person_ids=sorted({*effected.person_ids, *persons}))


def _asked_again(
    found: AssistedList, changed: Sequence[int], at: datetime, row: AssistedRow | None = None
) -> committing.Effected:
    """What a list that was taken back had confirmed waits again. 撤回即待确认"""
    rows = found.rows.filter(act=AssistedRow.Act.ADD, applied_at__isnull=False, person__isnull=False)
    said = list((rows if row is None else rows.filter(pk=row.pk)).values_list("person_id", "category"))
    persons = confirming.ask_again(body=found.organisation, said=said, as_of=found.as_of, at=at)
    return committing.Effected(found, sorted({*changed, *persons}))


def _follow(effected: committing.Effected, by: User | None, at: datetime, progress: Progress) -> None:
    """Decide afresh in every season of the list's pooling area for those whom it touched."""
    if not effected.person_ids:
        return
    seasons = list(Season.objects.filter(pooling_area=effected.assisted_list.pooling_area).order_by("plan_year"))
    for number, season in enumerate(seasons):

        def part(done: int, total: int, number: int = number) -> None:
            share = (number + done / max(total, 1)) / len(seasons)
            progress(_WRITTEN + int((_DETERMINED - _WRITTEN) * share), WHOLE)

        after_statuses(season=season, person_ids=effected.person_ids, at=at, by=by, progress=part)
