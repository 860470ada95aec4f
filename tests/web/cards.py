"""A child's photo, card, batch and zip, for the table of who may open what. 市民卡的对象"""

from __future__ import annotations

from tests.enrolment.building import AT
from yingbao.agents.models import Appointment, Organisation
from yingbao.cards.models import Batch, Card, Photo, PhotoPack, Picture
from yingbao.enrolment.models import Season
from yingbao.people.models import Person
from yingbao.sealing.sealed import seal_bytes

PIXEL = b"\xff\xd8\xff\xd9"


def cards_of(place: Organisation, season: Season, of: Appointment, person: Person) -> dict[str, int]:
    """A photo whose picture is there, a card being made of it, its batch, and a zip that waits."""
    area = season.pooling_area
    photo = Photo.objects.create(person=person, pooling_area=area, state_at=AT, came_by="school", handed_in_at=AT)
    Picture.objects.create(photo=photo, sealed=seal_bytes(PIXEL))
    batch = Batch.objects.create(
        season=season, pooling_area=area, number=Batch.objects.filter(pooling_area=area).count() + 1, heads=1,
        made_by=of.user, made_at=AT,
    )  # fmt: skip
    card = Card.objects.create(
        person=person, pooling_area=area, batch=batch, line=1, photo=photo, state="ordered", state_at=AT,
        ready_on=AT.date(),
    )  # fmt: skip
    pack = PhotoPack.objects.create(
        organisation=place, season=season, sha256=f"{place.pk}", content_cipher=seal_bytes(b"PK"),
        uploaded_by=of.user, uploaded_at=AT,
    )  # fmt: skip
    return {"photo": photo.pk, "card batch": batch.pk, "card": card.pk, "photo pack": pack.pk, "card child": person.pk}
