"""A school's own system hands in its roster, reads the review, and says yes. 花名册接口"""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import File, Router, Status
from ninja.files import UploadedFile

from yingbao.agents.models import Desk, Organisation, Scope
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.spreadsheet import review
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.spreadsheet.outcomes import problems
from yingbao.spreadsheet.roster_columns import ROSTER, TITLES
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.api.caller import Called, Caller, opens
from yingbao.web.api.problems import problem
from yingbao.web.api.shapes import (
    AFTER,
    LIMIT,
    REFUSALS,
    WORD,
    CommitIn,
    Number,
    Problem,
    RosterIn,
    RosterOut,
    RowOut,
    RowPage,
    RowProblem,
    Words,
)
from yingbao.web.school.roster import UNDER_WAY, job_of, seen

OWN = frozenset({Desk.SCHOOL})
READS = opens(Scope.ROSTER, OWN | {Desk.AGENCY})
WRITES = opens(Scope.ROSTER_WRITE, OWN)
router = Router(tags=["花名册 rosters"])


@router.get("/rosters/fields", **READS, response={200: dict[str, Words], **REFUSALS}, summary="花名册的字段")
def fields(request: Called) -> dict[str, Words]:
    """What a row may say: the names to use, and what pages call them. 字段"""
    return {field.name: Words.of(field.title) for field in ROSTER.fields}


@router.post("/rosters", **WRITES, response={202: RosterOut, **REFUSALS}, summary="逐行提交花名册")
def hand_in_rows(request: Called, body: RosterIn) -> Status[RosterOut]:
    """Hand in rows; they go the way of an uploaded file: checked, compared, staged for review. 提交花名册"""
    unknown = sorted({name for row in body.rows for name in row} - set(TITLES))
    if unknown:
        raise Refused(
            where="rows",
            what=Text("不认识的字段：{names}", "unknown fields: {names}").filled(names="、".join(unknown[:5])),
            mend=Text("字段名见 GET /rosters/fields。", "GET /rosters/fields names those that are known."),
        )
    used = [name for name in TITLES if any(name in row for row in body.rows)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([TITLES[name].zh for name in used])
    writer.writerows([row.get(name, "") for name in used] for row in body.rows)
    return Status(202, _received(request.auth, "interface.csv", text.getvalue().encode("utf-8-sig")))


@router.post("/rosters/file", **WRITES, response={202: RosterOut, **REFUSALS}, summary="上传花名册文件")
def hand_in_file(request: Called, file: File[UploadedFile]) -> Status[RosterOut]:
    """Hand in a workbook or CSV as a clerk would. 上传花名册"""
    return Status(202, _received(request.auth, file.name or "", file.read(LARGEST_FILE + 1)))


@router.get("/rosters/{pk}", **READS, response={200: RosterOut, **REFUSALS}, summary="花名册状态")
def state(request: Called, pk: Number) -> RosterOut:
    """How far its reading or import is. 花名册状态"""
    return _told(_own(request.auth, pk))


@router.get("/rosters/{pk}/rows", **READS, response={200: RowPage, **REFUSALS}, summary="核对结果")
def rows(request: Called, pk: Number, outcome: str = WORD, after: int = AFTER, limit: int = LIMIT) -> RowPage:
    """What would become of each row, and what is wrong with it. 核对结果"""
    roster = _own(request.auth, pk)
    staged = RosterRow.objects.filter(roster=roster, pk__gt=after).order_by("pk")
    if outcome:
        staged = staged.filter(outcome=outcome)
    page = list(staged[: limit + 1])
    request.auth.saw("list", count=len(page[:limit]))
    items = [_row(roster, row) for row in page[:limit]]
    return RowPage(items=items, next=items[-1].id if len(page) > limit else None)


@router.post("/rosters/{pk}/commit", **WRITES, response={202: RosterOut, 409: Problem, **REFUSALS}, summary="确认导入")
def commit(request: Called, pk: Number, body: CommitIn) -> Status[RosterOut] | HttpResponse:
    """Import all valid rows or none; said again, it changes nothing. 确认导入"""
    roster = _own(request.auth, pk)
    job = job_of(roster)
    under_way = job is not None and job.state in UNDER_WAY
    if roster.state == Roster.State.COMMITTED or (under_way and job is not None and job.task == "roster.commit"):
        return Status(202, _told(roster))
    if roster.state != Roster.State.REVIEWED or under_way:
        return problem(409, "花名册还不能导入：未核对完，或已放弃；not reviewed yet, or given up")
    if body.seen != seen(roster):
        return problem(409, "核对结果已更新，请再读一遍；the review has changed, read it again")
    about = Text("导入花名册 {file}", "Import the roster {file}").filled(file=roster.filename)
    _start(request.auth, "roster.commit", about, roster, whole_file=body.whole_school)
    return Status(202, _told(roster))


def _received(caller: Caller, filename: str, data: bytes) -> RosterOut:
    roster = review.receive(
        school=caller.organisation, season=caller.season(), filename=filename, data=data, by=caller.user, at=caller.at
    )
    about = Text("读取花名册 {file}", "Read the roster {file}").filled(file=roster.filename)
    _start(caller, "roster.review", about, roster)
    return _told(roster)


def _start(caller: Caller, task: str, about: Text, roster: Roster, **arguments: object) -> Job:
    return work.start(
        task=task, about=about, owner=caller.user, organisation=caller.organisation, at=caller.at,
        arguments={"roster": roster.pk, **arguments}, result_url=reverse("roster", args=[roster.pk]),
    )  # fmt: skip


def _own(caller: Caller, pk: int) -> Roster:
    seen_by = Organisation.objects.visible_to(caller.appointment)
    return get_object_or_404(Roster.objects.filter(school__in=seen_by.values("pk")).defer("content_cipher"), pk=pk)


def _told(roster: Roster) -> RosterOut:
    job = job_of(roster)
    # Why an import came to nothing stands with its job: the roster itself is as it was.
    told = roster.message or (job.message if job is not None and job.state == Job.State.FAILED else None)
    message = Words(zh=told["zh"], en=told["en"]) if told else None
    return RosterOut(
        id=roster.pk, state=roster.state, working=job is not None and job.state in UNDER_WAY,
        counts=roster.counts, message=message, seen=seen(roster),
    )  # fmt: skip


def _row(roster: Roster, row: RosterRow) -> RowOut:
    told = problems(roster, row) if row.row_number is not None else ()
    return RowOut(
        id=row.pk, row=row.row_number, outcome=row.outcome, name=row.name, number_masked=row.number_masked,
        problems=[
            RowProblem(
                field=Words.of(one.header), refuses=one.severe, what=Words.of(one.what), mend=Words.of(one.mend)
            )
            for one in told
        ],
    )  # fmt: skip
