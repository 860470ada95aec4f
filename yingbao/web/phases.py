"""The season's dates as every desk's first page shows them: policy, deadline, phases. 本季安排"""

from __future__ import annotations

from datetime import date
from typing import Any

from yingbao.agents.models import Organisation
from yingbao.enrolment.seasons import deadline, policy_of, season_for, windows
from yingbao.policy.model import SeasonPhase
from yingbao.values import clock


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
        "deadline": deadline(season),
        "window": windows(policy)[0].name,
        "days": (deadline(season) - today).days,
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
    }


def when(phase: SeasonPhase, today: date) -> str:
    """Whether a phase is over, under way or still to come. 阶段状态"""
    if phase.deadline is not None and phase.deadline < today:
        return "over"
    return "next" if phase.starts is not None and phase.starts > today else "now"
