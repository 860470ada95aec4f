"""Looks that are out of the ordinary. 异常查阅"""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.trail.unusual import MANY_CHILDREN, NIGHT_FROM_HOUR, NIGHT_TO_HOUR, TIMES_USUAL, unusual, week_until
from yingbao.values import clock
from yingbao.web.access import Seated, desk
from yingbao.web.audit.search import day_asked
from yingbao.web.audit.words import UNUSUAL


@require_GET
@desk(Desk.AUDIT)
def strange(request: Seated) -> HttpResponse:
    """Seven days' looks to ask about, by kind, the gravest first. 异常查阅"""
    last = min(day_asked(request.GET.get("to", "")) or clock.today(), clock.today())
    first, _ = week_until(last)
    found = unusual(area=request.appointment.organisation.pooling_area, first=first, last=last)
    groups = {kind: list(rows) for kind, rows in groupby(found, key=lambda one: one.kind)}
    context = {
        "first": first,
        "last": last,
        "groups": [(kind, UNUSUAL[kind], groups.get(kind, [])) for kind in UNUSUAL],
        "many": MANY_CHILDREN,
        "times": TIMES_USUAL,
        "night": (NIGHT_FROM_HOUR, NIGHT_TO_HOUR),
        "any": bool(found),
    }
    return render(request, "audit/unusual.html", context)
