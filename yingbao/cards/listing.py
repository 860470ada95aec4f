"""An agent's children and how far each has come to a card, class by class. 单位制卡名单"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from yingbao.agents.models import Organisation
from yingbao.cards.lifecycle import CardState, PhotoState
from yingbao.cards.models import Card, Photo
from yingbao.cards.needing import Standing, photo_needed_until, with_standing
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of
from yingbao.people.grades import grade_name
from yingbao.people.models import IdentityDocument, SchoolRoll


class Pupil(NamedTuple):
    """One child as the list shows it. 名单行"""

    enrolment: int
    person: int
    name: str
    number: str
    """masked"""
    class_label: str
    """grade and class: 三年级2班; empty at a community"""
    standing: Standing
    needs_photo: bool
    paid: bool
    photo: int | None
    card: int | None
    ready_on: date | None
    last_digits: str
    again: str
    """why a photo was rejected, a card not made or lost, where that is the last that happened"""


def pupils(season: Season, organisation: Organisation) -> list[Pupil]:
    """All of an agent's children who enrol, by class and name. 制卡名单"""
    rows: list[Any] = list(
        with_standing(season)
        .filter(organisation=organisation)
        .select_related("person")
        .order_by("person__name_pinyin", "pk")
    )
    people = [one.person_id for one in rows]
    current = IdentityDocument.objects.filter(person__in=people, replaced_at__isnull=True)
    numbers = dict(current.values_list("person", "number_masked"))
    classes, cards, again = _classes(organisation), _cards(rows), _again(people, season.pooling_area)
    last = photo_needed_until(policy_of(season))
    found = []
    for one in rows:
        card, (_, label) = cards.get(one.card_key), classes.get(one.person_id, ((9, 0, ""), ""))
        born = one.person.birth_date
        found.append(Pupil(
            one.pk, one.person_id, one.person.name, numbers.get(one.person_id, ""), label, Standing(one.standing),
            last is not None and (born is None or born <= last), one.state in ("paid", "exempt", "covered"),
            one.photo_key, one.card_key, card.ready_on if card else None, card.last_digits if card else "",
            "" if one.card_key or one.photo_key else again.get(one.person_id, ""),
        ))  # fmt: skip
    return sorted(found, key=lambda pupil: classes.get(pupil.person, ((9, 0, ""), ""))[0])


def _classes(organisation: Organisation) -> dict[int, tuple[tuple[int, int, str], str]]:
    """The class of each child on the roll: to sort by, and in words."""
    stages = ("kindergarten", "primary", "junior", "senior", "vocational", "special")
    rolls = SchoolRoll.objects.filter(school=organisation, left_on__isnull=True)
    return {
        person: ((stages.index(stage), grade or 0, name), f"{grade_name(stage, grade).zh}{name}")
        for person, stage, grade, name in rolls.values_list("person", "stage", "grade", "class_name")
    }


def _cards(rows: Iterable[Any]) -> dict[int | None, Card]:
    keys = [key for one in rows if (key := one.card_key)]
    return {one.pk: one for one in Card.objects.filter(pk__in=keys)}


def _again(people: list[int], area: str) -> dict[int, str]:
    """Why children have to begin anew, by the last thing that went wrong. 重办原因"""
    photos = Photo.objects.filter(person__in=people, pooling_area=area, state=PhotoState.REJECTED)
    cards = Card.objects.filter(person__in=people, pooling_area=area, state__in=[CardState.REFUSED, CardState.LOST])
    said = [*photos.values_list("state_at", "person", "reason"), *cards.values_list("state_at", "person", "reason")]
    return {person: reason for _, person, reason in sorted(said)}
