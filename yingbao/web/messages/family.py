"""A family that has shown its phone: what it wants to be told, and by WeChat if it likes. 家长消息设置"""

from __future__ import annotations

import logging

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yingbao.exchange.carrier import TryLater, Unreachable
from yingbao.exchange.gateway import Unsure
from yingbao.exchange.telling import carriers
from yingbao.exchange.wechat_account.client import WechatAccount
from yingbao.messages import following, stopping
from yingbao.messages.templates import ALWAYS, GROUP_NAMES, Group
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.web.family.outcome import code
from yingbao.web.family.visiting import Visiting, visited
from yingbao.web.messages.stopping import CHOICES
from yingbao.web.wall import beyond

log = logging.getLogger(__name__)


@require_http_methods(["GET", "POST"])
@visited
def settings(request: Visiting) -> HttpResponse:
    """What this phone gets, and the code of the official account that is bound to it. 消息设置"""
    phone = bytes(request.family.phone_index)
    done = request.method == "POST"
    offered = [group for group in CHOICES if group != Group.WORK]
    now = stopping.stopped(phone)
    if done:
        wanted = {group for group in offered if str(request.POST.get(group.value, ""))} | ({Group.WORK} - now)
        with beyond("messages to the session's own phone, of whichever child"):
            now = stopping.choose(phone_index=phone, wanted=wanted, at=clock.now())
    follows = bool(following.openid_of(phone))
    address = "" if follows else account_code(phone)
    context = {
        "phone": request.family.phone_masked,
        "choices": [
            {"key": group.value, "name": GROUP_NAMES[group], "what": CHOICES[group], "on": group not in now}
            for group in offered
        ],
        "always": [GROUP_NAMES[group] for group in sorted(ALWAYS)],
        "done": done,
        "none": all(group in now for group in offered),
        "family": True,
        "follows": follows,
        "address": address,
        "code": code(address) if address else "",
    }
    return render(request, "messages/stop.html", context)


def account_code(phone_index: bytes) -> str:
    """The text of a code that binds its follower to this phone; empty where there is no account now. 关注码"""
    carrier = carriers().get("wechat")
    if not isinstance(carrier, WechatAccount):
        return ""
    try:
        return carrier.code_for(following.scene_of(phone_index))
    except (TryLater, Unreachable, Unsure) as fault:
        log.warning("no code of the official account: %s", fault)
    except Refused as refused:
        log.error("the official account cannot be used: %s", refused.said("en"))
    return ""
