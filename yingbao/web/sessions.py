"""What is looked after in every session: that it is known, and what a user must do before anything else. 会话"""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from yingbao.agents import visiting
from yingbao.agents.models import Visit

COOKIE = "visit"
ALWAYS_OPEN = ("/sign-out", "/language", "/static/")
BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("QQBrowser", "QQ"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def look_after(request: Any) -> None:
    """Know the session under its present key; end it when the last desk was lost in it. 会话登记"""
    session = request.session
    if request.appointments:
        session.setdefault("seated", 1)
    elif session.get("seated"):
        end_this(request)
        return
    know(request, request.user)


def know(request: Any, user: Any) -> None:
    """The row of this session under its present key, and the cookie that names it when it is gone. 会话登记"""
    session = request.session
    known = session.get("visit")
    if known and known[1] == session.session_key:
        return
    if session.session_key is None:
        session.create()
    visit = visiting.follow(
        user=user, session_key=session.session_key, visit=known[0] if known else None,
        address=str(request.META.get("REMOTE_ADDR", ""))[:45], browser=browser_of(request),
        factor=session.get("factor", ""), at=timezone.now(),
    )  # fmt: skip
    session["visit"] = [visit.pk, visit.session_key]
    request.new_visit = visit.pk


def name(request: Any, answer: HttpResponse) -> None:
    """Let the browser remember whose session this is: Django's own cookie goes with the session. 会话标记"""
    if visit := getattr(request, "new_visit", None):
        answer.set_signed_cookie(
            COOKIE, str(visit), salt=COOKIE, max_age=int(visiting.KEPT.total_seconds()), httponly=True,
            samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
        )  # fmt: skip


def before(request: Any) -> Visit | None:
    """The session that this browser had of late, be it over or not. 先前会话"""
    said = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=visiting.KEPT)
    return visiting.whose(int(said), timezone.now()) if said.isdigit() else None


def end_this(request: Any) -> None:
    """Sign the user out, and say so in the list of sessions. 结束本会话"""
    key = request.session.session_key
    logout(request)
    Visit.objects.filter(session_key=key, ended_at__isnull=True).update(ended_at=timezone.now())
    request.appointment, request.appointments = None, []


def first_things(request: Any) -> HttpResponse | None:
    """Where a user has to go before anything else: a password of the own, then a second factor. 首次登录"""
    user, path = request.user, request.path
    if not user.is_authenticated or path.startswith(ALWAYS_OPEN):
        return None
    if user.must_change_password:
        return None if path == "/password" else redirect("password")
    if settings.SECOND_FACTOR and not request.session.get("factor") and not path.startswith(("/account/", "/password")):
        return redirect("account")
    return None


def browser_of(request: Any) -> str:
    """Browser and system in two words, no more of it. 浏览器"""
    said = str(request.headers.get("User-Agent", ""))
    words = [next((name for sign, name in table if re.search(sign, said)), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in words if word)
