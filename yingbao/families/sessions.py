"""Who has shown to hold a phone, for half an hour of use. 家长会话

Nothing of it is shared with the sessions of staff: a cookie of its own names a row, and the row can be ended.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from yingbao.families.models import FamilySession
from yingbao.people.models import Person
from yingbao.sealing.sealed import index_of

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
TOUCHED_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=7)


def begin(*, phone_index: bytes, phone_masked: str, person: Person | None, at: datetime) -> str:
    """Begin one; returns the key for the browser's cookie, which stands nowhere else. 开始会话

    `person`: the child who was asked for, if its binding waits for consent.
    """
    FamilySession.objects.filter(seen_at__lt=at - KEPT).delete()
    key = secrets.token_urlsafe(32)
    FamilySession.objects.create(
        key_index=_index(key), phone_index=phone_index, phone_masked=phone_masked, asked_for=person, opened_at=at,
        seen_at=at,
    )  # fmt: skip
    return key


def find(*, key: str, at: datetime) -> FamilySession | None:
    """The session that a key opens, if it was used within the half hour. 当前会话"""
    row = FamilySession.objects.filter(key_index=_index(key), ended_at__isnull=True).first()
    if row is None or row.seen_at <= at - IDLE or row.opened_at <= at - LONGEST:
        return None
    if row.seen_at <= at - TOUCHED_EVERY:
        row.seen_at = at
        row.save(update_fields=["seen_at"])
    return row


def ask_for(*, session: FamilySession, person: Person | None) -> None:
    """Note whose binding waits for consent, or that none does. 待同意的孩子"""
    session.asked_for = person
    session.save(update_fields=["asked_for"])


def end(*, session: FamilySession, at: datetime) -> None:
    """On a shared phone: this browser forgets. 退出"""
    FamilySession.objects.filter(pk=session.pk, ended_at__isnull=True).update(ended_at=at, asked_for=None)


def _index(key: str) -> bytes:
    # The index folds case and dashes, which costs a random key of 256 bits little.
    return index_of(f"session {key}")
