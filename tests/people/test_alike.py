"""Records that may be one child are found by name, sound or a guardian's phone. 疑似重复"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.people.alike import WHY, pairs_among, say_apart
from yingbao.people.bulk import named
from yingbao.people.models import Guardian, IdentityDocument, Person
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db
BORN = date(2012, 5, 4)
ALL = "SELECT id AS person_id FROM people_person"


@pytest.fixture
def place():
    return organisation()


def born(place, name: str, *, kind: str = "resident_id", sex: str = "", phone: str = "", day: date = BORN) -> Person:
    person = child(place, name=name)
    called = dict(zip(("name", "name_original", "name_pinyin", "name_initials"), named(name), strict=True))
    Person.objects.filter(pk=person.pk).update(birth_date=day, sex=sex, **called)
    IdentityDocument.objects.filter(person=person).update(kind=kind)
    Guardian.objects.filter(person=person).delete()
    if phone:
        cipher, index, masked = sealed.phone(phone)
        Guardian.objects.create(person=person, position=1, phone_cipher=cipher, phone_index=index, phone_masked=masked)
    return person


def found() -> list[str]:
    return [pair.why for pair in pairs_among(ALL, {})]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"name": "张晓明"}, {"name": "张晓明"}, ["name"]),
        ({"name": "张晓明"}, {"name": "張曉明"}, ["sound"]),
        ({"name": "张晓明", "sex": "male"}, {"name": "章小明", "sex": "male"}, ["sound"]),
        ({"name": "张晓明", "sex": "male"}, {"name": "章小明", "sex": "female"}, []),
        ({"name": "张晓明"}, {"name": "章小明", "day": date(2012, 5, 5)}, []),
        ({"name": "玛丽"}, {"name": "张晓明", "phone": "13800000001"}, []),
        ({"name": "玛丽", "phone": "13800000001"}, {"name": "张晓明", "phone": "13800000001"}, ["phone"]),
        ({"name": "张晓明", "phone": "13800000001"}, {"name": "张晓明", "phone": "13800000001"}, ["name"]),
    ],
)
def test_a_pair_is_shown_once_with_its_strongest_reason(place, one, other, why):
    born(place, kind="passport", **one)
    born(place, **other)
    assert found() == why
    assert all(each in WHY for each in why)


def test_two_numbers_that_stay_for_life_are_two_children(place):
    for _ in range(2):
        born(place, "张晓明", phone="13800000001")
    assert found() == []


def test_what_somebody_said_to_be_two_people_is_not_shown_again(place):
    one, other = born(place, "玛丽", kind="passport", phone="13800000001"), born(place, "丽丽", phone="13800000001")
    say_apart(one=one, other=other, reason="双胞胎", by=clerk(place).user, at=AT)
    assert found() == []
