"""Two communities, two askers, two officers in the same second: once. 并发个案"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from tests.enrolment.building import AT, clerk
from tests.enrolment.test_two_clerks import together
from tests.people.conftest import resident_id
from yingbao.cases.handing import accept, ask, turn_back
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.cases.models import Case
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.taking_in import take_in
from yingbao.people.actions import add_person
from yingbao.people.bulk import NewDocument, NewPerson
from yingbao.people.models import Person
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db(transaction=True)
CHILD = NewPerson(
    name="谈沐辰", hukou="320508", documents=(NewDocument("resident_id", resident_id(date(2018, 5, 6), 12)),)
)


def test_two_communities_that_register_one_child_in_the_same_second_make_one_record(town):
    def register(place):
        with transaction.atomic():
            person = add_person(person=CHILD, by=None, at=AT)
            return take_in(season=town.season, person=person, organisation=place, by=town.by(place), at=AT)

    outcomes = together(lambda: register(town.community), lambda: register(town.neighbour))
    assert sum(isinstance(outcome, Enrolment) for outcome in outcomes) == 1, outcomes
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1, outcomes
    assert Person.objects.count() == Enrolment.objects.count() == 1


def test_two_who_ask_about_one_child_in_the_same_second_make_one_case(town, infant):
    def wonder(place):
        return ask(person=infant, season=town.season, kind=RESPONSIBLE, question="由谁办", to=town.community,
                   by=town.by(place), at=AT)  # fmt: skip

    outcomes = together(lambda: wonder(town.school), lambda: wonder(town.far), lambda: wonder(town.school))
    assert Case.objects.count() == 1
    first = Case.objects.get().asked_by_organisation
    told = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert len(told) == (1 if first == town.school else 2), outcomes


def test_one_officer_accepts_while_another_turns_it_back_and_one_of_them_is_told(town, infant):
    case = ask(person=infant, season=town.season, kind=RESPONSIBLE, question="由谁办", to=town.community,
               by=town.by(town.school), at=AT)  # fmt: skip
    colleague = clerk(town.community)
    outcomes = together(
        lambda: accept(case=case, by=town.by(town.community), at=AT),
        lambda: turn_back(case=case, reason="不在本社区", by=colleague, at=AT),
    )
    told = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    case.refresh_from_db()
    # Accepted first it may still be turned back; turned back first it cannot be accepted.
    assert (len(told), case.state) in ((0, "returned"), (1, "returned")), (outcomes, case.state)
    assert Enrolment.objects.count() == (0 if told else 1)
