"""Letters for a whole school while the clerk watches, and their links to guardians' phones. 告家长书任务

Both end the same when they run twice: a batch has one file, a guardian is told of one letter once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings

from yingbao.agents.models import Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import deadline
from yingbao.families.letters import PAGE
from yingbao.jobs.occasions import guardians_of
from yingbao.jobs.work import Running, work
from yingbao.messages.lifecycle import State
from yingbao.messages.models import Message
from yingbao.messages.queueing import Telling, queue_all
from yingbao.messages.templates import called
from yingbao.publicity import making
from yingbao.publicity.following import ChildRow, ClassKey, children_of
from yingbao.publicity.models import LetterBatch, LetterTold
from yingbao.values import clock

AT_ONCE = 500


@work("letters.make")
def make(job: Running, *, batch: int, groups: list[list[Any]] | None, chosen: list[int] | None, duplex: bool) -> None:
    """The letters of a school, a grade, a class or of chosen children. 制作告家长书"""
    making.make(
        batch=LetterBatch.objects.select_related("season", "organisation").get(pk=batch),
        groups=_keys(groups),
        chosen=None if chosen is None else set(chosen),
        duplex=duplex,
        at=clock.now(),
        progress=job.progress,
    )


@work("letters.tell")
def tell(job: Running, *, season: int, organisation: int, groups: list[list[Any]] | None) -> None:
    """Send the letter's link to the guardians of these classes. 发送告家长书链接"""
    of, school = Season.objects.get(pk=season), Organisation.objects.get(pk=organisation)
    rows = making.wanted(children_of(season=of, school=school), groups=_keys(groups), chosen=None)
    for first in range(0, len(rows), AT_ONCE):
        job.progress(first, len(rows) + 1)
        send(rows[first : first + AT_ONCE], season=of, school=school, at=clock.now())
    job.progress(len(rows) + 1, len(rows) + 1)


def send(rows: Sequence[ChildRow], *, season: Season, school: Organisation, at: datetime) -> int:
    """Queue a message for each child whose guardian has a phone and was not told of this very letter. 入队

    Returns how many go out; whoever wants no reminders is not among them.
    """
    tellings = list(_tellings(rows, season, school))
    queue_all(tellings, at=at)
    by_key = {telling.key: enrolment for telling, enrolment in zip(tellings, _told(rows, tellings), strict=True)}
    found = Message.objects.filter(key__in=by_key).exclude(state=State.SUPPRESSED)
    fresh = [one for one in found if not LetterTold.objects.filter(message=one).exists()]
    LetterTold.objects.bulk_create(
        (LetterTold(message=one, enrolment_id=by_key[one.key], at=at) for one in fresh), ignore_conflicts=True
    )
    return len(fresh)


def _tellings(rows: Sequence[ChildRow], season: Season, school: Organisation) -> Iterator[Telling]:
    guardians = guardians_of(row.person for row in rows)
    for row in rows:
        guardian = guardians.get(row.person)
        if guardian is not None:
            values = {
                "child": called(row.name), "school": school.name, "year": str(season.plan_year),
                "address": f"{settings.PLATFORM_URL}{PAGE}",
            }  # fmt: skip
            yield Telling("letter", values, key_of(row, season), guardian=guardian)


def _told(rows: Sequence[ChildRow], tellings: Sequence[Telling]) -> list[int]:
    enrolments = {row.person: row.enrolment for row in rows}
    return [enrolments[telling.guardian.person_id] for telling in tellings if telling.guardian]


def key_of(row: ChildRow, season: Season) -> str:
    """Names one child's letter as it stands: another sum or deadline makes another letter. 信的编号"""
    said = (row.status, row.self_paid_fen, str(deadline(season)))
    return f"letter:{row.enrolment}:{hashlib.sha256(repr(said).encode()).hexdigest()[:12]}"


def _keys(groups: list[list[Any]] | None) -> set[ClassKey] | None:
    return None if groups is None else {(stage, grade, name) for stage, grade, name in groups}
