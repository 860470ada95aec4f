"""A photo comes in: it takes the place of the one before, whose picture is erased at once. 收照片

A photo whose card is being made is never replaced: what the centre prints is what was looked at.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from yingbao.agents.models import Appointment, Desk
from yingbao.cards import refusals
from yingbao.cards.lifecycle import LIVE_CARD, Act, CardState, PhotoState, Who
from yingbao.cards.models import Card, Photo, Picture
from yingbao.cards.purging import erase
from yingbao.cards.recording import record, step
from yingbao.enrolment.lifecycle import ENROLLED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import Person
from yingbao.sealing import sealed


def may_hand_in(*, person: Person, season: Season) -> bool:
    """Whether a photo of the child is taken now: it enrols, and no card is there or being made. 可否交照片"""
    listed = Enrolment.objects.filter(person=person, season=season, state__in=sorted(ENROLLED)).exists()
    cards = Card.objects.filter(person=person, pooling_area=season.pooling_area, state__in=sorted(LIVE_CARD))
    return listed and not cards.exists()


def receive(
    *, person: Person, season: Season, jpeg: bytes, doubts: tuple[str, ...], by: Appointment | None, at: datetime
) -> Photo:
    """Keep a photo that was looked at apart; `by` nobody is a guardian by phone. 收下照片

    Raises Refused if the child needs none now, or its card is being made.
    """
    area = season.pooling_area
    try:
        with transaction.atomic():
            before = Photo.objects.select_for_update().filter(person=person, pooling_area=area, purged_at__isnull=True)
            former = before.first()
            if Card.objects.filter(person=person, pooling_area=area, state=CardState.ORDERED).exists():
                raise refusals.being_made()
            if not may_hand_in(person=person, season=season):
                raise refusals.not_enrolled()
            if former is not None:
                _replaced(former, by, at)
            photo = Photo.objects.create(
                person=person, pooling_area=area, state=PhotoState.WAITING, state_at=at, doubts=list(doubts),
                came_by=_way(by), handed_in_by=by.user if by else None, handed_in_at=at,
            )  # fmt: skip
            Picture.objects.create(photo=photo, sealed=sealed.seal_bytes(jpeg))
            record([step(photo, Act.HAND_IN, by=by, at=at)])
            return photo
    except IntegrityError:
        # Two at once brought a first one: the other is there now.
        raise refusals.decided_already() from None


def picture_of(photo: Photo) -> bytes | None:
    """The picture itself; None once it was erased. 照片内容"""
    found = Picture.objects.filter(photo=photo).values_list("sealed", flat=True).first()
    return None if found is None else sealed.unseal_bytes(found)


def withdraw(*, person: Person, area: str, reason: str, at: datetime, part: Who = Who.FAMILY) -> bool:
    """A guardian takes consent back: the picture is erased at once, unless the card is being made. 撤回照片

    Returns whether there was one. Raises Refused while the card is being made.
    """
    with transaction.atomic():
        photo = Photo.objects.select_for_update().filter(person=person, pooling_area=area, purged_at__isnull=True)
        found = photo.first()
        if found is None:
            return False
        if Card.objects.filter(photo=found, state=CardState.ORDERED).exists():
            raise refusals.being_made()
        before, found.state, found.state_at = found.state, PhotoState.WITHDRAWN, at
        steps = [step(found, Act.WITHDRAW, before=before, part=part, reason=reason, at=at)]
        erase([found], because="withdrawn" if part is Who.FAMILY else "left", at=at)
        record(steps)
        return True


def _replaced(former: Photo, by: Appointment | None, at: datetime) -> None:
    before, former.state, former.state_at = former.state, PhotoState.REPLACED, at
    erase([former], because="replaced", at=at)
    record([step(former, Act.REPLACE, before=before, by=by, at=at)])


def _way(by: Appointment | None) -> str:
    if by is None:
        return "family"
    return "community" if by.desk == Desk.COMMUNITY else "school"
