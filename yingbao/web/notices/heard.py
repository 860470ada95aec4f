"""A payment channel's messages: no session and no token, their own signature instead. 渠道通知

More than 64 KB is refused by the middleware before any of it is read.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yingbao.exchange.hearing import hear
from yingbao.values import clock


def heard_of(channel: str) -> Callable[[HttpRequest], HttpResponse]:
    """The address of one channel; it answers to the byte what the channel must hear. 接收通知"""

    @csrf_exempt
    @require_POST
    def heard(request: HttpRequest) -> HttpResponse:
        answer = hear(channel=channel, headers=request.headers, body=request.body, now=clock.now())
        return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)

    return heard
