"""Newborns: until which day each can be paid for, and who still has a birth certificate only. 新生儿"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk
from yingbao.determination.criteria import last_day_within
from yingbao.enrolment.lifecycle import ENDED, TAKEN
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import policy_of, windows
from yingbao.people.looks import looked
from yingbao.people.models import IdentityDocument, IdentityKind
from yingbao.policy.model import Policy
from yingbao.values import clock
from yingbao.web.access import Seated, desk
from yingbao.web.community.listing import own_bodies
from yingbao.web.school.pupils import season_of

SHOWN = 200


class Deadline(NamedTuple):
    """The last day on which a newborn can be paid for as one. 缴费截止"""

    last: date
    days: int
    """0 on the last day, negative after it"""


def months_allowed(policy: Policy) -> int | None:
    """Within how many months of birth the policy takes a newborn; None where it has no such way. 出生后月数"""
    has_way = any(window.phase == "newborn" for window in windows(policy))
    found = [one.months_from_birth for one in policy.criteria.values() if one.months_from_birth is not None]
    return max(found, default=None) if has_way else None


def deadline_of(birth: date | None, policy: Policy, today: date) -> Deadline | None:
    """Until when a child can be paid for as a newborn; None for one who was none in this season. 新生儿期限

    Not after the newborn window, and only where that day lies after the ordinary window: before it everyone pays alike.
    """
    months = months_allowed(policy)
    if birth is None or months is None:
        return None
    by_phase = {window.phase: window for window in windows(policy)}
    last = min(last_day_within(birth, months), by_phase["newborn"].last)
    return Deadline(last, (last - today).days) if last > by_phase["open"].last else None


@require_GET
@desk(Desk.COMMUNITY)
def newborns(request: Seated) -> HttpResponse:
    """Both work lists. 新生儿"""
    season, today = season_of(request), clock.today()
    policy = policy_of(season)
    own = Enrolment.objects.filter(own_bodies(request.appointment.organisation), season=season)
    months = months_allowed(policy)
    unpaid: list[dict[str, Any]] = []
    if months is not None:
        eldest = min(window.first for window in windows(policy) if window.phase == "open")
        rows = own.exclude(state__in=sorted(ENDED | TAKEN)).filter(
            person__birth_date__gte=months_before(eldest, months)
        )
        unpaid = [
            {"one": one, "until": until}
            for one in rows.select_related("person", "organisation").order_by("person__birth_date")[:SHOWN]
            if (until := deadline_of(one.person.birth_date, policy, today)) is not None
        ]
    certificate = IdentityDocument.objects.filter(kind=IdentityKind.BIRTH_CERTIFICATE, replaced_at__isnull=True)
    waiting = own.filter(~Q(state__in=sorted(ENDED)), person__in=certificate.values("person"))
    provisional = list(waiting.select_related("person", "organisation").order_by("person__birth_date")[:SHOWN])
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list",
        count=len(unpaid) + len(provisional), at=clock.now(),
    )  # fmt: skip
    context = {
        "policy": policy, "months": months, "window": next((w for w in windows(policy) if w.phase == "newborn"), None),
        "unpaid": [row for row in unpaid if row["until"].days >= 0],
        "late": [row for row in unpaid if row["until"].days < 0],
        "provisional": provisional,
    }  # fmt: skip
    return render(request, "community/newborns.html", context)


def months_before(day: date, months: int) -> date:
    """The first of the month so many months earlier: who was born before is no newborn any more. 若干个月前"""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
