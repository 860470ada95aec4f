"""A clerk's own messages: what was sent to the phone, or waits here for who gave none. 我的消息"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.messages.models import Message
from yingbao.messages.templates import TEMPLATES
from yingbao.web.access import Seated, desk

SHOWN = 50


@require_GET
@desk()
def mine(request: Seated) -> HttpResponse:
    """The latest first. 我的消息"""
    rows = Message.objects.filter(user=request.user).order_by("-queued_at", "-pk")[:SHOWN]
    context = {
        "rows": [{"one": one, "title": TEMPLATES[one.kind].title} for one in rows if one.kind in TEMPLATES],
        "phone": request.user.phone_masked,
    }
    return render(request, "messages/mine.html", context)
