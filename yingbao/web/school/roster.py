"""The roster: hand it in, watch it being read, look at what would happen, say yes or no. 花名册"""

from __future__ import annotations

import hashlib
import json

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.looks import looked
from yingbao.people.models import SchoolRoll
from yingbao.spreadsheet import review
from yingbao.spreadsheet.columns import Field
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.spreadsheet.models import Roster
from yingbao.spreadsheet.outgoing import errors_workbook, has_errors_workbook, roster_template
from yingbao.spreadsheet.roster_columns import ROSTER, TITLES
from yingbao.spreadsheet.template import CHILDREN_FIELDS, children_template
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.community.register import below
from yingbao.web.school import promotion
from yingbao.web.school.pupils import season_of
from yingbao.web.school.roster_page import RosterPage
from yingbao.web.templatetags.words import language

SHOWN = 10
"""rosters listed on the upload page"""
UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
STEPS: dict[str, tuple[tuple[int, Text], ...]] = {
    "roster.review": (
        (0, Text("正在打开文件", "Opening the file")),
        (25, Text("正在逐行检查", "Checking row by row")),
        (45, Text("正在加密暂存", "Sealing what it says")),
        (70, Text("正在与名册比对", "Comparing it with your roll")),
    ),
    "roster.commit": (
        (0, Text("正在再次比对", "Comparing once more")),
        (25, Text("正在写入", "Writing")),
        (60, Text("正在列入名单并核定", "Listing and deciding")),
    ),
}
"""task → from which hundredth on it does what"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def own(request: Seated) -> QuerySet[Roster]:
    """The files of the school or community whose desk this is, without the files themselves. 本单位名册"""
    return everything(request).select_related("uploaded_by", "committed_by").defer("content_cipher")


def everything(request: Seated) -> QuerySet[Roster]:
    """The same with the files; a sub-district has those of its communities. 本单位名册文件"""
    return Roster.objects.of(places(request)).select_related("school")


def places(request: Seated) -> list[Organisation]:
    """For whom this desk hands in files: the school, the community, a sub-district's communities. 上传单位"""
    place = request.appointment.organisation
    return [place] if place.kind in (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY) else below(request)


def job_of(roster: Roster) -> Job | None:
    """The latest work on a roster. 花名册任务"""
    return Job.objects.filter(task__startswith="roster.", arguments__roster=roster.pk).order_by("-pk").first()


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def upload(request: Seated) -> HttpResponseBase:
    """Choose a file; it is kept sealed and read by a job. 上传花名册"""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return redirect("roster", pk=_received(request).pk)
        except Refused as refusal:
            refused = refusal
    school = request.appointment.organisation
    disputed = list(_disputed(school).select_related("person").distinct().order_by("person__name_pinyin", "pk"))
    context: dict[str, object] = {
        "refused": refused,
        "rosters": own(request).order_by("-uploaded_at", "-pk")[:SHOWN],
        "required": [field.title for field in ROSTER.fields if field.required],
        "understood": [field.title for field in ROSTER.fields if _is_shown(field)],
        "of_a_child": [TITLES[field] for field in CHILDREN_FIELDS],
        "disputed": [{"roll": roll, "others": _others(roll)} for roll in disputed],
        "season": season_of(request),
        "outside_school": request.appointment.desk == Desk.COMMUNITY,
        "places": places(request),
        "chosen": request.POST.get("community", ""),
    }
    if disputed:
        _look(request, "list", len(disputed))
    return render(request, "school/roster_upload.html", context, status=422 if refused else 200)


def _is_shown(field: Field) -> bool:
    return not field.required and not field.name.startswith(("father_", "mother_", "second_guardian_"))


def _disputed(school: Organisation) -> QuerySet[SchoolRoll]:
    """This school's rolls of children whom another school names too, so that it is not settled. 两校同时在册"""
    live = SchoolRoll.objects.filter(left_on__isnull=True)
    here = live.filter(school=school)
    # Few rolls of a city are contested: they are found first, and only then asked for.
    contested = set(live.filter(contested=True, person__in=here.values("person")).values_list("person", flat=True))
    elsewhere = live.filter(person=OuterRef("person")).exclude(school=school)
    return here.filter(Exists(elsewhere), person__in=contested)


