"""Direct-debit agreements at the tax desk: held against the paper, verified or refused. 扣款协议核验"""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import mandates as acts
from yingbao.collection.models import Mandate
from yingbao.people.looks import looked
from yingbao.sealing import sealed
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.statements import area_of, told

STATES = {
    "signed": (Text("待核验", "to be verified"), "warn"),
    "verified": (Text("已核验", "verified"), "good"),
    "refused": (Text("核验未通过", "refused"), "bad"),
    "ended": (Text("已终止", "ended"), ""),
}
DONE = {
    "verify": Text("已核验，可用于扣款。", "Verified; it may be used."),
    "refuse": Text("已退回申报单位。", "Sent back to the agent."),
    "end": Text("已终止。", "Ended."),
}


@require_GET
@desk(Desk.TAX)
def mandates(request: Seated) -> HttpResponse:
    """Every agreement of the pooling area, those to be verified first. 扣款协议"""
    return page(request)


def page(
    request: Seated, *, refused: Refused | None = None, about: Mandate | None = None, number: str = ""
) -> HttpResponse:
    """The page of agreements; `number` is the whole account of the one it is about. 页面内容"""
    rows = Mandate.objects.filter(organisation__pooling_area=area_of(request))
    rows = rows.select_related("organisation", "entered_by", "verified_by").order_by("-pk")
    found = sorted(rows, key=lambda one: one.state != "signed")
    shown = [
        {
            "one": one,
            "words": STATES[one.state][0],
            "tone": STATES[one.state][1],
            "number": number if one == about else "",
            "refused": refused if one == about else None,
        }
        for one in found
    ]
    waiting = sum(one.state == "signed" for one in found)
    context = {"rows": shown, "waiting": waiting}
    return render(request, "tax/mandates.html", context, status=422 if refused else 200)


def own(request: Seated, pk: int) -> Mandate:
    """An agreement of the own area, or 404. 查阅范围"""
    return get_object_or_404(Mandate.objects.filter(organisation__pooling_area=area_of(request)), pk=pk)


@require_POST
@desk(Desk.TAX)
def act(request: Seated, pk: int, act: str) -> HttpResponseBase:
    """Verify it, send it back or end it. 核验"""
    one, reason = own(request, pk), str(request.POST.get("reason", ""))
    try:
        if act == "verify":
            acts.verify(mandate=one, by=request.appointment, at=clock.now())
        else:
            {"refuse": acts.refuse, "end": acts.end}[act](
                mandate=one, reason=reason, by=request.appointment, at=clock.now()
            )
    except Refused as refused:
        return page(request, refused=refused, about=one)
    told(request, DONE[act])
    return redirect("tax-mandates")


@require_POST
@desk(Desk.TAX)
def number(request: Seated, pk: int) -> HttpResponse:
    """Show the whole account once, to hold it against the paper; it is recorded. 查看完整账号"""
    one = own(request, pk)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="full_number",
        reason=f"扣款协议 {one.number}", at=clock.now(),
    )  # fmt: skip
    return page(request, about=one, number=sealed.unseal(one.account_cipher))
