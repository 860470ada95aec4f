"""The season on every first page: the reader's own tasks, and the phases as a picture. 本季安排"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yingbao.enrolment.seasons import policy_of
from yingbao.policy.model import Policy
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.web.campaign import board
from yingbao.web.campaign.timeline import timeline
from yingbao.web.phases import season_of
from yingbao.web.templatetags.words import language

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


@register.simple_tag(takes_context=True)
def season_timeline(context: dict[str, Any]) -> SafeString:
    """The season's phases as a picture that reads as a list. 时间轴"""
    season = _season(context)
    return SafeString("") if season is None else _drawn(policy_of(season), clock.today(), language())


_kept: dict[tuple[int, date, str], tuple[Policy, SafeString]] = {}
KEPT = 64


def _drawn(policy: Policy, today: date, said: str) -> SafeString:
    """The picture of a policy on one day: the same for everybody, so each process draws it once.

    A policy that is read anew, or published anew, is another object; the one that was drawn is held beside its
    picture, so that no other can get its address.
    """
    of, picture = _kept.get((id(policy), today, said), (None, SafeString("")))
    if of is not policy:
        shown = {"timeline": timeline(policy, today), "today": today, "linked": True}
        picture = render_to_string("campaign/_timeline.html", shown)
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[id(policy), today, said] = policy, picture
    return picture


@register.filter
def hour(when: datetime) -> str:
    """16:00, China time. 时刻"""
    return f"{when.astimezone(CHINA):%H:%M}"


def _season(context: dict[str, Any]) -> Any:
    """The season of the page, or of today."""
    if context.get("season") is not None:
        return context["season"]
    try:
        return season_of(context["request"])
    except Refused:  # before the first season there is nothing to show
        return None
