"""Coming in by two steps, the password and what only this user has, and going out. 登录"""

from __future__ import annotations

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yingbao.agents import factors, passkeys, recovery, totp, visiting
from yingbao.agents.models import User, Visit
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web import sessions, typed
from yingbao.web.access import is_ours
from yingbao.web.front import challenges, guessing

BACKEND = "django.contrib.auth.backends.ModelBackend"
HALF_WAY_SECONDS = 10 * 60
"""so long after the password the second step may take"""
WRONG = Text(
    "用户名或密码不对。请检查大小写和输入法后再试。",
    "The user name or the password is wrong. Check capitals and the input method, then try again.",
)
LAPSED = Text(
    "这个一次性密码已经过期。请找系统管理员重设密码。",
    "This one-time password has lapsed. Ask the system administrator for a new one.",
)
WRONG_CODE = Text(
    "验证没有通过。请输入验证器上现在显示的 6 位数字；每个数字只能用一次，用过请等下一个。",
    "That did not match. Enter the 6 digits that the authenticator shows now; each is good once, so wait for the next.",
)
WRONG_RECOVERY = Text("恢复码不对，或已经用过。", "The recovery code is wrong or was used already.")
WRONG_KEY = Text(
    "通行密钥没有通过。请再试一次，或改用动态口令、恢复码。",
    "The passkey was not accepted. Try again, or use the authenticator or a recovery code.",
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: Any) -> HttpResponseBase:
    """The first step; too many wrong passwords close the door for a quarter of an hour. 登录"""
    onward = str(request.POST.get("next") or request.GET.get("next") or "")
    if not is_ours(request, onward):
        onward = ""
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or reverse("home"))
    username = str(request.POST.get("username", "")).strip()[:150]
    context = {"username": username, "next": onward, "kept": typed.COOKIE in request.COOKIES}
    if request.method == "GET":
        return render(request, "front/sign_in.html", context)
    open_before = AxesProxyHandler.is_allowed(request, {"username": username})
    user = authenticate(request, username=username, password=str(request.POST.get("password", "")))
    if isinstance(user, User):
        if user.must_change_password and user.password_until and user.password_until < clock.now():
            return render(request, "front/sign_in.html", context | {"wrong": LAPSED}, status=422)
        if not factors.has_one(user):
            return come_in(request, user, factor="", onward=onward)
        request.session.cycle_key()
        request.session["half_way"] = [user.pk, user.get_session_auth_hash(), int(time.time()), onward]
        return redirect("sign-in-second")
    known = User.objects.filter(username=username).first()
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # axes would put its own page here
        if known is not None and open_before:
            noted(known, "locked_out", "password")
        minutes = round(settings.AXES_COOLOFF_TIME * 60)
        return render(request, "front/sign_in.html", context | {"locked_minutes": minutes}, status=429)
    if known is not None:
        noted(known, "sign_in_failed", "password")
    return render(request, "front/sign_in.html", context | {"wrong": WRONG}, status=422)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponseBase:
    """The second step: a passkey, six digits, or a recovery code. 二次验证"""
    user = half_way(request)
    if user is None:
        request.session.pop("half_way", None)
        return redirect("sign-in")
    if request.method == "GET":
        return render(request, "front/second.html", asked(request, user))
    if guessing.is_stopped(user, timezone.now()):
        return render(request, "front/second.html", asked(request, user) | {"locked": True}, status=429)
    how, wrong = proved(request, user)
    if how:
        guessing.passed(user)
        return come_in(request, user, factor=how, onward=request.session["half_way"][3])
    if guessing.missed(user, timezone.now()):
        noted(user, "locked_out", "second step")
        return render(request, "front/second.html", asked(request, user) | {"locked": True}, status=429)
    noted(user, "sign_in_failed", "second step")
    return render(request, "front/second.html", asked(request, user) | {"wrong": wrong}, status=422)


def half_way(request: HttpRequest) -> User | None:
    """Who gave the right password here a moment ago, and is still who they were. 已过第一步"""
    pk, proof, since, _ = request.session.get("half_way") or (0, "", 0, "")
    if time.time() - since > HALF_WAY_SECONDS:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and constant_time_compare(proof, user.get_session_auth_hash()) else None


def asked(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the second step can be passed by, with a fresh challenge for the user's keys. 可用方式"""
    has_keys = user.passkeys.exists()
    return {
        "username": user.username,
        "has_totp": hasattr(user, "totp"),
        "options": challenges.fresh(request, *passkeys.ask_to_prove(user=user, site=challenges.site_of(request)))
        if has_keys
        else "",
    }


def proved(request: HttpRequest, user: User) -> tuple[str, Text]:
    """By what the second step was passed, or why it was not. 核验"""
    if answer := str(request.POST.get("answer", "")):
        challenge = challenges.once(request)
        site = challenges.site_of(request)
        right = challenge is not None and passkeys.take(
            user=user, site=site, challenge=challenge, answer=answer, at=clock.now()
        )
        return ("passkey" if right else ""), WRONG_KEY
    if code := str(request.POST.get("recovery", "")).strip():
        return ("recovery" if recovery.take(user=user, code=code[:60], at=clock.now()) else ""), WRONG_RECOVERY
    # The phone shows the real time, whatever the clock of a demonstration says.
    right = totp.take(user=user, code=str(request.POST.get("code", ""))[:20], at=timezone.now())
    return ("totp" if right else ""), WRONG_CODE


def come_in(request: Any, user: User, *, factor: str, onward: str) -> HttpResponseBase:
    """Both steps are done: begin the session, and go back to what was wanted or left half done. 进入"""
    request.session.pop("half_way", None)
    login(request, user, backend=BACKEND)
    request.session["since"] = request.session["confirmed"] = int(time.time())
    request.session["factor"] = factor
    sessions.know(request, user)
    visiting.forget(timezone.now())
    noted(user, "sign_in", factor or "password")
    if typed.held_for(request, user, timezone.now()) is not None:
        return redirect("resume")
    return HttpResponseRedirect(onward or reverse("home"))


@require_POST
def sign_out(request: Any) -> HttpResponse:
    """End the session. 退出"""
    user, key = request.user, request.session.session_key
    logout(request)
    if user.is_authenticated:
        visiting.end(Visit.objects.filter(session_key=key), timezone.now())
        noted(user, "sign_out", "")
    return redirect("sign-in")


def noted(user: User, what: str, by: str) -> None:
    """Into the trail, without address or name. 记录"""
    note(
        what=what, user=user, organisation=user.organisation, about=f"user {user.pk}", said={"by": by} if by else {},
        at=clock.now(),
    )  # fmt: skip
