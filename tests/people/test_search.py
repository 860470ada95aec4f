"""A person is found by number, name, pinyin, and a mixture. 查找人员"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.people.conftest import AT, resident_id, roll_at
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson, add_people
from yingbao.people.models import Person
from yingbao.people.search import search

NAMES = ("张晓明", "张小明", "章晓敏", "单田芳", "欧阳娜娜", "买买提·艾力", "Anna Berg", "O’Brien Mary", "王䶮", "𠮷野")


@pytest.fixture(params=["among few", "few anywhere", "many anywhere"])
def crowd(db, request, monkeypatch):
    """Some people, looked for in each of the three ways that the number of people and of answers leads to."""
    add_people([NewPerson(name=name) for name in NAMES], at=AT)
    if request.param != "among few":
        monkeypatch.setattr("yingbao.people.search.NARROW", 0)
    if request.param == "many anywhere":
        monkeypatch.setattr("yingbao.people.search.FEW", 0)


def found(text: str) -> set[str]:
    return {person.name_original for person in search(Person.objects.all(), text)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张晓明", {"张晓明"}),
        (" 张 晓 明 ", {"张晓明"}),
        ("晓", {"张晓明", "章晓敏"}),
        ("明", {"张晓明", "张小明"}),
        ("明晓", set()),
        ("zhang", {"张晓明", "张小明", "章晓敏"}),
        ("ZhangXiaoming", {"张晓明", "张小明"}),
        ("zhang xiao ming", {"张晓明", "张小明"}),
        ("xiaoming", {"张晓明", "张小明"}),
        ("zxm", {"张晓明", "张小明", "章晓敏"}),
        ("xm", {"张晓明", "张小明", "章晓敏"}),
        ("张xm", {"张晓明", "张小明"}),
        ("zhang晓", {"张晓明", "章晓敏"}),
        ("zhang 晓", {"张晓明", "章晓敏"}),
        ("shan", {"单田芳"}),
        ("dan", set()),
        ("ouyang", {"欧阳娜娜"}),
        ("娜娜", {"欧阳娜娜"}),
        ("买买提艾力", {"买买提·艾力"}),
        ("买买提•艾力", {"买买提·艾力"}),
        ("艾力", {"买买提·艾力"}),
        ("anna b", {"Anna Berg"}),
        ("berg", {"Anna Berg"}),
        ("OBrien", {"O’Brien Mary"}),
        ("o'brien m", {"O’Brien Mary"}),
        ("䶮", {"王䶮"}),
        ("𠮷", {"𠮷野"}),
        ("·", set()),
        ("%", set()),
        ("a' | 'b", set()),
        ("\\", set()),
        ("':*", set()),
    ],
)
def test_a_name_is_found_by_its_parts_its_pinyin_and_its_initials(crowd, text, names):
    assert found(text) == names


def test_nothing_said_finds_everyone(crowd):
    assert found("　 ") == set(NAMES)


class AnythingTyped(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=30))
    def test_whatever_is_typed_is_answered_and_never_crashes(self, text: str) -> None:
        add_people([NewPerson(name="张晓明")], at=AT)
        assert found(text) <= {"张晓明"}


NUMBER = resident_id(date(2010, 5, 6), 41)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER, NUMBER.lower(), f" {NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]} ", "T320000001", f"G{NUMBER}",
        "13812345678", "138-1234-5678", "１３８１２３４５６７８",
    ],
)  # fmt: skip
def test_a_person_is_found_by_every_number_that_is_theirs(child, school, text):
    person = child(
        documents=(NewDocument("birth_certificate", "T320000001"), NewDocument("resident_id", NUMBER)),
        rolls=(roll_at(school, roll_number=f"G{NUMBER}"),),
        guardians=(NewGuardian("张大山", "father", "320508", "13812345678"),),
    )
    child()
    child(guardians=())
    result = set(search(Person.objects.all(), text))
    assert person in result
    assert len(result) == (2 if "5678" in text or "５" in text else 1)


@pytest.mark.parametrize("text", [NUMBER[:17], NUMBER[6:14], "1381234", "320508"])
def test_a_part_of_a_number_finds_nobody(child, text):
    child(documents=(NewDocument("resident_id", NUMBER),))
    assert not search(Person.objects.all(), text)


@pytest.mark.parametrize(("narrow", "few"), [(10, 10), (0, 10), (0, 0)])
def test_a_search_stays_within_those_whom_the_searcher_may_see(child, school, other_school, monkeypatch, narrow, few):
    monkeypatch.setattr("yingbao.people.search.NARROW", narrow)
    monkeypatch.setattr("yingbao.people.search.FEW", few)
    here = child(rolls=(roll_at(school),))
    child(rolls=(roll_at(other_school),))
    assert list(search(Person.objects.on_roll_of([school]), "张晓明")) == [here]
    assert list(search(Person.objects.on_roll_of([school]), resident_id(serial=1))) == [here]
    assert not search(Person.objects.on_roll_of([school]), resident_id(serial=2))


def test_a_corrected_name_is_found_by_the_new_name_alone(child):
    person = child()
    Person.objects.filter(pk=person.pk).update(name="李安", name_pinyin="li an", name_initials="la")
    assert list(search(Person.objects.all(), "la")) == [person]
    assert not search(Person.objects.all(), "zxm")
