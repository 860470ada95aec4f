"""The first page of a body that sends lists: upload, what waits for it, what it sent before. 名单首页"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.enrolment import confirming
from yingbao.jobs import work
from yingbao.people.models import AssistedStatus
from yingbao.policy.terms import ASSISTANCE
from yingbao.spreadsheet import assisted_review
from yingbao.spreadsheet.assisted_outgoing import admitted_template, assisted_template
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.lists.outcome import became_of
from yingbao.web.phases import season_page
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

COUNTED_AT_ONCE = 2_000
"""What became of more children than that is counted when it is asked for: each is followed to its enrolment."""
SHOWN = 20
"""lists shown on the first page"""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
State = AssistedList.State


def own(request: Seated) -> QuerySet[AssistedList]:
    """The lists of the body whose desk this is, without the files themselves. 本单位名单"""
    lists = AssistedList.objects.of_body(request.appointment.organisation)
    return lists.select_related("uploaded_by", "committed_by").defer("content_cipher")


@require_GET
@desk(Desk.LIST_PROVIDER)
def home(request: Seated) -> HttpResponse:
    """The body's lists, what became of them, and the way to send another. 名单首页"""
    return _shown(request)


@require_POST
@desk(Desk.LIST_PROVIDER)
def upload(request: Seated) -> HttpResponseBase:
    """Take a file; it is kept sealed and read by a job. 上传救助名单"""
    try:
        found, known = _received(request)
    except Refused as refused:
        return _shown(request, refused)
    if known:
        there = Text(
            "这份文件同一天的名单已经收过，下面是它现在的状态。",
            "This file for this day is here already, as you see below.",
        )
        messages.info(request, there.said(language()))
    return redirect("assisted-list", pk=found.pk)


@require_GET
@desk(Desk.LIST_PROVIDER)
def template(request: Seated) -> HttpResponse:
    """An empty list to fill in. 下载模板"""
    changes = request.GET.get("kind") == AssistedList.Kind.CHANGES
    kind = AssistedList.Kind.CHANGES if changes else AssistedList.Kind.FULL
    name = (
        Text("变动名单模板.xlsx", "changes-template.xlsx")
        if changes
        else Text("全量名单模板.xlsx", "full-template.xlsx")
    )
    content = admitted_template(kind) if of_points(request) else assisted_template(kind)
    return workbook(content, name.said(language()))


def of_points(request: Seated) -> bool:
    """Whether the body sends lists of admitted children, and not of assisted persons. 是否积分办"""
    return request.appointment.organisation.kind == OrganisationKind.POINTS_OFFICE


def start(request: Seated, task: str, about: Text, found: AssistedList, **arguments: object) -> None:
    """Ask for work on a list. 提交名单任务"""
    work.start(
        task=task,
        about=about.filled(file=found.filename),
        owner=request.user,
        organisation=request.appointment.organisation,
        at=clock.now(),
        arguments=arguments,
        result_url=reverse("assisted-list", args=[found.pk]),
    )


def workbook(content: bytes, name: str) -> HttpResponse:
    """A workbook to download. 下载"""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name)
    return answer


def _shown(request: Seated, refused: Refused | None = None) -> HttpResponse:
    body, today = request.appointment.organisation, clock.today()
    standing = AssistedStatus.objects.filter(provided_by=body, first__lte=today)
    standing = standing.filter(Q(last__isnull=True) | Q(last__gte=today))
    by_category = dict(standing.values_list("category").annotate(Count("pk")).order_by())
    lists = list(own(request).order_by("-uploaded_at", "-pk")[:SHOWN])
    doubtful = AssistedRow.objects.filter(match__in=["ambiguous", "name_differs"], verdict="")
    doubtful = doubtful.filter(assisted_list__in=own(request).filter(state=State.COMMITTED))
    context: dict[str, Any] = season_page(request.appointment.organisation) | {
        "refused": refused,
        "lists": lists,
        "to_confirm": [one for one in lists if one.state == State.REVIEWED],
        "to_settle": dict(doubtful.values_list("assisted_list").annotate(Count("pk")).order_by()),
        "waiting": assisted_review.waiting().filter(assisted_list__organisation=body, match="unmatched").count(),
        "standing": [
            {"name": name, "count": by_category[code]} for code, name in ASSISTANCE.items() if by_category.get(code)
        ],
        "today": today,
        "chosen": request.POST.get("kind", AssistedList.Kind.FULL),
        "as_of": request.POST.get("as_of") or today.isoformat(),
    }
    context["needed"] = [one for one in lists if one.pk in context["to_settle"]]
    context["points"] = of_points(request)
    counted = sum(by_category.values()) <= COUNTED_AT_ONCE or bool(request.GET.get("became"))
    with by_platform("what became of a body's own lists, as heads and sums: nobody's name"):
        context["became"] = became_of(body, context["season"]) if counted else []
        context["awaited"] = confirming.awaited_of(body, today)
    return render(request, "lists/home.html", context, status=422 if refused else 200)


def _received(request: Seated) -> tuple[AssistedList, bool]:
    """Keep the file and ask for it to be read; whether it was here already. Raises Refused."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused(
            where=Text("文件", "File").said(language()),
            what=Text("没有选择文件", "no file was chosen"),
            mend=Text("选择一个 .xlsx 或 CSV 文件再上传", "choose an .xlsx or CSV file, then upload"),
        )
    at = clock.now()
    found = assisted_review.receive(
        organisation=request.appointment.organisation,
        kind=request.POST.get("kind", ""),
        as_of=_day(request.POST.get("as_of", "")),
        filename=file.name or "",
        # One byte more than may be is enough to refuse a file that is too large.
        data=file.read(LARGEST_FILE + 1),
        by=request.user,
        at=at,
    )
    known = found.uploaded_at != at
    if not known:
        start(
            request, "assisted.review", Text("读取名单 {file}", "Read the list {file}"), found, assisted_list=found.pk
        )
    return found, known


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
