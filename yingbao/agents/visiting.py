"""Who is signed in where, and how that ends. 会话

Sessions run on the real time, whatever the clock of a demonstration shows: so do the moments here.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from yingbao.agents.models import User, Visit

KEPT = timedelta(days=1)
"""so long it is known whose an ended session was"""


def follow(
    *, user: User, session_key: str, visit: int | None, address: str = "", browser: str = "", factor: str = "",
    at: datetime,
) -> Visit:  # fmt: skip
    """The row of a session that begins, or goes on under a new key. 记录会话"""
    held = Visit.objects.filter(pk=visit, user=user, ended_at__isnull=True).first() if visit else None
    if held is None:
        Visit.objects.filter(session_key=session_key).delete()
        return Visit.objects.create(
            user=user, session_key=session_key, began_at=at, address=address, browser=browser, factor=factor
        )
    held.session_key = session_key
    if factor:
        held.factor = factor
    held.save(update_fields=["session_key", "factor"])
    return held


def live(at: datetime) -> QuerySet[Visit]:
    """The sessions that are open, each with the moment at which it ends when nothing more is asked. 在线会话"""
    ends = Session.objects.filter(session_key=OuterRef("session_key")).values("expire_date")
    return Visit.objects.filter(ended_at__isnull=True).annotate(ends_at=Subquery(ends)).filter(ends_at__gt=at)


def whose(visit: int, at: datetime) -> Visit | None:
    """Whose session this was, as long as that is known. 会话归属"""
    return Visit.objects.filter(pk=visit, began_at__gt=at - KEPT, user__is_active=True).select_related("user").first()


@transaction.atomic
def end(visits: QuerySet[Visit], at: datetime) -> int:
    """End sessions: what is asked next in them leads to the sign-in page. 结束会话"""
    keys = list(visits.filter(ended_at__isnull=True).order_by("pk").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return Visit.objects.filter(session_key__in=keys).update(ended_at=at)


def end_all_of(user: User, at: datetime, but: str = "") -> int:
    """End all sessions of a user, but perhaps the one that asks for it. 结束全部会话"""
    return end(Visit.objects.filter(user=user).exclude(session_key=but), at)


def end_without_desk(user: User, *, today: date, at: datetime) -> int:
    """End the sessions of a user who holds no desk any more. 无任职即退出"""
    return 0 if user.appointments_on(today).exists() else end_all_of(user, at)


def forget(at: datetime) -> int:
    """Drop what is known of sessions that ended or began long ago. 清理会话记录"""
    return Visit.objects.filter(began_at__lt=at - KEPT).exclude(pk__in=live(at).values("pk")).delete()[0]
