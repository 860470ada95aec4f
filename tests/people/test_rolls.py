"""Children come onto a roll, leave it, and are claimed by two schools at once. 学籍变动"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.people.conftest import AT, _school, roll_at
from yingbao.people import history
from yingbao.people.bulk import NewPerson, add_people
from yingbao.people.models import LeaveReason, Person, SchoolRoll
from yingbao.people.rolls import enter_roll, leave_roll, settle_contested
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused

ENTERED, LEFT = date(2019, 9, 1), date(2019, 10, 31)
PLACE = {"school_year": 2019, "stage": "primary", "grade": 3, "entered_on": ENTERED, "at": AT}


@pytest.mark.django_db
class TestRolls:
    def test_a_child_enters_a_school_with_grade_class_and_sealed_roll_number(self, child, school, clerk):
        roll = enter_roll(
            person=child(), school=school, class_name="2班", roll_number="G320508201005060018", by=clerk, **PLACE
        )
        assert (roll.grade, roll.class_name, roll.contested) == (3, "2班", False)
        assert sealed.unseal(roll.roll_number_cipher) == "G320508201005060018"
        assert history.of(roll.person).first().actor == clerk

    def test_entering_again_brings_grade_and_class_up_to_date_and_makes_nothing_twice(self, child, school, clerk):
        pupil = child()
        first = enter_roll(person=pupil, school=school, class_name="2班", by=clerk, **PLACE)
        again = enter_roll(person=pupil, school=school, by=clerk, **(PLACE | {"grade": 4, "school_year": 2020}))
        assert (again.pk, again.grade, again.class_name, again.entered_on) == (first.pk, 4, "2班", ENTERED)
        assert SchoolRoll.objects.count() == 1

    def test_a_second_school_gets_a_contested_roll_beside_the_first(self, child, school, other_school, clerk):
        pupil = child()
        first = enter_roll(person=pupil, school=school, by=clerk, **PLACE)
        second = enter_roll(person=pupil, school=other_school, by=clerk, **PLACE)
        first.refresh_from_db()
        assert (first.contested, second.contested) == (False, True)

    def test_once_the_other_school_lets_the_child_go_the_claim_stands(self, child, school, other_school, clerk):
        pupil = child(rolls=(roll_at(school), roll_at(other_school, contested=True)))
        leave_roll(roll=pupil.rolls.get(school=school), reason=LeaveReason.TRANSFERRED, on=LEFT, by=clerk, at=AT)
        assert pupil.rolls.get(left_on__isnull=True, contested=False).school == other_school

    def test_leaving_twice_keeps_the_first_day_and_reason(self, child, school, clerk):
        roll = child(rolls=(roll_at(school),)).rolls.get()
        leave_roll(roll=roll, reason=LeaveReason.GRADUATED, on=LEFT, by=clerk, at=AT)
        leave_roll(roll=roll, reason=LeaveReason.OTHER, on=AT.date(), by=clerk, at=AT)
        roll.refresh_from_db()
        assert (roll.left_on, roll.leave_reason) == (LEFT, "graduated")

    def test_nobody_leaves_before_entering(self, child, school, clerk):
        roll = child(rolls=(roll_at(school),)).rolls.get()
        with pytest.raises(Refused, match="before it entered on 2019-09-01"):
            leave_roll(roll=roll, reason=LeaveReason.OTHER, on=date(2019, 8, 31), by=clerk, at=AT)

    @pytest.mark.parametrize("settled", ["school", "other_school"])
    def test_settling_says_where_the_child_is_and_ends_the_other_roll(
        self, child, school, other_school, clerk, settled
    ):
        pupil = child(rolls=(roll_at(school), roll_at(other_school, contested=True)))
        place = {"school": school, "other_school": other_school}[settled]
        settle_contested(person=pupil, school=place, on=LEFT, by=clerk, at=AT)
        settle_contested(person=pupil, school=place, on=AT.date(), by=clerk, at=AT)
        assert pupil.rolls.get(left_on__isnull=True).school == place
        assert not pupil.rolls.filter(contested=True).exists()
        assert pupil.rolls.get(left_on=LEFT).leave_reason == "on_another_roll"

    def test_a_child_is_not_settled_where_it_is_on_no_roll(self, child, school, other_school, clerk):
        pupil = child(rolls=(roll_at(school),))
        with pytest.raises(Refused, match="not on this school's roll"):
            settle_contested(person=pupil, school=other_school, on=LEFT, by=clerk, at=AT)

    def test_a_stage_that_the_school_has_not_is_refused_with_those_that_it_has(self, child, school, clerk):
        with pytest.raises(Refused) as refused:
            enter_roll(person=child(), school=school, by=clerk, **(PLACE | {"stage": "senior"}))
        assert refused.value.said("zh") == "星海学校：星海学校没有高中学段。选择这所学校的学段：小学、初中"

    def test_a_grade_that_the_stage_has_not_is_refused(self, child, school, clerk):
        with pytest.raises(Refused, match="no grade 7 in primary school"):
            enter_roll(person=child(), school=school, by=clerk, **(PLACE | {"grade": 7}))


class RollsOfOneChild(RuleBasedStateMachine):
    """Whatever three schools do with one child, in any order, the rolls make sense."""

    def __init__(self) -> None:
        super().__init__()
        self.schools = [_school(f"S{n}", f"学校{n}", "320508") for n in range(3)]
        (number,) = add_people([NewPerson(name="张晓明")], at=AT)
        self.child = Person.objects.get(pk=number)

    def current(self) -> list[SchoolRoll]:
        return list(SchoolRoll.objects.filter(person=self.child, left_on__isnull=True))

    @rule(place=st.integers(0, 2), grade=st.integers(1, 6))
    def enter(self, place: int, grade: int) -> None:
        enter_roll(person=self.child, school=self.schools[place], by=None, **(PLACE | {"grade": grade}))
        assert self.schools[place] in [roll.school for roll in self.current()]

    @rule(data=st.data(), reason=st.sampled_from(LeaveReason))
    def leave(self, data: st.DataObject, reason: LeaveReason) -> None:
        if rolls := list(SchoolRoll.objects.filter(person=self.child).order_by("pk")):
            roll = data.draw(st.sampled_from(rolls))
            leave_roll(roll=roll, reason=reason, on=LEFT, by=None, at=AT)
            assert roll.school not in [other.school for other in self.current() if other.pk == roll.pk]

    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        if rolls := self.current():
            place = data.draw(st.sampled_from([roll.school for roll in rolls]))
            settle_contested(person=self.child, school=place, on=LEFT, by=None, at=AT)
            assert [(roll.school, roll.contested) for roll in self.current()] == [(place, False)]

    @invariant()
    def at_most_one_roll_is_uncontested_and_a_single_one_always_is(self) -> None:
        rolls = self.current()
        uncontested = [roll for roll in rolls if not roll.contested]
        assert len(uncontested) <= 1
        assert len(rolls) != 1 or uncontested
        assert len({roll.school_id for roll in rolls}) == len(rolls)


class TestRollsOfOneChild(RollsOfOneChild.TestCase, TestCase):
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
