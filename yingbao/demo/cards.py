"""Cards in Suzhou when the demonstration begins: most hold one, some photos wait, batches are under way. 演示制卡

The pictures are drawn by program. A first batch is of last school year's latecomers, so that there are cards to hand
out in November; those who pay now have theirs in December.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.cards import batching, deciding
from yingbao.cards.lifecycle import Act, CardState, PhotoState, Who
from yingbao.cards.models import Batch, Card, CentreFile, Photo, Picture
from yingbao.cards.needing import photo_needed_until, to_order
from yingbao.cards.recording import record, step
from yingbao.demo.portraits import SHIRTS, portrait
from yingbao.enrolment.lifecycle import ENROLLED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import policy_of
from yingbao.sealing import sealed
from yingbao.values.clock import CHINA

HOLDERS_IN = datetime(2019, 9, 3, 10, 0, tzinfo=CHINA)
FORMER = datetime(2019, 9, 20, 9, 0, tzinfo=CHINA)
MADE = datetime(2019, 10, 16, 15, 0, tzinfo=CHINA)
PHOTOS = datetime(2019, 11, 9, 10, 30, tzinfo=CHINA)
ORDERED = datetime(2019, 11, 11, 9, 10, tzinfo=CHINA)
OF_EACH = 17
"""children of each school that appear here; the rest of its first-timers still lack their photos"""

_HOLDERS = """
    INSERT INTO cards_card (person_id, pooling_area, state, state_at, last_digits, reason, how, held_on)
    SELECT e.person_id, %(area)s, 'held', %(at)s, lpad((e.person_id * 7919 %% 10000)::text, 4, '0'), '', 'listed',
           %(on)s
    FROM enrolment_enrolment e
    WHERE e.season_id = %(season)s AND e.person_id <> ALL(%(spared)s) AND EXISTS (
        SELECT FROM people_basicregistration r
        WHERE r.person_id = e.person_id AND r.pooling_area = %(area)s AND r.registered_on < %(on)s)"""


def prepare(season: Season, schools: Sequence[Organisation], clerks: Mapping[int, Appointment]) -> None:
    """Put cards and photos where one would look for them first. 准备演示制卡"""
    seat = Appointment.objects.filter(
        desk=Desk.CARD, organisation__pooling_area=season.pooling_area
    ).select_related("user", "organisation").first()  # fmt: skip
    if seat is None:
        return
    chosen = {school.pk: _older(season, school) for school in schools[:4]}
    _know_holders(season, seat, [one.person_id for rows in chosen.values() for one in rows])
    pictures = [_drawn(shirt) for shirt in SHIRTS]
    former = [one for rows in chosen.values() for one in rows[:6]]
    if former:
        _former_batch(season, seat, former)
    for key, rows in chosen.items():
        _photos(season, clerks[key], seat, rows[6:], pictures)
    if to_order(season).exists():
        batching.make(season=season, by=seat, at=ORDERED, most=max(1, to_order(season).count() // 2))


def _older(season: Season, school: Organisation) -> list[Enrolment]:
    """Children of a school who need a photo, some of whom owe nothing any more. 演示对象"""
    rows = Enrolment.objects.filter(
        season=season, organisation=school, state__in=sorted(ENROLLED),
        person__birth_date__lte=photo_needed_until(policy_of(season)),
    )  # fmt: skip
    return list(rows.select_related("person").order_by("-state", "person__name_pinyin", "pk")[:OF_EACH])


def _know_holders(season: Season, seat: Appointment, spared: list[int]) -> None:
    values: dict[str, Any] = {
        "area": season.pooling_area,
        "at": HOLDERS_IN,
        "on": HOLDERS_IN.date(),
        "season": season.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, values | {"spared": spared})
        count = cursor.rowcount
    CentreFile.objects.create(
        pooling_area=season.pooling_area, kind="holders", sha256="0" * 64, uploaded_by=seat.user,
        uploaded_at=HOLDERS_IN, rows=count, taken=count,
    )  # fmt: skip


def _former_batch(season: Season, seat: Appointment, rows: list[Enrolment]) -> None:
    """A batch of September: made, and ready since October. 上季批次"""
    batch = Batch.objects.create(
        season=season, pooling_area=season.pooling_area, number=1, heads=len(rows), made_by=seat.user, made_at=FORMER,
        answered_at=MADE,
    )  # fmt: skip
    cards = Card.objects.bulk_create(
        Card(
            person_id=one.person_id, pooling_area=batch.pooling_area, batch=batch, line=line, state=CardState.READY,
            state_at=MADE, money_on=date(2019, 9, 16), photo_on=date(2019, 9, 18), ready_on=date(2019, 10, 18),
            last_digits=f"{line * 7 % 10_000:04}",
        )
        for line, one in enumerate(rows, 1)
    )  # fmt: skip
    record([step(one, Act.ANNOUNCE, before=CardState.MADE, part=Who.PROGRAM, at=MADE) for one in cards])


def _photos(
    season: Season, clerk: Appointment, seat: Appointment, rows: list[Enrolment], pictures: list[bytes]
) -> None:
    """Photos of a school: some wait, some with a doubt, one to be taken again, the others accepted. 演示照片"""
    photos = Photo.objects.bulk_create(
        Photo(
            person_id=one.person_id, pooling_area=season.pooling_area, state=PhotoState.WAITING, state_at=PHOTOS,
            doubts=["background"] if number == 2 else ["face_aside"] if number == 5 else [],
            came_by="family" if number % 3 == 0 else "school", handed_in_by=clerk.user if number % 3 else None,
            handed_in_at=PHOTOS,
        )
        for number, one in enumerate(rows)
    )  # fmt: skip
    Picture.objects.bulk_create(
        Picture(photo=one, sealed=sealed.seal_bytes(pictures[number % len(pictures)]))
        for number, one in enumerate(photos)
    )
    record([step(one, Act.HAND_IN, by=clerk, at=PHOTOS) for one in photos])
    deciding.accept(photos=[one.pk for one in photos[6:]], by=seat, at=PHOTOS)
    if photos:
        deciding.reject(photo=photos[0], reason="闭眼、侧脸或有遮挡", by=seat, at=PHOTOS)


def _drawn(shirt: str) -> bytes:
    out = io.BytesIO()
    portrait((358, 441), shirt=shirt).save(out, "JPEG", quality=88)
    return out.getvalue()
