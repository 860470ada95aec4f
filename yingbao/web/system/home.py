"""The system administrator's first page: accounts and organisations that need something. 系统管理首页"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Appointment, AppointmentRequest, Desk, OrganisationKind, Token
from yingbao.agents.overseeing import holding, looked_after, places_of
from yingbao.values import clock
from yingbao.web.access import Seated, desk
from yingbao.web.system.organisations import unmanned

SOON = timedelta(days=30)


@require_GET
@desk(Desk.SYSTEM)
def home(request: Seated) -> HttpResponse:
    """What is there, and what waits. 首页"""
    at = clock.now()
    users = looked_after(request.appointment)
    desks = Appointment.objects.filter(holding(at.date()), user=OuterRef("pk"))
    open_ = AppointmentRequest.objects.filter(user=OuterRef("pk"), decided_at__isnull=True)
    places = places_of(request.appointment)
    tokens = Token.objects.filter(organisation__in=places, revoked_at__isnull=True, expires_at__gt=at)
    refused = AppointmentRequest.objects.filter(organisation__in=places).exclude(refused_because="")
    context = {
        "users": users.filter(is_active=True).count(),
        "idle": users.filter(~Exists(desks), ~Exists(open_), is_active=True).count(),
        "waiting": AppointmentRequest.objects.filter(organisation__in=places, decided_at__isnull=True).count(),
        "first": users.filter(is_active=True, must_change_password=True).count(),
        "lapsed": users.filter(is_active=True, must_change_password=True, password_until__lt=at).count(),
        "disabled": users.filter(is_active=False).count(),
        "places": places.filter(active=True).count(),
        "unmanned": places.filter(unmanned(at.date()), active=True, kind=OrganisationKind.SCHOOL).count(),
        "tokens": tokens.count(),
        "ending": tokens.filter(expires_at__lt=at + SOON).count(),
        "refused": refused.filter(decided_at__gt=at - SOON).select_related("user", "organisation").order_by("-pk")[:5],
    }
    return render(request, "system/home.html", context)
