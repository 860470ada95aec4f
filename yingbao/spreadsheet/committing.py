"""A reviewed roster is committed: all of its valid rows at once, or nothing. 导入花名册"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db import IntegrityError, connection, transaction

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Season
from yingbao.enrolment.opening import open_enrolments
from yingbao.enrolment.seasons import china_day
from yingbao.people import history
from yingbao.people.bulk import NumberTaken
from yingbao.spreadsheet import children, children_writing, keeping, staging, writing
from yingbao.spreadsheet.models import Roster
from yingbao.spreadsheet.outcomes import IMPORTED
from yingbao.spreadsheet.review import WHOLE, Progress, compare, counted, locked, seems_whole, silent
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_COMPARED, _WRITTEN, _OPENED, _DETERMINED = 25, 60, 70, 98

_LOOK_AGAIN = Text(
    "您查看之后，学生资料有了变动，{n} 行的结果已不同。尚未导入任何内容，请重新查看后再确认。",
    "Since you looked, pupils' data have changed, and {n} rows come out differently. Nothing was imported; "
    "look at it again and then confirm.",
)


def commit(
    *, roster: Roster, by: User, at: datetime, progress: Progress = silent, whole_file: bool | None = None
) -> Roster:
    """Do what the review announced, or nothing. 确认导入

    With `whole_file`, pupils on the roll whom the file does not name leave it; if it is not said, the file is taken
    for whole if it seems to be. Where people changed since the review, what was reviewed is brought up to date and
    shown again instead: the roster is then still to be confirmed, and `message` says why. A second click finds the
    roster committed and changes nothing.
    """
    try:
        return _commit(roster, by, at, progress, whole_file)
    except (IntegrityError, NumberTaken):
        # Someone else wrote the same child between our look and our pen: what they wrote has to be seen first.
        if not _look_again(roster, at, whole_file):
            raise
        return Roster.objects.get(pk=roster.pk)


def _commit(roster: Roster, by: User, at: datetime, progress: Progress, whole_file: bool | None) -> Roster:
    with transaction.atomic():
        roster = _held(roster)
        if roster.state == Roster.State.COMMITTED:
            return roster
        whole = seems_whole(roster) if whole_file is None else whole_file
        progress(0, WHOLE)
        different = _compared_again(roster, at, whole)
        if different:
            return _shown_again(roster, different)
        progress(_COMPARED, WHOLE)
        with history.by(by.pk, f"roster {roster.pk}", at=at):
            if children.is_of_community(roster):
                children_writing.write(roster=roster, by=by, at=at)
            else:
                writing.write(school=roster.school_id, on=china_day(at), at=at, whole_file=whole)
                progress(_WRITTEN, WHOLE)
                _enrol(roster, by, at, whole, progress)
        _finish(roster, by, at, whole)
    progress(WHOLE, WHOLE)
    return roster


def _held(roster: Roster) -> Roster:
    """The roster and its school, held until the end: one roster of a school is committed at a time."""
    roster = locked(roster.pk)
    if roster.state not in (Roster.State.REVIEWED, Roster.State.COMMITTED):
        raise Refused(
            where=roster.filename,
            what=Text("这份花名册不能导入", "this roster cannot be imported"),
            mend=Text("请重新上传花名册", "upload the roster again"),
        )
    if not any(roster.counts.get(outcome) for outcome in IMPORTED):
        # Taken for the whole school, such a file would send every pupil away.
        raise Refused(
            where=roster.filename,
            what=Text("没有可以导入的行", "no row of it can be imported"),
            mend=Text("按提示改好文件后重新上传", "mend the file as told and upload it again"),
        )
    Organisation.objects.select_for_update(no_key=True).get(pk=roster.school_id)
    return roster


def _compared_again(roster: Roster, at: datetime, whole: bool) -> int:
    """Compare the staged rows with what is known now; returns how many rows the clerk has not seen like this."""
    staging.stage_again(roster.pk)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PERSONS, [roster.school_id])
    compare(roster, at=at)
    return keeping.differently(roster, whole_file=whole)


def _shown_again(roster: Roster, different: int) -> Roster:
    keeping.keep_again(roster)
    roster.counts = counted(roster)
    roster.message = msgspec.to_builtins(_LOOK_AGAIN.filled(n=different))
    roster.save(update_fields=["counts", "message"])
    return roster


def _look_again(roster: Roster, at: datetime, whole_file: bool | None) -> bool:
    """Bring the review up to date; returns whether anything in it is different now."""
    with transaction.atomic():
        roster = _held(roster)
        whole = seems_whole(roster) if whole_file is None else whole_file
        different = _compared_again(roster, at, whole)
        if different:
            _shown_again(roster, different)
    return bool(different)


def _enrol(roster: Roster, by: User, at: datetime, whole: bool, progress: Progress) -> None:
    """List the pupils for the season and decide for all whom the roster touched, in every season they stand in."""
    persons = writing.touched(whole_file=whole)
    open_enrolments(season=roster.season, organisation=roster.school, at=at, by=by)
    progress(_OPENED, WHOLE)
    determine_people(season=roster.season, person_ids=persons, as_of=china_day(at), at=at, by=by)
    gone = writing.came_or_went(whole_file=whole)
    for season in Season.objects.filter(enrolments__person__in=gone).exclude(pk=roster.season_id).distinct():
        determine_people(season=season, person_ids=gone, as_of=china_day(at), at=at, by=by)
    progress(_DETERMINED, WHOLE)


def _finish(roster: Roster, by: User, at: datetime, whole: bool) -> None:
    """Note what was done, and erase what is no longer needed: only rows to mend stay, with the file they stand in."""
    to_mend = roster.counts.get("error", 0)
    keeping.forget(roster, errors_too=not to_mend)
    if not to_mend:
        roster.content_cipher = None
    roster.state, roster.message = Roster.State.COMMITTED, None
    roster.committed_at, roster.committed_by, roster.whole_file = at, by, whole
    roster.save(update_fields=["state", "message", "committed_at", "committed_by", "whole_file", "content_cipher"])
    for earlier in Roster.objects.filter(
        school=roster.school, state=Roster.State.COMMITTED, content_cipher__isnull=False, pk__lt=roster.pk
    ):
        keeping.forget(earlier)
        Roster.objects.filter(pk=earlier.pk).update(content_cipher=None)


_LOCK_PERSONS = """
    SELECT count(*) FROM (
        SELECT 1 FROM people_person p
        WHERE p.id IN (SELECT d.person_id FROM people_identitydocument d
                       JOIN incoming i ON i.number_index = d.number_index
                       UNION ALL
                       SELECT r.person_id FROM people_schoolroll r WHERE r.school_id = %s AND r.left_on IS NULL)
        ORDER BY p.id FOR NO KEY UPDATE
    ) held"""
