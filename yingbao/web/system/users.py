"""Accounts: found, opened, changed, disabled, given a new password. 账户管理"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents import accounts, requesting
from yingbao.agents.models import KINDS_OF_DESK, Appointment, AppointmentRequest, Desk, User
from yingbao.agents.overseeing import holding, looked_after
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES, Seated, desk
from yingbao.web.administering import (
    PAGE_SIZE,
    held_today,
    mark_of,
    named,
    noted,
    place_named,
    remember,
    searched,
    stale,
)
from yingbao.web.tax.shared import area_of, day_of, page_of, tell

FIELDS = ("username", "name", "phone", "organisation", "desk", "since", "until")
VIEWS = {
    "": Text("全部", "All"),
    "idle": Text("没有岗位", "Without a desk"),
    "waiting": Text("岗位待批准", "Desk to be granted"),
    "first": Text("未改首次密码", "First password unchanged"),
    "disabled": Text("已停用", "Disabled"),
}
"""The ways to look at the list. 视图"""


@require_GET
@desk(Desk.SYSTEM)
def users(request: Seated) -> HttpResponse:
    """The accounts of the area. 账户列表"""
    term, today = searched(request, "accounts"), clock.today()
    found = named(looked_after(request.appointment), term)
    show = request.GET.get("show", "")
    rows = viewed(found, show, today).select_related("organisation").order_by("username")
    pages = page_of(request, rows.count(), PAGE_SIZE)
    page = list(rows[pages["first"] : pages["first"] + PAGE_SIZE])
    desks = held_today(page, today, area_of(request))
    views = [(key, text, viewed(found, key, today).count()) for key, text in VIEWS.items()]
    listed = [(user, desks.get(user.pk, [])) for user in page]
    context = {"rows": listed, "views": views, "show": show if show in VIEWS else "", "term": term, **pages}
    return render(request, "system/users.html", context)


def viewed(rows: QuerySet[User], show: str, today: date) -> QuerySet[User]:
    """The rows of one view. 视图"""
    if show == "idle":
        held = Appointment.objects.filter(holding(today), user=OuterRef("pk"))
        return rows.filter(~Exists(held), is_active=True)
    if show == "waiting":
        return rows.filter(Exists(AppointmentRequest.objects.filter(user=OuterRef("pk"), decided_at__isnull=True)))
    if show == "first":
        return rows.filter(is_active=True, must_change_password=True)
    return rows.filter(is_active=False) if show == "disabled" else rows


@require_POST
@desk(Desk.SYSTEM)
def find(request: Seated) -> HttpResponse:
    """Search by name, user name or employer. 查找账户"""
    remember(request, "accounts")
    return redirect("system-users")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@desk(Desk.SYSTEM)
def new(request: Seated) -> HttpResponseBase:
    """Open an account, and ask for its desk in the same breath. 开户"""
    filled = {name: str(request.POST.get(name, request.GET.get(name, ""))) for name in FIELDS}
    context: dict[str, Any] = {"filled": filled, "desks": DESK_NAMES.items(), "today": clock.today()}
    if request.method == "GET":
        return render(request, "system/user_new.html", context)
    try:
        user, password, asked = opened(request, filled)
    except Refused as refused:
        return render(request, "system/user_new.html", context | {"refused": refused}, status=422)
    return render(request, "system/password.html", {"one": user, "password": password, "asked": asked, "fresh": True})


@transaction.atomic
def opened(request: Seated, filled: dict[str, str]) -> tuple[User, str, AppointmentRequest | None]:
    """The account, its first password, and the request for its desk: all of it or nothing. 开户"""
    place = place_named(request.appointment, filled["organisation"])
    user, password = accounts.open_account(
        username=filled["username"], name=filled["name"], phone=filled["phone"], organisation=place, at=clock.now()
    )
    noted(request, "user_opened", f"user {user.pk}", organisation=place.pk)
    return user, password, asked_for(request, user, filled) if filled["desk"] else None


def asked_for(request: Seated, user: User, filled: dict[str, str]) -> AppointmentRequest:
    """The desk that the form asks for. 申请任职"""
    if filled["desk"] not in Desk.values:
        raise _form("desk", Text("请选择岗位", "choose a desk"))
    since, until = day_of(filled["since"]), day_of(filled["until"])
    if since is None:
        raise _form("since", Text("没有填起始日期，或日期不对", "the first day is missing or no day"))
    if filled["until"] and until is None:
        raise _form("until", Text("截止日期不对", "the last day is no day"))
    asked = requesting.request(
        user=user, organisation=place_named(request.appointment, filled["organisation"]), desk=Desk(filled["desk"]),
        since=since, until=until, by=request.appointment, at=clock.now(),
    )  # fmt: skip
    noted(request, "desk_requested", f"user {user.pk}", organisation=asked.organisation_id, desk=asked.desk)
    return asked


@require_GET
@desk(Desk.SYSTEM)
def user(request: Seated, pk: int) -> HttpResponse:
    """One account. 账户"""
    return shown(request, found_user(request, pk))


def found_user(request: Seated, pk: int) -> User:
    """The account, if it is one of the area."""
    return get_object_or_404(looked_after(request.appointment).select_related("organisation"), pk=pk)


def shown(request: Seated, one: User, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of an account, with what was typed if it was refused. 账户页面"""
    area, today = area_of(request), clock.today()
    requests = one.appointment_requests.filter(organisation__pooling_area=area).select_related(
        "organisation", "asked_by", "decided_by"
    )
    context = {
        "one": one,
        "seen": seen(one),
        "mine": one.pk == request.user.pk,
        "held": one.appointments.filter(organisation__pooling_area=area).select_related("organisation").order_by("-pk"),
        "requests": requests.order_by("-pk")[:20],
        "desks": [(value, words) for value, words in DESK_NAMES.items() if KINDS_OF_DESK[value]],
        "today": today,
        "lapsed": one.must_change_password and one.password_until and one.password_until < clock.now(),
        "filled": {"name": one.name, "organisation": one.organisation.name if one.organisation else ""},
        "asking": {"organisation": one.organisation.name if one.organisation else "", "since": today.isoformat()},
    }
    return render(request, "system/user.html", context | more, status=status)


