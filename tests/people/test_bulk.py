"""Many persons at once, all of them or none. 批量建档"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.people.conftest import AT, SUZHOU, resident_id, roll_at
from yingbao.people import history
from yingbao.people.bulk import (
    NewAdmission,
    NewDocument,
    NewGuardian,
    NewListing,
    NewPerson,
    NewRegistration,
    NumberTaken,
    add_people,
)
from yingbao.people.models import Change, Guardian, IdentityDocument, Person, SchoolRoll
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db


def test_a_person_comes_with_all_that_is_known(school, other_school, civil_affairs):
    number = resident_id(serial=77)
    day = date(2019, 8, 1)
    row = NewPerson(
        name="买买提•艾力",
        sex="male",
        birth_date=date(2010, 5, 6),
        hukou="650102",
        residence_permit=True,
        documents=(NewDocument("birth_certificate", "T320000001"), NewDocument("resident_id", number)),
        guardians=(NewGuardian("艾力·吐逊", "father", "650102", "13812345678"), NewGuardian("", "mother", "320508")),
        rolls=(
            roll_at(other_school, grade=2, left_on=date(2019, 9, 30), leave_reason="transferred"),
            roll_at(school, roll_number=f"G{number}", class_name="2班", entered_on=date(2019, 10, 1)),
        ),
        registrations=(NewRegistration(SUZHOU, day, "school"),),
        admissions=(NewAdmission(SUZHOU, day),),
        listings=(NewListing("orphan", civil_affairs.pk, day, day + timedelta(days=90)),),
    )
    (number_of_person,) = add_people([row], at=AT)
    person = Person.objects.get(pk=number_of_person)
    assert (person.name, person.name_original) == ("买买提·艾力", "买买提•艾力")
    assert (person.name_pinyin, person.name_initials) == ("maimaiti aili", "mmtal")
    assert (person.residence_permit, person.created_at, person.merged_because) == (True, AT, "")
    old, new = person.documents.order_by("pk")
    assert (old.replaced_at, new.replaced_at) == (AT, None)
    assert sealed.unseal(new.number_cipher) == number
    assert bytes(new.number_index) == sealed.index_of(number)
    father, mother = person.guardians.order_by("position")
    assert (sealed.unseal(father.phone_cipher), father.phone_masked) == ("13812345678", "138****5678")
    assert (mother.phone_cipher, mother.phone_index, mother.hukou) == (None, None, "320508")
    left, current = person.rolls.order_by("pk")
    assert (left.leave_reason, current.left_on, current.class_name) == ("transferred", None, "2班")
    assert sealed.unseal(current.roll_number_cipher) == f"G{number}"
    assert person.registrations.get().channel == "school"
    assert person.points_admissions.get().admitted_on == day
    assert person.assisted_statuses.get().last == date(2019, 10, 30)


def test_ids_stand_in_the_order_of_the_rows(db):
    names = [f"甲{sign}" for sign in "一二三四五六七八九十"]
    ids = add_people([NewPerson(name=name) for name in names], at=AT)
    assert [Person.objects.get(pk=number).name for number in ids] == names


def test_adding_nobody_adds_nobody(db):
    assert add_people([], at=AT) == []


def test_everything_added_is_in_the_history_with_who_and_when(clerk, school):
    with history.by(clerk.pk, "roster 17"):
        add_people(
            [NewPerson(name="张晓明", documents=(NewDocument("passport", "E12345678"),), rolls=(roll_at(school),))],
            at=AT,
        )
    assert set(Change.objects.values_list("table_name", "actor", "source", "at")) == {
        (f"people_{table}", clerk.pk, "roster 17", AT) for table in ("person", "identitydocument", "schoolroll")
    }


def test_a_number_that_somebody_bears_is_refused_by_name_and_nobody_is_added(child):
    number = resident_id(serial=77)
    child(documents=(NewDocument("resident_id", number),))
    rows = [NewPerson(name="李四"), NewPerson(name="王五", documents=(NewDocument("resident_id", number.lower()),))]
    with pytest.raises(NumberTaken) as taken:
        add_people(rows, at=AT)
    assert taken.value.where == f"王五 {number[:3]}***********{number[-4:]}"
    assert Person.objects.count() == 1


def test_one_number_on_two_rows_is_refused(db):
    rows = [NewPerson(name=name, documents=(NewDocument("passport", "E12345678"),)) for name in ("李四", "王五")]
    with pytest.raises(NumberTaken):
        add_people(rows, at=AT)
    assert not Person.objects.exists()


def test_the_constraints_of_the_database_hold_for_many_as_for_one(school):
    with pytest.raises(IntegrityError, match="roll_grade_belongs_to_its_stage"), transaction.atomic():
        add_people([NewPerson(name="李四", rolls=(roll_at(school, grade=9),))], at=AT)
    assert not SchoolRoll.objects.exists()


def test_a_hundred_persons_cost_no_more_statements_than_one(school, django_assert_num_queries):
    def rows(count: int, serial: int) -> list[NewPerson]:
        return [
            NewPerson(
                name="李四",
                documents=(NewDocument("resident_id", resident_id(serial=serial + place)),),
                guardians=(NewGuardian("李大"),),
                rolls=(roll_at(school),),
            )
            for place in range(count)
        ]

    # A savepoint and its release, settings read, set and set back, ids, and one COPY for each of four tables.
    with django_assert_num_queries(10):
        add_people(rows(1, 0), at=AT)
    with django_assert_num_queries(10):
        add_people(rows(100, 1), at=AT)
    assert IdentityDocument.objects.count() == Guardian.objects.count() == 101
