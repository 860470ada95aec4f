"""From registration to collection, agent by agent, with whose turn it is; read only. 登记征缴衔接"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.collection import handover
from yingbao.collection.closing import in_suspense
from yingbao.collection.handover import STEPS, Mismatched
from yingbao.declaration.comparing import Mismatch, differences
from yingbao.enrolment import tallying
from yingbao.enrolment.lifecycle import STATE_NAMES, State
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.enrolment.steps import pays_through_school
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.front.jobs import UNDER_WAY
from yingbao.web.phases import season_of
from yingbao.web.tax.shared import look, page_of, tell

AGENTS_ON_A_PAGE = 40
CHILDREN_ON_A_PAGE = 50
AT_ONCE = 20_000
"""A season of more children is compared for the first time by the worker, and the page says so."""


@require_GET
@desk(Desk.AGENCY)
def declarations(request: Seated) -> HttpResponse:
    """Each agent from registered to paid, the mismatches with their next step, and one agent's children. 衔接"""
    season = season_of(request)
    if handover.compared_at(season) is None:
        if sum(one.listed for one in tallying.by_agent(season).values()) <= AT_ONCE:
            handover.recount(season=season, at=clock.now())
        else:
            begin(request, season)
    policy, known = policy_of(season), handover.known(season)
    agent, kind = asked_for(request, season)
    kinds = {each: sum(by.get(each, 0) for by in known.values()) for each in Mismatched}
    rows = agents(season, known, kind)
    pages = page_of(request, len(rows), AGENTS_ON_A_PAGE) if agent is None else {}
    context: dict[str, Any] = {
        "policy": policy, "declares": pays_through_school(policy), "season": season,
        "kinds": [{"kind": each, "step": STEPS[each], "count": count, "here": each == kind}
                  for each, count in kinds.items()],
        "mismatched": sum(kinds.values()), "agent": agent, "kind": kind, "step": STEPS[kind] if kind else None,
        "compared_at": handover.compared_at(season), "under_way": under_way(season),
        "workbook": reverse("agency-declarations-workbook"), "suspense": len(in_suspense(season.pooling_area)),
        "rows": rows[pages["first"] : pages["first"] + AGENTS_ON_A_PAGE] if pages else rows, "agents": len(rows),
        "total": total(rows), **pages,
    }  # fmt: skip
    if agent is not None:
        context |= children(request, season, agent, kind)
    return render(request, "agency/declarations.html", context)


def asked_for(request: Seated, season: Season) -> tuple[Organisation | None, Mismatched | None]:
    """The agent and the kind that the address names, if there are such. 筛选条件"""
    key, kind = request.GET.get("agent", ""), request.GET.get("kind", "")
    mine = Organisation.objects.filter(pooling_area=season.pooling_area)
    agent = mine.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 12 else None
    return agent, Mismatched(kind) if kind in set(Mismatched) else None


def agents(season: Season, known: dict[int, dict[Mismatched, int]], kind: Mismatched | None) -> list[dict[str, Any]]:
    """Every agent with children or mismatches, those with the most mismatches first. 各单位"""
    figures = tallying.by_agent(season)
    keys = [key for key in known if not kind or known[key].get(kind)] if kind else sorted({*figures, *known})
    named = Organisation.objects.filter(pk__in=keys, pooling_area=season.pooling_area).order_by("code")
    rows = []
    for one in named:
        by = known.get(one.pk, {})
        own = figures.get(one.pk, tallying.Figures())
        if own.listed or by:
            main = max(by, key=lambda each: by[each]) if by else None
            rows.append({
                "one": one, "figures": own, "mismatches": sum(by.values()), "counts": by.get(kind, 0) if kind else None,
                "step": STEPS[main] if main else None,
            })  # fmt: skip
    return sorted(rows, key=lambda row: -(row["counts"] or row["mismatches"]))


def total(rows: list[dict[str, Any]]) -> dict[str, int]:
    """The last line of the table."""
    sums = tallying.Figures()
    for row in rows:
        sums = sums.plus(row["figures"])
    return {**sums._asdict(), "mismatches": sum(row["mismatches"] for row in rows)}


def children(request: Seated, season: Season, agent: Organisation, kind: Mismatched | None) -> dict[str, Any]:
    """One agent's children about whom the desks differ, as they stand now. 差异明细"""
    wanted = Mismatch(kind.value) if kind and kind.value in set(Mismatch) else None
    count = handover.known(season, [agent.pk]).get(agent.pk, {})
    heads = count.get(kind, 0) if kind else sum(count.values())
    pages = page_of(request, heads, CHILDREN_ON_A_PAGE)
    found = []
    if kind != Mismatched.PAID:
        found = differences(
            season=season, organisation=agent, kind=wanted, limit=CHILDREN_ON_A_PAGE, offset=pages["first"]
        )
    look(request, "list", len(found))
    steps = {each.value: step for each, step in STEPS.items()}
    return {
        "children": [{"row": row, "state": STATE_NAMES[State(row.state)], "step": steps[row.kind.value]}
                     for row in found],
        "figures": tallying.by_agent(season, [agent.pk]).get(agent.pk, tallying.Figures()), **pages,
    }  # fmt: skip


def under_way(season: Season) -> bool:
    """Whether someone's comparison is running."""
    jobs = Job.objects.filter(task="handover.compare", arguments__season=season.pk, state__in=UNDER_WAY)
    return jobs.exists()


def begin(request: Seated, season: Season) -> None:
    """Let the worker compare, unless it is at it. 开始比对"""
    if not under_way(season):
        work.start(
            task="handover.compare", owner=request.user, organisation=request.appointment.organisation,
            about=Text("登记与征缴比对", "Compare registration with collection"), arguments={"season": season.pk},
            at=clock.now(), result_url=reverse("agency-declarations"),
        )  # fmt: skip


@require_POST
@desk(Desk.AGENCY)
def compare(request: Seated) -> HttpResponseBase:
    """Compare again now; one comparison at a time. 重新比对"""
    begin(request, season_of(request))
    tell(request, Text("正在比对，稍后刷新本页。", "Being compared; look at this page again in a moment."))
    return redirect("agency-declarations")
