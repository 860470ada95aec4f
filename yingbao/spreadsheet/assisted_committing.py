"""A reviewed list takes effect; what it could not place waits for its person. 救助名单生效"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from yingbao.agents.models import Organisation, User
from yingbao.people import assisting
from yingbao.spreadsheet import assisted_undoing, points_comparing
from yingbao.spreadsheet.assisted_comparing import KNOWN, counted, ends_most, match_rows, weigh
from yingbao.spreadsheet.assisted_review import compare, locked, waiting
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.points_list import is_points
from yingbao.spreadsheet.review import WHOLE, Progress, silent
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

_COMPARED, _WRITTEN = 30, 60
State, Act, Match, Verdict = AssistedList.State, AssistedRow.Act, AssistedRow.Match, AssistedRow.Verdict

_LOOK_AGAIN = Text(
    "您查看之后，人员资料有了变动，结果已不同。名单尚未生效，请重新查看后再确认。",
    "Since you looked, people's data have changed and the outcome is another. Nothing took effect; look at it again "
    "and then confirm.",
)


class Effected(NamedTuple):
    """A list that took effect, and of whom something changed. 生效结果"""

    assisted_list: AssistedList
    person_ids: list[int]


def begin(*, assisted_list: AssistedList, by: User, at: datetime) -> bool:
    """Mark a reviewed list as on its way into effect; returns False if it is not there to be confirmed. 开始生效"""
    return bool(AssistedList.objects.filter(pk=assisted_list.pk, state=State.REVIEWED).update(state=State.COMMITTING))


def let_go(list_id: int) -> None:
    """A list whose commit ended without effect can be confirmed again. 退回待确认"""
    AssistedList.objects.filter(pk=list_id, state=State.COMMITTING).update(state=State.REVIEWED)


def commit(
    *, assisted_list: AssistedList, by: User, at: datetime, meant: bool = False, progress: Progress = silent
) -> Effected:
    """Do what the review announced, or nothing. 确认生效

    Where people changed since the review, what was reviewed is brought up to date and shown again instead. A second
    click finds the list in effect and changes nothing. Raises Refused for a list without a row to take, for a full
    list that is older than the body's last one, and for one that would end more than half of the body's places in
    its categories unless that is `meant`.
    """
    with transaction.atomic():
        found = locked(assisted_list.pk)
        if found.state == State.COMMITTED:
            return Effected(found, [])
        _refuse_unless_ready(found)
        Organisation.objects.select_for_update(no_key=True).get(pk=found.organisation_id)
        _refuse_older(found)
        progress(0, WHOLE)
        _hold_persons(found)
        if compare(found):
            found.state, found.message = State.REVIEWED, msgspec.to_builtins(_LOOK_AGAIN)
            found.save(update_fields=["state", "message", "counts"])
            return Effected(found, [])
        if ends_most(found.counts) and not meant:
            raise _ends_most(found)
        progress(_COMPARED, WHOLE)
        persons = _apply(found, found.rows.filter(KNOWN | Q(row_number__isnull=True)), by, at)
        progress(_WRITTEN, WHOLE)
        _supersede(found)
        _finish(found, by, at, meant)
    return Effected(found, sorted(persons))


def settle(*, row: AssistedRow, accept: bool, by: User, at: datetime, person_id: int | None = None) -> AssistedRow:
    """Somebody says whether a doubtful row means the person who was found. 人工核实

    It takes effect with the list, or, of a list in effect, with `catch_up`. Until then it can be said otherwise.
    Raises Refused if the row is not doubtful, has taken effect or been taken back, or one of several persons has to
    be named.
    """
    with transaction.atomic():
        found = locked(row.assisted_list_id)
        row = AssistedRow.objects.select_for_update().get(pk=row.pk)
        if found.withdrawn_at or row.withdrawn_at:
            raise _taken_back(row)
        doubtful = row.match in (Match.AMBIGUOUS, Match.NAME_DIFFERS)
        if not doubtful or row.applied_at or found.state not in (State.REVIEWED, State.COMMITTED):
            raise Refused(
                where=row.name,
                what=Text("这一行不用核实，或已经生效", "this row needs no settling, or has taken effect"),
                mend=Text("刷新页面看它现在的状态", "load the page again to see how it stands"),
            )
        if row.match == Match.AMBIGUOUS:
            chosen = person_id if person_id is not None else (row.candidates[0] if len(row.candidates) == 1 else None)
            if accept and chosen not in row.candidates:
                raise Refused(
                    where=row.name,
                    what=Text("没有选是哪一个人", "it is not said which person is meant"),
                    mend=Text("选择其中一人", "choose one of them"),
                )
            row.person_id = chosen if accept else None
            row.effect = ""
        row.verdict = Verdict.ACCEPTED if accept else Verdict.REFUSED
        row.settled_by, row.settled_at = by, at
        row.save(update_fields=["person", "effect", "verdict", "settled_by", "settled_at"])
        weigh(found)
        found.counts = counted(found) if found.state == State.REVIEWED else _counted_after(found)
        found.save(update_fields=["counts"])
    row.refresh_from_db()
    return row


def lists_waiting(organisation: Organisation | None = None) -> list[int]:
    """The lists in effect of which rows wait: all of them, or one body's. 有待匹配行的名单"""
    rows = waiting() if organisation is None else waiting().filter(assisted_list__organisation=organisation)
    return sorted(set(rows.values_list("assisted_list_id", flat=True)))


