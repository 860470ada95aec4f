"""Refunds at the tax desk: what waits, the story of one, approved by a second officer, paid. 退费审批"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import refund_list, refunding
from yingbao.collection.claims import masked_name
from yingbao.collection.lifecycle import REFUND_NAMES, RefundState
from yingbao.collection.models import BankAccount, Refund
from yingbao.enrolment.seasons import china_day
from yingbao.exchange import paying_back
from yingbao.people.looks import looked
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.shared import WAYS, area_of, day_of, download, look, officers, page_of, tell
from yingbao.web.templatetags.words import language

PAGE_SIZE = 50
MOST_AT_ONCE = 200
REASONS = {
    "duplicate": Text("重复缴费", "paid twice"),
    "exempted": Text("列入免缴名单，改由资助方缴", "on an exempting list since: another body pays"),
    "withdrawn": Text("退出参保", "left the insurance"),
    "overpaid": Text("多缴", "overpaid"),
    "wrong_amount": Text("金额不符", "wrong sum"),
    "unidentified": Text("无法认定", "nobody knows for whom"),
    "after_close": Text("逾期到账", "came too late"),
}
"""Why money goes back. 退费原因"""
TONES = {
    "requested": "warn", "approved": "accent", "rejected": "", "submitted": "accent", "processing": "accent",
    "succeeded": "good", "abnormal": "bad", "dropped": "",
}  # fmt: skip


@require_GET
@desk(Desk.TAX)
def refunds(request: Seated) -> HttpResponse:
    """Every refund of the pooling area, those that wait for an officer first. 退费清单"""
    area = area_of(request)
    rows: QuerySet[Refund] = refund_list.of_area(area)
    asked = {name: str(request.GET.get(name, ""))[:20] for name in ("state", "way")}
    if asked["state"] in REFUND_NAMES:
        rows = rows.filter(state=asked["state"])
    if asked["way"] in WAYS:
        rows = rows.filter(arrival__way=asked["way"])
    counts = refund_list.counted(area)
    pages = page_of(request, rows.count(), PAGE_SIZE)
    ordered = rows.order_by(refund_list.URGENT, "requested_at", "pk")
    found = list(ordered[pages["first"] : pages["first"] + PAGE_SIZE])
    look(request, "list", sum(one.obligation_id is not None for one in found))
    today = clock.today()
    shown = [told(one) | {"age": (today - china_day(one.requested_at)).days} for one in found]
    for row in shown:
        row["mine"] = row["one"].requested_by_id == request.user.pk
        row["pick"] = row["one"].state == RefundState.REQUESTED and not row["mine"]
    context = {
        "rows": shown, "asked": asked, "counts": counts, "waiting": counts.get(RefundState.REQUESTED),
        "total": sum(each.number for each in counts.values()),
        "states": [(state.value, text, counts[state].number, counts[state].fen) for state, text in REFUND_NAMES.items()
                   if state in counts],
        "ways": list(WAYS.items()), "can_pick": any(row["pick"] for row in shown), "payouts": payouts(area),
    } | pages  # fmt: skip
    return render(request, "tax/refunds.html", context)


def told(one: Refund) -> dict[str, Any]:
    """One refund in words; the child's name is masked. 退费一行"""
    child = one.obligation.person if one.obligation else None
    return {
        "one": one, "reason": REASONS[one.reason], "way": WAYS[one.arrival.way], "tone": TONES[one.state],
        "child": masked_name(child.name) if child else "", "payer": payer_of(one),
        "school": one.obligation.organisation.name if one.obligation else "",
    }  # fmt: skip


def payer_of(one: Refund) -> str:
    """Who paid: as they said when they ordered, else as the bank or channel names them."""
    payment = one.arrival.payment
    return (payment.payer if payment else "") or (one.arrival.payer if one.arrival.way != "wechat" else "")


