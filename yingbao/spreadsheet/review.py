"""A roster is received, read, compared and shown, before anything is written. 花名册核对

Nothing outside the tables of this app changes here. `receive` keeps the file, sealed; `review` reads it in a
child process and stages its rows; `committing.commit` does what the review announced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

import msgspec
from django.db import transaction
from django.db.models import Count

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, school_year_of
from yingbao.people.models import SchoolRoll
from yingbao.sealing import sealed
from yingbao.spreadsheet import children, comparing, keeping, rows, staging
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.spreadsheet.outcomes import IMPORTED
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.roster import parse_roster
from yingbao.spreadsheet.table import Table
from yingbao.values.plain import veiled
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Progress = Callable[[int, int], None]

WHOLE = 100
"""progress is told in hundredths: reading, sealing and copying, comparing"""
_OPENED, _READ, _STAGED, _COMPARED = 25, 45, 70, 90

KEPT = timedelta(days=60)
"""how long a roster waits for its clerk"""
COVERS_THE_SCHOOL = 0.8
"""a file that names this part of the pupils on the roll is taken for the whole school"""


def silent(done: int, total: int) -> None:
    """Tell nobody how far the work is."""


def receive(*, school: Organisation, season: Season, filename: str, data: bytes, by: User, at: datetime) -> Roster:
    """Keep an uploaded file, sealed, until it has been read. 接收花名册

    A clerk's newer file takes the place of the one that the same clerk left unconfirmed.
    Raises Refused if the file is empty or too large.
    """
    filename = veiled(PurePosixPath(filename.replace("\\", "/")).name)[-200:] or "roster"
    if not data:
        raise Refused(
            where=filename,
            what=Text("文件是空的", "the file is empty"),
            mend=Text("选择有内容的花名册文件", "choose a roster that holds something"),
        )
    if len(data) > LARGEST_FILE:
        most = LARGEST_FILE // 1024 // 1024
        raise Refused(
            where=filename,
            what=Text("文件超过 {most} MB", "the file is larger than {most} MB").filled(most=most),
            mend=Text(
                "删去图片和无关的工作表，或按年级分成几个文件",
                "remove pictures and other sheets, or split it by grades",
            ),
        )
    with transaction.atomic():
        unconfirmed = Roster.objects.filter(
            school=school, uploaded_by=by, state__in=[Roster.State.WAITING, Roster.State.REVIEWED]
        )
        for earlier in unconfirmed:
            drop(roster=earlier, by=by, at=at)
        return Roster.objects.create(
            school=school,
            season=season,
            school_year=school_year_of(season),
            uploaded_by=by,
            uploaded_at=at,
            filename=filename,
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
            content_cipher=sealed.seal_bytes(data),
        )


def review(roster_id: int, *, at: datetime, progress: Progress = silent) -> Roster:
    """Read a received roster and stage what would become of each row. 核对花名册

    Running it again after it ended changes nothing. A file that cannot be read is refused, and not kept.
    """
    roster = Roster.objects.select_related("school").get(pk=roster_id)
    if roster.state != Roster.State.WAITING or roster.content_cipher is None:
        return roster
    progress(0, WHOLE)
    try:
        parsed = _parsed(roster, china_day(at), progress)
    except Refused as refused:
        return _refuse(roster, refused)
    progress(_READ, WHOLE)

    with transaction.atomic():
        roster = locked(roster_id)
        if roster.state != Roster.State.WAITING:
            return roster
        keeping.forget(roster)
        roster.notes = msgspec.to_builtins(parsed.notes)
        roster.layout = _layout(parsed.table)
        staging.stage(parsed, progress=_part(progress, _READ, _STAGED))
        del parsed
        progress(_STAGED, WHOLE)
        compare(roster, at=at)
        progress(_COMPARED, WHOLE)
        keeping.keep(roster)
        if children.is_of_community(roster):
            children.note_looks(roster, at=at)
        roster.state, roster.counts = Roster.State.REVIEWED, counted(roster)
        roster.save(update_fields=["state", "notes", "layout", "counts"])
    progress(WHOLE, WHOLE)
    return roster


def drop(*, roster: Roster, by: User | None, at: datetime) -> Roster:
    """Give up a roster that was not committed; its file and rows are erased. 放弃花名册

    Dropping it again, or after it was committed, changes nothing.
    """
    with transaction.atomic():
        roster = locked(roster.pk)
        if roster.state in (Roster.State.WAITING, Roster.State.REVIEWED):
            roster.state, roster.content_cipher = Roster.State.DROPPED, None
            roster.save(update_fields=["state", "content_cipher"])
            keeping.forget(roster)
    return roster


def purge(*, at: datetime) -> int:
    """Erase files and rows that nobody has come back to; returns how many rosters that was. 清理

    For the nightly work: children's data do not lie about because a clerk forgot a page.
    """
    before = at - KEPT
    forgotten = Roster.objects.filter(uploaded_at__lt=before)
    purged = 0
    for roster in forgotten.filter(state__in=[Roster.State.WAITING, Roster.State.REVIEWED]).defer("content_cipher"):
        drop(roster=roster, by=None, at=at)
        purged += 1
    for roster in forgotten.filter(state=Roster.State.COMMITTED, content_cipher__isnull=False).defer("content_cipher"):
        with transaction.atomic():
            keeping.forget(roster)
            Roster.objects.filter(pk=roster.pk).update(content_cipher=None)
        purged += 1
    return purged


def locked(roster_id: int) -> Roster:
    """The roster, held until the end of the transaction. 锁定"""
    return Roster.objects.select_for_update(of=("self",)).select_related("school", "season").get(pk=roster_id)


def compare(roster: Roster, *, at: datetime) -> None:
    """Compare what is in the temporary tables with what is known. 比对"""
    school = roster.school
    if children.is_of_community(roster):
        children.compare(season=roster.season, community=school, at=at)
        return
    comparing.compare(school=school.pk, stages=school.stages, school_year=roster.school_year)


def counted(roster: Roster) -> dict[str, int]:
    """How many rows have each outcome, and what the clerk has to know before confirming. 统计

    `on_roll`: pupils on the school's roll now; `covered`: how many of them the file names; `warned`: rows that are
    taken in spite of a doubt; `nameless`: rows refused without so much as a name, who may be anyone.
    """
    staged = RosterRow.objects.filter(roster=roster)
    counts = dict(staged.values_list("outcome").annotate(Count("pk")).order_by())
    on_roll = SchoolRoll.objects.filter(school=roster.school, left_on__isnull=True).count()
    return counts | {
        "on_roll": on_roll,
        "covered": on_roll - counts.get("left", 0),
        "warned": staged.filter(outcome__in=IMPORTED).exclude(errors=[]).count(),
        "nameless": staged.filter(outcome=RosterRow.Outcome.ERROR, name="").count(),
    }


def seems_whole(roster: Roster) -> bool:
    """Whether the file can be taken for the whole school, so that who is not in it has left. 是否全校名单

    A row without a readable name might be anyone on the roll, so such a file is not taken for whole by itself.
    """
    counts = roster.counts
    return bool(counts) and not counts["nameless"] and counts["covered"] >= COVERS_THE_SCHOOL * counts["on_roll"]


def _layout(table: Table) -> dict[str, object]:
    """How the file is built, as far as it has to be known to give it back. 文件结构"""
    return {
        "kind": table.kind,
        "encoding": table.encoding,
        "sheet": table.sheet,
        "header_row": table.header_row,
        "columns": {column.field: [column.letter, column.header] for column in table.columns},
    }


def _refuse(roster: Roster, refused: Refused) -> Roster:
    with transaction.atomic():
        roster = locked(roster.pk)
        if roster.state == Roster.State.WAITING:
            roster.state, roster.content_cipher = Roster.State.REFUSED, None
            roster.message = {
                "zh": refused.said("zh"),
                "en": refused.said("en"),
                "where": refused.where,
                "what": msgspec.to_builtins(refused.what),
                "mend": msgspec.to_builtins(refused.mend),
            }
            roster.save(update_fields=["state", "content_cipher", "message"])
    return roster


def _parsed(roster: Roster, on: date, progress: Progress) -> rows.Roster:
    """Read the file in a child process. Raises Refused if it is no roster."""
    assert roster.content_cipher is not None
    data = sealed.unseal_bytes(roster.content_cipher)
    table = read_table(data, roster.filename, progress=_part(progress, 0, _OPENED))
    parsed = parse_roster(table, on=on, near=roster.school.division, progress=_part(progress, _OPENED, _READ))
    return children.checked(parsed, roster.filename) if children.is_of_community(roster) else parsed


def _part(progress: Progress, first: int, last: int) -> Progress:
    """Progress of a part of the work, told as progress of the whole."""
    return lambda done, total: progress(first + (last - first) * min(done, total) // max(total, 1), WHOLE)
