"""What clerks do to one person's data: checked, written down, harmless when said twice. 人员业务"""

from __future__ import annotations

import threading
from datetime import date

import msgspec
import pytest
from django.db import connection

from tests.people.conftest import AT, resident_id
from yingbao.people import history
from yingbao.people.actions import add_person, correct, move_hukou, replace_document, set_guardian
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson, NumberTaken
from yingbao.people.models import Change, IdentityDocument, Person
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused

BORN = date(2010, 5, 6)
NUMBER = resident_id(BORN, 78)
CERTIFICATE = NewDocument("birth_certificate", "T320000001")
RIGHT = NewPerson(
    name="张晓明",
    hukou="320508",
    documents=(NewDocument("resident_id", NUMBER.lower()),),
    guardians=(NewGuardian("张大山", "father", "320508", "138-1234-5678", resident_id(date(1985, 1, 1))),),
)


@pytest.mark.django_db
class TestAddPerson:
    def test_sex_and_birth_date_come_from_the_number(self, clerk):
        person = add_person(person=RIGHT, by=clerk, at=AT)
        assert (person.birth_date, person.sex) == (BORN, "female")
        assert sealed.unseal(person.documents.get().number_cipher) == NUMBER
        assert sealed.unseal(person.guardians.get().phone_cipher) == "13812345678"
        assert history.of(person).filter(actor=clerk, source="desk", at=AT).count() == 3

    def test_a_passport_tells_nothing_and_what_was_said_stands(self, clerk):
        said = NewPerson(
            name="Anna Berg", sex="female", birth_date=BORN, documents=(NewDocument("passport", "E1234567"),)
        )
        person = add_person(person=said, by=clerk, at=AT)
        assert (person.name_pinyin, person.birth_date, person.hukou) == ("anna berg", BORN, "")

    @pytest.mark.parametrize(
        ("wrong", "where"),
        [
            ({"name": " "}, "name"),
            ({"name": "张三123号"}, "name"),
            ({"documents": (NewDocument("resident_id", NUMBER[:-1] + "0"),)}, "number"),
            ({"documents": (NewDocument("library_card", "1"),)}, "kind"),
            ({"birth_date": date(2010, 5, 7)}, "birth_date"),
            ({"hukou": "999999"}, "hukou"),
            ({"guardians": (NewGuardian("张大山", phone="1381234"),)}, "phone"),
            ({"guardians": (NewGuardian("张大山", number=NUMBER[:-1] + "0"),)}, "number"),
            ({"guardians": (NewGuardian("张大山", hukou="3205"),)}, "hukou"),
        ],
    )
    def test_what_cannot_be_right_is_refused_with_its_field_and_nobody_is_added(self, wrong, where):
        with pytest.raises(Refused) as refused:
            add_person(person=msgspec.structs.replace(RIGHT, **wrong), by=None, at=AT)
        assert refused.value.where == where
        assert not Person.objects.exists()

    def test_nobody_is_added_twice(self):
        add_person(person=RIGHT, by=None, at=AT)
        with pytest.raises(NumberTaken):
            add_person(person=RIGHT, by=None, at=AT)


@pytest.mark.django_db
class TestReplaceDocument:
    def test_a_newborns_certificate_gives_way_to_the_number_and_still_finds_the_child(self, child, clerk):
        newborn = child(documents=(CERTIFICATE,), sex="")
        replace_document(person=newborn, document=NewDocument("resident_id", NUMBER), by=clerk, at=AT)
        newborn.refresh_from_db()
        assert newborn.sex == "female"
        assert newborn.documents.get(replaced_at__isnull=True).kind == "resident_id"
        assert newborn.documents.get(replaced_at=AT).kind == "birth_certificate"

    def test_the_same_document_again_changes_nothing(self, child, clerk):
        person = child(documents=(CERTIFICATE,))
        replace_document(person=person, document=NewDocument("resident_id", NUMBER), by=clerk, at=AT)
        before = Change.objects.count()
        replace_document(person=person, document=NewDocument("resident_id", NUMBER.lower()), by=clerk, at=AT)
        assert Change.objects.count() == before

    def test_a_document_had_before_becomes_current_again(self, child, clerk):
        person = child(documents=(CERTIFICATE, NewDocument("passport", "E1234567")))
        replace_document(person=person, document=CERTIFICATE, by=clerk, at=AT)
        current = person.documents.get(replaced_at__isnull=True)
        assert (current.kind, person.documents.count()) == ("birth_certificate", 2)

    def test_a_kind_that_was_entered_wrongly_is_put_right(self, child, clerk):
        person = child(documents=(NewDocument("passport", "C12345678"),))
        replace_document(person=person, document=NewDocument("hk_mo_permit", "H12345678"), by=clerk, at=AT)
        IdentityDocument.objects.filter(person=person, replaced_at__isnull=True).update(kind="passport")
        replace_document(person=person, document=NewDocument("hk_mo_permit", "H12345678"), by=clerk, at=AT)
        assert person.documents.get(replaced_at__isnull=True).kind == "hk_mo_permit"

    def test_a_number_of_somebody_else_is_refused_masked(self, child, clerk):
        child(documents=(NewDocument("resident_id", NUMBER),))
        newborn = child(documents=(CERTIFICATE,))
        with pytest.raises(NumberTaken) as taken:
            replace_document(person=newborn, document=NewDocument("resident_id", NUMBER), by=clerk, at=AT)
        assert NUMBER not in taken.value.said("zh")
        assert newborn.documents.get().replaced_at is None

    def test_a_number_with_another_birth_date_is_refused(self, child, clerk):
        newborn = child(documents=(CERTIFICATE,), birth_date=date(2010, 5, 7))
        with pytest.raises(Refused) as refused:
            replace_document(person=newborn, document=NewDocument("resident_id", NUMBER), by=clerk, at=AT)
        assert refused.value.where == "birth_date"


