"""The reconciliation of a day: each account in the book beside its bill or statement, differences explained. 日对账"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import days
from yingbao.collection.models import BankAccount, BillLine
from yingbao.spreadsheet.workbooks import write_table
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.shared import WAYS, Heading, area_of, columns, day_of, download, tell
from yingbao.web.templatetags.words import language

SHOWN_DAYS = 28
STATES = {
    "agreed": Text("一致", "agrees"),
    "explained": Text("已说明", "explained"),
    "differs": Text("有差异", "differs"),
    "missing": Text("缺账单", "bill missing"),
    "quiet": Text("无往来", "nothing moved"),
    "open": Text("未到日终", "not over yet"),
}
TONES = {"agreed": "good", "explained": "good", "differs": "bad", "missing": "warn", "quiet": "", "open": ""}
OUTCOMES = {
    "amount": Text("金额不符", "another sum"),
    "foreign": Text("非本平台订单", "no order of ours"),
    "missing": Text("账单缺少", "not on the bill"),
    "found": Text("据账单补记", "found in the bill"),
}
KINDS = {"payment": Text("缴费", "payment"), "refund": Text("退费", "refund")}


@require_GET
@desk(Desk.TAX)
def latest(request: Seated) -> HttpResponseBase:
    """The newest day that is over. 最近一日"""
    return redirect("tax-day", (clock.today() - timedelta(days=1)).isoformat())


@require_GET
@desk(Desk.TAX)
def day(request: Seated, day: str) -> HttpResponse:
    """One day, with a strip of the days around it. 日对账"""
    when = asked_day(day)
    context = context_of(area_of(request), when)
    return render(request, "tax/day.html", context | {"strip": strip(area_of(request), when)})


def asked_day(text: str) -> date:
    """The day in the address, not in the future; else 404."""
    when = day_of(text)
    if when is None or when > clock.today() or when.year < 2019:
        raise Http404
    return when


def context_of(area: str, when: date) -> dict[str, Any]:
    """All that is known of the day. 页面内容"""
    today = clock.today()
    names = {str(one.pk): one for one in BankAccount.objects.filter(pooling_area=area)}
    rows = [row_of(each, names) for each in days.accounts(area, when, today)]
    others = [
        {"row": row, "key": each.key, "day": each.day, "fen": each.fen, "told": each.told_today}
        for row in rows
        if row["one"].in_differs_fen or row["one"].out_differs_fen
        for each in days.on_other_days(area, row["one"], when)
    ]
    lines = [
        {"one": one, "outcome": OUTCOMES[one.outcome], "kind": KINDS[one.kind], "way": WAYS[one.bill.channel],
         "open": one.outcome in days.DIFFERING and not one.explained, "asks": one.outcome in days.DIFFERING}
        for one in days.differing_lines(area, when)
    ]  # fmt: skip
    state = days.states(area, when, when, today)[when]
    return {
        "day": when, "rows": rows, "lines": lines, "others": others, "state": STATES[state], "tone": TONES[state],
        "open": sum(line["open"] for line in lines), "awaited": [row for row in rows if row["one"].awaited],
        "today": today, "over": when < today,
    }  # fmt: skip


def row_of(one: days.AccountDay, names: dict[str, BankAccount]) -> dict[str, Any]:
    """An account with the name that officers know it by."""
    if one.role == "bank":
        account = names.get(one.detail)
        name = Text(account.bank, account.bank) if account else Text("银行账户", "bank account")
        return {"one": one, "name": name, "small": account.number if account else "", "by": Text("对账单", "statement")}
    if one.role == "debit":
        name = Text("批扣清算", "direct debits to be paid in")
        return {"one": one, "name": name, "small": one.detail, "by": Text("扣款回盘", "results")}
    return {"one": one, "name": WAYS.get(one.detail, Text(one.detail, one.detail)), "small": "",
            "by": Text("渠道账单", "bill")}  # fmt: skip


def strip(area: str, when: date) -> list[dict[str, Any]]:
    """The days around this one, four weeks that end with a Sunday, each with its state. 日历条"""
    today = clock.today()
    last = min(when + timedelta(days=7), today)
    last += timedelta(days=6 - last.weekday())
    first = last - timedelta(days=SHOWN_DAYS - 1)
    found = days.states(area, first, min(last, today), today)
    return [
        {"day": each, "state": STATES[state], "tone": TONES[state], "here": each == when, "word": state,
         "url": reverse("tax-day", args=[each.isoformat()])}
        for each, state in found.items()
    ]  # fmt: skip


@require_POST
@desk(Desk.TAX)
def explain(request: Seated, pk: int) -> HttpResponseBase:
    """An officer says how a line's difference came about. 说明差异"""
    line = BillLine.objects.filter(bill__pooling_area=area_of(request), pk=pk).select_related("bill").first()
    if line is None:
        raise Http404
    days.explain(line=line, said=str(request.POST.get("said", "")), by=request.appointment, at=clock.now())
    tell(request, Text("已说明差异。", "The difference is explained."))
    return redirect("tax-day", line.bill.day.isoformat())


@require_GET
@desk(Desk.TAX)
def workbook(request: Seated, day: str) -> HttpResponse:
    """The day as a workbook: accounts, then what differs line by line. 导出"""
    when = asked_day(day)
    said = language()
    shown = context_of(area_of(request), when)
    heads: list[Heading] = [
        (Text("项目", "Item"), "text", 30), (Text("期初", "Opening"), "money", 16), (Text("收入", "In"), "money", 16),
        (Text("支出", "Out"), "money", 16), (Text("结算转出", "Settled"), "money", 16),
        (Text("期末", "Closing"), "money", 16), (Text("对方收入", "In, told"), "money", 16),
        (Text("对方支出", "Out, told"), "money", 16), (Text("时间", "Moment"), "text", 18),
        (Text("结果", "Outcome"), "text", 16), (Text("说明", "Explanation"), "text", 40),
    ]  # fmt: skip
    table: list[tuple[object, ...]] = []
    for row in shown["rows"]:
        one = row["one"]
        outside = (one.told.in_fen, one.told.out_fen) if one.told else (None, None)
        outcome = STATES["missing"].said(said) if one.awaited else ""
        table.append((f"{row['name'].said(said)} {row['small']}".strip(), one.opening_fen, one.in_fen, one.out_fen,
                      one.settled_fen, one.closing_fen, *outside, "", outcome, ""))  # fmt: skip
    for line in shown["lines"]:
        one = line["one"]
        sums = (one.amount_fen, None) if one.kind == "payment" else (None, one.amount_fen)
        table.append(
            (
                f"{line['way'].said(said)} {one.transaction}",
                None,
                None,
                None,
                None,
                None,
                *sums,
                f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M}",
                line["outcome"].said(said),
                one.explained,
            )
        )
    for other in shown["others"]:
        words = Text("账上记在{day}", "in the book on {day}").filled(day=other["day"]).said(said)
        sums = (other["fen"], None) if other["fen"] > 0 else (None, -other["fen"])
        table.append((other["key"], None, *sums, None, None, None, None, "", words, ""))
    content = write_table(columns(heads), table, sheet=f"{when:%Y-%m-%d}")
    return download(content, f"reconciliation-{when:%Y%m%d}.xlsx")
