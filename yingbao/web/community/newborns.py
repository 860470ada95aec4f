"""Newborns: until which day each can be paid for, and who still has a birth certificate only. 新生儿"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.enrolment.lifecycle import ENDED, TAKEN
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import newborn_last_day, newborn_limit, policy_of, windows
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument, IdentityKind
from yingbao.values import clock
from yingbao.web.access import Seated, desk
from yingbao.web.community.listing import own_bodies
from yingbao.web.school.pupils import season_of

SHOWN = 200


@require_GET
@desk(Desk.COMMUNITY)
def newborns(request: Seated) -> HttpResponse:
    """Both work lists. 新生儿"""
    season, today = season_of(request), clock.today()
    policy = policy_of(season)
    own = Enrolment.objects.filter(own_bodies(request.appointment.organisation), season=season)
    limit = newborn_limit(policy)
    unpaid: list[dict[str, Any]] = []
    if limit is not None:
        eldest = min(window.first for window in windows(policy) if window.phase == "open")
        rows = own.exclude(state__in=sorted(ENDED | TAKEN)).filter(
            person__birth_date__gte=months_before(eldest, limit.months_enough)
        )
        unpaid = [
            {"one": one, "until": until}
            for one in rows.select_related("person", "organisation").order_by("person__birth_date")[:SHOWN]
            if (until := newborn_last_day(policy, one.person.birth_date, today)) is not None
        ]
    certificate = IdentityDocument.objects.filter(kind=IdentityKind.BIRTH_CERTIFICATE, replaced_at__isnull=True)
    waiting = own.filter(~Q(state__in=sorted(ENDED)), person__in=certificate.values("person"))
    provisional = list(waiting.select_related("person", "organisation").order_by("person__birth_date")[:SHOWN])
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list",
        count=len(unpaid) + len(provisional), at=clock.now(),
    )  # fmt: skip
    context = {
        "policy": policy,
        "rule": next((rule for rule in policy.tables.phase if rule.phase == "newborn"), None) if limit else None,
        "window": next((w for w in windows(policy) if w.phase == "newborn"), None),
        "unpaid": [row for row in unpaid if row["until"].days >= 0],
        "late": [row for row in unpaid if row["until"].days < 0],
        "provisional": provisional,
    }  # fmt: skip
    return render(request, "community/newborns.html", context)


def months_before(day: date, months: int) -> date:
    """The first of the month so many months earlier: who was born before is no newborn any more. 若干个月前"""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
