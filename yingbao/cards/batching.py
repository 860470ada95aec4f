"""Batches to the card centre: who is in one, and what of it the centre makes a card. 制卡批次"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max

from yingbao.agents.models import Appointment
from yingbao.cards import refusals
from yingbao.cards.lifecycle import Act, CardState, PhotoState
from yingbao.cards.models import Batch, Card, Photo, Picture
from yingbao.cards.needing import money_days, photo_day, ready_on, rule_of, to_order
from yingbao.cards.recording import record, step
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day
from yingbao.people.models import IdentityDocument
from yingbao.sealing import sealed

MOST = 1_000
"""cards in a batch: some 20 MB of pictures"""


def make(*, season: Season, by: Appointment, at: datetime, most: int = MOST) -> Batch:
    """Order cards for those whose money and photo are in, who came first before those who came later. 生成批次

    Raises Refused if there is nobody. Two at once: the season's row is held, so the second finds who is left.
    """
    rule = rule_of(season)
    with transaction.atomic():
        Season.objects.select_for_update().get(pk=season.pk)
        found = list(to_order(season).order_by("state_at", "pk")[:most])
        if not found:
            raise refusals.nothing_to_order()
        persons = [one.person_id for one in found]
        # Whoever replaces or rejects a photo waits here, and finds its card ordered.
        photos = {
            one.person_id: one
            for one in Photo.objects.select_for_update()
            .filter(person__in=persons, pooling_area=season.pooling_area, purged_at__isnull=True)
            .order_by("pk")
        }
        found = [one for one in found if _is_accepted(photos.get(one.person_id))]
        if not found:
            raise refusals.nothing_to_order()
        number = Batch.objects.filter(pooling_area=season.pooling_area).aggregate(last=Max("number"))["last"] or 0
        batch = Batch.objects.create(
            season=season, pooling_area=season.pooling_area, number=number + 1, heads=len(found), made_by=by.user,
            made_at=at,
        )  # fmt: skip
        money, lost = money_days(found), _lost(found, season.pooling_area)
        cards = Card.objects.bulk_create(
            _card(batch, line, photos.get(one.person_id), one, ready_on(
                rule, money[one.pk], photo_day(photos.get(one.person_id)), lost.get(one.person_id)), money[one.pk])
            for line, one in enumerate(found, 1)
        )  # fmt: skip
        record([step(one, Act.ORDER, by=by, at=at) for one in cards])
        return batch


def _is_accepted(photo: Photo | None) -> bool:
    """A young child's card has no photo; one that was replaced in this very moment waits for a look again."""
    return photo is None or photo.state == PhotoState.ACCEPTED


def _lost(found: list[Enrolment], area: str) -> dict[int, date]:
    """When a former card was reported lost, by person: its successor is not ready before a month is over. 挂失日期"""
    rows = Card.objects.filter(
        person__in=[one.person_id for one in found], pooling_area=area, state=CardState.LOST
    ).order_by("state_at")
    return {one.person_id: china_day(one.state_at) for one in rows}


def _card(batch: Batch, line: int, photo: Photo | None, one: Enrolment, ready: date, money_on: date) -> Card:
    return Card(
        person_id=one.person_id, pooling_area=batch.pooling_area, batch=batch, line=line, photo=photo,
        state=CardState.ORDERED, state_at=batch.made_at, money_on=money_on, photo_on=photo_day(photo), ready_on=ready,
    )  # fmt: skip


class Line(NamedTuple):
    """What the centre is told of one card. 制卡明细"""

    line: int
    name: str
    identity_kind: str
    identity_number: str
    sex: str
    birth_date: date | None
    picture: bytes | None
    """none for a child too young to need one"""


def lines(batch: Batch) -> Iterator[Line]:
    """The lines of a batch that are still to be made, whole numbers and pictures unsealed one by one. 制卡明细"""
    cards = list(Card.objects.filter(batch=batch, state=CardState.ORDERED).select_related("person").order_by("line"))
    documents = {
        one.person_id: one
        for one in IdentityDocument.objects.filter(person__in=[c.person_id for c in cards], replaced_at__isnull=True)
    }
    for card in cards:
        document = documents.get(card.person_id)
        picture = Picture.objects.filter(photo=card.photo_id).values_list("sealed", flat=True).first()
        yield Line(
            card.line or 0, card.person.name, document.kind if document else "",
            sealed.unseal(document.number_cipher) if document else "", card.person.sex, card.person.birth_date,
            sealed.unseal_bytes(picture) if picture is not None else None,
        )  # fmt: skip
