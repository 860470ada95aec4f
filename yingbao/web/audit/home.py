"""The chain's state, and what happened today. 审计首页"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.people.models import Look
from yingbao.trail.models import Block, Event, Forwarded
from yingbao.trail.searching import events_of
from yingbao.trail.unusual import unusual, week_until
from yingbao.trail.verifying import Finding
from yingbao.values import clock
from yingbao.values.clock import CHINA
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.audit.search import midnight

SEALED_WITHIN = timedelta(minutes=10)
"""Rows are sealed within a minute or two; what is older and is not, has been held up."""


@require_GET
@desk(Desk.AUDIT)
def home(request: Seated) -> HttpResponse:
    """Whether the chain holds and where it stands; today's numbers. 审计首页"""
    area, now = request.appointment.organisation.pooling_area, clock.now()
    since = midnight(now.astimezone(CHINA).date())
    first, last = week_until(now.astimezone(CHINA).date())
    counted = (
        events_of(area)
        .filter(at__gte=since)
        .aggregate(failed=Count("pk", filter=Q(what="sign_in_failed")), locked=Count("pk", filter=Q(what="locked_out")))
    )
    found = unusual(area=area, first=first, last=last)
    context = {
        "chain": chain(now),
        "looks": Look.objects.filter(organisation__pooling_area=area, at__gte=since).count(),
        "today": since.date(),
        **counted,
        "unusual": len(found),
        "grave": sum(one.kind == "many" for one in found),
        "checking": Job.objects.filter(
            task="trail.verify", state__in=[Job.State.WAITING, Job.State.RUNNING], owner=request.user
        ).first(),
    }
    return render(request, "audit/home.html", context)


def chain(now: datetime) -> dict[str, Any]:
    """How the chain stands: its end, its last verification, where it was sent. 审计链状态"""
    end = Block.objects.order_by("-number").defer("ids", "digests").first()
    verified = Event.objects.filter(what__in=["chain_verified", "chain_broken"]).order_by("-at", "-pk").first()
    said = verified.said if verified else {}
    return {
        "end": end,
        "anchor": bytes(end.digest).hex() if end else "",
        "late": held_up(now),
        "verified": verified,
        "said": said,
        "broken": verified is not None and verified.what == "chain_broken",
        "findings": [Finding(*one).text for one in said.get("findings", [])],
        "sent": Forwarded.objects.filter(destination=settings.SYSLOG[:200]).first() if settings.SYSLOG else None,
        "syslog": settings.SYSLOG.partition("?")[0],
    }


def held_up(now: datetime) -> bool:
    """Whether looks or events that are older than they should be wait to be sealed. 封存是否滞后"""
    for log in (Look, Event):
        sealed = Block.objects.filter(table_name=log._meta.db_table).order_by("-last_id").values_list("last_id")[:1]
        last = sealed.first()
        rows = log._default_manager.filter(at__lt=now - SEALED_WITHIN)
        if (rows.filter(pk__gt=last[0]) if last else rows).exists():
            return True
    return False


@require_POST
@desk(Desk.AUDIT)
def verify(request: Seated) -> HttpResponseBase:
    """Ask for the whole chain to be verified now; asked twice, it runs once. 立即核验"""
    waiting = Job.objects.filter(
        task="trail.verify", state__in=[Job.State.WAITING, Job.State.RUNNING], owner=request.user
    ).first()
    job = waiting or work.start(
        task="trail.verify",
        about=Text("核验审计链", "Verify the chain"),
        owner=request.user,
        organisation=request.appointment.organisation,
        at=clock.now(),
        result_url="/audit/",
    )
    return redirect("job", job.pk)
