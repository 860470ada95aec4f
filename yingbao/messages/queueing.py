"""Put messages into the outbox, in the transaction of what they tell. 消息入队

What is queued goes out once its transaction is committed, or not at all. Each message has a key: told once only,
however often it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from procrastinate.contrib.django import app

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.models import Enrolment
from yingbao.messages.lifecycle import State
from yingbao.messages.models import Message, OptOut, WechatFollower
from yingbao.messages.templates import ALWAYS, Template, checked, template_of
from yingbao.people.models import Guardian
from yingbao.sealing import sealed
from yingbao.sealing.sealed import NO_NUMBER, Columns
from yingbao.values.clock import CHINA

QUIET_FROM, QUIET_UNTIL = time(21, 0), time(8, 0)
"""Nobody is woken for what is not urgent. 免打扰时段"""
AT_ONCE = 2_000
OPTED_OUT = "已退订"
SOON = "yingbao.messages-soon"
"""The work that sends at once what somebody is waiting for; asked for in the same transaction. 立即发送"""


class Telling(NamedTuple):
    """One message as somebody asks for it. 待发消息"""

    kind: str
    values: Mapping[str, str]
    key: str
    guardian: Guardian | None = None
    user: User | None = None
    phone: str = ""


def queue(
    *,
    kind: str,
    values: Mapping[str, str],
    key: str,
    at: datetime,
    guardian: Guardian | None = None,
    user: User | None = None,
    phone: str = "",
) -> Message | None:
    """Queue one message; None if its reader opted out or has no phone. 消息入队

    The same key again gives the message that there is. Raises LookupError for an unknown kind and Unfit for values
    that its words do not take.
    """
    queue_all([Telling(kind, values, key, guardian, user, phone)], at=at)
    found = Message.objects.filter(key=key).first()
    return None if found is None or found.state == State.SUPPRESSED else found


def queue_all(tellings: Iterable[Telling], *, at: datetime) -> int:
    """Queue many messages with one look at opt-outs and followers; returns how many are new. 批量入队"""
    made = 0
    with transaction.atomic():
        batch: list[Telling] = []
        for telling in tellings:
            batch.append(telling)
            if len(batch) == AT_ONCE:
                made += _queued(batch, at)
                batch = []
        return made + _queued(batch, at)


def quiet(at: datetime) -> bool:
    """Whether people sleep at that moment. 是否免打扰"""
    clock = at.astimezone(CHINA).time()
    return clock >= QUIET_FROM or clock < QUIET_UNTIL


def awake(at: datetime) -> datetime:
    """That moment, or eight in the morning after it. 可发送时刻"""
    if not quiet(at):
        return at
    there = at.astimezone(CHINA)
    day = there.date() + timedelta(days=1) if there.time() >= QUIET_FROM else there.date()
    return datetime.combine(day, QUIET_UNTIL, CHINA)


def _queued(batch: Sequence[Telling], at: datetime) -> int:
    reached = _reached(batch)
    indexes = {columns.blind_index for columns in reached.values() if columns.blind_index}
    said_no = {
        (bytes(index), group)
        for index, group in OptOut.objects.filter(phone_index__in=indexes, taken_back_at__isnull=True).values_list(
            "phone_index", "group"
        )
    }
    following = {
        bytes(index)
        for index in WechatFollower.objects.filter(phone_index__in=indexes, left_at__isnull=True).values_list(
            "phone_index", flat=True
        )
    }
    there = set(Message.objects.filter(key__in=[one.key for one in batch]).values_list("key", flat=True))
    areas = _areas(batch)
    rows: dict[str, Message] = {}
    for telling in batch:
        phone = reached.get(telling.key, NO_NUMBER)
        if telling.key in there or telling.key in rows or (phone.blind_index is None and telling.user is None):
            continue
        template = template_of(telling.kind)
        no = template.group not in ALWAYS and (phone.blind_index, template.group) in said_no
        follows = phone.blind_index in following
        rows[telling.key] = _row(telling, template, phone, areas.get(telling.key, ""), follows, no, at)
    # Two at once with the same key: one of them is first, and that is as good.
    Message.objects.bulk_create(rows.values(), ignore_conflicts=True)
    if any(row.urgent and row.state == State.QUEUED for row in rows.values()):
        app.configure_task(SOON, queue="work").defer()
    return len(rows)


def _areas(batch: Sequence[Telling]) -> dict[str, str]:
    """The pooling area of each message, by its key: where the child is enrolled, or the clerk employed."""
    children = {one.guardian.person_id for one in batch if one.guardian}
    enrolled = dict(
        Enrolment.objects.filter(person__in=children)
        .order_by("plan_year", "pk")
        .values_list("person", "season__pooling_area")
    )
    employers = {one.user.organisation_id or 0 for one in batch if one.user}
    employed = dict(Organisation.objects.filter(pk__in=employers).values_list("pk", "pooling_area"))
    areas = {one.key: enrolled.get(one.guardian.person_id, "") for one in batch if one.guardian}
    return areas | {one.key: employed.get(one.user.organisation_id or 0, "") for one in batch if one.user}


def _reached(batch: Sequence[Telling]) -> dict[str, Columns]:
    """The phone of each message, sealed, by its key; nothing for a user without one."""
    reached = {}
    for telling in batch:
        if sum(map(bool, (telling.guardian, telling.user, telling.phone))) != 1:
            raise ValueError("a message goes to a guardian, a user or a bare phone")
        its = telling.guardian or telling.user
        if its is not None:
            if its.phone_cipher and its.phone_index:
                reached[telling.key] = Columns(bytes(its.phone_cipher), bytes(its.phone_index), its.phone_masked)
        else:
            reached[telling.key] = sealed.phone(telling.phone)
    return reached


def _row(
    telling: Telling, template: Template, phone: Columns, area: str, follows: bool, opted_out: bool, at: datetime
) -> Message:
    values = checked(template, telling.values)
    secret = {name: values.pop(name) for name in template.secret}
    state = State.SUPPRESSED if opted_out else State.QUEUED
    channel = "wechat" if follows and "wechat" in template.channels else "sms"
    if phone.blind_index is None:
        # Whoever has given no phone reads it on the own page, where it has arrived already.
        channel, state = "page", State.DELIVERED
    due = at if template.urgent else awake(at)
    return Message(
        kind=template.kind,
        group=template.group,
        channel=channel,
        person_id=telling.guardian.person_id if telling.guardian else None,
        user=telling.user,
        pooling_area=area,
        phone_cipher=phone.cipher,
        phone_index=phone.blind_index,
        phone_masked=phone.masked,
        values=values,
        secret_cipher=sealed.seal(json.dumps(secret)) if secret and state == State.QUEUED else None,
        text=template.told(values).zh,
        key=telling.key,
        urgent=template.urgent,
        state=state,
        next_at=due,
        expires_at=due + timedelta(seconds=template.lives_seconds),
        error=OPTED_OUT if opted_out else "",
        queued_at=at,
        ended_at=None if state == State.QUEUED else at,
    )
