"""My security: second factor, recovery codes, where I am signed in. 账户安全

A user opens these pages without any desk, because a factor is set up before anything else. Whoever changes a factor
has given the password within the last ten minutes: an unattended screen changes nothing.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents import factors, passkeys, recovery, totp, visiting
from yingbao.agents.models import Passkey, Totp, Visit
from yingbao.sealing.sealed import NotUnsealed, seal_bytes, unseal_bytes
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import is_ours, to_sign_in
from yingbao.web.front import challenges, guessing
from yingbao.web.front.signing_in import noted
from yingbao.web.templatetags.words import language

CONFIRMED_SECONDS = 10 * 60
ISSUER = "Yingbao"
View = Callable[..., HttpResponseBase]


def own(view: View) -> View:
    """Open the page to whoever is signed in, desk or none. 本人"""

    @wraps(view)
    def mine(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return mine


def confirmed(view: View) -> View:
    """Ask for the password first, unless it was given within ten minutes. 重新验证"""

    @own
    @wraps(view)
    def sure(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if time.time() - request.session.get("confirmed", 0) < CONFIRMED_SECONDS:
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("account")
        return redirect(reverse("account-confirm") + "?" + urlencode({"next": back}))

    return sure


@require_GET
@own
def account(request: Any) -> HttpResponse:
    """All of it on one page. 账户安全"""
    now = timezone.now()
    held = Totp.objects.filter(user=request.user).first()
    keys = list(request.user.passkeys.order_by("pk"))
    context = {
        "totp": held,
        "passkeys": keys,
        "codes_left": request.user.recovery_codes.filter(used_at__isnull=True).count(),
        "has_one": held is not None or bool(keys),
        "must": settings.SECOND_FACTOR and not request.session.get("factor"),
        "visits": [
            {
                "one": visit,
                "this": visit.session_key == request.session.session_key,
                "since": visit.began_at + (clock.now() - now),
            }
            for visit in visiting.live(now).filter(user=request.user).order_by("-began_at")
        ],
    }
    return render(request, "account/account.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@own
def confirm(request: Any) -> HttpResponseBase:
    """The password once more. 确认密码"""
    onward = str(request.POST.get("next") or request.GET.get("next") or "")
    onward = onward if is_ours(request, onward) else reverse("account")
    wrong = locked = False
    if request.method == "POST":
        locked = guessing.is_stopped(request.user, timezone.now())
        if not locked and request.user.check_password(str(request.POST.get("password", ""))):
            guessing.passed(request.user)
            request.session["confirmed"] = int(time.time())
            return HttpResponseRedirect(onward)
        wrong = not locked
        locked = locked or guessing.missed(request.user, timezone.now())
    status = 429 if locked else 422 if wrong else 200
    context = {"next": onward, "wrong": wrong, "locked": locked}
    return render(request, "account/confirm.html", context, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@confirmed
def set_up_totp(request: Any) -> HttpResponseBase:
    """Show a new secret, and keep it once the authenticator's first code is right. 设置动态口令"""
    secret = _secret_in(request)
    refused = None
    if request.method == "POST":
        try:
            totp.add(user=request.user, secret=secret, code=str(request.POST.get("code", ""))[:20], at=timezone.now())
        except Refused as error:
            refused = error
        else:
            del request.session["new_totp"]
            return _added(request, "totp")
    address = totp.address_of(secret, user=request.user, issuer=ISSUER)
    context = {
        "qr": segno.make(address, error="m").svg_data_uri(scale=5, border=3),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "refused": refused,
        "replaces": Totp.objects.filter(user=request.user).exists(),
    }
    return render(request, "account/totp.html", context, status=422 if refused else 200)


@require_POST
@confirmed
def remove_totp(request: Any) -> HttpResponseBase:
    """Take the authenticator away. 停用动态口令"""
    if factors.remove_totp(user=request.user):
        _removed(request, Text("动态口令已停用。", "The authenticator is removed."))
    return redirect("account")


@require_http_methods(["GET", "POST"])
@confirmed
def add_passkey(request: Any) -> HttpResponseBase:
    """Make a key in this device. 添加通行密钥"""
    refused = None
    site = challenges.site_of(request)
    label = str(request.POST.get("label", ""))[:40]
    if request.method == "POST":
        challenge = challenges.once(request)
        answer = str(request.POST.get("answer", ""))
        try:
            passkeys.add(
                user=request.user, site=site, challenge=challenge or b"", answer=answer, label=label, at=clock.now()
            )
        except Refused as error:
            refused = error
        else:
            return _added(request, "passkey")
    options = challenges.fresh(request, *passkeys.ask_to_add(user=request.user, site=site))
    context = {"options": options, "refused": refused, "label": label}
    return render(request, "account/passkey.html", context, status=422 if refused else 200)


@require_POST
@own
def remove_passkey(request: Any, pk: int) -> HttpResponseBase:
    """Take one key away. 移除通行密钥"""
    held = get_object_or_404(request.user.passkeys, pk=pk)
    return _remove_passkey(request, held)


@confirmed
def _remove_passkey(request: Any, held: Passkey) -> HttpResponseBase:
    factors.remove_passkey(user=request.user, passkey=held)
    _removed(request, Text("通行密钥已移除。", "The passkey is removed."))
    return redirect("account")


@require_POST
@confirmed
def new_codes(request: Any) -> HttpResponseBase:
    """New recovery codes in place of the old ones. 重新生成恢复码"""
    if not factors.has_one(request.user):
        return redirect("account")
    noted(request.user, "recovery_codes_renewed", "")
    return render(request, "account/codes.html", {"codes": recovery.renew(user=request.user)})


@require_POST
@own
def end_visit(request: Any, pk: int) -> HttpResponseBase:
    """End one of one's own sessions. 结束会话"""
    get_object_or_404(Visit, pk=pk, user=request.user)
    visiting.end(Visit.objects.filter(pk=pk, user=request.user), timezone.now())
    return redirect("account")


@require_POST
@own
def end_others(request: Any) -> HttpResponseBase:
    """End all of one's own sessions but this one. 结束其他会话"""
    visiting.end_all_of(request.user, timezone.now(), but=request.session.session_key)
    messages.success(request, Text("其他会话都已结束。", "All other sessions are ended.").said(language()))
    return redirect("account")


def _secret_in(request: Any) -> str:
    """The secret that is being set up: kept sealed in the session, so that a mistyped code does not change it."""
    if kept := request.session.get("new_totp"):
        try:
            return unseal_bytes(base64.b64decode(kept)).decode()
        except (NotUnsealed, ValueError):
            pass
    secret = totp.new_secret()
    request.session["new_totp"] = base64.b64encode(seal_bytes(secret.encode())).decode()
    return secret


def _added(request: Any, how: str) -> HttpResponseBase:
    """A factor stands: sessions that began without it end, and the first one brings its codes. 已设置"""
    request.session["factor"] = request.session.get("factor") or how
    visiting.end_all_of(request.user, timezone.now(), but=request.session.session_key)
    noted(request.user, "factor_added", how)
    if not request.user.recovery_codes.filter(used_at__isnull=True).exists():
        return render(request, "account/codes.html", {"codes": recovery.renew(user=request.user), "first": True})
    messages.success(
        request, Text("已设置，下次登录时使用。", "It is set up; you use it when you next sign in.").said(language())
    )
    return redirect("account")


def _removed(request: Any, said: Text) -> None:
    if not factors.has_one(request.user):
        request.session["factor"] = ""
    noted(request.user, "factor_removed", "")
    messages.success(request, said.said(language()))
