"""What every request brings: a language, text that can be read, the desk its user sits at. 请求准备"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from yingbao.agents.models import Appointment
from yingbao.exchange.gateway import LONGEST_NOTICE
from yingbao.values import clock
from yingbao.web import sessions, typed
from yingbao.web.access import to_sign_in
from yingbao.web.front import errors
from yingbao.web.wall.seating import behind

LONGEST_SESSION_SECONDS = 12 * 3600


def desk(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    """Put the appointment that the user works under on the request. 岗位"""

    def middleware(request: Any) -> HttpResponse:
        speak(request)
        if lost_its_session(request):
            return to_sign_in(request)
        check_size(request)
        if not is_notice(request):
            # A notice is verified over its bytes as they came: nothing reads it as a form before that.
            check_readable(request)
        sit_down(request)
        first = sessions.first_things(request)
        if first is not None:
            sessions.name(request, first)
            return first
        response = behind(request, get_response)
        if response.status_code == 405 and not is_notice(request) and not errors.of_interface(request):
            response = errors.not_allowed(request, response)
        sessions.name(request, response)
        if request.user.is_authenticated and response.status_code < 500 and typed.has_come(request):
            response.delete_cookie(typed.COOKIE, samesite="Lax")
        if request.user.is_authenticated:
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store"
        return response

    return middleware


def speak(request: Any) -> None:
    """Chinese unless the reader chose otherwise, whatever language the browser prefers. 语言"""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    known = {code for code, _ in settings.LANGUAGES}
    request.LANGUAGE_CODE = chosen if chosen in known else settings.LANGUAGE_CODE
    translation.activate(request.LANGUAGE_CODE)


def is_notice(request: Any) -> bool:
    """Whether a payment channel is speaking, in bytes of its own form. 渠道通知"""
    return str(request.path).startswith("/notices/")


def check_size(request: Any) -> None:
    """Refuse, before any of it is read, more than a roster may be; from strangers, more than a form. 限制大小

    From payment channels, more than their messages ever are.
    """
    known = request.user.is_authenticated
    most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE if known else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if is_notice(request):
        most = LONGEST_NOTICE
    said = str(request.META.get("CONTENT_LENGTH") or "")
    if said.isascii() and said.isdigit() and int(said) > most:
        raise RequestDataTooBig


def lost_its_session(request: Any) -> bool:
    """Whether a large file comes from somebody whose session ended: then nothing is said of its size. 会话已结束"""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    large = said.isascii() and said.isdigit() and int(said) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if not large or is_notice(request) or request.user.is_authenticated:
        return False
    return sessions.before(request) is not None


def check_readable(request: Any) -> None:
    """Refuse what no keyboard sends and no database keeps. 拒收空字符"""
    for data in (request.GET, request.POST):
        for name, values in data.lists():
            if any("\0" in text for text in (name, *values)):
                raise SuspiciousOperation("a NUL character in a form")


def sit_down(request: Any) -> None:
    """Find the user's desks of today and the one chosen in this session. 入座"""
    request.appointment, request.appointments = None, []
    if not request.user.is_authenticated:
        return
    if time.time() - request.session.setdefault("since", int(time.time())) > LONGEST_SESSION_SECONDS:
        sessions.end_this(request)
        return
    held: list[Appointment] = list(request.user.appointments_on(clock.today()).filter(organisation__active=True))
    chosen = request.session.get("appointment")
    request.appointments = held
    request.appointment = next((one for one in held if one.pk == chosen), held[0] if held else None)
    sessions.look_after(request)
