"""What clerks are told of trainings: in the transaction of the deed, once each. 培训通知"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from yingbao.agents.models import User
from yingbao.campaign.lifecycle import Going
from yingbao.campaign.models import TrainingPlace, TrainingSession
from yingbao.determination.explain import said_day
from yingbao.enrolment.seasons import china_day
from yingbao.messages.queueing import Telling, queue_all
from yingbao.values.clock import CHINA


def when_said(one: TrainingSession) -> str:
    """2019年11月20日 14:00, China time. 培训时间"""
    there = one.starts_at.astimezone(CHINA)
    return f"{said_day(there.date()).zh} {there:%H:%M}"


def tell_change(kind: str, one: TrainingSession, users: Iterable[User], at: datetime) -> None:
    """Tell those who signed somebody up that it was changed or cancelled, or that they moved up. 通知报名人"""
    queue_all(_tellings(kind, one, users, f"{one.version}:{at:%Y%m%d%H%M%S}"), at=at)


def _tellings(kind: str, one: TrainingSession, users: Iterable[User], mark: str) -> Iterator[Telling]:
    values = {"title": one.title, "when": when_said(one)}
    if kind == "training_cancelled":
        values["why"] = one.cancelled_because
    for user in users:
        yield Telling(kind, values, f"{kind}:{one.pk}:{mark}:{user.pk}", user=user)


def tell_tomorrow(*, at: datetime) -> int:
    """Remind who has a place of tomorrow's training, once. 培训前一天提醒"""
    tomorrow = china_day(at) + timedelta(days=1)
    places = TrainingPlace.objects.filter(
        state=Going.GOING, session__cancelled_at__isnull=True, session__starts_at__gt=at,
        session__starts_at__lt=at + timedelta(days=2),
    ).select_related("session", "signed_by")  # fmt: skip
    found = {
        (place.session_id, place.signed_by_id): place
        for place in places.order_by("pk")
        if china_day(place.session.starts_at) == tomorrow
    }
    return queue_all(
        (
            Telling("training_soon", {"title": place.session.title, "when": when_said(place.session)},
                    f"training_soon:{session}:{place.session.version}:{user}", user=place.signed_by)
            for (session, user), place in found.items()
        ),
        at=at,
    )  # fmt: skip
