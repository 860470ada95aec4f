"""The first page of each desk whose work is not built yet: the season, its phases, the schools' numbers. 各岗位首页"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.enrolment.lifecycle import ENROLLED, State
from yingbao.enrolment.listing import INELIGIBLE
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import deadline, policy_of, season_for, windows
from yingbao.policy.model import SeasonPhase
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk

COMES_LATER = {
    Desk.COMMUNITY: Text(
        "社区登记、现场缴费和催办的页面还没有建成；现在可以在这里看安排和各校进度。",
        "The pages for registering, collecting on the spot and chasing are not built yet; here you see the season's "
        "dates and how the schools stand.",
    ),
    Desk.AGENCY: Text(
        "登记审核、更正和名单导入的页面还没有建成；现在可以在这里看安排和各校进度。",
        "The pages for approving registrations, correcting and taking lists are not built yet; here you see the "
        "season's dates and how the schools stand.",
    ),
    Desk.CARD: Text(
        "制卡批次和照片审核的页面还没有建成；现在可以在这里看安排和各校人数。",
        "The pages for card batches and photos are not built yet; here you see the season's dates and the schools' "
        "numbers.",
    ),
}
"""What a desk cannot do here yet, said plainly."""


def home_of(of: Desk) -> Callable[..., HttpResponseBase]:
    """The first page of one desk; no other desk opens it. 岗位首页"""

    @require_GET
    @desk(of)
    def home(request: Seated) -> HttpResponse:
        return render(request, "desks/home.html", page(request.appointment, of))

    return home


def page(appointment: Appointment, of: Desk) -> dict[str, Any]:
    """Dates, phases and numbers; no single child is shown. 页面内容"""
    today = clock.today()
    season = season_for(appointment.organisation.pooling_area, today)
    policy = policy_of(season)
    rows = schools(appointment, season) if of != Desk.LIST_PROVIDER else []
    return {
        "organisation": appointment.organisation,
        "season": season,
        "policy": policy,
        "deadline": deadline(season),
        "window": windows(policy)[0].name,
        "days": (deadline(season) - today).days,
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
        "rows": rows,
        "total": {name: sum(row[name] for row in rows) for name in ("listed", "confirmed", "ineligible", "declined")},
        "later": COMES_LATER.get(of),
    }


def when(phase: SeasonPhase, today: date) -> str:
    """Whether a phase is over, under way or still to come. 阶段状态"""
    if phase.deadline is not None and phase.deadline < today:
        return "over"
    return "next" if phase.starts is not None and phase.starts > today else "now"


def schools(appointment: Appointment, season: Season) -> list[dict[str, Any]]:
    """Every school that the desk sees, with its numbers, also one that has not handed in anything. 各校人数"""
    seen = Organisation.objects.visible_to(appointment).schools().filter(pooling_area=season.pooling_area, active=True)
    counted = {
        row["organisation"]: row
        for row in Enrolment.objects.filter(season=season, organisation__in=seen)
        .values("organisation")
        .annotate(
            listed=Count("pk", filter=~Q(state=State.WITHDRAWN)),
            confirmed=Count("pk", filter=Q(state__in=sorted(ENROLLED))),
            ineligible=Count("pk", filter=INELIGIBLE),
            declined=Count("pk", filter=Q(state=State.DECLINED)),
        )
    }
    nothing = {"listed": 0, "confirmed": 0, "ineligible": 0, "declined": 0}
    return [
        {"school": school, **nothing, **counted.get(school.pk, {})}
        for school in seen.select_related("parent").order_by("parent__name", "code")
    ]
