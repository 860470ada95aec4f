"""The simulated providers approve the templates of the demonstration, so that its messages arrive. 演示短信"""

from __future__ import annotations

import httpx

from yingbao.messages.templates import Channel
from yingbao.messages.wording import approved_by

VIAS: tuple[tuple[Channel, str], ...] = (("sms", "sms"), ("wechat", "wechat_account"))


def approve(simulators: str) -> None:
    """Have every template approved; from then on both providers' configuration names them. 报备模板"""
    with httpx.Client(base_url=simulators, timeout=10, trust_env=False) as line:
        for channel, via in VIAS:
            asked = {"via": via, "words": approved_by(channel)}
            line.post("/control/messages/templates", json=asked).raise_for_status()
