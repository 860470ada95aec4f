"""Coming in and going out: sign-in, language, the choice of a desk, the first page. 登录与首页"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.values.text import Text
from yingbao.web.access import HOMES, Seated, desk, is_ours, page_before, to_sign_in

WRONG = Text(
    "用户名或密码不对。请检查大小写和输入法后再试。",
    "The user name or the password is wrong. Check capitals and the input method, then try again.",
)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Let a user in; too many wrong passwords close the door for a quarter of an hour. 登录"""
    onward = str(request.POST.get("next") or request.GET.get("next") or "")
    if not is_ours(request, onward):
        onward = ""
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward or reverse("home"))
    username = str(request.POST.get("username", "")).strip()
    context: dict[str, Any] = {"username": username, "next": onward}
    if request.method == "GET":
        return render(request, "front/sign_in.html", context)
    user = authenticate(request, username=username, password=str(request.POST.get("password", "")))
    if user is not None:
        login(request, user)
        request.session["since"] = int(time.time())
        return HttpResponseRedirect(onward or reverse("home"))
    if getattr(request, "axes_locked_out", False):
        request.axes_locked_out = False  # type: ignore[attr-defined]  # axes would put its own page here
        minutes = round(settings.AXES_COOLOFF_TIME * 60)
        return render(request, "front/sign_in.html", context | {"locked_minutes": minutes}, status=429)
    return render(request, "front/sign_in.html", context | {"wrong": WRONG}, status=422)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session. 退出"""
    logout(request)
    return redirect("sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Speak the other language from now on, on the page the reader is on. 切换语言"""
    chosen = str(request.POST.get("language", ""))
    answer = HttpResponseRedirect(page_before(request))
    if chosen in {code for code, _ in settings.LANGUAGES}:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return answer


@require_GET
@desk()
def home(request: Seated) -> HttpResponse:
    """The first page of the user's desk. 首页"""
    return redirect(HOMES[request.appointment.desk])  # type: ignore[index]  # the desk's value hashes as its member


@require_POST
@desk()
def switch_desk(request: Seated) -> HttpResponse:
    """Sit down at another of one's own desks. 切换岗位"""
    wanted = request.POST.get("appointment", "")
    held = {str(one.pk): one for one in request.appointments}
    if wanted in held:
        request.session["appointment"] = held[wanted].pk
    return redirect("home")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: Any) -> HttpResponseBase:
    """Choose a new password. 修改密码"""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    errors: dict[str, list[Text] | list[str]] = {}
    if request.method == "POST":
        old, new, again = (str(request.POST.get(name, "")) for name in ("old", "new", "again"))
        if not request.user.check_password(old):
            errors["old"] = [Text("现在的密码不对。", "This is not the present password.")]
        if new != again:
            errors["again"] = [Text("两次输入的新密码不一样。", "The two new passwords differ.")]
        elif new == old:
            errors["new"] = [Text("新密码不能与现在的密码相同。", "The new password must differ from the present one.")]
        else:
            try:
                password_validation.validate_password(new, request.user)
            except ValidationError as weak:
                errors["new"] = weak.messages
        if not errors:
            request.user.set_password(new)
            request.user.must_change_password = False
            request.user.save()
            update_session_auth_hash(request, request.user)
            return redirect("home")
    return render(request, "front/password.html", {"errors": errors}, status=422 if errors else 200)


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the platform and its database answer. 健康检查"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever the reason, the answer is the same
        return HttpResponse("database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")
