"""The tax officer's first page: what waits now, the most urgent first, and what has come in of what is due. 税务首页"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Min, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.collection import closing, days, debiting, refund_list
from yingbao.collection.collected import told
from yingbao.collection.lifecycle import DebitState, RefundState
from yingbao.collection.models import Alarm, Close, DebitItem, Mandate
from yingbao.declaration.lifecycle import State
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.exchange.paying_back import BY_BANK
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_of, until, when
from yingbao.web.tax.alarms import GRAVE
from yingbao.web.tax.shared import WAYS, area_of

LOOKED_BACK_DAYS = 30
BAR = 1000
"""The bar's width in its own units."""


class Waits(NamedTuple):
    """One kind of work that waits for an officer. 待办"""

    name: Text
    number: int
    unit: Text
    fen: int | None
    said: Text | None
    url: str
    tone: str
    """bad, warn or accent: how urgent it is"""


@require_GET
@desk(Desk.TAX)
def home(request: Seated) -> HttpResponse:
    """The day of a tax officer at one glance; no single child is shown. 税务首页"""
    area, today = area_of(request), clock.today()
    season = season_of(request)
    policy = policy_of(season)
    work = [each for each in waiting(season, area, today) if each.number]
    context = {
        "organisation": request.appointment.organisation, "policy": policy, "season": season,
        **until(policy, today), "work": work, "bar": bar(season),
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
        "pages": pages(),
    }  # fmt: skip
    return render(request, "tax/home.html", context)


def waiting(season: Season, area: str, today: date) -> list[Waits]:
    """All that waits, the most urgent first; also what is empty now. 待办"""
    found = [*alarms(area), *of_refunds(area), *suspense(area, today), *declared(season, today),
             *of_days(area, today), *debits(area), *mandates(area), *to_close(season, today)]  # fmt: skip
    urgency = {"bad": 0, "warn": 1, "accent": 2}
    return sorted(found, key=lambda each: urgency[each.tone])


def alarms(area: str) -> list[Waits]:
    """Open alarms: grave ones apart."""
    rows = Alarm.objects.filter(pooling_area=area, settled_at__isnull=True).values_list("kind")
    counts = dict(rows.annotate(n=Count("pk")).order_by("kind"))
    grave, count = sum(counts.get(kind, 0) for kind in GRAVE), sum(counts.values())
    said = Text("其中 {n} 条须马上核对", "{n} of them at once").filled(n=grave) if grave else None
    return [
        Waits(Text("异常提醒", "Alarms"), count, Text("条", "alarms"), None, said, reverse("tax-alarms"),
              "bad" if grave else "warn")
    ]  # fmt: skip


def of_refunds(area: str) -> list[Waits]:
    """Refunds that wait for an officer."""
    counts, url = refund_list.counted(area), reverse("tax-refunds")
    nothing = refund_list.Counted(0, 0)
    asked = counts.get(RefundState.REQUESTED, nothing)
    failed = counts.get(RefundState.ABNORMAL, nothing)
    by_bank = refund_list.of_area(area).filter(state=RefundState.APPROVED, arrival__way__in=[*BY_BANK, "card"])
    sums = by_bank.aggregate(number=Count("pk"), fen=Sum("amount_fen"))
    unit = Text("笔", "refunds")
    again = Text("重新批准后再付", "to be approved anew")
    file = Text("生成付款文件，或登记刷卡退款", "make the payment file, or enter the slip")
    return [
        Waits(
            Text("退费异常", "Refunds that failed"),
            failed.number,
            unit,
            failed.fen,
            again,
            f"{url}?state=abnormal",
            "bad",
        ),
        Waits(
            Text("退费待审批", "Refunds to approve"),
            asked.number,
            unit,
            asked.fen,
            None,
            f"{url}?state=requested",
            "warn",
        ),
        Waits(
            Text("退费待付出", "Refunds to pay out"),
            sums["number"],
            unit,
            sums["fen"],
            file,
            f"{url}?state=approved",
            "accent",
        ),
    ]


def suspense(area: str, today: date) -> list[Waits]:
    """Money that nobody has settled, with the age of the oldest."""
    held = closing.in_suspense(area)
    age = (today - china_day(held[0].paid_at)).days if held else 0
    said = Text("最久 {n} 天", "the oldest {n} days").filled(n=age) if age else None
    return [
        Waits(Text("暂收款待认领", "Money in suspense"), len(held), Text("笔", "payments"),
              sum(one.suspense_fen for one in held), said, link("tax-suspense"), "bad" if age >= 7 else "warn")
    ]  # fmt: skip


