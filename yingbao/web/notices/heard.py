"""A channel's messages, of money or of messages: no session and no token, their own signature instead. 渠道通知

More than 64 KB is refused by the middleware before any of it is read.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from yingbao.exchange import reporting
from yingbao.exchange.gateway import Answer
from yingbao.exchange.hearing import hear
from yingbao.values import clock
from yingbao.web.wall import by_platform

VERIFIED = "a channel or provider tells what happened; it is verified before anything is believed"


def heard_of(channel: str) -> Callable[[HttpRequest], HttpResponse]:
    """The address of one channel; it answers to the byte what the channel must hear. 接收通知"""

    @csrf_exempt
    @require_POST
    @by_platform(VERIFIED)
    def heard(request: HttpRequest) -> HttpResponse:
        return _said(hear(channel=channel, headers=request.headers, body=request.body, now=clock.now()))

    return heard


@csrf_exempt
@require_POST
@by_platform(VERIFIED)
def sms_reports(request: HttpRequest, secret: str) -> HttpResponse:
    """Delivery reports of short messages, at the address that only their provider was given. 短信回执"""
    return _said(reporting.hear_sms(secret=secret, body=request.body, at=clock.now()))


@csrf_exempt
@require_http_methods(["GET", "POST"])
@by_platform(VERIFIED)
def account_events(request: HttpRequest) -> HttpResponse:
    """Events of the official account, and the question by which its console tries the address. 公众号事件"""
    body = request.body if request.method == "POST" else None
    return _said(reporting.hear_account(query=request.GET.dict(), body=body, at=clock.now()))


def _said(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
