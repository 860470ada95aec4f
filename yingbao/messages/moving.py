"""Messages taken out of the outbox and moved along their edges; the only place that writes their state. 消息流转

Claiming locks rows that nobody else is at and is committed before anything is sent. Every later step names the states
from which it leads, so that two who know of the same message cannot both move it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from yingbao.messages.lifecycle import WAITING, Act, State, after, origins, wait_seconds
from yingbao.messages.models import Message
from yingbao.messages.queueing import awake, quiet
from yingbao.messages.templates import TEMPLATES, Group

BATCH = 100
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
LIMITS: dict[str, tuple[int, timedelta]] = {
    Group.CODE: (5, AN_HOUR),
    Group.REMINDER: (4, A_DAY),
    Group.PROGRESS: (8, A_DAY),
    Group.WORK: (8, A_DAY),
}
"""how many of a group one phone is sent within a span; what is over waits. Returned money always goes. 单号频率"""
TOO_MANY = "该号码近期消息较多，稍后再发"
STOPPED = "管理员已停止发送"


def claim(*, channels: Collection[str], at: datetime, most: int = BATCH) -> list[Message]:
    """Take the messages that are due by these channels, urgent ones first; nobody else takes them. 领取待发消息"""
    with transaction.atomic():
        due = Message.objects.filter(state=State.QUEUED, channel__in=list(channels), next_at__lte=at, expires_at__gt=at)
        if quiet(at):
            due = due.filter(urgent=True)
        rows = list(due.select_for_update(skip_locked=True).order_by("-urgent", "next_at", "pk")[:most])
        rows, over = _within_limits(rows, at)
        later = awake(at + AN_HOUR)
        Message.objects.filter(pk__in=[row.pk for row in over]).update(next_at=later, error=TOO_MANY)
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=after(Act.CLAIM, State.QUEUED), claimed_at=at, tries=F("tries") + 1, error=""
        )
    for row in rows:
        row.state, row.claimed_at, row.tries, row.error = State.SENDING, at, row.tries + 1, ""
    return rows


def move(*, message: Message, act: Act, at: datetime, said: str = "", provider_id: str = "") -> bool:
    """Take an edge from where the message was seen; false if somebody else has moved it since. 流转

    A message that is being sent is moved only by who knows of this very try: a later one has claimed it anew.
    """
    target = after(act, message.state) if message.state in origins(act) else None
    if target is None or act == Act.CLAIM:  # claiming is `claim`'s own: it says whose try it is
        return False
    changed: dict[str, Any] = {"state": target.value, "error": said[:200]}
    if provider_id:
        changed["provider_id"] = provider_id[:80]
    if target not in WAITING:
        changed["secret_cipher"] = None
    if act == Act.ACCEPT:
        changed |= {"sent_at": at, "next_at": at + timedelta(minutes=5)}
    elif act == Act.AGAIN:
        changed["next_at"] = at + timedelta(seconds=wait_seconds(message.tries))
    elif act == Act.FALL_BACK:
        changed |= {"channel": "sms", "next_at": at, "provider_id": ""}
    elif act == Act.ARRIVE:
        changed |= {"ended_at": at, "sent_at": message.sent_at or at}
    elif act in (Act.REFUSE, Act.STOP):
        changed["ended_at"] = at
    seen = Message.objects.filter(pk=message.pk, state=message.state)
    if message.state == State.SENDING:
        seen = seen.filter(claimed_at=message.claimed_at)
    return bool(seen.update(**changed))


def expire(*, at: datetime) -> int:
    """End what is too old to be told; returns how many. 过期"""
    old = Message.objects.filter(state=State.QUEUED, expires_at__lte=at)
    return old.update(state=after(Act.EXPIRE, State.QUEUED), ended_at=at, secret_cipher=None)


def by_sms_instead(*, at: datetime) -> int:
    """What was to go by WeChat goes by SMS, because WeChat is not to be had here. 改用短信"""
    return Message.objects.filter(state=State.QUEUED, channel="wechat").update(channel="sms", next_at=at)


def try_again(*, message: Message, at: datetime) -> bool:
    """Send a failed message once more, by an administrator's hand; a code is gone and cannot be. 人工重试"""
    if message.group == Group.CODE or message.state not in origins(Act.RETRY):
        return False
    due = at if message.urgent else awake(at)
    lives = timedelta(seconds=TEMPLATES[message.kind].lives_seconds)
    return bool(
        Message.objects.filter(pk=message.pk, state=message.state).update(
            state=after(Act.RETRY, message.state), next_at=due, expires_at=due + lives, ended_at=None, error="",
            tries=0, provider_id="",
        )
    )  # fmt: skip


def stop(*, message: Message, at: datetime) -> bool:
    """A message is not to be sent after all. 停止发送"""
    return move(message=message, act=Act.STOP, at=at, said=STOPPED)


def _within_limits(rows: list[Message], at: datetime) -> tuple[list[Message], list[Message]]:
    """The messages whose phones have not had too many lately, and the others."""
    had: Counter[tuple[bytes, str]] = Counter()
    phones = {bytes(index) for row in rows if (index := row.phone_index)}
    for group, (_, span) in LIMITS.items():
        recent = Message.objects.filter(phone_index__in=phones, group=group, claimed_at__gt=at - span)
        for phone in recent.exclude(state=State.QUEUED).values_list("phone_index", flat=True):
            had[bytes(phone or b""), group] += 1
    kept: list[Message] = []
    over: list[Message] = []
    for row in rows:
        index = row.phone_index
        mark = (bytes(index) if index else b"", row.group)
        had[mark] += 1
        most = LIMITS.get(row.group)
        (over if most and had[mark] > most[0] else kept).append(row)
    return kept, over
