"""Direct debits at the tax desk: agreements to verify, batches out, results in. 批扣页面"""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import debiting
from yingbao.collection.lifecycle import DebitState
from yingbao.collection.models import BankAccount, DebitBatch, Mandate
from yingbao.exchange import banking
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.statements import area_of, day_of, files_of, number_of, received, told

STATES = {
    DebitState.PENDING: (Text("待扣款", "to be taken"), "accent"),
    DebitState.SUCCEEDED: (Text("扣款成功", "taken"), "good"),
    DebitState.FAILED: (Text("扣款失败", "failed"), "bad"),
    DebitState.RETURNED: (Text("已退回", "returned"), "warn"),
}
TYPES = {"pain008": "application/xml", "csv": "text/csv; charset=utf-8"}


@require_GET
@desk(Desk.TAX)
def debits(request: Seated) -> HttpResponse:
    """What can be debited, the batches and the result files. 批扣"""
    return page(request)


def page(request: Seated, refused: Refused | None = None) -> HttpResponse:
    """The page of batches. 批扣页面"""
    area = area_of(request)
    due = debiting.ready(pooling_area=area)
    batches = DebitBatch.objects.filter(pooling_area=area).order_by("-pk").select_related("made_by")
    counted = {
        f"n_{state.value}": Count("items", filter=Q(items__state=state.value)) for state in DebitState
    }  # fmt: skip
    context = {
        "due": [{"one": one, "mandate": mandate, "fen": fen} for one, mandate, fen in due],
        "due_fen": sum(fen for _, _, fen in due),
        "batches": batches.annotate(**counted)[:50],
        "accounts": BankAccount.objects.filter(pooling_area=area, active=True).order_by("pk"),
        "files": files_of(request, "results"),
        "to_verify": Mandate.objects.filter(organisation__pooling_area=area, state="signed").count(),
        "today": clock.today(),
        "refused": refused,
    }
    return render(request, "tax/debits.html", context, status=422 if refused else 200)


@require_POST
@desk(Desk.TAX)
def make(request: Seated) -> HttpResponseBase:
    """Freeze a batch of all that can be debited. 生成批次"""
    account = get_account(request)
    day = day_of(request.POST.get("collect_on")) or clock.today()
    try:
        if account is None:
            what = Text("没有选收款账户", "no account is chosen")
            raise Refused(where="account", what=what, mend=Text("选一个收款账户", "choose one"))
        made = debiting.make_batch(
            pooling_area=area_of(request), account=account, collect_on=day, by=request.appointment, at=clock.now()
        )
    except Refused as refused:
        return page(request, refused)
    told(request, Text("批次 {number} 已生成，请下载后送银行。", "Batch {number} is made; hand it to the bank.").filled(
        number=made.number))  # fmt: skip
    return redirect("tax-debit-batch", pk=made.pk)


def get_account(request: Seated) -> BankAccount | None:
    """The account that the form names, of the own area. 收款账户"""
    rows = BankAccount.objects.filter(pooling_area=area_of(request), active=True)
    return rows.filter(pk=number_of(request.POST.get("account"))).first()


def own(request: Seated, pk: int) -> DebitBatch:
    """A batch of the own area, or 404. 查阅范围"""
    rows = DebitBatch.objects.filter(pooling_area=area_of(request)).select_related("account", "made_by")
    return get_object_or_404(rows, pk=pk)


@require_GET
@desk(Desk.TAX)
def batch(request: Seated, pk: int) -> HttpResponse:
    """One batch: its file, and what became of each debit. 批次"""
    one = own(request, pk)
    items = debiting.items_of(one)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="debits", count=len(items),
        at=clock.now(),
    )  # fmt: skip
    counts = [
        {"words": words, "count": len(of), "fen": sum(item.amount_fen for item in of), "call": tone == "bad"}
        for state, (words, tone) in STATES.items()
        if (of := [item for item in items if item.state == state])
    ]
    rows = [{"item": item, "words": STATES[DebitState(item.state)][0], "tone": STATES[DebitState(item.state)][1]}
            for item in items]  # fmt: skip
    return render(request, "tax/debit_batch.html", {"one": one, "rows": rows, "counts": counts})


@require_POST
@desk(Desk.TAX)
def download(request: Seated, pk: int) -> HttpResponseBase:
    """The batch's file for the bank; from then on it counts as handed out. 下载批次文件"""
    one = own(request, pk)
    form = "csv" if request.POST.get("form") == "csv" else "pain008"
    file = banking.batch_file(batch=one, form=form, by=request.appointment, at=clock.now())  # type: ignore[arg-type]
    looked(
        user=request.user, organisation=request.appointment.organisation, what="export",
        count=one.items.count(), at=clock.now(),
    )  # fmt: skip
    answer = HttpResponse(file.content, content_type=TYPES[form])
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    return answer


@require_POST
@desk(Desk.TAX)
def results(request: Seated) -> HttpResponseBase:
    """Take a result file; a job reads it. 上传回盘"""
    try:
        file = received(request, "results")
    except Refused as refused:
        return page(request, refused)
    return redirect("tax-bank-file", pk=file.pk)
