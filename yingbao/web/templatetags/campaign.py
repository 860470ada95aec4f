"""The season on every first page: the reader's own tasks, and the phases as a picture. 本季安排"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template

from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.web.campaign import board
from yingbao.web.campaign.timeline import timeline

register = template.Library()
SHOWN = 5


@register.inclusion_tag("campaign/_tasks.html", takes_context=True)
def my_tasks(context: dict[str, Any]) -> dict[str, Any]:
    """What the reader's body has to do, the late ones first, each with its button. 本单位任务"""
    request, season = context["request"], _season(context)
    if season is None:
        return {}
    tasks = board.own_tasks(season, request.appointment, clock.today())
    counted = board.counted(tasks)
    return counted | {
        "request": request, "csrf_token": context.get("csrf_token"), "any": bool(tasks),
        "shown": counted["open"][:SHOWN], "more": max(len(counted["open"]) - SHOWN, 0),
    }  # fmt: skip


@register.inclusion_tag("campaign/_timeline.html", takes_context=True)
def season_timeline(context: dict[str, Any]) -> dict[str, Any]:
    """The season's phases as a picture that reads as a list. 时间轴"""
    season = _season(context)
    if season is None:
        return {}
    return {"timeline": timeline(policy_of(season), clock.today()), "today": clock.today(), "linked": True}


@register.filter
def hour(when: datetime) -> str:
    """16:00, China time. 时刻"""
    return f"{when.astimezone(CHINA):%H:%M}"


def _season(context: dict[str, Any]) -> Any:
    """The season of the page, or of today."""
    if context.get("season") is not None:
        return context["season"]
    try:
        return season_for(context["request"].appointment.organisation.pooling_area, clock.today())
    except Refused:  # before the first season there is nothing to show
        return None