def _others(roll: SchoolRoll) -> list[SchoolRoll]:
    """The other schools that name the child."""
    elsewhere = SchoolRoll.objects.filter(person=roll.person_id, left_on__isnull=True).exclude(pk=roll.pk)
    return list(elsewhere.select_related("school").order_by("pk"))


def _received(request: Seated) -> Roster:
    """Keep the uploaded file and ask for it to be read. Raises Refused."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused(
            where=Text("文件", "File").said(language()),
            what=Text("没有选择文件", "no file was chosen"),
            mend=Text("选择一个 .xlsx 或 CSV 文件再上传", "choose an .xlsx or CSV file, then upload"),
        )
    every, chosen = places(request), request.POST.get("community", "")
    place = next((one for one in every if len(every) == 1 or str(one.pk) == chosen), None)
    if place is None:
        raise Refused(
            where=Text("社区", "Community").said(language()),
            what=Text("没有选择登记的社区", "no community was chosen"),
            mend=Text("选择孩子所属的社区，再选文件上传", "choose whose children they are, then the file"),
        )
    # One byte more than may be is enough to refuse a file that is too large.
    data = file.read(LARGEST_FILE + 1)
    roster = review.receive(
        school=place,
        season=season_of(request),
        filename=file.name or "",
        data=data,
        by=request.user,
        at=clock.now(),
    )
    about = Text("读取花名册 {file}", "Read the roster {file}").filled(file=roster.filename)
    _start(request, "roster.review", about, roster)
    return roster


def _start(request: Seated, task: str, about: Text, roster: Roster, **arguments: object) -> None:
    work.start(
        task=task,
        about=about,
        owner=request.user,
        organisation=request.appointment.organisation,
        at=clock.now(),
        arguments={"roster": roster.pk, **arguments},
        result_url=reverse("roster", args=[roster.pk]),
    )


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def roster(request: Seated, pk: int) -> HttpResponseBase:
    """One roster: how far its reading is, what it would do, or what it did. 花名册核对"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    under_way = job is not None and job.state in UNDER_WAY
    context: dict[str, object] = {
        "roster": found,
        "job": job,
        "under_way": under_way,
        "doing": doing(job) if job else None,
        "mine": job is not None and job.owner == request.user,
        "outside_school": found.school.kind == OrganisationKind.COMMUNITY,
        "places": places(request),
    }
    watching = bool(request.htmx) and request.htmx.target == "progress"
    if under_way:
        return render(request, "school/_roster_progress.html" if watching else "school/roster_progress.html", context)
    if watching:
        return HttpResponseClientRefresh()
    if found.state == Roster.State.WAITING:
        return render(request, "school/roster_progress.html", context)
    page = RosterPage(found, show=request.GET.get("show", ""), wanted_page=request.GET.get("page", "1"))
    context |= {
        "page": page,
        "to_mend": has_errors_workbook(found),
        "whole": review.seems_whole(found),
        "seen": seen(found),
    }
    if page.rows:
        _look(request, "list", len(page.rows))
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "school/_roster_rows.html", context)
    return render(request, "school/roster.html", context)


def doing(job: Job) -> Text:
    """What the job is at, in a few words that change rarely, so that they can be read aloud. 进行到哪一步"""
    if job.cancel_asked:
        return Text("正在停止", "Stopping")
    if job.state == Job.State.WAITING:
        return Text("正在排队，马上开始", "Waiting for its turn")
    steps = STEPS.get(job.task, ())
    return next((words for until, words in reversed(steps) if job.done >= until), Text("已开始", "Begun"))


