"""One list of assisted persons: watch it being read, look at what it would do, say yes or no. 救助名单"""

from __future__ import annotations

import hashlib
import json

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import season_for
from yingbao.jobs import work
from yingbao.jobs.assisted import withdraw_row
from yingbao.jobs.models import Job
from yingbao.people.looks import looked
from yingbao.spreadsheet import assisted_committing, assisted_review, assisted_undoing
from yingbao.spreadsheet.assisted_comparing import ends_most
from yingbao.spreadsheet.assisted_outgoing import marked_list
from yingbao.spreadsheet.models import AssistedList
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.lists.home import of_points, own, start, workbook
from yingbao.web.lists.outcome import Became, became_of
from yingbao.web.lists.rows import ListPage
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
State = AssistedList.State
STEPS: dict[str, tuple[tuple[int, Text], ...]] = {
    "assisted.review": (
        (0, Text("正在打开文件", "Opening the file")),
        (25, Text("正在逐行检查", "Checking row by row")),
        (45, Text("正在加密暂存", "Sealing what it says")),
        (70, Text("正在按证件号码匹配", "Matching by identity number")),
    ),
    "assisted.commit": (
        (0, Text("名单正在生效：再核对一遍人员", "Taking effect: checking the persons once more")),
        (30, Text("名单正在生效：写入救助身份", "Taking effect: writing the statuses")),
        (60, Text("名单正在生效：重新核定", "Taking effect: deciding afresh")),
    ),
    "assisted.withdraw": (
        (0, Text("正在撤回", "Taking it back")),
        (60, Text("正在重新核定", "Deciding afresh")),
    ),
}
"""task → from which hundredth on it does what"""
ADMITTING = Text("名单正在生效：登记入医资格", "Taking effect: noting the admissions")
"""What the second step of a list of admitted children is. 积分入医名单生效"""


def job_of(found: AssistedList) -> Job | None:
    """The latest work on a list. 名单任务"""
    tasks = ("assisted.review", "assisted.commit", "assisted.withdraw")
    return Job.objects.filter(task__in=tasks, arguments__assisted_list=found.pk).order_by("-pk").first()


def doing(job: Job, *, points: bool = False) -> Text:
    """What the job is at, in a few words that change rarely, so that they can be read aloud. 进行到哪一步"""
    if job.cancel_asked:
        return Text("正在停止", "Stopping")
    if job.state == Job.State.WAITING:
        return Text("正在排队，马上开始", "Waiting for its turn")
    steps = STEPS[job.task]
    at = max((n for n, (until, _) in enumerate(steps) if job.done >= until), default=0)
    return ADMITTING if points and (job.task, at) == ("assisted.commit", 1) else steps[at][1]


