"""The first page of a community, sub-district or district: today's work as numbers that lead to it. 社区首页"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.cases.models import Case
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.listing import MUST_PAY
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.progress import Counts
from yingbao.enrolment.seasons import OpenWindow, newborn_last_day, newborn_limit, policy_of, windows
from yingbao.enrolment.steps import SeasonStep, pays_through_school, steps_of
from yingbao.people.models import IdentityDocument, IdentityKind
from yingbao.policy.model import Policy
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.community.counter import taken_here
from yingbao.web.community.listing import Children, own_bodies
from yingbao.web.community.newborns import months_before
from yingbao.web.community.progress import below, calls, total
from yingbao.web.phases import until, when
from yingbao.web.school.listing import counted_up_to
from yingbao.web.school.paying import standing, with_money
from yingbao.web.school.pupils import season_of
from yingbao.web.standing import counted

SOON = 30
"""days: a newborn's last day that is so near is shown on the first page"""
CALLS_SHOWN = 8
WAYS_ON: dict[str, tuple[str, str, Text]] = {
    "data": ("children", "show=data", Text("补全资料", "Complete the data")),
    "registration": ("children", "show=register", Text("看要登记的孩子", "See who is to be registered")),
    "confirmation": ("children", "show=ready", Text("去确认", "Confirm children")),
    "declaration": ("declarations", "", Text("去申报", "Declare")),
    "payment": ("counter", "", Text("现场收费", "Take payments")),
}


@require_GET
@desk(Desk.COMMUNITY)
def home(request: Seated) -> HttpResponse:
    """Today's work. 今日工作"""
    season, today, place = season_of(request), clock.today(), request.appointment.organisation
    policy = policy_of(season)
    context: dict[str, Any] = {
        "organisation": place, "policy": policy,
        "windows": [{"one": one, "when": standing_of(one, today)} for one in windows(policy)],
        "phases": [{"phase": phase, "when": when(phase, today)} for phase in policy.phases],
        "waiting": Case.objects.waiting_for(place).count(),
        "overdue": Case.objects.visible_to(request.appointment).overdue(today).count(),
    } | until(policy, today)  # fmt: skip
    if place.kind != OrganisationKind.COMMUNITY:
        rows = below(season, place)
        called = calls(season, rows)
        context |= {"rows": rows, "total": total(place, rows), "calls": called[:CALLS_SHOWN], "called": len(called)}
        return render(request, "community/above.html", context)
    now = counted(season, place)
    steps = steps_of(season, place, today, figures=now)
    if pays_through_school(policy):
        steps = with_money(steps, standing(season, place, clock.now()))
    offered: list[dict[str, Any]] = [{"step": step, "way": way_on(step)} for step in steps if step.state != "reminder"]
    context |= {
        "counts": now, "steps": offered, "next": next((one for one in offered if one["step"].state == "next"), None),
        "figures": [
            *figures(request, season, policy, now),
            {"name": Text("等我们办的个案", "Cases for us"), "n": context["waiting"], "url": reverse("cases"),
             "call": context["waiting"] > 0},
            {"name": Text("超期个案", "Cases overdue"), "n": context["overdue"],
             "url": reverse("cases") + "?show=overdue", "call": context["overdue"] > 0},
        ],
    }  # fmt: skip
    return render(request, "community/home.html", context)


def standing_of(window: OpenWindow, today: Any) -> str:
    """Whether a window is over, open or to come. 期限状态"""
    return "over" if window.last < today else "next" if window.first > today else "now"


def way_on(step: SeasonStep) -> dict[str, Any] | None:
    """The button of a step that can be worked on now. 办理入口"""
    if step.id not in WAYS_ON or step.state in ("done", "over") or (step.id == "declaration" and not step.left):
        return None
    name, query, words = WAYS_ON[step.id]
    return {"url": f"{reverse(name)}?{query}" if query else reverse(name), "words": words}


def figures(request: Seated, season: Season, policy: Policy, now: Counts) -> list[dict[str, Any]]:
    """The numbers of the day, each a way into its work. 今日数字"""
    place, today, children = request.appointment.organisation, clock.today(), reverse("children")
    listing = Children(appointment=request.appointment, season=season, asked={}, finds={})
    own = Enrolment.objects.filter(own_bodies(place), season=season).exclude(state__in=sorted(ENDED))
    certificate = IdentityDocument.objects.filter(kind=IdentityKind.BIRTH_CERTIFICATE, replaced_at__isnull=True)
    unpaid = own.filter(MUST_PAY, state__in=["determined", "confirmed", "declared"])
    taken = taken_here(request.appointment).filter(created_at__gte=clock.now() - timedelta(hours=24))
    found: list[dict[str, Any]] = [
        {"name": Text("名单上的孩子", "On the list"), "n": now.listed, "url": children},
        {"name": Text("待登记", "To register"), "n": now.to_register, "url": f"{children}?show=register"},
        {"name": Text("来登记的学生", "Pupils who register here"), **counted_up_to(listing.claimed),
         "url": f"{children}?show=claimed"},
        {"name": Text("待确认", "To confirm"), "n": now.ready, "url": f"{children}?show=ready"},
        {"name": Text("待缴费", "To be paid"), "n": unpaid.count(), "url": f"{children}?show=must-pay"},
        {"name": Text("临时证件", "Birth certificate only"), "url": reverse("newborns"),
         "n": own.filter(person__in=certificate.values("person")).count()},
        {"name": Text("24 小时内收款", "Taken within 24 hours"), "n": taken.filter(state="succeeded").count(),
         "url": reverse("counter")},
    ]  # fmt: skip
    if (limit := newborn_limit(policy)) is not None:
        young = own.filter(person__birth_date__gte=months_before(today, limit.months_enough + 1)).exclude(
            state__in=["paid", "exempt", "covered"]
        )
        soon = [
            1
            for birth in young.values_list("person__birth_date", flat=True)
            if (until := newborn_last_day(policy, birth, today)) is not None and 0 <= until.days <= SOON
        ]
        found.insert(5, {"name": Text("{n} 天内到期的新生儿", "Newborns due in {n} days").filled(n=SOON),
                         "n": len(soon), "url": reverse("newborns")})  # fmt: skip
    calling = ("待登记", "来登记的学生", "待确认")
    return [one | {"call": bool(one["n"]) and one["name"].zh in calling} for one in found]
