"""A bill per body: the children for whom another body pays, by the body that pays and the one that listed. 资助清单"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import claims
from yingbao.collection.claims import Claim
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.policy import terms
from yingbao.policy.model import Policy
from yingbao.spreadsheet.workbooks import write_table
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.tax.close import season_of
from yingbao.web.tax.shared import Heading, columns, day_of, download, look, page_of
from yingbao.web.templatetags.words import language

PAGE_SIZE = 50
BECAUSE = {
    "": Text("新增", "new"),
    "exempted": Text("转为免缴", "became exempt"),
    "charged": Text("恢复缴费", "the family pays"),
    "withdrawn": Text("撤回", "withdrawn"),
    "lapsed": Text("到期", "lapsed"),
    "repriced": Text("标准有变", "another premium"),
}
"""Why a claim was taken back. 冲回原因"""


class Asked(NamedTuple):
    """Which bill: the payer, the listing body, the days. 查询条件"""

    paid_by: str
    listed: list[int | None]
    first: Any
    last: Any
    raw: dict[str, str]


@require_GET
@desk(Desk.TAX)
def bodies(request: Seated) -> HttpResponse:
    """Claims by body, and the children of one. 资助清单"""
    season = season_of(request)
    policy, asked = policy_of(season), asked_for(request.GET)
    rows = claims.by_body(season, asked.first, asked.last)
    context: dict[str, Any] = {
        "policy": policy, "asked": asked.raw, "payers": payers(season, policy, rows), "lines": [], "total": 0,
        "payer": payer_name(policy, asked.paid_by) if asked.paid_by else None,
    }  # fmt: skip
    if asked.paid_by:
        own = [
            row for row in rows if row.paid_by == asked.paid_by and (not asked.listed or row.listed_by in asked.listed)
        ]
        total = sum(row.children + row.back for row in own)
        pages = page_of(request, total, PAGE_SIZE)
        found = claims.lines(
            season, asked.paid_by, asked.listed, first=asked.first, last=asked.last, limit=PAGE_SIZE,
            offset=pages["first"],
        )  # fmt: skip
        look(request, "list", len(found))
        context |= {
            "lines": [shown(line) for line in found],
            "total": total,
            "net_fen": sum(row.net_fen for row in own),
            "lister": own[0] if asked.listed and own else None,
        }
        context |= pages
    return render(request, "tax/bodies.html", context)


def asked_for(said: QueryDict) -> Asked:
    """What the address or a form asks for."""
    listed = str(said.get("listed_by", ""))
    keys: list[int | None] = [int(listed)] if listed.isascii() and listed.isdigit() and len(listed) < 16 else []
    if listed == "none":
        keys = [None]
    raw = {name: str(said.get(name, ""))[:40] for name in ("paid_by", "listed_by", "first", "last")}
    return Asked(raw["paid_by"], keys, day_of(raw["first"]), day_of(raw["last"]), raw)


def payers(season: Season, policy: Policy, rows: list[Claim]) -> list[dict[str, Any]]:
    """The bodies that pay, each with its listing bodies, its sum, and what the book says of it. 资助方"""
    found = []
    for paid_by in sorted({row.paid_by for row in rows}):
        own = [row for row in rows if row.paid_by == paid_by]
        found.append({
            "paid_by": paid_by, "name": payer_name(policy, paid_by), "rows": own,
            "children": sum(row.children for row in own), "claimed_fen": sum(row.claimed_fen for row in own),
            "back": sum(row.back for row in own), "back_fen": sum(row.back_fen for row in own),
            "net_fen": sum(row.net_fen for row in own), "book_fen": claims.in_the_book(season, paid_by),
        })  # fmt: skip
    return found


def payer_name(policy: Policy, paid_by: str) -> Text:
    """What a body is called in the policy."""
    return policy.subsidy_payers.get(paid_by, Text(paid_by, paid_by))


def shown(line: claims.ClaimLine) -> dict[str, Any]:
    """A child on the bill, in words."""
    return {
        "one": line, "because": BECAUSE[line.because],
        "category": terms.ASSISTANCE.get(line.category, Text(line.category, line.category)),
    }  # fmt: skip


@require_POST
@desk(Desk.TAX)
def workbook(request: Seated) -> HttpResponseBase:
    """The bill of a body as a workbook, all of its children, names masked. 导出"""
    season = season_of(request)
    asked, said = asked_for(request.POST), language()
    wanted = [asked.paid_by] if asked.paid_by else sorted({row.paid_by for row in claims.by_body(season)})
    policy = policy_of(season)
    table: list[tuple[object, ...]] = []
    for paid_by in wanted:
        for line in claims.lines(season, paid_by, asked.listed, first=asked.first, last=asked.last):
            words = shown(line)
            table.append((payer_name(policy, paid_by).said(said), line.listed_by_name, line.agent, line.name,
                          line.number_masked, words["category"].said(said), line.fen,
                          f"{line.at.astimezone(CHINA):%Y-%m-%d}", words["because"].said(said)))  # fmt: skip
    heads: list[Heading] = [
        (Text("资助方", "Payer"), "text", 14), (Text("名单提供单位", "Listed by"), "text", 24),
        (Text("申报单位", "Agent"), "text", 26), (Text("姓名（掩码）", "Name (masked)"), "text", 14),
        (Text("证件号码（掩码）", "Identity number (masked)"), "text", 24), (Text("类别", "Category"), "text", 20),
        (Text("金额（元）", "Sum, yuan"), "money", 14), (Text("日期", "Day"), "text", 14),
        (Text("说明", "What"), "text", 14),
    ]  # fmt: skip
    look(request, "export", len(table))
    content = write_table(columns(heads), table, sheet=Text("资助清单", "Claims").said(said))
    return download(content, f"claims-{clock.today():%Y%m%d}.xlsx")
