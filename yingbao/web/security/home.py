"""The security administrator's first page: what waits for a decision, who is locked out, what ends. 安全管理首页"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents import requesting
from yingbao.agents import tokens as action
from yingbao.agents.models import Appointment, AppointmentRequest, Desk
from yingbao.agents.overseeing import holding, places_of, with_rights
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES, Seated, desk
from yingbao.web.administering import noted
from yingbao.web.front import guessing
from yingbao.web.security.matrix import without_factor
from yingbao.web.system.tokens import of_area, told
from yingbao.web.tax.shared import tell

SOON = timedelta(days=30)
SHOWN = 50


def requests_of(appointment: Appointment) -> QuerySet[AppointmentRequest]:
    """The requests for desks in the area. 本区任职申请"""
    return AppointmentRequest.objects.filter(organisation__in=places_of(appointment)).select_related(
        "user", "user__organisation", "organisation", "asked_by"
    )


@require_GET
@desk(Desk.SECURITY)
def home(request: Seated) -> HttpResponse:
    """What waits. 首页"""
    return shown(request)


def shown(request: Seated, *, status: int = 200, **more: Any) -> HttpResponse:
    """The first page, also when a decision was refused. 首页"""
    at = clock.now()
    users = with_rights(request.appointment).filter(is_active=True)
    stopped = guessing.locked(users, timezone.now())
    held = Appointment.objects.filter(organisation__in=places_of(request.appointment))
    waiting = list(requests_of(request.appointment).filter(decided_at__isnull=True).order_by("asked_at")[:SHOWN])
    context = {
        "requests": [
            {
                "one": one, "desk": DESK_NAMES[Desk(one.desk)],
                "conflict": requesting.conflict(one),
                "own": request.user.pk in (one.asked_by_id, one.user_id),
                "elsewhere": one.user.organisation_id not in (None, one.organisation_id),
                "held": [(each.organisation.name, DESK_NAMES[Desk(each.desk)])
                         for each in one.user.appointments_on(at.date())],
            }
            for one in waiting
        ],
        "tokens": [
            told(one, at)
            for one in of_area(request.appointment)
            .filter(granted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)
            .order_by("created_at")[:SHOWN]
        ],
        "locked": users.filter(pk__in=stopped).order_by("username"),
        "without": without_factor(users).count(),
        "ending": held.filter(holding(at.date()), user__is_active=True, until__lt=(at + SOON).date()).count(),
        "held": held.filter(holding(at.date()), user__is_active=True).values("user").distinct().count(),
    }  # fmt: skip
    return render(request, "security/home.html", context | more, status=status)


@require_POST
@desk(Desk.SECURITY)
def decide(request: Seated, pk: int, how: str) -> HttpResponseBase:
    """Grant a desk, or refuse it with a reason. 审批任职"""
    one, at = get_object_or_404(requests_of(request.appointment), pk=pk), clock.now()
    because = str(request.POST.get("because", ""))
    try:
        if how == "grant":
            requesting.grant(request=one, by=request.appointment, at=at)
        else:
            requesting.refuse(request=one, because=because, by=request.appointment, at=at)
    except Refused as refused:
        return shown(request, status=409, refused=refused, about=one, because=because)
    done = "desk_granted" if how == "grant" else "desk_refused"
    noted(request, done, f"user {one.user_id}", organisation=one.organisation_id, desk=one.desk)
    if how == "grant":
        tell(request, Text("已批准 {who} 任职。", "{who} is appointed."), who=one.user.name)
    else:
        tell(request, Text("不予批准，已写明理由。", "Refused, with the reason."))
    return redirect("security-home")


@require_POST
@desk(Desk.SECURITY)
def decide_token(request: Seated, pk: int, how: str) -> HttpResponseBase:
    """Grant a token, or revoke it. 审批令牌"""
    one, at = get_object_or_404(of_area(request.appointment), pk=pk), clock.now()
    try:
        if how == "grant":
            action.grant(token=one, by=request.appointment, at=at)
        else:
            action.revoke(token=one, by=request.appointment, at=at)
    except Refused as refused:
        return shown(request, status=409, refused=refused)
    noted(request, "token_granted" if how == "grant" else "token_revoked", f"token {one.pk}")
    if how == "grant":
        tell(request, Text("令牌已批准，现在可用。", "The token is granted and works now."))
    else:
        tell(request, Text("令牌已撤销。", "The token is revoked."))
    return redirect("security-home")
