"""The payment channels that are configured here, each made once and kept. 支付渠道"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from yingbao.collection import refusing
from yingbao.exchange.configured import gateways
from yingbao.exchange.gateway import Gateway
from yingbao.values import clock

NAMES = ("wechat", "alipay")
_kept: dict[Path, dict[str, Gateway]] = {}


def channels() -> dict[str, Gateway]:
    """The configured gateways by name; one that was configured since the start is found too. 已开通渠道"""
    directory = Path(settings.GATEWAYS)
    kept = _kept.setdefault(directory, {})
    if any(name not in kept and (directory / f"{name}.toml").exists() for name in NAMES):
        # Replaced as a whole, so that another thread never sees half of it.
        kept = _kept[directory] = gateways(directory, now=clock.now) | kept
    return kept


def gateway_of(channel: str) -> Gateway:
    """The gateway of a channel; Refused if it is not configured. 渠道网关"""
    found = channels().get(channel)
    if found is None:
        raise refusing.not_configured(channel)
    return found
