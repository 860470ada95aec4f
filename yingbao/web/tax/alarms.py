"""What a person has to look at, and what came of it. 异常提醒"""

from __future__ import annotations

from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection.alarming import settle_alarm
from yingbao.collection.models import Alarm, Refund
from yingbao.enrolment.seasons import china_day
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.shared import WAYS, area_of, page_of, tell

PAGE_SIZE = 50
KINDS = {
    "conflict": Text("同号异文", "same key, other content"),
    "wrong_amount": Text("金额不符", "wrong sum"),
    "suspense": Text("暂收未清", "old suspense"),
    "difference": Text("对账差异", "difference"),
    "forged": Text("伪造通知", "forged notice"),
    "abnormal_refund": Text("退费异常", "abnormal refund"),
    "late": Text("逾期到账", "came too late"),
}
"""What an alarm is about. 异常种类"""
GRAVE = ("conflict", "forged", "abnormal_refund")


@require_GET
@desk(Desk.TAX)
def alarms(request: Seated) -> HttpResponse:
    """Open alarms, the oldest first; or those that were settled, the newest first. 异常提醒"""
    every = Alarm.objects.filter(pooling_area=area_of(request)).select_related("arrival", "settled_by")
    opened = every.filter(settled_at__isnull=True)
    counts = dict(opened.values_list("kind").annotate(n=Count("pk")).order_by("kind"))
    settled = request.GET.get("settled") == "1"
    kind = str(request.GET.get("kind", ""))
    rows = every.filter(settled_at__isnull=False).order_by("-settled_at") if settled else opened.order_by("raised_at")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    pages = page_of(request, rows.count(), PAGE_SIZE)
    today = clock.today()
    found = list(rows[pages["first"] : pages["first"] + PAGE_SIZE])
    links = links_of(found)
    context = {
        "rows": [
            {"one": one, "kind": KINDS[one.kind], "grave": one.kind in GRAVE, "link": links.get(one.pk),
             "way": WAYS[one.arrival.way] if one.arrival else None,
             "age": (today - china_day(one.raised_at)).days} for one in found
        ],
        "kinds": [(value, text, counts[value]) for value, text in KINDS.items() if value in counts],
        "kind": kind, "settled": settled, "open": sum(counts.values()),
    } | pages  # fmt: skip
    return render(request, "tax/alarms.html", context)


def links_of(found: list[Alarm]) -> dict[int, str]:
    """Where the work is that settles an alarm: the refund, the day on which something differs, the money that waits."""
    numbers = {one.pk: one.key.partition(":")[0] for one in found if one.kind == "abnormal_refund"}
    refunds = dict(Refund.objects.filter(number__in=numbers.values()).values_list("number", "pk"))
    links = {key: reverse("tax-refund", args=[refunds[number]]) for key, number in numbers.items() if number in refunds}
    for one in found:
        channel, _, rest = one.key.partition(":")
        day = rest[:8]
        if one.kind == "difference" and channel in ("wechat", "alipay") and day.isdigit() and rest[8:9] == ":":
            links[one.pk] = reverse("tax-day", args=[f"{day[:4]}-{day[4:6]}-{day[6:]}"])
    for one in found:
        if one.pk not in links and one.arrival is not None and one.arrival.suspense_fen:
            links[one.pk] = reverse("tax-arrival", args=[one.arrival.pk])
    return links


@require_POST
@desk(Desk.TAX)
def settle(request: Seated, pk: int) -> HttpResponseBase:
    """Somebody has looked at it and says what came of it. 处理提醒"""
    alarm = Alarm.objects.filter(pooling_area=area_of(request), pk=pk).first()
    if alarm is None:
        raise Http404
    settle_alarm(alarm=alarm, note=str(request.POST.get("note", "")), by=request.user, at=clock.now())
    tell(request, Text("已处理：{said}", "Settled: {said}"), said=alarm.said)
    return redirect("tax-alarms")
