"""Schools, sub-districts, the district and the book say the same: declared, due, paid, exempt, refunded. 汇总核对"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import summing
from yingbao.collection.summing import OfAgent, Sums
from yingbao.enrolment.seasons import policy_of
from yingbao.spreadsheet.workbooks import write_table
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.close import season_of
from yingbao.web.tax.shared import Heading, columns, download
from yingbao.web.templatetags.words import language

ALL_SHOWN = 80
"""Up to so many agents stand on one page; of more, those of one sub-district at a time."""


@require_GET
@desk(Desk.TAX)
def sums(request: Seated) -> HttpResponse:
    """Every agent's figures, folded under its sub-district, and the total beside the ledger. 汇总核对"""
    season = season_of(request)
    rows = summing.by_agent(season)
    groups = grouped(rows)
    total = Sums()
    for group in groups:
        total = total.plus(group["sums"])
    wanted = request.GET.get("of", "")
    for group in groups:
        group["open"] = len(rows) <= ALL_SHOWN or wanted == group["key"]
    context = {
        "policy": policy_of(season), "groups": groups, "total": total, "agents": len(rows),
        "book": summing.against_the_book(season), "adds_up": total == summing.total(rows),
    }  # fmt: skip
    return render(request, "tax/sums.html", context)


def grouped(rows: list[OfAgent]) -> list[dict[str, Any]]:
    """Agents under their sub-districts, each with the sum of its agents. 街道小计"""
    found: dict[int | None, dict[str, Any]] = {}
    for row in rows:
        name = row.parent_name or Text("未归街道", "under no sub-district").said(language())
        group = found.setdefault(
            row.parent, {"key": str(row.parent or "none"), "name": name, "rows": [], "sums": Sums()}
        )
        group["rows"].append(row)
        group["sums"] = group["sums"].plus(row.sums)
    return list(found.values())


@require_POST
@desk(Desk.TAX)
def workbook(request: Seated) -> HttpResponseBase:
    """The same as a workbook. 导出"""
    said = language()
    heads: list[Heading] = [
        (Text("街道", "Sub-district"), "text", 20), (Text("单位", "Agent"), "text", 30),
        (Text("申报人数", "Declared"), "number", 12), (Text("申报金额", "Declared, yuan"), "money", 16),
        (Text("应缴人数", "Owing"), "number", 12), (Text("应缴金额", "Due, yuan"), "money", 16),
        (Text("已缴人数", "Paid"), "number", 12), (Text("已缴金额", "Paid, yuan"), "money", 16),
        (Text("免缴人数", "Exempt"), "number", 12), (Text("资助金额", "Paid by others, yuan"), "money", 16),
        (Text("退费笔数", "Refunds"), "number", 12), (Text("退费金额", "Refunded, yuan"), "money", 16),
    ]  # fmt: skip
    rows = summing.by_agent(season_of(request))
    table: list[tuple[object, ...]] = [(row.parent_name, row.name, *row.sums) for row in rows]
    table.append((Text("合计", "In all").said(said), "", *summing.total(rows)))
    return download(
        write_table(columns(heads), table, sheet=Text("汇总", "Sums").said(said)), f"sums-{clock.today():%Y%m%d}.xlsx"
    )
