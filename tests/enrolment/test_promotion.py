"""Last school year's roll becomes this one's. 升班"""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import AT, child, clerk, enter, organisation
from tests.enrolment.test_needs import undone
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.promotion import Grade, Promoted, preview, promote
from yingbao.people.grades import GRADES, is_grade
from yingbao.people.models import Change, SchoolRoll
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def pupil(school, stage, grade, year=2018, class_name="2班"):
    person = child()
    enter(person, school, stage=stage, grade=grade, school_year=year, class_name=class_name)
    return person


def now(person):
    return SchoolRoll.objects.values_list("stage", "grade", "class_name", "school_year", "left_on", "leave_reason").get(
        person=person
    )


def test_a_pupil_goes_up_a_grade_and_keeps_the_class(school, by):
    person = pupil(school, "primary", 3)
    assert promote(school=school, school_year=2019, by=by, at=AT) == Promoted(1, 0, 0)
    assert now(person) == ("primary", 4, "2班", 2019, None, "")


def test_at_a_school_with_the_next_stage_the_child_stays_in_a_class_yet_to_be_formed(school, by):
    person = pupil(school, "primary", 6)
    promote(school=school, school_year=2019, by=by, at=AT)
    assert now(person) == ("junior", 1, "", 2019, None, "")


def test_graduates_leave_with_the_last_day_of_the_school_year(school, by):
    person = pupil(school, "junior", 3)
    assert promote(school=school, school_year=2019, by=by, at=AT) == Promoted(0, 1, 0)
    assert now(person) == ("junior", 3, "2班", 2018, date(2019, 8, 31), "graduated")


def test_where_two_stages_follow_the_child_is_left_for_the_roster_to_place(suzhou):
    school = organisation(stages=["junior", "senior", "vocational"])
    person = pupil(school, "junior", 3)
    assert promote(school=school, school_year=2019, by=clerk(school), at=AT) == Promoted(0, 0, 1)
    assert now(person) == ("junior", 3, "2班", 2018, None, "")


def test_pupils_of_a_special_school_without_grades_stay(suzhou):
    school = organisation(stages=["special"])
    person = pupil(school, "special", None)
    promote(school=school, school_year=2019, by=clerk(school), at=AT)
    assert now(person) == ("special", None, "2班", 2019, None, "")


def test_a_roll_two_years_old_is_not_guessed_at(school, by):
    person = pupil(school, "primary", 2, year=2017)
    assert promote(school=school, school_year=2019, by=by, at=AT) == Promoted(0, 0, 1)
    assert now(person)[3] == 2017


def test_promoting_twice_changes_nothing(school, by):
    people = [pupil(school, "primary", 3), pupil(school, "junior", 3)]
    promote(school=school, school_year=2019, by=by, at=AT)
    before = [now(person) for person in people]
    assert promote(school=school, school_year=2019, by=by, at=AT) == Promoted(0, 0, 0)
    assert [now(person) for person in people] == before


def test_the_preview_names_each_child_and_writes_nothing(school):
    people = [pupil(school, "primary", 6), pupil(school, "junior", 3), pupil(school, "junior", 2, year=2016)]
    before = [now(person) for person in people]
    seen = preview(school, 2019)
    assert [(move.person_id, move.was, move.to) for move in seen.promoted] == [
        (people[0].pk, Grade("primary", 6), Grade("junior", 1))
    ]
    assert [move.person_id for move in seen.graduates] == [people[1].pk]
    assert [move.person_id for move in seen.unplaced] == [people[2].pk]
    assert [now(person) for person in people] == before


def test_other_schools_and_those_who_left_are_not_touched(school, by):
    elsewhere = pupil(organisation(), "primary", 3)
    left = pupil(school, "primary", 3)
    left.rolls.update(left_on=date(2019, 3, 1), leave_reason="transferred")
    assert promote(school=school, school_year=2019, by=by, at=AT) == Promoted(0, 0, 0)
    assert (now(elsewhere)[3], now(left)[3]) == (2018, 2018)


def test_only_the_school_itself_promotes(school):
    for stranger in (clerk(organisation()), clerk(organisation("insurance_agency"))):
        with pytest.raises(Refused):
            promote(school=school, school_year=2019, by=stranger, at=AT)


def test_who_promoted_stands_in_the_history(school, by):
    person = pupil(school, "primary", 3)
    promote(school=school, school_year=2019, by=by, at=AT)
    change = Change.objects.filter(person_id=person.pk, table_name="people_schoolroll").latest("pk")
    assert (change.actor, change.source, change.after["grade"]) == (by.user, "promotion 2019", 4)


def test_the_children_are_on_the_seasons_list_afterwards(suzhou, school, by):
    person, leaving = pupil(school, "primary", 3), pupil(school, "junior", 3)
    promote(school=school, school_year=2019, by=by, at=AT)
    assert Enrolment.objects.get().person == person
    assert not Enrolment.objects.filter(person=leaving).exists()


ANY_GRADE = st.sampled_from([(stage, grade) for stage, grades in GRADES.items() for grade in [*grades, None]])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stages=st.sets(st.sampled_from(list(GRADES)), min_size=1),
    rolls=st.lists(st.tuples(ANY_GRADE, st.sampled_from([2017, 2018, 2019])), max_size=8),
)
def test_what_was_previewed_is_what_happens(suzhou, stages, rolls):
    with undone():
        school = organisation(stages=sorted(stages))
        for (stage, grade), year in rolls:
            pupil(school, stage, grade, year)
        seen = preview(school, 2019)
        wanted = {move.person_id: move.to for move in seen.promoted}
        done = promote(school=school, school_year=2019, by=clerk(school), at=AT)
        assert done == Promoted(len(seen.promoted), len(seen.graduates), len(seen.unplaced))
        assert sum(done) == sum(year < 2019 for _, year in rolls)
        for roll in SchoolRoll.objects.filter(person__in=wanted):
            assert (roll.stage, roll.grade) == wanted[roll.person_id]
            assert is_grade(roll.stage, roll.grade)
        gone = SchoolRoll.objects.filter(leave_reason="graduated")
        assert Counter(gone.values_list("person_id", flat=True)) == Counter(move.person_id for move in seen.graduates)
