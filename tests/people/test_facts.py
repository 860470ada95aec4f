"""What is known of a person becomes the facts of the command-line contract. 事实"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from statistics import median
from time import perf_counter

import pytest
from django.db import connection

from tests.people.conftest import AT, SUZHOU, resident_id, roll_at
from yingbao.determination.facts import COLUMNS
from yingbao.people.bulk import (
    NewAdmission,
    NewDocument,
    NewGuardian,
    NewListing,
    NewPerson,
    NewRegistration,
    add_people,
)
from yingbao.people.facts import SCHEMA, facts_of
from yingbao.people.models import BasicRegistration, Guardian, IdentityDocument, Person, SchoolRoll

pytestmark = pytest.mark.django_db
OF_PERSON = (IdentityDocument, Guardian, SchoolRoll, BasicRegistration)


def fact(person: Person, name: str, **more):
    return facts_of([person.pk], pooling_area=SUZHOU, **more).row(0, named=True)[name]


def test_the_columns_are_the_engines_but_for_what_is_told_with_a_payment_or_by_nobody(db):
    not_a_persons = {"paid_time", "prepaid_years", "continuous_years", "claim_free_years"}
    assert list(SCHEMA) == [name for name in COLUMNS if name not in not_a_persons]
    assert facts_of([], pooling_area=SUZHOU).schema == SCHEMA


def test_a_pupil_has_the_facts_of_person_document_roll_and_parents(child, school):
    pupil = child(rolls=(roll_at(school, "junior", 2),), residence_permit=True, lapsed_years=3, repaired_years=1)
    assert facts_of([pupil.pk], pooling_area=SUZHOU).row(0, named=True) == {
        "person_id": str(pupil.pk),
        "identity_type": "resident_id",
        "birth_date": date(2010, 5, 6),
        "hukou": "320508",
        "parent_hukou": "320508",
        "school_division": "320508",
        "school_stage": "junior",
        "registered_before": False,
        "points_admitted_on": None,
        "residence_permit": True,
        "parent_employee_insured": False,
        "assistance": None,
        "tier": None,
        "paid_on": None,
        "lapsed_years": 3,
        "repaired_years": 1,
        "registered_on": None,
    }


def test_of_somebody_of_whom_nothing_is_known_the_facts_are_empty(child):
    nobody = child(documents=(), guardians=(), hukou="", sex="")
    Person.objects.filter(pk=nobody.pk).update(birth_date=None)
    facts = facts_of([nobody.pk], pooling_area=SUZHOU).row(0, named=True)
    unknown = {name for name, value in facts.items() if value is None}
    assert unknown == set(SCHEMA) - {
        "person_id", "school_stage", "registered_before", "residence_permit", "parent_employee_insured",
        "lapsed_years", "repaired_years",
    }  # fmt: skip
    assert facts["school_stage"] == "none"


def test_rows_stand_in_the_order_asked_for(child):
    people = [child().pk for _ in range(5)]
    asked = [people[3], people[0], people[4], people[1]]
    assert facts_of(asked, pooling_area=SUZHOU)["person_id"].to_list() == [str(number) for number in asked]


def test_a_child_on_two_rosters_is_where_the_uncontested_roll_is(child, school, other_school):
    torn = child(rolls=(roll_at(other_school, grade=4), roll_at(school, grade=3, contested=True)))
    assert fact(torn, "school_division") == other_school.division


def test_a_child_who_left_is_at_no_school(child, school):
    left = child(rolls=(roll_at(school, left_on=date(2019, 10, 1), leave_reason="transferred"),))
    assert (fact(left, "school_division"), fact(left, "school_stage")) == (None, "none")


def test_the_current_document_tells_the_identity_type(child):
    renewed = child(
        documents=(NewDocument("birth_certificate", "T320000001"), NewDocument("resident_id", resident_id(serial=7)))
    )
    assert fact(renewed, "identity_type") == "resident_id"


@pytest.mark.parametrize(
    ("relations", "hukou"),
    [
        (("father", "mother"), "320506;341226"),
        (("father", "grandparent"), "341226"),
        (("other", "mother"), "320506"),
        (("", ""), "320506;341226"),
        (("other", "grandparent"), None),
    ],
)
def test_only_a_parents_hukou_is_a_parents_hukou(child, relations, hukou):
    guardians = tuple(
        NewGuardian("某", relation, code) for relation, code in zip(relations, ("341226", "320506"), strict=True)
    )
    assert fact(child(guardians=guardians), "parent_hukou") == hukou


def test_both_parents_of_one_hukou_are_named_once(child):
    guardians = (NewGuardian("甲", "father", "320506"), NewGuardian("乙", "mother", "320506"))
    assert fact(child(guardians=guardians), "parent_hukou") == "320506"


def test_a_registration_counts_in_its_own_pooling_area(child):
    registered = child(registrations=(NewRegistration("500103", date(2018, 10, 1), "community"),))
    assert fact(registered, "registered_before") is False
    assert facts_of([registered.pk], pooling_area="500103")["registered_before"].to_list() == [True]


@pytest.mark.parametrize(
    ("until", "counts"),
    [(None, date(2019, 10, 1)), (date(2019, 9, 10), date(2019, 8, 2)), (date(2018, 1, 1), date(2019, 10, 1))],
)
def test_of_several_points_admissions_the_latest_in_time_counts_else_the_latest(child, until, counts):
    days = (date(2019, 7, 1), date(2019, 8, 2), date(2019, 10, 1))
    admitted = child(
        admissions=(*(NewAdmission(SUZHOU, day) for day in days), NewAdmission("500103", date(2020, 1, 1)))
    )
    assert fact(admitted, "points_admitted_on", points_until=until) == counts


@pytest.mark.parametrize(
    ("on", "assistance"),
    [
        (None, "minimum_living"),
        (date(2019, 9, 1), "minimum_living;orphan"),
        (date(2019, 9, 30), "minimum_living;orphan"),
        (date(2019, 10, 1), "minimum_living"),
        (date(2018, 12, 31), None),
    ],
)
def test_assistance_is_what_was_in_force_on_the_day(child, civil_affairs, on, assistance):
    assisted = child(
        listings=(
            NewListing("orphan", civil_affairs.pk, date(2019, 9, 1), date(2019, 9, 30)),
            NewListing("minimum_living", civil_affairs.pk, date(2019, 1, 1)),
        )
    )
    assert fact(assisted, "assistance", on=on) == assistance


def test_a_category_listed_by_two_bodies_is_named_once(child, civil_affairs, school):
    listings = tuple(NewListing("orphan", body.pk, date(2019, 1, 1)) for body in (civil_affairs, school))
    assert fact(child(listings=listings), "assistance") == "orphan"


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun


def test_the_facts_of_five_thousand_pupils_cost_less_than_reading_their_rows(school):
    rows = [
        NewPerson(
            name="李四",
            birth_date=date(2010, 5, 6),
            hukou="320508",
            documents=(NewDocument("passport", f"E{serial:08d}"),),
            guardians=(NewGuardian("甲", "father", "320506"), NewGuardian("乙", "mother", "320508")),
            rolls=(roll_at(school),),
            registrations=(NewRegistration(SUZHOU, date(2018, 10, 1), "school"),),
        )
        for serial in range(5000)
    ]
    ids = add_people(rows, at=AT)
    tables = (Person.objects.filter(pk__in=ids), *(model.objects.filter(person__in=ids) for model in OF_PERSON))

    def read_rows() -> None:
        for table in tables:
            list(table.values_list())

    # The planner knows these tables, as in life, and not as other tests left them.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE people_person, " + ", ".join(model._meta.db_table for model in OF_PERSON))
    assert facts_of(ids, pooling_area=SUZHOU).height == 5000
    ratios = [_seconds(lambda: facts_of(ids, pooling_area=SUZHOU)) / _seconds(read_rows) for _ in range(5)]
    assert median(ratios) < 1
