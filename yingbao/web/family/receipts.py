"""The receipts of what was paid in this session, for the family that paid. 家长票据"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from yingbao.collection.models import Payment, PaymentLine, Receipt
from yingbao.values.refusal import Refused
from yingbao.web import receipted
from yingbao.web.family.basket import Basket, with_its_children
from yingbao.web.family.finding import veiled_name
from yingbao.web.family.pay import ours


def own(payment: Payment) -> QuerySet[Receipt]:
    """The valid receipts for the money of an order. 本次订单的票据"""
    return Receipt.objects.filter(allocation__arrival__payment=payment, voided_at__isnull=True)


@require_GET
@never_cache
@with_its_children
def receipts(request: HttpRequest) -> HttpResponseBase:
    """Each child of the order made last, with its receipt or when it comes. 票据"""
    payment = ours(Basket(request))
    if payment is None:
        return redirect("pay")
    lines = PaymentLine.objects.filter(payment=payment).select_related("obligation__enrolment__person")
    issued = {one.obligation_id: one for one in own(payment)}
    rows = [
        {"name": veiled_name(line.obligation.enrolment.person.name), "amount_fen": line.amount_fen,
         "receipt": issued.get(line.obligation_id)}
        for line in lines.order_by("pk")
    ]  # fmt: skip
    paid = payment.state == "succeeded"
    context = {"payment": payment, "rows": rows, "paid": paid, "waits": paid and len(issued) < len(rows)}
    template = "family/_receipts.html" if getattr(request, "htmx", False) else "family/receipts.html"
    return render(request, template, context)


@require_GET
@never_cache
@with_its_children
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them as PDF. 下载票据"""
    payment = ours(Basket(request))
    one = own(payment).select_related("obligation__person").filter(pk=pk).first() if payment else None
    if one is None:
        raise Http404
    try:
        return receipted.as_file(one)
    except Refused as refused:
        return render(request, "front/refused.html", {"refused": refused}, status=409)
