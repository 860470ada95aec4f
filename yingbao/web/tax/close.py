"""The close of the season at the tax desk: what is missing, what is held, asked by one, confirmed by another. 关账"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.collection import closing, summing
from yingbao.collection.models import BankAccount, Close
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, policy_of
from yingbao.ledger.balances import balances
from yingbao.ledger.closing import last_closed
from yingbao.ledger.posting import ROLES, Role
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_of as season_of
from yingbao.web.tax.shared import WAYS, officers, tell

MOST_SHOWN = 100


@require_GET
@desk(Desk.TAX)
def close(request: Seated) -> HttpResponse:
    """What is missing before the close, or who has to confirm it, or what came of it. 关账"""
    season, today = season_of(request), clock.today()
    asked = Close.objects.filter(season=season).select_related("asked_by", "confirmed_by").first()
    held = closing.in_suspense(season.pooling_area)
    context: dict[str, Any] = {
        "season": season, "policy": policy_of(season), "last": closing.last_day(season), "asked": asked,
        "days": (closing.last_day(season) - today).days, "others": officers(request),
        "mine": asked is not None and asked.asked_by_id == request.user.pk,
        "missing": closing.missing_for_close(season, today) if asked is None else [],
        "held": [{"one": one, "way": WAYS[one.way], "age": (today - china_day(one.paid_at)).days}
                 for one in held[:MOST_SHOWN]],
        "held_count": len(held), "held_fen": sum(one.suspense_fen for one in held),
        "sums": summing.total(summing.by_agent(season)), "book": book_of(season), "closed": None,
    }  # fmt: skip
    if asked is not None and asked.confirmed_at is not None:
        context["closed"] = last_closed(season.pooling_area)
    elif asked is not None:
        context["listed"] = len(asked.suspense)
        context["listed_fen"] = sum(int(each["fen"]) for each in asked.suspense)
    return render(request, "tax/close.html", context)


def book_of(season: Season) -> list[dict[str, Any]]:
    """Every account of the book that is not empty, with its balance. 账簿余额"""
    area = season.pooling_area
    banks = {str(one.pk): f"{one.bank} {one.number}" for one in BankAccount.objects.filter(pooling_area=area)}
    payers = policy_of(season).subsidy_payers
    rows = []
    for code, fen in balances(area).items():
        _, role, *rest = code.split(":", 2)
        detail = rest[0] if rest else ""
        words = WAYS.get(detail) or payers.get(detail) or Text(banks.get(detail, detail), banks.get(detail, detail))
        if detail == "family":
            words = Text("家庭", "families")
        if fen:
            rows.append({"name": ROLES[Role(role)], "detail": words, "fen": fen})
    return rows


@require_POST
@desk(Desk.TAX)
def ask(request: Seated) -> HttpResponseBase:
    """The first of two steps. 申请关账"""
    closing.ask_close(season=season_of(request), by=request.appointment, at=clock.now())
    tell(request, Text("已申请关账，等另一位人员复核。", "The close is asked for; another officer confirms it."))
    return redirect("tax-close")


@require_POST
@desk(Desk.TAX)
def confirm(request: Seated) -> HttpResponseBase:
    """The second step, by another officer. 复核关账"""
    season = season_of(request)
    asked = Close.objects.filter(season=season).first()
    if asked is None:
        raise Refused(
            where=season.policy,
            what=Text("还没有人申请关账", "nobody has asked for the close"),
            mend=Text("先由一位人员申请，再由另一位复核。", "One officer asks, another confirms."),
        )
    done = closing.confirm_close(close=asked, by=request.appointment, at=clock.now())
    tell(request, Text("已关账，{n} 名未缴费的转为失效。", "Closed; {n} who had not paid lapsed."), n=done.lapsed or 0)
    return redirect("tax-close")
