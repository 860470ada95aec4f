"""The season's dates as every desk's first page shows them: policy, deadline, phases. 本季安排"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest

from yingbao.agents.models import Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import last_day, policy_of, season_for
from yingbao.policy.model import Policy, SeasonPhase
from yingbao.values import clock


def season_of(request: HttpRequest) -> Season:
    """The season that the user's organisation works on today, looked for once in a request. 当前参保季

    Raises Refused if none was opened.
    """
    found: Season | None = getattr(request, "season_of_today", None)
    if found is None:
        area = request.appointment.organisation.pooling_area  # type: ignore[attr-defined]  # the middleware put it there
        found = request.season_of_today = season_for(area, clock.today())  # type: ignore[attr-defined]
    return found


def season_page(organisation: Organisation) -> dict[str, Any]:
    """What the templates of first pages ask for: the season of today. 本季安排

    Raises Refused if none was opened.
    """
    today = clock.today()
    season = season_for(organisation.pooling_area, today)
    policy = policy_of(season)
    return {
        "organisation": organisation,
        "season": season,
        "policy": policy,
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
    } | until(policy, today)


def until(policy: Policy, today: date) -> dict[str, Any]:
    """What `front/_due.html` and `front/_until.html` ask for: the last day that counts, and which one it is. 截止日"""
    last = last_day(policy, today)
    return {"deadline": last.day, "days": last.days, "window": last.window.name, "late": last.late}


def when(phase: SeasonPhase, today: date) -> str:
    """Whether a phase is over, under way or still to come. 阶段状态"""
    if phase.deadline is not None and phase.deadline < today:
        return "over"
    return "next" if phase.starts is not None and phase.starts > today else "now"
