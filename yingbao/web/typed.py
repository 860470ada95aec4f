"""A session that ends in mid-form loses nothing typed. 未提交的填写

When a form meets an ended session, its fields are sealed and kept for a quarter of an hour. The browser gets a random
secret in a cookie, the database its hash and the user whose session it was: only that user in that browser gets them
back, after signing in again. Passwords, codes and files are never among them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from yingbao.sealing.sealed import NotUnsealed, seal_bytes, unseal_bytes
from yingbao.web import sessions
from yingbao.web.models import Typed

COOKIE = "typed"
KEPT = timedelta(minutes=15)
MOST_BYTES, MOST_OF_ONE = 100_000, 5
NEVER_FIELDS = frozenset({"csrfmiddlewaretoken", "password", "old", "new", "again", "code", "recovery"})
NEVER_PATHS = ("/password", "/account/", "/sign-", "/language", "/resume")


def keep(request: Any, answer: HttpResponse, page: str) -> HttpResponse:
    """Keep what was sent, if it was a form of somebody whose session ended; the answer tells the browser. 留存"""
    if request.method != "POST" or request.path.startswith(NEVER_PATHS):
        return answer
    at = timezone.now()
    visit = sessions.before(request)
    if visit is None or len(request.path) > 300 or not is_small(request):
        return answer
    fields = [[name, values] for name, values in request.POST.lists() if name.lower() not in NEVER_FIELDS]
    secret = secrets.token_urlsafe(32)
    Typed.objects.filter(kept_at__lt=at - KEPT).delete()
    surplus = Typed.objects.filter(user=visit.user).order_by("-pk")[MOST_OF_ONE - 1 :]
    Typed.objects.filter(pk__in=list(surplus.values_list("pk", flat=True))).delete()
    Typed.objects.create(
        secret_hash=_hash(secret), user=visit.user, path=request.path, page=page[:500] if len(page) <= 500 else "/",
        fields_cipher=seal_bytes(json.dumps(fields).encode()), had_files=bool(request.FILES), kept_at=at,
    )  # fmt: skip
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def is_small(request: Any) -> bool:
    """Whether the form is small enough to be kept, or even read, for somebody who is not signed in. 大小"""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return said.isascii() and said.isdigit() and int(said) <= most and len(request.POST.urlencode()) <= MOST_BYTES


def held_for(request: Any, user: Any, at: datetime) -> Typed | None:
    """What waits in this browser for this user. 取回"""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return None
    return Typed.objects.filter(secret_hash=_hash(secret), user=user, kept_at__gt=at - KEPT).first()


def fields_of(typed: Typed) -> list[tuple[str, list[str]]]:
    """The fields as they were sent; of what cannot be unsealed any more, none. 填写内容"""
    try:
        return [(str(name), [str(one) for one in values]) for name, values in json.loads(_plain(typed))]
    except NotUnsealed:
        return []


def has_come(request: Any) -> bool:
    """Forget what was kept as soon as it is sent again; whether it was. 已提交"""
    if request.method != "POST" or COOKIE not in request.COOKIES:
        return False
    held = held_for(request, request.user, timezone.now())
    return held is not None and held.path == request.path and bool(held.delete()[0])


def _plain(typed: Typed) -> bytes:
    return unseal_bytes(typed.fields_cipher)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
