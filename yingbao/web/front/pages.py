"""What stands open at every desk: the first page, the choice of a desk, the language, a new password. 首页"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents import accounts, visiting
from yingbao.trail.events import note
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import HOMES, Seated, desk, page_before, to_sign_in


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
            accounts.choose_password(request.user, new)
            update_session_auth_hash(request, request.user)
            visiting.end_all_of(request.user, timezone.now(), but=request.session["visit"][1])
            note(
                what="password_changed", user=request.user, organisation=request.user.organisation,
                about=f"user {request.user.pk}", at=clock.now(),
            )  # fmt: skip
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