def payouts(area: str) -> list[dict[str, Any]]:
    """For each of our bank accounts: what waits for a payment file, and the files that were handed out. 付款文件"""
    rows = Refund.objects.filter(
        pooling_area=area, arrival__way__in=paying_back.BY_BANK,
        state__in=[RefundState.APPROVED, *refunding.UNDER_WAY],
    ).select_related("arrival__debit_item__batch")  # fmt: skip
    accounts = {one.pk: one for one in BankAccount.objects.filter(pooling_area=area)}
    found: dict[int, dict[str, Any]] = {}
    for one in rows.order_by("submitted_at", "pk"):
        key = paying_back.account_of(one)
        entry = found.setdefault(key, {"account": accounts[key], "number": 0, "fen": 0, "files": {}})
        if one.state == RefundState.APPROVED:
            entry["number"] += 1
            entry["fen"] += one.amount_fen
        else:
            file = entry["files"].setdefault(one.submitted_at, {"at": one.submitted_at, "number": 0, "fen": 0})
            file["number"] += 1
            file["fen"] += one.amount_fen
    return [entry | {"files": list(entry["files"].values())} for _, entry in sorted(found.items())]


def found_refund(request: Seated, pk: int) -> Refund:
    """One refund of the officer's pooling area, or 404."""
    one = refund_list.of_area(area_of(request)).filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_GET
@desk(Desk.TAX)
def refund(request: Seated, pk: int) -> HttpResponse:
    """The whole story of one: where the money came from, for whom, what else was paid, who did what. 退费详情"""
    one = found_refund(request, pk)
    if one.obligation:
        looked(
            user=request.user, organisation=request.appointment.organisation, what="page",
            person=one.obligation.person, at=clock.now(),
        )  # fmt: skip
    counting = refund_list.counting_payment(one)
    document = one.obligation.person.documents.filter(replaced_at__isnull=True).first() if one.obligation else None
    by_bank = one.arrival.way in paying_back.BY_BANK
    context = told(one) | {
        "document": document, "counting": counting, "mine": one.requested_by_id == request.user.pk,
        "counting_way": WAYS[counting.arrival.way] if counting else None, "others": officers(request),
        "decides": one.state in (RefundState.REQUESTED, RefundState.ABNORMAL), "abnormal": one.state == "abnormal",
        "by_bank": by_bank, "under_way": one.state in refunding.UNDER_WAY,
        "payee": paying_back.masked_payee(one) if by_bank else "",
        "card": one.arrival.way == "card" and one.state == RefundState.APPROVED,
        "siblings": [told(each) for each in refund_list.of_area(one.pooling_area)
                     .filter(arrival=one.arrival_id).exclude(pk=one.pk).order_by("pk")],
    }  # fmt: skip
    return render(request, "tax/refund.html", context)


@require_POST
@desk(Desk.TAX)
def decide(request: Seated, pk: int, how: str) -> HttpResponseBase:
    """Approve or reject one, by another officer than who asked. 审批"""
    one, at = found_refund(request, pk), clock.now()
    if how == "approve":
        refunding.approve(refund=one, by=request.appointment, at=at)
        tell(request, Text("已批准退费 {n}，将按原路退回。", "Refund {n} is approved; it goes back."), n=one.number)
    else:
        refunding.reject(refund=one, note=str(request.POST.get("note", "")), by=request.appointment, at=at)
        tell(request, Text("不予退费 {n}，已写明理由。", "Refund {n} is not approved."), n=one.number)
    return redirect("tax-refund", pk=pk)


@require_POST
@desk(Desk.TAX)
def ask_again(request: Seated, pk: int) -> HttpResponseBase:
    """Ask once more for what was not approved; another officer decides. 再次申请"""
    note = str(request.POST.get("note", ""))
    fresh = refunding.ask_again(refund=found_refund(request, pk), note=note, by=request.appointment, at=clock.now())
    tell(
        request,
        Text("已再次申请，单号 {n}，等另一位人员审批。", "Asked again as {n}; another officer decides."),
        n=fresh.number,
    )
    return redirect("tax-refund", pk=fresh.pk)


