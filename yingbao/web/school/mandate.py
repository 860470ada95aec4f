"""The school's direct-debit agreement: enter it, see what became of it, end it. 学校扣款协议"""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import mandates as acts
from yingbao.collection.mandates import Signed
from yingbao.collection.models import Mandate
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.mandates import STATES
from yingbao.web.tax.statements import day_of, told

FIELDS = ("number", "signed_on", "bank", "bank_code", "holder", "account")


@require_GET
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def mandate(request: Seated) -> HttpResponse:
    """The agreement that is used or waits, those before, and the form for another. 扣款协议"""
    return page(request)


def page(request: Seated, refused: Refused | None = None, given: dict[str, str] | None = None) -> HttpResponse:
    """The page of the agreement; what was typed stays, but for the account. 页面内容"""
    rows = list(Mandate.objects.filter(organisation=request.appointment.organisation).order_by("-pk"))
    shown = [{"one": one, "words": STATES[one.state][0], "tone": STATES[one.state][1]} for one in rows]
    active = next((row for row in shown if row["one"].state in ("signed", "verified")), None)  # type: ignore[attr-defined]
    context = {
        "active": active,
        "earlier": [row for row in shown if row is not active],
        "refused": refused,
        "given": (given or {"holder": request.appointment.organisation.name}) | {"account": ""},
        "today": clock.today(),
        "organisation": request.appointment.organisation,
    }
    return render(request, "school/mandate.html", context, status=422 if refused else 200)


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def enter(request: Seated) -> HttpResponseBase:
    """Enter what stands on the signed paper. 录入协议"""
    given = {name: str(request.POST.get(name, "")).strip()[:120] for name in FIELDS}
    signed = Signed(
        given["number"], day_of(given["signed_on"]) or date.max, given["bank"], given["bank_code"], given["holder"],
        given["account"],
    )  # fmt: skip
    try:
        acts.enter(signed=signed, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, refused, given)
    told(request, Text("已录入，等待税务部门核验。", "Entered; the tax authority verifies it."))
    return redirect("mandate")


@require_POST
@desk(Desk.SCHOOL, Desk.COMMUNITY)
def end(request: Seated, pk: int) -> HttpResponseBase:
    """End the agreement; debits on their way go on. 终止协议"""
    one = get_object_or_404(Mandate, organisation=request.appointment.organisation, pk=pk)
    try:
        acts.end(mandate=one, reason=str(request.POST.get("reason", "")), by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, refused)
    told(request, Text("协议已终止。", "The agreement is ended."))
    return redirect("mandate")
