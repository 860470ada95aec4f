"""Who guesses at passwords or codes is stopped; an administrator may let them try again. 登录锁定

Passwords are counted by user and network address (django-axes), so that a stranger cannot lock a user out from afar.
The second step is counted by user alone: who gets that far knows the password, and six digits must not be tried from
a thousand addresses at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Count, Sum

from yingbao.agents.models import User
from yingbao.sealing.sealed import index_of
from yingbao.web.models import Miss

MOST = 5
WITHIN = timedelta(minutes=15)
KEPT = timedelta(days=1)


def is_stopped(user: User, at: datetime) -> bool:
    """Whether the second step was missed too often of late. 是否锁定"""
    return Miss.objects.filter(kind="session", index=_index(user), at__gt=at - WITHIN).count() >= MOST


def missed(user: User, at: datetime) -> bool:
    """Note a wrong code; whether this was the one too many. 记一次错误"""
    Miss.objects.filter(at__lt=at - KEPT).delete()
    Miss.objects.create(kind="session", index=_index(user), at=at)
    return is_stopped(user, at)


def passed(user: User) -> None:
    """Forget the wrong codes once a right one came. 清零"""
    Miss.objects.filter(kind="session", index=_index(user)).delete()


def locked(users: Iterable[User], at: datetime) -> set[int]:
    """Which of these users are locked out somewhere. 被锁定的用户

    `at` is the real time, in which both counts run.
    """
    users = list(users)
    since = at - timedelta(hours=settings.AXES_COOLOFF_TIME)
    often_named = (
        AccessAttempt.objects.filter(attempt_time__gt=since)
        .values("username", "ip_address")
        .annotate(times=Sum("failures_since_start"))
        .filter(times__gte=settings.AXES_FAILURE_LIMIT)
    )
    names = {each["username"] for each in often_named}
    often = {
        bytes(index)
        for index in Miss.objects.filter(kind="session", at__gt=at - WITHIN)
        .values("index")
        .annotate(times=Count("pk"))
        .filter(times__gte=MOST)
        .values_list("index", flat=True)
    }
    return {user.pk for user in users if user.username in names or (often and _index(user) in often)}


def unlock(user: User) -> None:
    """Let the user try again at once. 解锁"""
    reset(username=user.username)
    passed(user)


def _index(user: User) -> bytes:
    return index_of(f"second step {user.pk}")