def catch_up(*, list_id: int, at: datetime) -> Effected:
    """List whoever has appeared on the platform since the list took effect, and whoever was settled. 补匹配"""
    with transaction.atomic():
        found = locked(list_id)
        if found.state != State.COMMITTED or found.committed_by is None:
            return Effected(found, [])
        match_rows(found)
        weigh(found)
        persons = _apply(found, waiting().filter(KNOWN, assisted_list=found), found.committed_by, at)
        counts = _counted_after(found)
        if counts != found.counts:
            found.counts = counts
            found.save(update_fields=["counts"])
    return Effected(found, sorted(persons))


def _refuse_unless_ready(found: AssistedList) -> None:
    if found.state not in (State.REVIEWED, State.COMMITTING):
        raise Refused(
            where=found.filename,
            what=Text("这份名单不能生效", "this list cannot take effect"),
            mend=Text("请重新上传名单", "upload the list again"),
        )
    if not found.rows.filter(row_number__isnull=False).exclude(match=Match.FAULTY).exists():
        # Taken for full, such a list would end everybody's place.
        raise Refused(
            where=found.filename,
            what=Text("没有可以办理的行", "no row of it can be taken"),
            mend=Text("按提示改好文件后重新上传", "mend the file as told and upload it again"),
        )


def _refuse_older(found: AssistedList) -> None:
    newer = AssistedList.objects.filter(
        organisation=found.organisation_id, kind=AssistedList.Kind.FULL, state=State.COMMITTED, as_of__gt=found.as_of
    )
    if found.kind == AssistedList.Kind.FULL and (latest := newer.order_by("-as_of").first()) is not None:
        what = Text("{day}的全量名单已经生效，更早的全量名单不能再生效", "the full list of {day} is in effect already")
        mend = Text(
            "核对名单日期；更正个别人员请用变动名单", "check the date; correct single persons by a list of changes"
        )
        raise Refused(where=found.filename, what=what.filled(day=latest.as_of), mend=mend)


def _ends_most(found: AssistedList) -> Refused:
    what = Text(
        "这份名单会让 {n} 条救助身份退出，超过现有 {all} 条的一半",
        "the list would end {n} places, more than half of the {all} there are",
    )
    mend = Text(
        "确实如此的，勾选“确实有这么多人退出”再确认；不是的，请改按变动名单上传",
        "if that is so, tick the box that says it is meant; if not, upload it as a list of changes",
    )
    counts = found.counts
    return Refused(where=found.filename, what=what.filled(n=counts["absent"], all=counts["standing"]), mend=mend)