@pytest.mark.django_db
class TestCorrect:
    def test_only_what_is_named_changes(self, child, clerk):
        person = child()
        correct(person=person, name="单晓明", residence_permit=True, by=clerk, at=AT)
        person.refresh_from_db()
        assert (person.name, person.name_pinyin, person.name_initials) == ("单晓明", "shan xiaoming", "sxm")
        assert (person.residence_permit, person.hukou, person.birth_date) == (True, "320508", BORN)
        assert history.of(person).first().before == {
            "name": "张晓明", "name_original": "张晓明", "name_pinyin": "zhang xiaoming", "name_initials": "zxm",
            "residence_permit": False,
        }  # fmt: skip

    def test_correcting_to_what_is_there_changes_nothing(self, child, clerk):
        person = child()
        before = Change.objects.count()
        correct(person=person, name="张晓明", hukou="320508", sex="male", birth_date=BORN, by=clerk, at=AT)
        assert Change.objects.count() == before

    @pytest.mark.parametrize(
        ("wrong", "where"), [({"sex": "male"}, "sex"), ({"birth_date": date(2011, 1, 1)}, "birth_date")]
    )
    def test_what_the_number_contradicts_is_refused(self, child, clerk, wrong, where):
        person = child(documents=(NewDocument("resident_id", NUMBER),), sex="female")
        with pytest.raises(Refused) as refused:
            correct(person=person, by=clerk, at=AT, **wrong)
        assert refused.value.where == where

    def test_a_hukou_moves_with_who_noted_it(self, child, clerk):
        person = child()
        move_hukou(person=person, division="500103", by=clerk, at=AT)
        change = history.of(person).first()
        assert (change.before, change.after, change.actor) == ({"hukou": "320508"}, {"hukou": "500103"}, clerk)

    def test_a_hukou_that_does_not_exist_is_refused(self, child, clerk):
        with pytest.raises(Refused, match="no division with the code 123456"):
            move_hukou(person=child(), division="123456", by=clerk, at=AT)


@pytest.mark.django_db
class TestSetGuardian:
    def test_a_guardian_is_noted_replaced_and_left_alone(self, child, clerk):
        person = child(guardians=())
        for guardian in (NewGuardian("李红", "mother", "320506", "13812345678"), NewGuardian("李红", "mother", "", "")):
            set_guardian(person=person, position=1, guardian=guardian, by=clerk, at=AT)
            set_guardian(person=person, position=1, guardian=guardian, by=clerk, at=AT)
        row = person.guardians.get()
        assert (row.hukou, row.phone_cipher, row.phone_masked) == ("", None, "")
        assert history.of(person).filter(table_name="people_guardian").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clerks_giving_two_children_one_number_at_once_give_it_to_one(child):
    children = [child(documents=(NewDocument("birth_certificate", f"T32000000{n}"),)) for n in (1, 2)]
    together, outcomes = threading.Barrier(2), []

    def give(person: Person) -> None:
        together.wait()
        try:
            replace_document(person=person, document=NewDocument("resident_id", NUMBER), by=None, at=AT)
            outcomes.append("given")
        except NumberTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    clerks = [threading.Thread(target=give, args=(person,)) for person in children]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    assert sorted(outcomes) == ["given", "taken"]
    assert IdentityDocument.objects.filter(number_index=sealed.index_of(NUMBER)).count() == 1
    assert IdentityDocument.objects.filter(replaced_at__isnull=True).count() == 2
