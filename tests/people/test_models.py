"""What the database refuses by itself, whoever writes: each constraint is broken through plain SQL. 约束"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from tests.people.conftest import roll_at
from yingbao.people.bulk import NewAdmission, NewListing, NewRegistration
from yingbao.people.models import Person, SchoolRoll

pytestmark = pytest.mark.django_db


def refused(statement: str, constraint: str, **values: object) -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("name = ''", "person_has_a_name"),
        ("hukou = '3205'", "person_hukou_six_digits"),
        ("hukou = '苏州市姑苏区'", "person_hukou_six_digits"),
        ("merged_into_id = id, merged_because = 'x'", "person_not_merged_into_itself"),
        ("repaired_years = 1", "no_more_years_repaired_than_lapsed"),
    ],
)
def test_a_person_that_cannot_be_is_refused(child, change, constraint):
    child()
    refused(f"UPDATE people_person SET {change}", constraint)


def test_a_record_is_merged_with_a_reason_or_not_at_all(child):
    kept, gone = child(), child()
    change = "UPDATE people_person SET merged_into_id = %(kept)s WHERE id = %(gone)s"
    refused(change, "merging_has_a_reason", kept=kept.pk, gone=gone.pk)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("kind = 'library_card'", "identity_kind_known"),
        ("number_masked = '320508201005060018'", "identity_number_is_masked"),
        ("number_index = '\\x00'", "identity_number_index_is_an_index"),
        ("number_index = convert_to('320508201005060018', 'UTF8')", "identity_number_index_is_an_index"),
    ],
)
def test_a_document_that_shows_its_number_is_refused(child, change, constraint):
    child()
    refused(f"UPDATE people_identitydocument SET {change}", constraint)


def test_a_number_belongs_to_one_person_on_the_whole_platform(child):
    child()
    child()
    refused(
        "UPDATE people_identitydocument SET number_index = (SELECT min(number_index::text)::bytea "
        "FROM people_identitydocument)",
        "identity_number_belongs_to_one_person",
    )


def test_a_person_has_one_current_document(child):
    child()
    refused(
        "INSERT INTO people_identitydocument (person_id, kind, number_cipher, number_index, number_masked, added_at) "
        "SELECT person_id, 'passport', '', sha256('other'), 'E*', now() FROM people_identitydocument",
        "one_current_document_per_person",
    )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("position = 3", "at_most_two_guardians"),
        ("relation = 'neighbour'", "guardian_relation_known"),
        ("hukou = '32050'", "guardian_hukou_six_digits"),
        ("phone_masked = '13812345678'", "guardian_phone_sealed_and_masked"),
        ("phone_index = NULL", "guardian_phone_sealed_and_masked"),
        ("number_masked = '320***'", "guardian_number_sealed_and_masked"),
        ("number_cipher = '\\x01'", "guardian_number_sealed_and_masked"),
    ],
)
def test_a_guardian_whose_numbers_are_not_sealed_is_refused(child, change, constraint):
    child()
    refused(f"UPDATE people_guardian SET {change}", constraint)


def test_two_guardians_do_not_stand_in_one_place(child):
    child()
    refused(
        "INSERT INTO people_guardian (person_id, position, name, relation, hukou, phone_masked, number_masked) "
        "SELECT person_id, position, 'x', '', '', '', '' FROM people_guardian",
        "guardian_position_unique",
    )


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("grade = 7", "roll_grade_belongs_to_its_stage"),
        ("stage = 'junior', grade = 4", "roll_grade_belongs_to_its_stage"),
        ("stage = 'university', grade = NULL", "roll_stage_known"),
        ("left_on = '2019-10-01'", "leaving_a_roll_has_a_reason"),
        ("leave_reason = 'graduated'", "leaving_a_roll_has_a_reason"),
        ("left_on = '2019-10-01', leave_reason = 'bored'", "leaving_a_roll_has_a_reason"),
        ("left_on = '2019-08-31', leave_reason = 'other'", "roll_left_after_entered"),
        ("roll_number_masked = 'G320508201005060018'", "roll_number_sealed_and_masked"),
    ],
)
def test_a_roll_that_cannot_be_is_refused(child, school, change, constraint):
    child(rolls=(roll_at(school),))
    refused(f"UPDATE people_schoolroll SET {change}", constraint)


def test_a_child_stands_on_a_schools_roll_once(child, school):
    pupil = child(rolls=(roll_at(school),))
    with pytest.raises(IntegrityError, match="once_on_a_schools_roll"), transaction.atomic():
        _again(pupil, school, contested=True)


def test_a_child_has_one_uncontested_roll(child, school, other_school):
    pupil = child(rolls=(roll_at(school),))
    with pytest.raises(IntegrityError, match="one_uncontested_roll"), transaction.atomic():
        _again(pupil, other_school, contested=False)
    _again(pupil, other_school, contested=True)
    assert SchoolRoll.objects.filter(person=pupil, left_on__isnull=True).count() == 2


def _again(pupil: Person, school, *, contested: bool) -> None:
    roll = SchoolRoll.objects.get(person=pupil)
    roll.pk, roll.school, roll.contested = None, school, contested
    roll.save()


def test_registrations_admissions_and_lists_do_not_repeat(child, civil_affairs, at):
    day = at.date()
    child(
        registrations=(NewRegistration("320500", day, "school"),),
        admissions=(NewAdmission("320500", day),),
        listings=(NewListing("minimum_living", civil_affairs.pk, day),),
    )
    columns = {
        "basicregistration": ("person_id, pooling_area, registered_on, channel", "registered_once_in_a_pooling_area"),
        "pointsadmission": ("person_id, pooling_area, admitted_on", "points_admission_once_a_day"),
        "assistedstatus": ("person_id, category, provided_by_id, first", "listed_once_by_a_body"),
    }
    for table, (names, constraint) in columns.items():
        refused(f"INSERT INTO people_{table} ({names}) SELECT {names} FROM people_{table}", constraint)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("category = 'rich'", "assistance_category_known"),
        ("last = first - 1", "assistance_ends_after_it_begins"),
    ],
)
def test_a_place_on_a_list_that_cannot_be_is_refused(child, civil_affairs, at, change, constraint):
    child(listings=(NewListing("orphan", civil_affairs.pk, at.date()),))
    refused(f"UPDATE people_assistedstatus SET {change}", constraint)


def test_children_on_the_roll_are_those_who_have_not_left(child, school, other_school, at):
    here = child(rolls=(roll_at(school),))
    child(rolls=(roll_at(school, left_on=at.date(), leave_reason="transferred"),))
    there = child(rolls=(roll_at(other_school),))
    assert set(Person.objects.on_roll_of([school])) == {here}
    assert set(Person.objects.on_roll_of([school, other_school])) == {here, there}
