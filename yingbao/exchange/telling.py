"""Messages go out and their reports come in: each handed over once, or asked about. 消息发送

A message is claimed, and that is committed, before a provider hears of it; the provider is called outside any
transaction. Where its answer is lost, or a worker died in between, the message stays claimed: it is asked about, and is
sent again only if the provider says that it knows nothing of it, or promises not to deliver the same id twice.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from yingbao.enrolment.seasons import china_day
from yingbao.exchange.carrier import Carrier, Outgoing, Report, TryLater, Unreachable
from yingbao.exchange.gateway import Declined, NotFound, Unsure
from yingbao.exchange.sms.client import Sms
from yingbao.exchange.wechat_account.client import NOT_FOLLOWING, WechatAccount
from yingbao.messages import following, moving
from yingbao.messages.lifecycle import Act, State
from yingbao.messages.models import Message
from yingbao.messages.stopping import token_of
from yingbao.messages.templates import STOPPABLE, Group
from yingbao.sealing.sealed import unseal
from yingbao.values import clock
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

IN_DOUBT_AFTER = timedelta(minutes=2)
"""So long an answer may take and a provider's own list be behind."""
TRIES_IN_DOUBT = 3
ASKED_ABOUT = 100
REPORTS_FOR = timedelta(days=2)
ASKED_AGAIN_AFTER = timedelta(hours=1)
UNKNOWN = "结果未知，为避免重复未再发送"
_kept: dict[Path, dict[str, Carrier]] = {}


def carriers() -> dict[str, Carrier]:
    """The configured ways of sending, by channel; one configured since the start is found too. 已配置通道"""
    directory = Path(settings.GATEWAYS)
    kept = _kept.setdefault(directory, {})
    for channel, name, make in (("sms", "sms.toml", Sms), ("wechat", "wechat_account.toml", WechatAccount)):
        file = directory / name
        if channel not in kept and file.exists():
            try:
                # Replaced as a whole, so that another thread never sees half of it.
                kept = _kept[directory] = kept | {channel: make(file, now=clock.now)}
            except Refused as refused:
                log.error("%s cannot be used: %s", name, refused.said("en"))
    return {channel: carrier for channel, carrier in kept.items() if (directory / _FILES[channel]).exists()}


_FILES = {"sms": "sms.toml", "wechat": "wechat_account.toml"}


def own_id(message: Message) -> str:
    """What a provider is told as ours: the row, and a part of its key's hash against mix-ups. 自有编号"""
    return f"yb{message.pk}-{hashlib.sha256(message.key.encode()).hexdigest()[:10]}"


def send_due(*, at: datetime, seconds: float = 45.0) -> int:
    """Send what is due until the time is over; returns how many providers took. 发送"""
    expired = moving.expire(at=at)
    if expired:
        log.info("%s messages were too old to be sent", expired)
    ways = carriers()
    if not ways:
        waiting = Message.objects.filter(state=State.QUEUED).count()
        if waiting:
            log.warning("%s messages wait: neither sms.toml nor wechat_account.toml is configured", waiting)
        return 0
    if "wechat" not in ways:
        moving.by_sms_instead(at=at)
    taken, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        # Few at a time: what a worker has claimed and cannot send any more has to be asked about.
        batch = moving.claim(channels=ways, at=at, most=10)
        if not batch:
            break
        taken += sum([_send(ways[message.channel], message, at) for message in batch])
    return taken


def settle_doubts(*, at: datetime) -> int:
    """Find out about messages whose answer was lost; returns how many are known now. 核实未知结果"""
    ways = carriers()
    doubtful = Message.objects.filter(
        state=State.SENDING, claimed_at__lte=at - IN_DOUBT_AFTER, channel__in=list(ways)
    ).order_by("claimed_at", "pk")[:ASKED_ABOUT]
    return sum([_settle(ways[message.channel], message, at) for message in doubtful])


def ask_reports(*, at: datetime) -> int:
    """Ask about messages of which no report has come; returns how many are known now. 查询回执"""
    ways = {channel: carrier for channel, carrier in carriers().items() if carrier.asks}
    unreported = Message.objects.filter(
        state=State.SENT, next_at__lte=at, sent_at__gt=at - REPORTS_FOR, channel__in=list(ways)
    ).order_by("next_at", "pk")[:ASKED_ABOUT]
    known = 0
    for message in unreported:
        Message.objects.filter(pk=message.pk, state=State.SENT).update(next_at=at + ASKED_AGAIN_AFTER)
        try:
            report = ways[message.channel].became(
                to=_phone(message), own_id=own_id(message), day=china_day(message.claimed_at or at)
            )
        except (Unsure, Declined, NotFound, TryLater, Unreachable, Refused) as unknown:
            log.warning("message %s: no report: %s", message.pk, _word(unknown))
        else:
            known += take_report(message=message, report=report, at=at)
    return known