def declared(season: Season, today: date) -> list[Waits]:
    """Declarations to decide."""
    rows = Declaration.objects.filter(season=season, state=State.SUBMITTED)
    sums = rows.aggregate(n=Count("pk"), fen=Sum("self_paid_fen"), oldest=Min("submitted_at"))
    age = (today - china_day(sums["oldest"])).days if sums["oldest"] else 0
    said = Text("最早 {n} 天前提交", "the first {n} days ago").filled(n=age) if age else None
    url = f"{reverse('tax-declarations')}?state=submitted"
    name, unit = Text("申报待受理", "Declarations to decide"), Text("份", "declarations")
    return [Waits(name, sums["n"], unit, sums["fen"], said, url, "warn")]


def of_days(area: str, today: date) -> list[Waits]:
    """Days that differ, and days whose bill or statement is not in."""
    first = today - timedelta(days=LOOKED_BACK_DAYS)
    states = days.states(area, first, today, today)
    found = []
    for word, name, tone in (
        ("differs", Text("对账有差异", "Days that differ"), "bad"),
        ("missing", Text("账单、对账单未到", "Bills and statements to come"), "warn"),
    ):
        own = [day for day, state in states.items() if state == word]
        url = reverse("tax-day", args=[own[-1].isoformat()]) if own else reverse("tax-days")
        said = Text("最近 {d}", "latest {d}").filled(d=own[-1]) if own else None
        found.append(Waits(name, len(own), Text("天", "days"), None, said, url, tone))
    return found


def debits(area: str) -> list[Waits]:
    """Declarations to debit, and debits whose results are not in."""
    due, due_fen = debiting.ready_sum(pooling_area=area)
    rows = DebitItem.objects.filter(batch__pooling_area=area, state=DebitState.PENDING)
    sums = rows.aggregate(n=Count("batch", distinct=True), fen=Sum("amount_fen"))
    name, unit = Text("批扣等待回盘", "Debit batches without results"), Text("批", "batches")
    make, lists = Text("可以扣款的申报", "Declarations to debit"), Text("份", "declarations")
    return [
        Waits(make, due, lists, due_fen, None, link("tax-debits"), "warn"),
        Waits(name, sums["n"], unit, sums["fen"], None, link("tax-debits"), "accent"),
    ]


def mandates(area: str) -> list[Waits]:
    """Agreements that nobody verified."""
    count = Mandate.objects.filter(organisation__pooling_area=area, state="signed").count()
    name, unit = Text("扣款协议待核验", "Mandates to verify"), Text("份", "mandates")
    return [Waits(name, count, unit, None, None, link("tax-mandates"), "accent")]


def to_close(season: Season, today: date) -> list[Waits]:
    """The close, once its day has come."""
    asked = Close.objects.filter(season=season).first()
    done = asked is not None and asked.confirmed_at is not None
    due = today > closing.last_day(season) and not done
    name = Text("关账待复核", "The close to confirm") if asked else Text("本季待关账", "The season to close")
    return [Waits(name, int(due), Text("项", "season"), None, None, reverse("tax-close"), "warn")]


def bar(season: Season) -> dict[str, Any]:
    """What is due, and what has come in of it by way, as parts of a bar. 征收进度"""
    sums, by_way, as_of = told(season=season, at=clock.now())
    parts, begins = [], 0
    for way, words in WAYS.items():
        fen = by_way.get(way, 0)
        if fen and sums.due_fen:
            width = max(2, fen * BAR // sums.due_fen)
            parts.append({"way": way, "name": words, "fen": fen, "x": begins, "width": width})
            begins += width
    share = sums.paid_fen * 1000 // sums.due_fen / 10 if sums.due_fen else 0
    return {"sums": sums, "parts": parts, "share": share, "width": BAR, "as_of": as_of}


def pages() -> list[tuple[str, Text]]:
    """The desk's other pages, as far as they are there. 其他页面"""
    named = [
        ("tax-refunds", Text("退费", "Refunds")), ("tax-days", Text("日对账", "Reconciliation")),
        ("tax-suspense", Text("暂收款", "Suspense")), ("tax-statements", Text("对账单", "Statements")),
        ("tax-debits", Text("批扣", "Direct debits")), ("tax-mandates", Text("扣款协议", "Mandates")),
        ("tax-alarms", Text("异常提醒", "Alarms")), ("tax-receipts", Text("票据", "Receipts")),
        ("tax-bodies", Text("资助清单", "Bills per body")), ("tax-sums", Text("汇总核对", "Sums")),
        ("tax-close", Text("关账", "Close")),
    ]  # fmt: skip
    return [(url, words) for name, words in named if (url := link(name))]


def link(name: str) -> str:
    """The address of a page; empty where there is none."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
