"""The payment gateways that a folder of configuration files opens. 已配置渠道"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from yingbao.exchange.alipay.client import Alipay
from yingbao.exchange.gateway import Gateway
from yingbao.exchange.wechat.client import WeChat
from yingbao.values import clock


def gateways(directory: Path, *, now: Callable[[], datetime] = clock.now) -> dict[str, Gateway]:
    """The channels configured in a directory, by name; Refused says which file is wrong and how. 已配置渠道

    A channel without its file is not configured. Files are read again when they change, so that keys can be replaced
    while the platform runs; replace them by renaming. `now` tells the time of requests and of the answers to them. What
    is given holds open connections: keep it, one per process.
    """
    found: dict[str, Gateway] = {}
    if (directory / "wechat.toml").exists():
        found["wechat"] = WeChat(directory / "wechat.toml", now=now)
    if (directory / "alipay.toml").exists():
        found["alipay"] = Alipay(directory / "alipay.toml", now=now)
    return found
