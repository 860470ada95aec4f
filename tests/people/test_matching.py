"""Whom a row of a file means: by the number, and by the name in whatever form it was typed. 人员匹配"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people.conftest import resident_id
from yingbao.people.bulk import NewDocument
from yingbao.people.matching import Incoming, Match, match, name_key, same_name
from yingbao.sealing.sealed import index_of
from yingbao.values.names import cleaned

BORN = date(2010, 5, 6)
NUMBER = resident_id(BORN, 41)
DOCUMENT = (NewDocument("resident_id", NUMBER),)


def incoming(number: str, name: str = "张晓明", born: date | None = BORN) -> Incoming:
    return Incoming(index_of(number), name, born)


@pytest.mark.django_db
class TestMatch:
    def test_a_number_finds_its_person_however_it_is_written(self, child):
        person = child(documents=DOCUMENT)
        assert match([incoming(f" {NUMBER[:6]} {NUMBER[6:]}")]) == [Match(person.pk, "number")]

    def test_an_earlier_document_finds_the_person_too(self, child):
        person = child(documents=(NewDocument("birth_certificate", "T320000001"), *DOCUMENT))
        assert match([incoming("T320000001")]) == [Match(person.pk, "number")]

    def test_a_number_that_nobody_bears_is_somebody_new(self, child):
        child(documents=DOCUMENT)
        assert match([incoming(resident_id(BORN, 42), "李四")]) == [Match(None, "none")]

    def test_a_number_under_another_name_is_a_conflict_that_a_clerk_must_mend(self, child):
        person = child(documents=DOCUMENT)
        assert match([incoming(NUMBER, "张小明")]) == [Match(person.pk, "conflict")]

    def test_a_row_without_a_number_is_nobody_known(self, child):
        child(documents=DOCUMENT)
        assert match([Incoming(None, "张晓明", BORN)])[0].person_id is None

    def test_answers_stand_in_the_order_of_the_rows(self, child):
        people = [child(name=name) for name in ("甲一", "乙二", "丙三")]
        numbers = [resident_id(BORN, serial) for serial in (1, 2, 3)]
        rows = [incoming(number, person.name) for number, person in zip(numbers, people, strict=True)]
        assert [found.person_id for found in match([*reversed(rows), *rows])] == [
            person.pk for person in [*reversed(people), *people]
        ]

    def test_the_whole_file_costs_two_statements(self, child, django_assert_num_queries):
        child(documents=DOCUMENT)
        rows = [incoming(NUMBER), *(incoming(resident_id(BORN, serial), "李四") for serial in range(100, 400))]
        with django_assert_num_queries(2):
            assert len(match(rows)) == 301

    @pytest.mark.parametrize("kind", ["birth_certificate", "passport"])
    def test_a_new_number_of_someone_known_by_a_passing_document_is_pointed_out(self, child, kind):
        newborn = child(documents=(NewDocument(kind, "T320000001"),))
        assert match([incoming(NUMBER)]) == [Match(None, "none", alike=(newborn.pk,))]

    def test_someone_known_without_any_document_is_pointed_out(self, child):
        newborn = child(documents=())
        assert match([incoming(NUMBER)]) == [Match(None, "none", alike=(newborn.pk,))]

    def test_a_namesake_with_a_number_for_life_is_not_pointed_out(self, child):
        child(documents=DOCUMENT)
        assert match([incoming(resident_id(BORN, 42))]) == [Match(None, "none")]

    def test_a_namesake_born_on_another_day_is_not_pointed_out(self, child):
        child(documents=())
        assert (
            match([incoming(NUMBER, born=date(2010, 5, 7)), incoming(NUMBER, born=None)]) == [Match(None, "none")] * 2
        )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("买买提·艾力", "买买提•艾力"),
        ("买买提·艾力", "买买提艾力"),
        ("张 三", "张三"),
        ("Anna Berg", "ANNA  BERG"),
        ("O’Brien", "O'BRIEN"),
        ("Ａｎｎａ", "anna"),
        ("陈晓东", "陳曉東"[:2] + "东"),
        ("吕芳", "呂芳"),
        ("黄峰", "黃峯"),
        ("张\ue863", "张䶮"),
        ("张\ue816", "张𠂇"),
        ("𠮷田", "𠮷\U000e0100田"),
        ("金樂", "金\uf914"),
    ],
)
def test_two_ways_to_write_one_name_are_one_name(one, other):
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张晓明", "张小明"), ("于丹", "於丹"), ("日升", "日昇"), ("肖华", "萧华"), ("闫妮", "阎妮"), ("付强", "傅强"),
        ("宁静", "甯静"), ("吉田", "𠮷田"), ("张\ue000", "张\ue001"), ("Anna Berg", "Anna Borg"), ("明", "明明"),
    ],
)  # fmt: skip
def test_names_that_tell_two_people_apart_stay_apart(one, other):
    assert not same_name(one, other)


NAMES = st.text(st.characters(categories=["Lo", "Ll", "Lu"]), min_size=1, max_size=12)


@given(NAMES)
def test_a_name_is_the_same_as_its_cleaned_form(name):
    assert same_name(name, cleaned(name))


@given(NAMES)
def test_case_and_blanks_and_dots_tell_no_names_apart(name):
    assert name_key(f" {name}·{name} ") == name_key(name + name)
    assert name_key(name_key(name)) == name_key(name)
