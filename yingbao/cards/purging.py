"""Pictures are erased once nobody needs them; that they were, when and why, stays. 照片清除"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from yingbao.cards.lifecycle import Act, CardState, PhotoState, Who
from yingbao.cards.models import Card, Photo, Picture
from yingbao.cards.recording import record, step
from yingbao.enrolment.lifecycle import LIVE
from yingbao.enrolment.models import Enrolment

KEPT_AFTER_MAKING = timedelta(days=30)
"""So long a picture is kept once the card is made, should the card show another child."""
AT_ONCE = 1_000


def erase(photos: Sequence[Photo], *, because: str, at: datetime) -> None:
    """Delete the pictures and say why, in the caller's transaction; the photos keep the state they were given. 清除"""
    Picture.objects.filter(photo__in=photos).delete()
    for one in photos:
        one.purged_at, one.purged_because = at, because
    Photo.objects.bulk_update(photos, ["state", "state_at", "reason", "purged_at", "purged_because"])


def purge(*, at: datetime) -> int:
    """Erase every picture whose card is handed out or long made, and of who enrols no more. 夜间清除

    Returns how many. It may be cut off and run again: each round is a transaction of its own.
    """
    return sum(
        _in_rounds(rows, because, at)
        for because, rows in (("handed_out", _handed_out()), ("made", _made(at)), ("left", _left()))
    )


def _live() -> QuerySet[Photo]:
    return Photo.objects.filter(purged_at__isnull=True)


def _handed_out() -> QuerySet[Photo]:
    cards = Card.objects.filter(photo=OuterRef("pk"), state__in=[CardState.HELD, CardState.LOST])
    return _live().filter(Exists(cards))


def _made(at: datetime) -> QuerySet[Photo]:
    cards = Card.objects.filter(
        photo=OuterRef("pk"), state__in=[CardState.MADE, CardState.READY],
        steps__act=Act.MAKE, steps__at__lt=at - KEPT_AFTER_MAKING,
    )  # fmt: skip
    return _live().filter(Exists(cards))


def _left() -> QuerySet[Photo]:
    """Of children whom nobody enrols any more, and whose card is not under way."""
    enrols = Enrolment.objects.filter(
        person=OuterRef("person"), season__pooling_area=OuterRef("pooling_area"), state__in=sorted(LIVE)
    )
    under_way = Card.objects.filter(
        photo=OuterRef("pk"), state__in=[CardState.ORDERED, CardState.MADE, CardState.READY]
    )
    return _live().exclude(Exists(enrols)).exclude(Exists(under_way))


def _in_rounds(rows: QuerySet[Photo], because: str, at: datetime) -> int:
    done = 0
    while True:
        with transaction.atomic():
            found = list(rows.select_for_update(of=("self",)).order_by("pk")[:AT_ONCE])
            if not found:
                return done
            steps = []
            for one in found:
                before = one.state
                if because == "left":
                    one.state, one.state_at = PhotoState.WITHDRAWN, at
                steps.append(step(one, Act.PURGE, before=before, part=Who.PROGRAM, at=at))
            erase(found, because=because, at=at)
            record(steps)
            done += len(found)