def _taken_back(row: AssistedRow) -> Refused:
    return Refused(
        where=row.name,
        what=Text("这一行已经撤回，不能再核实", "this row was taken back; there is nothing to settle"),
        mend=Text("仍要办理的，请重新上传名单", "if it is meant after all, upload a list with it"),
    )


def _hold_persons(found: AssistedList) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"list": found.pk})


def _apply(found: AssistedList, rows: QuerySet[AssistedRow], by: User, at: datetime) -> set[int]:
    """Let these rows take effect; returns of whom something changed."""
    taken = list(
        rows.filter(applied_at__isnull=True, withdrawn_at__isnull=True).order_by("person_id", "category", "pk")
    )
    assisted_undoing.remember(found, [row.pk for row in taken])
    source = f"assisted list {found.pk}"
    body = found.organisation
    listings = [
        assisting.Listing(row.person_id, row.category, row.first, row.last)
        for row in taken
        if row.act == Act.ADD and row.person_id is not None and row.first is not None
    ]
    endings = [
        assisting.Ending(row.person_id, row.category, row.last)
        for row in taken
        if row.act == Act.END and row.person_id is not None and row.last is not None
    ]
    persons: set[int] = set()
    if is_points(found):
        persons, listings, endings = points_comparing.apply(found, taken, by, at), [], []
    if endings:
        persons |= assisting.end_people(provided_by=body, endings=endings, by=by, at=at, source=source)
    if listings:
        persons |= assisting.list_people(provided_by=body, listings=listings, by=by, at=at, source=source)
    AssistedRow.objects.filter(pk__in=[row.pk for row in taken]).update(applied_at=at, number_cipher=None)
    return persons


def _supersede(found: AssistedList) -> None:
    """What waited from this body's earlier lists waits no longer if this list speaks of it. 以新名单为准"""
    older = waiting().filter(assisted_list__organisation=found.organisation_id).exclude(assisted_list=found)
    if found.kind == AssistedList.Kind.FULL:
        (older if is_points(found) else older.filter(category__in=found.categories)).delete()
        return
    with connection.cursor() as cursor:
        cursor.execute(_SPOKEN_OF, {"list": found.pk})
        spoken_of = [row for (row,) in cursor.fetchall()]
    older.filter(pk__in=spoken_of).delete()


def _finish(found: AssistedList, by: User, at: datetime, meant: bool) -> None:
    """Note what was done; numbers stay sealed only where a row waits, the file only where a row is to be mended."""
    if not found.counts["faulty"]:
        found.content_cipher = None
    found.state, found.message = State.COMMITTED, None
    found.committed_at, found.committed_by, found.meant = at, by, meant
    found.save(update_fields=["state", "message", "committed_at", "committed_by", "meant", "content_cipher", "counts"])
    found.rows.exclude(pk__in=waiting().values("pk")).update(number_cipher=None)


def _counted_after(found: AssistedList) -> dict[str, int]:
    """The counts of a list in effect: places that were there before it are no longer to be counted."""
    kept = ("standing", "elsewhere", "spared")
    return {**found.counts, **{word: count for word, count in counted(found).items() if word not in kept}}


_HOLD = """
    SELECT count(*) FROM (
        SELECT 1 FROM people_person p
        WHERE p.id IN (SELECT d.person_id FROM people_identitydocument d
                       JOIN spreadsheet_assistedrow r ON r.number_index = d.number_index
                       WHERE r.assisted_list_id = %(list)s
                       UNION ALL
                       SELECT r.person_id FROM spreadsheet_assistedrow r
                       WHERE r.assisted_list_id = %(list)s AND r.person_id IS NOT NULL)
        ORDER BY p.id FOR NO KEY UPDATE
    ) held"""

_SPOKEN_OF = """
    SELECT older.id
    FROM spreadsheet_assistedrow r
    JOIN spreadsheet_assistedrow older ON older.number_index = r.number_index AND older.category = r.category
    WHERE r.assisted_list_id = %(list)s AND older.assisted_list_id <> r.assisted_list_id"""
