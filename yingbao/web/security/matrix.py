"""Who holds which desk in the area: one row for each person. 授权一览"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Appointment, Desk, Passkey, Totp, User
from yingbao.agents.overseeing import holding, with_rights
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES, Seated, desk
from yingbao.web.administering import PAGE_SIZE, held_today, remember, searched
from yingbao.web.front import guessing
from yingbao.web.tax.shared import area_of, page_of

VIEWS = {
    "": Text("全部", "All"),
    "none": Text("没有岗位", "Without a desk"),
    "several": Text("多个岗位", "Several desks"),
    "ending": Text("30 天内到期", "Ending within 30 days"),
    "factor": Text("未设第二因素", "Without a second factor"),
    "locked": Text("被锁定", "Locked out"),
    "disabled": Text("已停用", "Disabled"),
}
"""The ways to look at the list. 视图"""
SOON = timedelta(days=30)


def without_factor(rows: QuerySet[User]) -> QuerySet[User]:
    """Users who sign in by password alone. 未设第二因素"""
    own = Q(user=OuterRef("pk"))
    return rows.filter(~Exists(Totp.objects.filter(own)), ~Exists(Passkey.objects.filter(own)))


@require_GET
@desk(Desk.SECURITY)
def users(request: Seated) -> HttpResponse:
    """Who holds what. 授权一览"""
    term, today, area = searched(request, "rights"), clock.today(), area_of(request)
    show, seat = request.GET.get("show", ""), request.GET.get("desk", "")
    found = with_rights(request.appointment)
    if term:
        sits = Appointment.objects.filter(user=OuterRef("pk"), organisation__name__icontains=term)
        found = found.filter(Q(name__icontains=term) | Q(username__icontains=term) | Exists(sits))
    if seat in Desk.values:
        found = found.filter(Exists(_desks(today, area).filter(desk=seat)))
    stopped = guessing.locked(found, timezone.now())
    rows = viewed(found, show, today, area, stopped).select_related("organisation").order_by("username")
    pages = page_of(request, rows.count(), PAGE_SIZE)
    page = list(rows[pages["first"] : pages["first"] + PAGE_SIZE])
    desks = held_today(page, today, area)
    bare = set(without_factor(User.objects.filter(pk__in=[one.pk for one in page])).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "rows": [
            {"one": one, "desks": desks.get(one.pk, []), "locked": one.pk in stopped, "bare": one.pk in bare}
            for one in page
        ],
        "views": [(key, text, viewed(found, key, today, area, stopped).count()) for key, text in VIEWS.items()],
        "show": show if show in VIEWS else "", "seat": seat, "term": term, "desks": DESK_NAMES.items(), **pages,
    }  # fmt: skip
    return render(request, "security/users.html", context)


def viewed(rows: QuerySet[User], show: str, today: date, area: str, stopped: set[int]) -> QuerySet[User]:
    """The rows of one view. 视图"""
    held = _desks(today, area)
    active = rows.filter(is_active=True)
    if show == "none":
        return active.filter(~Exists(held))
    if show == "several":
        held_here = Appointment.objects.filter(holding(today), organisation__pooling_area=area)
        busy = held_here.values("user").annotate(desks=Count("pk")).filter(desks__gt=1)
        return active.filter(pk__in=busy.values("user"))
    if show == "ending":
        return active.filter(Exists(held.filter(until__lt=today + SOON)))
    if show == "factor":
        return without_factor(active)
    if show == "locked":
        return active.filter(pk__in=stopped)
    return rows.filter(is_active=False) if show == "disabled" else rows


def _desks(today: date, area: str) -> QuerySet[Appointment]:
    return Appointment.objects.filter(holding(today), user=OuterRef("pk"), organisation__pooling_area=area)


@require_POST
@desk(Desk.SECURITY)
def find(request: Seated) -> HttpResponse:
    """Search by name, user name or organisation. 查找"""
    remember(request, "rights")
    return redirect("security-users")
