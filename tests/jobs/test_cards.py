"""The morning's job over a winter: a card is ready a month after money and photo, and its picture goes. 每日制卡"""

from __future__ import annotations

from datetime import date

import pytest

from tests.cards.building import accepted, answered, operator, paid, photo
from tests.enrolment.building import at, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.cards import batching, handing
from yingbao.cards.models import Card, CardStep, Photo, Picture
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import open_season
from yingbao.jobs.cards import bring_up_to_date
from yingbao.messages.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def season(db: None) -> Season:
    return open_season(policy_id="320500/2020", at=at("2019-09-01"))


@pytest.fixture
def school(season: Season) -> Organisation:
    return organisation(name="枕波小学")


@pytest.fixture
def teacher(school: Organisation) -> Appointment:
    return clerk(school)


def morning(day: str, hour: int = 8) -> None:
    """What the queue has done at half past eight of that day or thereabouts."""
    bring_up_to_date(at=at(day, hour))


def states() -> dict[int, str]:
    return dict(Card.objects.values_list("person", "state"))


@pytest.mark.parametrize(
    ("money", "photographed", "day_before", "day"),
    [
        ("2019-11-04", "2019-11-08", "2019-12-07", "2019-12-08"),
        ("2019-11-30", "2019-10-12", "2019-12-29", "2019-12-30"),
        ("2019-09-15", "2019-10-31", "2019-11-29", "2019-11-30"),
        ("2019-11-28", "2019-11-29", "2019-12-28", "2019-12-29"),
    ],
)
def test_a_card_is_ready_on_the_day_one_month_after_the_later_of_money_and_photo(
    season, school, teacher, money, photographed, day_before, day
):
    (one,) = paid(season, school, at=at(money))
    accepted(one, teacher, at=at(photographed))
    centre = operator()
    later = max(money, photographed)
    answered(batching.make(season=season, by=centre, at=at(later, 17)), centre, at=at(later, 18))
    morning(day_before, hour=23)
    assert states() == {one.person_id: "made"}
    assert not Message.objects.filter(kind="cards_ready").exists()
    # In China the day has begun; in UTC it is the day before still.
    morning(day, hour=0)
    assert states() == {one.person_id: "ready"}
    assert Card.objects.get().ready_on == date.fromisoformat(day)
    told = Message.objects.filter(kind="cards_ready", user=teacher.user)
    assert told.count() == 1
    morning(day)
    assert told.count() == 1


def test_the_picture_of_a_card_that_was_handed_out_is_gone_the_next_morning_and_what_was_decided_stays(
    season, school, teacher
):
    centre = operator()
    taken, left, waiting = paid(season, school, 3, at=at("2019-11-04"))
    for each in (taken, left):
        accepted(each, teacher, at=at("2019-11-08"))
    photo(waiting, teacher, at=at("2019-11-08"))
    answered(batching.make(season=season, by=centre, at=at("2019-11-12")), centre, at=at("2019-11-25"))
    morning("2019-12-08")
    assert Picture.objects.count() == 3
    card = Card.objects.get(person=taken.person)
    assert handing.hand_out(cards=[card.pk], by=teacher, at=at("2019-12-08", 16)) == 1
    morning("2019-12-09")
    gone = Photo.objects.get(person=taken.person)
    assert (gone.purged_because, gone.state) == ("handed_out", "accepted")
    assert gone.purged_at == at("2019-12-09", 8)
    assert {row.photo.person_id for row in Picture.objects.all()} == {left.person_id, waiting.person_id}
    assert CardStep.objects.filter(person=taken.person, act="purge").count() == 1
    # Made on 25 November and not fetched: kept for thirty days, should the card show another child.
    morning("2019-12-25", hour=9)
    assert Picture.objects.count() == 2
    morning("2019-12-26")
    assert [row.photo.person_id for row in Picture.objects.all()] == [waiting.person_id]
    assert Photo.objects.get(person=left.person).purged_because == "made"
    assert states()[left.person_id] == "ready"
    # A second run of the same morning erases nothing twice.
    morning("2019-12-26")
    assert CardStep.objects.filter(act="purge").count() == 2


@pytest.mark.parametrize(("reason", "kept"), [("照片模糊", 0), ("信息不符", 1)])
def test_the_picture_of_a_card_that_was_not_made_stays_only_where_it_was_not_the_photos_fault(
    season, school, teacher, reason, kept
):
    centre = operator()
    (one,) = paid(season, school, at=at("2019-11-04"))
    accepted(one, teacher, at=at("2019-11-08"))
    answered(batching.make(season=season, by=centre, at=at("2019-11-12")), centre, at=at("2019-11-25"),
             refuse={1: reason})  # fmt: skip
    morning("2019-11-26")
    assert Picture.objects.count() == kept
    Enrolment.objects.filter(pk=one.pk).update(state="withdrawn", reason="随父母转往外地")
    morning("2019-11-27")
    assert Picture.objects.count() == 0
