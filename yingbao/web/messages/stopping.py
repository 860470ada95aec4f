"""Whoever was sent a message chooses here what to get; the address names no phone. 退订页"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yingbao.messages import stopping
from yingbao.messages.templates import ALWAYS, GROUP_NAMES, Group
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.wall import beyond

CHOICES: dict[Group, Text] = {
    Group.REMINDER: Text("提醒缴费和登记的期限", "when to pay and to register"),
    Group.PROGRESS: Text("已缴费、已免缴、待遇生效等结果", "paid, exempt, cover begins and the like"),
    Group.WORK: Text("经办人的工作提醒（申报截止、退回等）", "for clerks: deadlines, returned declarations"),
}


@require_http_methods(["GET", "POST"])
@never_cache
@beyond("the link's signature says whose messages these are")
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """What this phone gets, group by group. 退订"""
    message = stopping.message_of(token)
    if message is None or message.phone_index is None:
        raise Http404
    phone, done = bytes(message.phone_index), request.method == "POST"
    if done:
        wanted = {group for group in CHOICES if str(request.POST.get(group.value, ""))}
        if not message.user_id:
            # A family has no work here to be reminded of; what it does not see it does not choose.
            wanted |= {Group.WORK} - stopping.stopped(phone)
        now = stopping.choose(phone_index=phone, wanted=wanted, at=clock.now())
    else:
        now = stopping.stopped(phone)
    shown = [group for group in CHOICES if group != Group.WORK or message.user_id]
    context = {
        "phone": message.phone_masked,
        "choices": [
            {"key": group.value, "name": GROUP_NAMES[group], "what": CHOICES[group], "on": group not in now}
            for group in shown
        ],
        "always": [GROUP_NAMES[group] for group in sorted(ALWAYS)],
        "done": done,
        "none": all(group in now for group in shown),
    }
    return render(request, "messages/stop.html", context)