def seen(found: AssistedList) -> str:
    """A mark of what the page shows, so that nobody confirms what they have not seen. 所见标记"""
    shown = json.dumps([found.counts, found.message], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


@require_GET
@desk(Desk.LIST_PROVIDER)
def assisted(request: Seated, pk: int) -> HttpResponseBase:
    """One list: how far its reading is, what it would do, or what it did. 名单核对"""
    return shown(request, pk)


def shown(request: Seated, pk: int, *, status: int = 200, show: str = "", **more: object) -> HttpResponseBase:
    """The page of a list, with what was typed and what is wrong with it, if anything. 名单页"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    under_way = job is not None and job.state in UNDER_WAY
    watching = bool(request.htmx) and request.htmx.target == "progress"
    context: dict[str, object] = {
        "list": found,
        "job": job,
        "under_way": under_way,
        "doing": doing(job, points=of_points(request)) if job and under_way else None,
        "points": of_points(request),
        "mine": job is not None and job.owner == request.user,
    }
    if under_way:
        return render(request, "lists/_progress.html" if watching else "lists/progress.html", context)
    if watching:
        return HttpResponseClientRefresh()
    if found.state == State.READING:
        return render(request, "lists/progress.html", context)
    if found.state == State.COMMITTING:
        # Its job was stopped before it began; nothing came of it.
        assisted_committing.let_go(pk)
        context["list"] = found = own(request).get(pk=pk)
    page = ListPage(found, show=show or request.GET.get("show", ""), wanted_page=request.GET.get("page", "1"))
    has_file = AssistedList.objects.filter(pk=found.pk, content_cipher__isnull=False).exists()
    context |= {
        "page": page,
        "seen": seen(found),
        "has_file": has_file,
        "most": bool(found.counts) and ends_most(found.counts),
        "became": became(request, found),
        "typed": {},
        "wrong": {},
    } | more
    if page.rows:
        _look(request, "list", len(page.rows))
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "lists/_rows.html", context)
    return render(request, "lists/list.html", context, status=status)


def became(request: Seated, found: AssistedList) -> list[Became]:
    """What became of a list in effect. 名单成效"""
    if found.state != State.COMMITTED or found.withdrawn_at is not None:
        return []
    season = season_for(found.pooling_area, clock.today())
    with by_platform("what became of a body's own list, as heads and sums: nobody's name"):
        return became_of(request.appointment.organisation, season, found)


@require_POST
@desk(Desk.LIST_PROVIDER)
def withdraw(request: Seated, pk: int) -> HttpResponseBase:
    """Take back a whole list in effect, by a job, or one row of it at once. 撤回名单"""
    found = get_object_or_404(own(request), pk=pk)
    because, wanted = (str(request.POST.get(name, "")).strip() for name in ("because", "row"))
    row = get_object_or_404(found.rows, pk=int(wanted)) if _is_id(wanted) else None
    if found.withdrawn_at is not None or (row is not None and row.withdrawn_at is not None):
        told = Text("已经撤回过了，没有重复办理。", "It had been taken back already; nothing was done twice.")
        messages.info(request, told.said(language()))
        return redirect("assisted-list", pk=pk)
    if found.state != State.COMMITTED:
        return redirect("assisted-list", pk=pk)
    if not because or len(because) > assisted_undoing.LONGEST:
        wrong = Text("请写明撤回的原因（200 字以内）。", "Please say why (up to 200 characters).")
        typed = {"because": because, "row": wanted}
        return shown(request, pk, status=422, typed=typed, wrong={"row" if row else "because": wrong})
    if row is None:
        job = job_of(found)
        if job is None or job.state not in UNDER_WAY:
            about = Text("撤回名单 {file}", "Take the list {file} back")
            start(request, "assisted.withdraw", about, found, assisted_list=found.pk, because=because)
        return redirect("assisted-list", pk=pk)
    with by_platform("decision and debts of a child follow by rule from what a body takes back"):
        changed = withdraw_row(row=row, because=because, by=request.user, at=clock.now())
    told = (
        Text("已撤回：{name}，并重新核定。", "Taken back: {name}; decided afresh.")
        if changed
        else Text("已撤回：{name}。原来的情况没有变化。", "Taken back: {name}; nothing else changed.")
    )
    messages.success(request, told.filled(name=row.name).said(language()))
    return redirect("assisted-list", pk=pk)


@require_POST
@desk(Desk.LIST_PROVIDER)
def commit(request: Seated, pk: int) -> HttpResponseBase:
    """Say yes: a job lets the list take effect as a whole. 确认生效"""
    found = get_object_or_404(own(request), pk=pk)
    if found.state != State.REVIEWED:
        return redirect("assisted-list", pk=pk)
    if request.POST.get("seen") != seen(found):
        changed = Text(
            "核对结果已更新，请再看一遍后确认。", "The review was brought up to date; look again, then confirm."
        )
        messages.warning(request, changed.said(language()))
        return redirect("assisted-list", pk=pk)
    meant = request.POST.get("meant") == "yes"
    if ends_most(found.counts) and not meant:
        untold = Text(
            "超过一半的人会退出。确实如此的，请勾选后再确认。",
            "More than half would lose the status. If that is so, tick the box, then confirm.",
        )
        messages.warning(request, untold.said(language()))
        return redirect("assisted-list", pk=pk)
    about = Text("名单生效 {file}", "Let the list {file} take effect")
    with transaction.atomic():
        if assisted_committing.begin(assisted_list=found, by=request.user, at=clock.now()):
            start(request, "assisted.commit", about, found, assisted_list=found.pk, meant=meant)
    return redirect("assisted-list", pk=pk)


@require_POST
@desk(Desk.LIST_PROVIDER)
def discard(request: Seated, pk: int) -> HttpResponseBase:
    """Say no: the file and its rows are erased. 放弃名单"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if found.state == State.READING and job is not None and job.state in UNDER_WAY:
        work.ask_cancel(job=job, by=request.user, at=clock.now())
    gone = assisted_review.discard(assisted_list=found, by=request.user, at=clock.now())
    if gone.state == State.DISCARDED:
        told = Text(
            "“{file}”已放弃，文件和暂存的数据都已清除。", "{file} was given up; the file and its rows are erased."
        )
        messages.success(request, told.filled(file=found.filename).said(language()))
    return redirect("lists-home")


@require_POST
@desk(Desk.LIST_PROVIDER)
def stop(request: Seated, pk: int) -> HttpResponseBase:
    """Stop the work on a list; nothing of it stays. 停止任务"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if job is not None and job.owner == request.user:
        stopped = work.ask_cancel(job=job, by=request.user, at=clock.now())
        if stopped.state == Job.State.CANCELLED:
            assisted_committing.let_go(found.pk)
    return redirect("assisted-list", pk=pk)


@require_POST
@desk(Desk.LIST_PROVIDER)
def again(request: Seated, pk: int) -> HttpResponseBase:
    """Read a list whose reading was stopped or failed. 重新读取"""
    found = get_object_or_404(own(request), pk=pk)
    job = job_of(found)
    if found.state == State.READING and job is not None:
        work.retry(job=job, by=request.user, at=clock.now())
    elif found.state == State.READING:
        start(
            request, "assisted.review", Text("读取名单 {file}", "Read the list {file}"), found, assisted_list=found.pk
        )
    return redirect("assisted-list", pk=pk)


@require_POST
@desk(Desk.LIST_PROVIDER)
def settle(request: Seated, pk: int) -> HttpResponseBase:
    """Say whether a doubtful row means the person who was found. 核实一行"""
    found = get_object_or_404(own(request), pk=pk)
    wanted, person = (request.POST.get(name, "") for name in ("row", "person"))
    row = get_object_or_404(found.rows, pk=int(wanted)) if _is_id(wanted) else None
    if row is None:
        return redirect("assisted-list", pk=pk)
    same = request.POST.get("same", "")
    if same not in ("yes", "no"):
        unsaid = Text("{name}：请选“是同一人”或“不是同一人”。", "{name}: please say whether it is the same person.")
        return shown(request, pk, status=422, show="to_settle", wrong={"same": unsaid.filled(name=row.name)})
    at, accept = clock.now(), same == "yes"
    try:
        with transaction.atomic():
            assisted_committing.settle(
                row=row, accept=accept, by=request.user, at=at, person_id=int(person) if _is_id(person) else None
            )
            if accept and found.state == State.COMMITTED:
                about = Text("核实结果生效 {file}", "Let a settled row of {file} take effect")
                start(request, "assisted.settle", about, found, organisation=found.organisation_id)
    except Refused as refused:
        words = Text(
            f"{row.name}：{refused.what.zh}。{refused.mend.zh}", f"{row.name}: {refused.what.en}. {refused.mend.en}"
        )
        return shown(request, pk, status=409, show="to_settle", wrong={"same": words})
    told = (
        Text("已记下：{name}是同一人。", "Noted: {name} is the same person.")
        if accept
        else Text(
            "已记下：{name}不是同一人，这一行不办理。", "Noted: {name} is not the same person; the row is left out."
        )
    )
    messages.success(request, told.filled(name=row.name).said(language()))
    return redirect(reverse("assisted-list", args=[pk]) + "?show=to_settle")


@require_GET
@desk(Desk.LIST_PROVIDER)
def marked(request: Seated, pk: int) -> HttpResponse | HttpResponseBase:
    """The body's own file, with what is wrong or doubtful beside the rows. 标注文件"""
    found = get_object_or_404(AssistedList.objects.of_body(request.appointment.organisation), pk=pk)
    try:
        file = marked_list(found, language=language())
    except Refused as refused:
        messages.warning(request, refused.said(language()))
        return redirect("assisted-list", pk=pk)
    _look(request, "export", found.rows.filter(row_number__isnull=False).count())
    stem = found.filename.rpartition(".")[0] or found.filename
    return workbook(file.content, Text("{stem}-标注.xlsx", "{stem}-marked.xlsx").filled(stem=stem).said(language()))


def _is_id(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < 19


def _look(request: Seated, what: str, count: int) -> None:
    looked(user=request.user, organisation=request.appointment.organisation, what=what, count=count, at=clock.now())