def seen(one: User) -> str:
    """What the page shows of an account, as a mark. 页面标记"""
    return mark_of(one.name, one.organisation_id, bytes(one.phone_index or b""), one.is_active)


@require_POST
@desk(Desk.SYSTEM)
def change(request: Seated, pk: int) -> HttpResponseBase:
    """Put name, phone and employer right. 修改账户"""
    one = found_user(request, pk)
    filled = {name: str(request.POST.get(name, "")) for name in FIELDS}
    try:
        if request.POST.get("seen") != seen(one):
            raise stale()
        phone = filled["phone"] if filled["phone"].strip() else None
        accounts.change(
            user=one, name=filled["name"], phone="" if request.POST.get("no_phone") else phone,
            organisation=place_named(request.appointment, filled["organisation"]), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        status = 409 if refused.where == "page" else 422
        return shown(request, one, status=status, refused=refused, filled=filled)
    noted(request, "user_changed", f"user {one.pk}")
    tell(request, Text("已保存。", "Saved."))
    return redirect("system-user", pk=pk)


@require_POST
@desk(Desk.SYSTEM)
def ask_desk(request: Seated, pk: int) -> HttpResponseBase:
    """Ask the security administrator for a desk. 申请任职"""
    one = found_user(request, pk)
    filled = {name: str(request.POST.get(name, "")) for name in FIELDS}
    known = set(one.appointment_requests.filter(decided_at__isnull=True).values_list("pk", flat=True))
    try:
        asked = asked_for(request, one, filled)
    except Refused as refused:
        return shown(request, one, status=422, refused_desk=refused, asking=filled)
    if asked.pk in known:
        tell(
            request, Text("这项申请已在等安全管理员审批，没有重复申请。", "It waits already; nothing was asked twice.")
        )
    else:
        tell(request, Text("已申请，等安全管理员审批。", "Asked; the security administrator decides."))
    return redirect("system-user", pk=pk)


@require_POST
@desk(Desk.SYSTEM)
def switch(request: Seated, pk: int, on: bool) -> HttpResponseBase:
    """Disable an account at once, or enable it. 停用与启用"""
    one = found_user(request, pk)
    if one.pk == request.user.pk:
        raise _form("user", Text("不能停用自己的账户", "nobody disables the own account"))
    done = accounts.enable(user=one) if on else accounts.disable(user=one, at=timezone.now())
    if done:
        noted(request, "user_enabled" if on else "user_disabled", f"user {one.pk}")
    said = (
        Text("账户已启用。", "The account is enabled.")
        if on
        else Text("账户已停用，登录着的会话都已结束。", "The account is disabled and all of its sessions are ended.")
    )
    tell(request, said)
    return redirect("system-user", pk=pk)


@require_POST
@desk(Desk.SYSTEM)
def give_password(request: Seated, pk: int) -> HttpResponseBase:
    """A one-time password in place of a forgotten one; it is shown on this page and never again. 重设密码"""
    one = found_user(request, pk)
    if one.pk == request.user.pk:
        raise _form("user", Text("自己的密码请在“修改密码”里改", "change your own password on its page"))
    password = accounts.give_password(user=one, at=clock.now(), real=timezone.now())
    noted(request, "password_reset", f"user {one.pk}")
    return render(request, "system/password.html", {"one": one, "password": password})


def _form(where: str, what: Text) -> Refused:
    return Refused(where=where, what=what, mend=Text("改正后再提交", "mend it and send it again"))