def seen(found: Roster) -> str:
    """A mark of what the page shows, so that nobody confirms what they have not seen. 所见标记"""
    shown = json.dumps([found.state, found.counts, found.message], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def commit(request: Seated, pk: int) -> HttpResponseBase:
    """Say yes: a job imports all valid rows, or none. 确认导入"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if found.state != Roster.State.REVIEWED or (job is not None and job.state in UNDER_WAY):
        return redirect("roster", pk=pk)
    if request.POST.get("seen") != seen(found):
        changed = Text(
            "核对结果已更新，请再看一遍后确认。", "The review was brought up to date; look again, then confirm."
        )
        messages.warning(request, changed.said(language()))
        return redirect("roster", pk=pk)
    about = Text("导入花名册 {file}", "Import the roster {file}").filled(file=found.filename)
    _start(request, "roster.commit", about, found, whole_file=request.POST.get("whole_file") == "yes")
    return redirect("roster", pk=pk)


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def drop(request: Seated, pk: int) -> HttpResponseBase:
    """Say no: the file and its rows are erased. 放弃花名册"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if job is not None and job.state in UNDER_WAY:
        work.ask_cancel(job=job, by=request.user, at=clock.now())
    dropped = review.drop(roster=found, by=request.user, at=clock.now())
    if dropped.state == Roster.State.DROPPED:
        gone = Text(
            "“{file}”已放弃，文件和暂存的数据都已清除。", "{file} was given up; the file and its rows are erased."
        )
        messages.success(request, gone.filled(file=found.filename).said(language()))
    return redirect("roster-upload")


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def stop(request: Seated, pk: int) -> HttpResponseBase:
    """Stop the work on a roster; nothing of it stays. 停止任务"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if job is not None and job.owner == request.user:
        work.ask_cancel(job=job, by=request.user, at=clock.now())
    return redirect("roster", pk=pk)


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def again(request: Seated, pk: int) -> HttpResponseBase:
    """Read a roster whose reading was stopped or failed. 重新读取"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if found.state == Roster.State.WAITING and job is not None:
        work.retry(job=job, by=request.user, at=clock.now())
    elif found.state == Roster.State.WAITING:
        _start(request, "roster.review", Text("读取花名册", "Read the roster"), found)
    return redirect("roster", pk=pk)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def errors(request: Seated, pk: int) -> HttpResponseBase:
    """The clerk's own file, with what is wrong beside the cells. 标错文件"""
    found = get_object_or_404(everything(request), pk=pk)
    try:
        marked = errors_workbook(found, language=language())
    except Refused as refused:
        messages.warning(request, refused.said(language()))
        return redirect("roster", pk=pk)
    _look(request, "export", sum(found.counts.get(word, 0) for word in ("error", "duplicate", "warned")))
    stem = found.filename.rpartition(".")[0] or found.filename
    name = Text("{stem}-标错.xlsx", "{stem}-errors.xlsx").filled(stem=stem).said(language())
    return _workbook(marked.content, name)


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def template(request: Seated) -> HttpResponseBase:
    """An empty roster to fill in. 下载模板"""
    if request.appointment.desk == Desk.COMMUNITY:
        return _workbook(children_template(), Text("儿童登记表模板.xlsx", "children-template.xlsx").said(language()))
    return _workbook(roster_template(), Text("花名册模板.xlsx", "roster-template.xlsx").said(language()))


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _look(request: Seated, what: str, count: int) -> None:
    looked(user=request.user, organisation=request.appointment.organisation, what=what, count=count, at=clock.now())


urlpatterns = [
    path("roster/", upload, name="roster-upload"),
    path("roster/template", template, name="roster-template"),
    path("roster/<int:pk>/", roster, name="roster"),
    path("roster/<int:pk>/confirm", commit, name="roster-commit"),
    path("roster/<int:pk>/drop", drop, name="roster-drop"),
    path("roster/<int:pk>/stop", stop, name="roster-stop"),
    path("roster/<int:pk>/again", again, name="roster-again"),
    path("roster/<int:pk>/errors", errors, name="roster-errors"),
    path("promotion/", promotion.promotion, name="promotion"),
]
