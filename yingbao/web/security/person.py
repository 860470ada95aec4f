"""One person's rights: desks, factors, sessions, locks. 个人授权"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents import factors, visiting
from yingbao.agents.appointing import dismiss
from yingbao.agents.models import Appointment, Desk, Totp, User
from yingbao.agents.overseeing import places_of, with_rights
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import DESK_NAMES, Seated, desk
from yingbao.web.administering import noted
from yingbao.web.front import guessing
from yingbao.web.tax.shared import area_of, tell


def found_user(request: Seated, pk: int) -> User:
    """The person, if the area has to do with them."""
    return get_object_or_404(with_rights(request.appointment).select_related("organisation"), pk=pk)


@require_GET
@desk(Desk.SECURITY)
def user(request: Seated, pk: int) -> HttpResponse:
    """One person's page. 个人授权"""
    one, today, real = found_user(request, pk), clock.today(), timezone.now()
    area = area_of(request)
    rows = one.appointments.filter(organisation__pooling_area=area).select_related("organisation").order_by("-since")
    context: dict[str, Any] = {
        "one": one,
        "mine": one.pk == request.user.pk,
        "held": [
            {"one": each, "desk": DESK_NAMES[Desk(each.desk)], "over": each.until is not None and each.until < today,
             "ahead": each.since > today}
            for each in rows
        ],
        "requests": [
            {"one": each, "desk": DESK_NAMES[Desk(each.desk)]}
            for each in one.appointment_requests.filter(organisation__pooling_area=area)
            .select_related("organisation", "asked_by", "decided_by").order_by("-pk")[:20]
        ],
        "totp": Totp.objects.filter(user=one).first(),
        "passkeys": one.passkeys.order_by("pk"),
        "codes_left": one.recovery_codes.filter(used_at__isnull=True).count(),
        "visits": [
            {"one": visit, "since": visit.began_at + (clock.now() - real)}
            for visit in visiting.live(real).filter(user=one).order_by("-began_at")
        ],
        "locked": bool(guessing.locked([one], real)),
    }  # fmt: skip
    return render(request, "security/user.html", context)


@require_POST
@desk(Desk.SECURITY)
def unlock(request: Seated, pk: int) -> HttpResponseBase:
    """Let a locked user try again at once. 解锁"""
    one = found_user(request, pk)
    guessing.unlock(one)
    noted(request, "user_unlocked", f"user {one.pk}")
    tell(request, Text("已解锁，可以马上再登录。", "Unlocked; they can sign in at once."))
    return redirect("security-user", pk=pk)


@require_POST
@desk(Desk.SECURITY)
def reset_factor(request: Seated, pk: int) -> HttpResponseBase:
    """Take the second factor away from who lost it; nobody does that for oneself. 重置第二因素"""
    one = found_user(request, pk)
    if one.pk == request.user.pk:
        raise Refused(
            where="user",
            what=Text("自己的第二因素不能自己重置", "nobody resets the own second factor"),
            mend=Text("在“账户安全”里更换，或请另一位安全管理员", "change it under “my security”, or ask another"),
        )
    with transaction.atomic():
        factors.remove_all(user=one)
        visiting.end_all_of(one, timezone.now())
        noted(request, "factor_reset", f"user {one.pk}")
    tell(request, Text("已重置：下次凭密码登录后重新设置。", "Reset: they sign in by password once and set up anew."))
    return redirect("security-user", pk=pk)


@require_POST
@desk(Desk.SECURITY)
def end_visits(request: Seated, pk: int) -> HttpResponseBase:
    """End all sessions of a user. 结束全部会话"""
    one = found_user(request, pk)
    ended = visiting.end_all_of(one, timezone.now(), but=request.session.session_key or "")
    noted(request, "sessions_ended", f"user {one.pk}", sessions=ended)
    tell(request, Text("已结束 {n} 个会话。", "{n} sessions are ended."), n=ended)
    return redirect("security-user", pk=pk)


@require_POST
@desk(Desk.SECURITY)
def end_appointment(request: Seated, pk: int) -> HttpResponseBase:
    """End an appointment at once; with the last one the sessions end. 免职"""
    one = get_object_or_404(
        Appointment.objects.filter(organisation__in=places_of(request.appointment)).select_related("user"), pk=pk
    )
    if one.user_id == request.user.pk:
        raise Refused(
            where="user",
            what=Text("不能结束自己的任职", "nobody ends the own appointment"),
            mend=Text("请另一位安全管理员办理", "ask another security administrator"),
        )
    with transaction.atomic():
        dismiss(appointment=one, on=clock.today())
        visiting.end_without_desk(one.user, today=clock.today(), at=timezone.now())
        noted(request, "desk_ended", f"user {one.user_id}", organisation=one.organisation_id, desk=one.desk)
    tell(request, Text("任职已结束，即刻生效。", "The appointment is ended, at once."))
    return redirect("security-user", pk=one.user_id)