def take_report(*, message: Message, report: Report, at: datetime) -> bool:
    """Write down what a provider says became of a message; saying it again changes nothing. 登记回执"""
    if report.outcome == "waiting":
        return False
    if report.outcome == "arrived":
        return moving.move(message=message, act=Act.ARRIVE, at=at, provider_id=report.provider_id)
    if message.channel == "wechat":
        return moving.move(message=message, act=Act.FALL_BACK, at=at, said=f"微信未送达：{report.code}")
    return moving.move(message=message, act=Act.REFUSE, at=at, said=f"运营商回执：{report.code}")


def named(own: str) -> Message | None:
    """The message that a provider names by our own id; None if we gave no such id. 按自有编号查消息"""
    number = own.removeprefix("yb").partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    message = Message.objects.filter(pk=int(number)).first()
    return message if message is not None and own_id(message) == own else None


def outgoing(message: Message) -> Outgoing:
    """The message as a carrier gets it, with what is secret. 发送内容"""
    secret = json.loads(unseal(message.secret_cipher)) if message.secret_cipher else {}
    url = f"{settings.PLATFORM_URL}/messages/stop/{token_of(message)}" if message.group in STOPPABLE else ""
    return Outgoing(own_id(message), message.kind, message.values | secret, url)


def _send(carrier: Carrier, message: Message, at: datetime) -> bool:
    try:
        to = _recipient(message)
        if not to:
            raise Unreachable("not a follower")
        provider_id = carrier.send(to=to, message=outgoing(message))
    except Unsure as unsure:
        # It stays claimed, so that it is asked about before anything else.
        log.warning("message %s in doubt: channel=%s reason=%s", message.pk, carrier.channel, unsure)
        return False
    except TryLater as later:
        log.warning("message %s waits: channel=%s reason=%s", message.pk, carrier.channel, later.code)
        moving.move(message=message, act=Act.AGAIN, at=at, said=f"通道暂不受理：{later.code}")
        return False
    except Refused as refused:
        log.error("channel=%s cannot be used: %s", carrier.channel, refused.said("en"))
        moving.move(message=message, act=Act.AGAIN, at=at, said="通道配置有误")
        return False
    except Unreachable as unreachable:
        _other_way(message, unreachable.code, at)
        return False
    except Declined as declined:
        moving.move(message=message, act=Act.REFUSE, at=at, said=f"通道拒绝：{declined.code}")
        return False
    return moving.move(message=message, act=Act.ACCEPT, at=at, provider_id=provider_id)


def _other_way(message: Message, code: str, at: datetime) -> None:
    if message.channel != "wechat":
        moving.move(message=message, act=Act.REFUSE, at=at, said=f"通道拒绝：{code}")
        return
    if code in {str(one) for one in NOT_FOLLOWING} and message.phone_index:
        following.leave(openid=following.openid_of(bytes(message.phone_index)), at=at)
    moving.move(message=message, act=Act.FALL_BACK, at=at, said=f"微信不可达（{code}），改发短信")


def _settle(carrier: Carrier, message: Message, at: datetime) -> bool:
    """One message that may or may not have gone out."""
    claimed_at = message.claimed_at or at
    if not carrier.asks:
        # Three tries in doubt, each soon after the one before, all fall within the time of the provider's promise.
        soon = at - claimed_at <= timedelta(seconds=carrier.same_again_seconds) / 2
        again = soon and message.tries < TRIES_IN_DOUBT
        act, said = (Act.AGAIN, "结果未知，按同一编号重发") if again else (Act.REFUSE, UNKNOWN)
        return moving.move(message=message, act=act, at=at, said=said)
    try:
        report = carrier.became(to=_phone(message), own_id=own_id(message), day=china_day(claimed_at))
    except NotFound:
        return moving.move(message=message, act=Act.AGAIN, at=at, said="通道未收到，重新发送")
    except (Unsure, Declined, TryLater, Unreachable, Refused) as unknown:
        log.warning("message %s still in doubt: %s", message.pk, _word(unknown))
        if message.group == Group.CODE and message.expires_at <= at:
            moving.move(message=message, act=Act.REFUSE, at=at, said=UNKNOWN)
        return False
    if report.outcome == "waiting":
        return moving.move(message=message, act=Act.ACCEPT, at=at)
    return take_report(message=message, report=report, at=at)


def _recipient(message: Message) -> str:
    if message.channel == "wechat":
        return following.openid_of(bytes(message.phone_index)) if message.phone_index else ""
    return _phone(message)


def _phone(message: Message) -> str:
    return unseal(message.phone_cipher) if message.phone_cipher else ""


def _word(unknown: Exception) -> str:
    return unknown.said("en") if isinstance(unknown, Refused) else str(unknown)
