"""The tax desk's receipts: counts without gaps, find by number, void, replace. 票据管理"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import papers, receipting
from yingbao.collection.models import Receipt, ReceiptPaper, ReceiptSeries
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web import receipted
from yingbao.web.access import Seated, desk
from yingbao.web.tax.declarations import page_asked
from yingbao.web.templatetags.words import language

PAGE_SIZE = 50
SHOWS = {"": Text("全部", "all"), "valid": Text("有效", "valid"), "void": Text("已作废", "void")}
VOIDED = Text(
    "已作废。款项仍在，平台会用新号码重新开具。",
    "It is void. Its money stands, so the platform issues another under a new number.",
)
GONE = Text("已作废。", "It is void.")
REPLACED = Text("已换开，新票据号码 {number}。", "Replaced by {number}.")


@require_GET
@desk(Desk.TAX)
def receipts(request: Seated) -> HttpResponse:
    """Counts of each series, and the receipts that were asked for, the latest first. 票据"""
    number = "".join(str(request.GET.get("number", "")).split())[:24]
    show = str(request.GET.get("show", ""))
    rows = seen(request)
    if number:
        rows = rows.filter(number__startswith=number)
    if show in ("valid", "void"):
        rows = rows.filter(voided_at__isnull=show == "valid")
    pages = max(1, -(-rows.count() // PAGE_SIZE))
    page = page_asked(request, pages)
    ordered = rows.order_by("-voided_at", "-pk") if show == "void" else rows.order_by("-pk")
    found = list(ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(found), at=clock.now()
    )
    context = {
        "series": series_of(request), "rows": found, "number": number, "show": show, "shows": list(SHOWS.items()),
        "page": page, "pages": pages, "before": page - 1, "after": page + 1,
    }  # fmt: skip
    return render(request, "tax/receipts.html", context)


def seen(request: Seated) -> QuerySet[Receipt]:
    """The receipts of the desk's pooling area. 查阅范围"""
    own = Receipt.objects.filter(series__pooling_area=request.appointment.organisation.pooling_area)
    return own.select_related("obligation__person", "obligation__organisation", "replaces", "voided_by")


def series_of(request: Seated) -> list[Mapping[str, Any]]:
    """How many numbers were drawn in each year, how many stand, and how many are missing. 号段统计"""
    own = ReceiptSeries.objects.filter(pooling_area=request.appointment.organisation.pooling_area)
    return list(
        own.annotate(
            issued=Count("receipts"),
            void=Count("receipts", filter=Q(receipts__voided_at__isnull=False)),
            valid=F("issued") - F("void"),
            missing=F("last") - F("issued"),
            papers=Count("receipts__paper"),
        )
        .order_by("-year")
        .values("year", "last", "issued", "void", "valid", "missing", "papers")
    )


def found(request: Seated, pk: int) -> Receipt:
    """One of them, or 404."""
    one = seen(request).filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_GET
@desk(Desk.TAX)
def receipt(request: Seated, pk: int) -> HttpResponse:
    """One receipt: what stands on it, where its money is, void and replace. 票据详情"""
    one = found(request, pk)
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="page",
        person=one.obligation.person,
        at=clock.now(),
    )
    context = {
        "one": one,
        "after": Receipt.objects.filter(replaces=one).first(),
        "stands": one.allocation.released_at is None,
        "has_paper": ReceiptPaper.objects.filter(receipt=one).exists(),
    }
    return render(request, "tax/receipt.html", context | receipted.shown(papers.face_of(one)))


@require_POST
@desk(Desk.TAX)
def void(request: Seated, pk: int) -> HttpResponseBase:
    """Void a receipt, with the reason. 作废"""
    one = found(request, pk)
    done = receipting.void(receipt=one, reason=reason_of(request), by=request.user, at=clock.now())
    messages.success(request, (VOIDED if done.allocation.released_at is None else GONE).said(language()))
    return redirect("tax-receipt", pk=pk)


@require_POST
@desk(Desk.TAX)
def replace(request: Seated, pk: int) -> HttpResponseBase:
    """Void a receipt and issue another for the same money, to another payer's name if one is given. 换开"""
    payer = " ".join(str(request.POST.get("payer", "")).split())
    fresh = receipting.replace(
        receipt=found(request, pk), reason=reason_of(request), by=request.user, at=clock.now(), payer=payer or None
    )
    messages.success(request, REPLACED.filled(number=fresh.number).said(language()))
    return redirect("tax-receipt", pk=fresh.pk)


def reason_of(request: Seated) -> str:
    """What the form says. 理由"""
    return " ".join(str(request.POST.get("reason", "")).split())


@require_GET
@desk(Desk.TAX)
def paper(request: Seated, pk: int) -> HttpResponse:
    """The paper as it was issued; of a voided receipt only if it was made before. 票据文件"""
    one = found(request, pk)
    if one.voided_at is not None and not ReceiptPaper.objects.filter(receipt=one).exists():
        raise Refused(
            where=one.number,
            what=Text("作废前没有制作过票据文件", "no paper was made before it was voided"),
            mend=Text("查看替换它的票据。", "Look at the receipt that replaced it."),
        )
    looked(
        user=request.user,
        organisation=request.appointment.organisation,
        what="export",
        person=one.obligation.person,
        at=clock.now(),
    )
    return receipted.as_file(one)


urlpatterns = [
    path("receipts/", receipts, name="tax-receipts"),
    path("receipts/<int:pk>/", receipt, name="tax-receipt"),
    path("receipts/<int:pk>/void", void, name="tax-receipt-void"),
    path("receipts/<int:pk>/replace", replace, name="tax-receipt-replace"),
    path("receipts/<int:pk>/paper", paper, name="tax-receipt-paper"),
]
