"""Bank files at the tax desk: upload, watch them being taken, and what each line of a statement became. 对账单页面"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from yingbao.agents.models import Desk
from yingbao.collection import explaining
from yingbao.collection.models import BankAccount, BankFile, Statement, StatementLine
from yingbao.exchange import banking
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.declarations import page_asked
from yingbao.web.templatetags.words import language

SHOWN = 20
LINES_SHOWN = 100
UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)
MEANINGS = {
    "arrival": (Text("到账", "money in"), "accent"),
    "settlement": (Text("渠道结算", "channel settled"), "good"),
    "debit": (Text("扣款入账", "debits paid in"), "good"),
    "debit_return": (Text("扣款退回", "debit taken back"), "warn"),
    "refund": (Text("退费付出", "refund paid"), "good"),
    "hand_over": (Text("划缴国库", "to the treasury"), "good"),
    "unexplained": (Text("待说明支出", "to be explained"), "bad"),
}
"""meaning of a line → what it is called, and its tone"""
STEPS = (
    (0, Text("正在打开文件", "Opening the file")),
    (1, Text("正在逐行核对", "Checking line by line")),
    (30, Text("正在入账", "Posting")),
    (80, Text("正在匹配", "Matching")),
)


def area_of(request: Seated) -> str:
    """The pooling area of the desk. 统筹区"""
    return request.appointment.organisation.pooling_area


@require_GET
@desk(Desk.TAX)
def statements(request: Seated) -> HttpResponse:
    """The accounts with their last statements, the way to take another, and the files before. 对账单"""
    return page(request)


def page(request: Seated, refused: Refused | None = None) -> HttpResponse:
    """The page of statements. 对账单页面"""
    area = area_of(request)
    accounts = BankAccount.objects.filter(pooling_area=area).order_by("pk")
    last: dict[int, Statement] = {}
    for one in Statement.objects.filter(account__in=accounts).order_by("last", "pk"):
        last[one.account_id] = one
    taken = Statement.objects.filter(account__in=accounts).annotate(count=Count("lines")).select_related("account")
    context = {
        "accounts": [{"one": one, "last": last.get(one.pk)} for one in accounts],
        "files": files_of(request, "statement"),
        "taken": taken.order_by("-last", "-pk")[:SHOWN],
        "today": clock.today(),
        "refused": refused,
    }
    return render(request, "tax/statements.html", context, status=422 if refused else 200)


def files_of(request: Seated, kind: str) -> QuerySet[BankFile]:
    """The files of a kind that were brought last, without their content. 最近文件"""
    rows = BankFile.objects.filter(pooling_area=area_of(request), kind=kind).defer("content_cipher")
    return rows.select_related("uploaded_by", "statement").order_by("-pk")[:SHOWN]


@require_POST
@desk(Desk.TAX)
def upload(request: Seated) -> HttpResponseBase:
    """Take a statement; a job reads it. 上传对账单"""
    try:
        account = BankAccount.objects.filter(
            pooling_area=area_of(request), pk=number_of(request.POST.get("account"))
        ).first()
        covers = day_of(request.POST.get("first")), day_of(request.POST.get("last"))
        file = received(request, "statement", account=account, covers=covers)
    except Refused as refused:
        return page(request, refused)
    return redirect("tax-bank-file", pk=file.pk)


def received(request: Seated, kind: str, **more: Any) -> BankFile:
    """Keep the uploaded file and ask for the work on it. Raises Refused. 接收文件"""
    given = request.FILES.get("file")
    if given is None or given.size is None or given.size > banking.LARGEST_FILE:
        what = Text("没有选择文件，或文件超过 32 MB", "no file is chosen, or it is larger than 32 MB")
        raise Refused(where="file", what=what, mend=Text("选择从银行导出的文件", "choose the bank's file"))
    file = banking.receive(
        kind=kind,  # type: ignore[arg-type]  # one of the two, by the address
        name=given.name or "",
        content=given.read(),
        by=request.appointment,
        at=clock.now(),
        **more,
    )
    words = Text("对账单 {file}", "Statement {file}") if kind == "statement" else Text("回盘 {file}", "Results {file}")
    work.start(
        task="bank.take", about=words.filled(file=file.name), owner=request.user,
        organisation=request.appointment.organisation, at=clock.now(), arguments={"bank_file": file.pk},
        result_url=reverse("tax-bank-file", args=[file.pk]),
    )  # fmt: skip
    return file


@require_GET
@desk(Desk.TAX)
def bank_file(request: Seated, pk: int) -> HttpResponseBase:
    """One file: how far it is, why it was refused, or what came of it. 文件结果"""
    rows = BankFile.objects.filter(pooling_area=area_of(request)).defer("content_cipher")
    file = get_object_or_404(rows.select_related("statement", "account", "uploaded_by"), pk=pk)
    job = Job.objects.filter(task="bank.take", arguments__bank_file=pk).order_by("-pk").first()
    under_way = job is not None and job.state in UNDER_WAY and file.state == "waiting"
    watching = bool(request.htmx) and request.htmx.target == "progress"
    if watching and not under_way:
        return HttpResponseClientRefresh()
    context = {
        "file": file,
        "job": job,
        "under_way": under_way,
        "doing": next(words for until, words in reversed(STEPS) if job.done >= until) if job else None,
        "lines": str((file.message or {}).get(language(), "")).split("\n"),
    }
    return render(request, "tax/_bank_progress.html" if watching else "tax/bank_file.html", context)


@require_POST
@desk(Desk.TAX)
def again(request: Seated, pk: int) -> HttpResponseBase:
    """Run the work on a file that was stopped or broke once more. 重新导入"""
    file = get_object_or_404(BankFile.objects.filter(pooling_area=area_of(request)), pk=pk)
    job = Job.objects.filter(task="bank.take", arguments__bank_file=pk).order_by("-pk").first()
    if job is not None and file.state == "waiting":
        work.retry(job=job, by=request.user, at=clock.now())
    return redirect("tax-bank-file", pk=pk)


@require_GET
@desk(Desk.TAX)
def statement(request: Seated, pk: int) -> HttpResponse:
    """One statement and what each of its lines became. 对账单明细"""
    rows = Statement.objects.filter(account__pooling_area=area_of(request)).select_related("account", "taken_by")
    one = get_object_or_404(rows, pk=pk)
    lines = StatementLine.objects.filter(statement=one)
    kinds = lines.values("meaning").annotate(count=Count("id"), fen=Sum("amount_fen")).order_by("meaning")
    asked = request.GET.get("meaning", "")
    chosen = lines.filter(meaning=asked) if asked in MEANINGS else lines
    pages = max(1, -(-chosen.count() // LINES_SHOWN))
    number = page_asked(request, pages)
    shown = chosen.select_related("arrival", "settles")[(number - 1) * LINES_SHOWN : number * LINES_SHOWN]
    looked(
        user=request.user, organisation=request.appointment.organisation, what="statement", count=len(shown),
        at=clock.now(),
    )  # fmt: skip
    context = {
        "one": one, "asked": asked, "page": number, "pages": pages, "before": number - 1, "after": number + 1,
        "all": lines.count(),
        "kinds": [{"key": row["meaning"], "words": MEANINGS[row["meaning"]][0], "count": row["count"],
                   "fen": row["fen"], "here": row["meaning"] == asked} for row in kinds],
        "rows": [{"line": line, "words": MEANINGS[line.meaning][0], "tone": MEANINGS[line.meaning][1]}
                 for line in shown],
    }  # fmt: skip
    return render(request, "tax/statement.html", context)


@require_POST
@desk(Desk.TAX)
def explain(request: Seated, pk: int) -> HttpResponseBase:
    """The officer says what a line is that tells nothing of itself. 说明流水"""
    rows = StatementLine.objects.filter(statement__account__pooling_area=area_of(request))
    line = get_object_or_404(rows, pk=pk)
    what = "card" if request.POST.get("what") == "card" else "hand_over"
    done = explaining.explain(
        line=line,
        what=what,  # type: ignore[arg-type]  # one of the two
        note=str(request.POST.get("note", "")),
        by=request.appointment,
        at=clock.now(),
    )
    told(request, Text("已说明。", "Noted."))
    return redirect(reverse("tax-statement", args=[done.statement_id]))


def day_of(said: str | None) -> date | None:
    """A day of a form, or None. 日期"""
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        return None


def number_of(said: str | None) -> int:
    """A key of a form; 0, which is nobody's, for what is none. 编号"""
    return int(said) if said and said.isascii() and said.isdigit() and len(said) < 19 else 0


def told(request: Seated, text: Text) -> None:
    """Say on the next page what was done. 提示"""
    messages.success(request, text.said(language()))
