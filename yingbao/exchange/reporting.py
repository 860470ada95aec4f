"""What the carriers of messages tell us unasked: reports, followers who come and leave. 回执与关注通知"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from yingbao.exchange import telling
from yingbao.exchange.carrier import Outcome, Report
from yingbao.exchange.gateway import Answer, Forged
from yingbao.exchange.sms.client import Sms
from yingbao.exchange.wechat_account import events
from yingbao.exchange.wechat_account.client import WechatAccount
from yingbao.messages import following
from yingbao.messages.models import Message
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

HEARD_SMS = Answer(200, "application/json", b'{"code": 0, "msg": "ok"}')
HEARD_ACCOUNT = Answer(200, "text/plain", b"success")
NOT_HERE = Answer(404, "text/plain", b"")
REFUSED = Answer(403, "text/plain", b"")


def hear_sms(*, secret: str, body: bytes, at: datetime) -> Answer:
    """Delivery reports of short messages; what names no message of ours is passed over. 短信回执"""
    carrier = telling.carriers().get("sms")
    if not isinstance(carrier, Sms):
        return NOT_HERE
    try:
        reports = carrier.read_reports(secret=secret, body=body)
    except (Forged, Refused) as refused:
        log.warning("reports of short messages refused: %s", refused.why if isinstance(refused, Forged) else "settings")
        return REFUSED
    for report in reports:
        message = telling.named(report.own_id)
        if message is not None and message.channel == "sms":
            telling.take_report(message=message, report=report, at=at)
    return HEARD_SMS


def hear_account(*, query: Mapping[str, str], body: bytes | None, at: datetime) -> Answer:
    """The console's first question (without a body), or an event of the official account. 公众号事件"""
    carrier = telling.carriers().get("wechat")
    if not isinstance(carrier, WechatAccount):
        return NOT_HERE
    try:
        events.check(carrier.event_token, query, at)
        if body is None:
            return Answer(200, "text/plain", query.get("echostr", "")[:128].encode())
        event = events.read(body)
    except (Forged, Refused) as refused:
        log.warning("event of the account refused: %s", refused.why if isinstance(refused, Forged) else "settings")
        return REFUSED
    _take(event, at)
    return HEARD_ACCOUNT


def _take(event: events.AccountEvent, at: datetime) -> None:
    if event.happening == "follows":
        if event.scene and not following.follow(openid=event.openid, scene=event.scene, at=at):
            log.warning("somebody follows by a code that is not ours")
    elif event.happening == "left":
        following.leave(openid=event.openid, at=at)
    elif event.message_id and event.happening != "other":
        message = Message.objects.filter(channel="wechat", provider_id=event.message_id).first()
        if message is not None:
            outcome: Outcome = "arrived" if event.happening == "arrived" else "failed"
            report = Report(telling.own_id(message), event.message_id, outcome, event.status)
            telling.take_report(message=message, report=report, at=at)
