"""Money in suspense at the tax desk: its ages, what it may be for, and what an officer does with it. 暂收款页面"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import advising, matching, refunding, suggesting
from yingbao.collection.models import Arrival, Refund
from yingbao.collection.suggesting import Suggestion, Waiting
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration, DeclarationLine
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.statements import area_of, told

AGES = (
    (Text("新到账", "new"), ""),
    (Text("已满 3 天", "over 3 days"), "accent"),
    (Text("已满 7 天", "over 7 days"), "warn"),
    (Text("已满 30 天", "over 30 days"), "bad"),
)
"""by how many of the marks it has passed: words and tone"""
WHY = {
    "unidentified": Text("无法自动认定", "not identified"),
    "short": Text("还有余额", "some of it is left"),
    "wrong_amount": Text("金额不符", "wrong sum"),
    "after_close": Text("逾期到账", "after the close"),
    "no_order": Text("没有订单", "no order"),
    "conflict": Text("同号异文", "conflict"),
}
WAYS = {
    "transfer": Text("银行转账", "transfer"),
    "debit": Text("扣款", "direct debit"),
    "wechat": Text("微信支付", "WeChat Pay"),
    "alipay": Text("支付宝", "Alipay"),
    "card": Text("刷卡", "card"),
}
SHOWN = 300


@require_GET
@desk(Desk.TAX)
def suspense(request: Seated) -> HttpResponse:
    """All money in suspense with its age, the oldest first. 暂收款"""
    found = suggesting.waiting(pooling_area=area_of(request), at=clock.now())
    asked = request.GET.get("age", "")
    ages = [
        {"key": str(age), "words": words, "count": sum(one.age == age for one in found), "here": asked == str(age)}
        for age, (words, _) in enumerate(AGES)
    ]
    chosen = [one for one in found if not asked or str(one.age) == asked]
    looked(
        user=request.user, organisation=request.appointment.organisation, what="suspense", count=len(chosen),
        at=clock.now(),
    )  # fmt: skip
    context = {
        "rows": [shown(one) for one in chosen[:SHOWN]], "more": max(0, len(chosen) - SHOWN), "ages": ages,
        "all": len(found), "fen": sum(one.arrival.suspense_fen for one in found), "asked": asked,
    }  # fmt: skip
    return render(request, "tax/suspense.html", context)


def shown(one: Waiting) -> dict[str, Any]:
    """One line of the list. 清单行"""
    words, tone = AGES[one.age]
    return {
        "one": one, "arrival": one.arrival, "age": words, "tone": tone, "way": WAYS[one.arrival.way],
        "why": WHY.get(one.arrival.why_suspended, WHY["unidentified"]),
    }  # fmt: skip


def own(request: Seated, pk: int) -> Arrival:
    """Money of the own pooling area, or 404. 查阅范围"""
    rows = Arrival.objects.filter(pooling_area=area_of(request)).select_related("line__statement", "payment")
    return get_object_or_404(rows, pk=pk)


@require_GET
@desk(Desk.TAX)
def arrival(request: Seated, pk: int) -> HttpResponse:
    """One sum that came in: where it is now, what it may be for, and the children to choose. 到账详情"""
    return page(request, own(request, pk))


def page(request: Seated, one: Arrival, refused: Refused | None = None) -> HttpResponse:
    """All that an officer decides by. 页面内容"""
    area = one.pooling_area
    waits = one.suspense_fen > 0
    suggestions: list[Suggestion] = suggesting.suggest(arrival=one) if waits else []
    find = str(request.GET.get("find", "")).strip()[:60]
    context: dict[str, Any] = shown(suggesting.aged(one, clock.now())) | {
        "waits": waits, "suggestions": suggestions, "find": find, "refused": refused,
        "allocations": one.allocations.filter(released_at__isnull=True).select_related(
            "obligation__enrolment__person", "obligation__organisation"
        )[:SHOWN],
        "refunds": Refund.objects.filter(arrival=one).order_by("pk"), "reasons": REASONS,
    }  # fmt: skip
    if waits:
        context |= chosen_of(area, find, request.GET.get("declaration", ""), suggestions)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="suspense",
        count=len(context["allocations"]) + len(context.get("children", ())) or 1, at=clock.now(),
    )  # fmt: skip
    return render(request, "tax/arrival.html", context, status=422 if refused else 200)


REASONS = (
    ("unidentified", Text("无法认定", "cannot be identified")),
    ("duplicate", Text("重复汇款", "paid twice")),
    ("overpaid", Text("多缴", "overpaid")),
    ("after_close", Text("逾期到账", "after the close")),
    ("wrong_amount", Text("金额不符", "wrong sum")),
)


def chosen_of(area: str, find: str, wanted: str, suggestions: list[Suggestion]) -> dict[str, Any]:
    """The declaration whose children are shown to be ticked, and what a search has found. 选择申报表"""
    standing = Declaration.objects.filter(state__in=STANDING, season__pooling_area=area).select_related("organisation")
    found = []
    if find:
        hits = standing.filter(Q(organisation__name__icontains=find) | Q(reference=find.upper()))[:20]
        unpaid = matching.unpaid_of((one.pk for one in hits), and_lapsed=True)
        found = [
            {"one": one, "unpaid": len(unpaid[one.pk]), "fen": sum(each.due_fen for each in unpaid[one.pk])}
            for one in hits
        ]
    chosen = standing.filter(reference=wanted).first()
    if chosen is None and len(suggestions) == 1 and not find:
        chosen = suggestions[0].declaration
    children = matching.unpaid_of([chosen.pk], and_lapsed=True)[chosen.pk] if chosen else []
    lines = DeclarationLine.objects.filter(declaration=chosen, enrolment__in=[one.enrolment_id for one in children])
    names = {line.enrolment_id: line for line in lines}
    return {
        "found": found,
        "chosen": chosen,
        "children": [{"owed": one, "line": names.get(one.enrolment_id)} for one in children],
        "unpaid_fen": sum(one.due_fen for one in children),
    }


@require_POST
@desk(Desk.TAX)
def settle(request: Seated, pk: int) -> HttpResponseBase:
    """The officer says for whom it is. 匹配"""
    one = own(request, pk)
    keys = [int(key) for key in request.POST.getlist("child") if key.isascii() and key.isdigit() and len(key) < 19]
    rest = request.POST.get("rest") == "back"
    try:
        advising.settle(arrival=one, obligations=keys, by=request.appointment, at=clock.now(), rest_overpaid=rest)
    except Refused as refused:
        return page(request, own(request, pk), refused)
    told(request, Text("已匹配 {n} 名学生。", "Matched for {n} children.").filled(n=len(set(keys))))
    return redirect("tax-arrival", pk=pk)


@require_POST
@desk(Desk.TAX)
def undo(request: Seated, pk: int) -> HttpResponseBase:
    """The match was wrong: the money waits again. 撤销匹配"""
    done = advising.undo(arrival=own(request, pk), by=request.appointment, at=clock.now())
    told(
        request,
        Text("已撤销 {n} 名学生的匹配，款项回到暂收。", "Undone for {n} children; it waits again.").filled(n=done),
    )
    return redirect("tax-arrival", pk=pk)


@require_POST
@desk(Desk.TAX)
def back(request: Seated, pk: int) -> HttpResponseBase:
    """It shall go back to its payer; another officer approves. 申请退回"""
    one = own(request, pk)
    reason = str(request.POST.get("reason", ""))
    reason = reason if reason in dict(REASONS) else "unidentified"
    try:
        refund = refunding.send_back(
            arrival=one, reason=reason, note=str(request.POST.get("note", "")), by=request.appointment, at=clock.now()
        )
    except Refused as refused:
        return page(request, own(request, pk), refused)
    asked = Text("已申请退回（{number}），等待另一人审批。", "Asked for ({number}); another officer approves.")
    told(request, asked.filled(number=refund.number))
    return redirect("tax-arrival", pk=pk)