@require_POST
@desk(Desk.TAX)
def approve_many(request: Seated) -> HttpResponseBase:
    """Approve those that were ticked; each that cannot be is named with its reason. 批量审批"""
    keys = [int(key) for key in request.POST.getlist("refund") if key.isascii() and key.isdigit() and len(key) < 16]
    rows = refund_list.of_area(area_of(request)).filter(pk__in=keys[:MOST_AT_ONCE]).order_by("pk")
    done, fen, at = 0, 0, clock.now()
    for one in rows:
        try:
            refunding.approve(refund=one, by=request.appointment, at=at)
        except Refused as refused:
            messages.error(request, f"{one.number}: {refused.what.said(language())} {refused.mend.said(language())}")
        else:
            done, fen = done + 1, fen + one.amount_fen
    if done:
        said = Text("已批准 {n} 笔退费，共 {s} 元。", "{n} refunds approved, {s} yuan.")
        tell(request, said, n=done, s=f"{fen / 100:,.2f}")
    elif not keys:
        messages.info(request, Text("没有勾选任何一笔。", "Nothing was ticked.").said(language()))
    return redirect("tax-refunds")


@require_POST
@desk(Desk.TAX)
def payout(request: Seated) -> HttpResponseBase:
    """The file with which the bank pays what is approved, of one account; or the same file again. 付款文件"""
    key = request.POST.get("account", "")
    account = BankAccount.objects.filter(
        pooling_area=area_of(request), pk=int(key) if key.isascii() and key.isdigit() and len(key) < 16 else 0
    ).first()
    if account is None:
        raise Refused(
            where=request.appointment.organisation.name,
            what=Text("没有选择付款账户", "no account is chosen"),
            mend=Text("从退费页面生成文件。", "Make the file from the refunds' page."),
        )
    at, again = clock.now(), moment_of(request.POST.get("again", ""))
    if again:
        made = paying_back.payout_again(submitted_at=again, account=account, by=request.appointment)
    else:
        rows = Refund.objects.filter(
            pooling_area=account.pooling_area, state=RefundState.APPROVED, arrival__way__in=paying_back.BY_BANK
        ).select_related("arrival__debit_item__batch", "arrival__line")
        due = [one for one in rows if paying_back.account_of(one) == account.pk]
        known = [one.pk for one in due if paying_back.masked_payee(one)]
        made = paying_back.payout_file(refunds=known or [one.pk for one in due], by=request.appointment, at=at)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="export", count=len(made.refunds),
        reason=made.name, at=at,
    )  # fmt: skip
    return download(made.content, f"{made.name}.csv", "text/csv; charset=utf-8")


@require_POST
@desk(Desk.TAX)
def failed(request: Seated, pk: int) -> HttpResponseBase:
    """The bank could not pay it. 银行未付出"""
    one = found_refund(request, pk)
    paying_back.bank_failed(
        refund=one, reason=str(request.POST.get("reason", "")), by=request.appointment, at=clock.now()
    )
    tell(request, Text("已记下：银行未付出。", "Noted: the bank did not pay it."))
    return redirect("tax-refund", pk=pk)


@require_POST
@desk(Desk.TAX)
def card(request: Seated, pk: int) -> HttpResponseBase:
    """The slip of a card terminal proves that the card was credited. 刷卡退款"""
    one = found_refund(request, pk)
    voucher = str(request.POST.get("voucher", ""))
    paying_back.record_card_refund(refund=one, voucher=voucher, by=request.appointment, at=clock.now())
    tell(request, Text("已记下刷卡退款。", "The card refund is noted."))
    return redirect("tax-refund", pk=pk)


def moment_of(text: str) -> datetime | None:
    """A moment as our own form gives it; none for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and day_of(text[:10]) else None
