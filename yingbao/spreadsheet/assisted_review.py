"""A body's list is received, read, matched and shown, before anything is written. 救助名单核对

Nothing outside the tables of this app changes here. `assisted_committing.commit` does what the review announced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import msgspec
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from yingbao.agents.models import Organisation, OrganisationKind, User
from yingbao.enrolment.seasons import china_day
from yingbao.people.bulk import copy
from yingbao.people.lists import LISTING_BODIES
from yingbao.sealing import sealed
from yingbao.spreadsheet import assisted_comparing
from yingbao.spreadsheet.assisted_columns import ADMITTED, ADMITTED_CHANGES, CHANGES, FULL
from yingbao.spreadsheet.assisted_list import Kind, Listed, parse_assisted
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.points_list import counts_for, is_points, parse_admitted
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.review import KEPT, WHOLE, Progress, silent
from yingbao.values.names import cleaned
from yingbao.values.plain import veiled
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

PENDING_KEPT = timedelta(days=400)
"""how long a row waits for a person whom nobody on the platform is yet: a plan year and its season"""
EARLIEST = date(2000, 1, 1)
SENDING_BODIES = LISTING_BODIES | {OrganisationKind.POINTS_OFFICE}
"""Who sends lists: of assisted persons, and the points office of admitted children (四(三)). 名单提供部门"""
_OPENED, _READ, _STAGED, _MATCHED = 25, 45, 70, 90
State = AssistedList.State

STAGED = {
    "assisted_list_id": "int8", "row_number": "int4", "act": "varchar", "match": "varchar", "effect": "varchar",
    "candidates": "int8[]", "faults": "jsonb", "verdict": "varchar", "name": "varchar", "identity_kind": "varchar",
    "number_cipher": "bytea", "number_index": "bytea", "number_masked": "varchar", "birth_date": "date",
    "category": "varchar", "first": "date", "last": "date", "school_name": "varchar", "withdrawn_because": "varchar",
}  # fmt: skip


def receive(
    *, organisation: Organisation, kind: str, as_of: date | None, filename: str, data: bytes, by: User, at: datetime
) -> AssistedList:
    """Keep an uploaded list, sealed, until it has been read. 接收救助名单

    The same file sent a second time for the same day gives the answer that is there already. Raises Refused if the
    body sends no such lists, the file is empty or too large, or the list's date cannot be.
    """
    filename = veiled(PurePosixPath(filename.replace("\\", "/")).name)[-200:] or "list"
    _refuse_unless_listing(organisation)
    _refuse_odd_file(filename, data)
    day = _checked_day(filename, as_of, china_day(at))
    if kind not in AssistedList.Kind.values:
        what = Text("没有选名单是全量还是变动", "it is not said whether the list is full or of changes")
        raise Refused(where=filename, what=what, mend=Text("选择其中一种", "choose one of the two"))
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        same = AssistedList.objects.filter(organisation=organisation, sha256=digest, kind=kind, as_of=day)
        if (known := same.exclude(state__in=[State.DISCARDED, State.REFUSED]).first()) is not None:
            return known
        return AssistedList.objects.create(
            organisation=organisation,
            pooling_area=organisation.pooling_area,
            kind=kind,
            as_of=day,
            uploaded_by=by,
            uploaded_at=at,
            filename=filename,
            sha256=digest,
            size_bytes=len(data),
            content_cipher=sealed.seal_bytes(data),
        )


def _refuse_unless_listing(body: Organisation) -> None:
    if body.kind not in SENDING_BODIES:
        what = Text("{body}不提供救助名单", "{body} sends no lists of assisted persons").filled(body=body.name)
        mend = Text(
            "名单由民政、总工会、残联提供",
            "lists come from civil affairs, the union federation or the disabled federation",
        )
        raise Refused(where=body.name, what=what, mend=mend)


def _refuse_odd_file(filename: str, data: bytes) -> None:
    if not data:
        what = Text("文件是空的", "the file is empty")
        raise Refused(
            where=filename, what=what, mend=Text("选择有内容的名单文件", "choose a list that holds something")
        )
    if len(data) > LARGEST_FILE:
        what = Text("文件超过 {most} MB", "the file is larger than {most} MB").filled(most=LARGEST_FILE // 1024 // 1024)
        mend = Text("删去图片和无关的工作表", "remove pictures and other sheets")
        raise Refused(where=filename, what=what, mend=mend)


def _checked_day(filename: str, as_of: date | None, today: date) -> date:
    if as_of is None or not EARLIEST <= as_of <= today:
        what = Text("名单日期没有填写，或不是今天以前的日期", "the list's date is missing, or lies in the future")
        mend = Text(
            "填写名单是哪一天的情况，不晚于今天", "give the day whose state the list tells, no later than today"
        )
        raise Refused(where=filename, what=what, mend=mend)
    return as_of


def review(list_id: int, *, at: datetime, progress: Progress = silent) -> AssistedList:
    """Read a received list and stage whom each row means and what it would do. 核对救助名单

    Running it again after it ended changes nothing. A file that cannot be read is refused, and not kept.
    """
    found = AssistedList.objects.get(pk=list_id)
    if found.state != State.READING or found.content_cipher is None:
        return found
    progress(0, WHOLE)
    try:
        listed = _parsed(found, china_day(at), progress)
    except Refused as refused:
        return _refuse(found, refused)
    with transaction.atomic():
        found = locked(list_id)
        if found.state != State.READING:
            return found
        found.rows.all().delete()
        found.notes = msgspec.to_builtins(listed.table.notes)
        found.layout = {
            "kind": listed.table.kind,
            "sheet": listed.table.sheet,
            "header_row": listed.table.header_row,
            "columns": {column.field: [column.letter, column.header] for column in listed.table.columns},
        }
        found.categories = list(listed.categories)
        _stage(found, listed, _part(progress, _READ, _STAGED))
        progress(_STAGED, WHOLE)
        compare(found)
        progress(_MATCHED, WHOLE)
        found.state = State.REVIEWED
        found.save(update_fields=["state", "notes", "layout", "categories", "counts"])
    progress(WHOLE, WHOLE)
    return found


def compare(found: AssistedList) -> bool:
    """Match, weigh and count again; returns whether anything came out differently than it was staged. 比对"""
    changed = bool(assisted_comparing.match_rows(found))
    changed = bool(assisted_comparing.weigh(found)) or changed
    changed = assisted_comparing.find_absent(found) or changed
    found.counts = assisted_comparing.counted(found)
    return changed


def discard(*, assisted_list: AssistedList, by: User | None, at: datetime) -> AssistedList:
    """Give up a list that has not taken effect; its file and rows are erased. 放弃救助名单

    Discarding it again, or after it took effect, changes nothing.
    """
    with transaction.atomic():
        found = locked(assisted_list.pk)
        if found.state in (State.READING, State.REVIEWED):
            found.state, found.content_cipher = State.DISCARDED, None
            found.save(update_fields=["state", "content_cipher"])
            found.rows.all().delete()
    return found


def purge(*, at: datetime) -> int:
    """Erase files and rows that are no longer needed; returns of how many lists. 清理

    After KEPT days goes what nobody came back to, and of lists that took effect every row but those that wait for
    their person; these wait for PENDING_KEPT.
    """
    before, purged = at - KEPT, 0
    old = AssistedList.objects.defer("content_cipher")
    for found in old.filter(uploaded_at__lt=before, state__in=[State.READING, State.REVIEWED]):
        discard(assisted_list=found, by=None, at=at)
        purged += 1
    for found in old.filter(state=State.COMMITTED, committed_at__lt=before):
        done = found.rows.exclude(pk__in=waiting().values("pk"))
        if done.delete()[0] + AssistedList.objects.filter(pk=found.pk, content_cipher__isnull=False).update(
            content_cipher=None
        ):
            purged += 1
    waiting().filter(assisted_list__committed_at__lt=at - PENDING_KEPT).delete()
    return purged


def waiting() -> Any:
    """Rows of lists in effect whose person is not known, or not settled, or not listed yet. 待匹配"""
    rows = AssistedRow.objects.filter(
        assisted_list__state=State.COMMITTED, act=AssistedRow.Act.ADD, withdrawn_at__isnull=True
    )
    return rows.filter(applied_at__isnull=True, number_index__isnull=False).exclude(verdict=AssistedRow.Verdict.REFUSED)


def locked(list_id: int) -> AssistedList:
    """The list, held until the end of the transaction. 锁定"""
    return AssistedList.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=list_id)


def _parsed(found: AssistedList, on: date, progress: Progress) -> Listed:
    """Read the file in a child process. Raises Refused if it is no such list."""
    assert found.content_cipher is not None
    points, full = is_points(found), found.kind == AssistedList.Kind.FULL
    headings = (ADMITTED if full else ADMITTED_CHANGES) if points else (FULL if full else CHANGES)
    data = sealed.unseal_bytes(found.content_cipher)
    table = read_table(data, found.filename, headings=headings, progress=_part(progress, 0, _OPENED))
    kind: Kind = "full" if full else "changes"
    told = _part(progress, _OPENED, _READ)
    if points:
        counts = counts_for(found)
        return parse_admitted(table, kind=kind, as_of=found.as_of, on=on, counts=counts, progress=told)
    return parse_assisted(table, kind=kind, as_of=found.as_of, on=on, progress=told)


def _refuse(found: AssistedList, refused: Refused) -> AssistedList:
    with transaction.atomic():
        found = locked(found.pk)
        if found.state == State.READING:
            found.state, found.content_cipher = State.REFUSED, None
            found.message = {
                "zh": refused.said("zh"),
                "en": refused.said("en"),
                "where": refused.where,
                "what": msgspec.to_builtins(refused.what),
                "mend": msgspec.to_builtins(refused.mend),
            }
            found.save(update_fields=["state", "content_cipher", "message"])
    return found


def _stage(found: AssistedList, listed: Listed, progress: Progress) -> None:
    """Copy the rows into the database, sealed; those that cannot be taken with their faults alone."""
    faults: dict[int, list[dict[str, Any]]] = {}
    names: dict[int, str] = {}
    for error in listed.errors:
        names[error.row] = cleaned(error.pupil)[:60]
        faults.setdefault(error.row, []).append(
            {
                "letter": error.column_letter, "header": error.column_name, "value": error.value,
                "what": msgspec.to_builtins(error.what), "mend": msgspec.to_builtins(error.mend),
                "severity": error.severity,
            }
        )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for done, entry in enumerate(listed.entries):
            if done % 2000 == 0:
                progress(done, len(listed.entries))
            yield (
                found.pk, entry.row_number, entry.act, AssistedRow.Match.UNMATCHED, "", [],
                Jsonb(faults.get(entry.row_number, [])), "", entry.name, entry.identity_type,
                *sealed.number(entry.identity_number), entry.birth_date, entry.category, entry.first, entry.last,
                entry.school, "",
            )  # fmt: skip
        for number in listed.refused_rows:
            yield (
                found.pk, number, AssistedRow.Act.NONE, AssistedRow.Match.FAULTY, "", [], Jsonb(faults[number]), "",
                names[number], "", None, None, "", None, "", None, None, "", "",
            )  # fmt: skip

    with connection.cursor() as cursor:
        copy(cursor, "spreadsheet_assistedrow", STAGED, rows())
        cursor.execute("ANALYZE spreadsheet_assistedrow (assisted_list_id, match, row_number)")


def _part(progress: Progress, first: int, last: int) -> Progress:
    """Progress of a part of the work, told as progress of the whole."""
    return lambda done, total: progress(first + (last - first) * min(done, total) // max(total, 1), WHOLE)
