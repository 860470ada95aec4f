"""A child whom nobody knows is weighed for a community: by its own hukou, else by a parent's. 新来儿童"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, organisation
from tests.people.conftest import resident_id
from yingbao.agents.models import Organisation
from yingbao.cases.newcomer import Weighed, divisions_of, weigh
from yingbao.enrolment.seasons import open_season, policy_of
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson

pytestmark = pytest.mark.django_db
HERE, NEXT, FAR = "320508", "320505", "341226"


@pytest.fixture
def place() -> Organisation:
    return organisation("community", name="枕河社区", division=HERE)


def weighed(place: Organisation, *, hukou: str, parent: str = "", others: list[Organisation], **more: str) -> Weighed:
    born = date(2012, 5, 6)
    person = NewPerson(
        name="谈沐辰", birth_date=born, hukou=hukou, documents=(NewDocument("resident_id", resident_id(born, 12)),),
        guardians=(NewGuardian(name="谈静", relation="mother", hukou=parent),),
    )  # fmt: skip
    assert divisions_of(person) == [code for code in (hukou, parent) if code]
    policy = policy_of(open_season(policy_id="320500/2020", at=AT))
    return weigh(policy=policy, person=person, place=place, others=others, on=AT.date(), **more)


def test_whose_hukou_lies_here_is_ours_and_whose_lies_next_door_is_not(place):
    neighbour = organisation("community", name="云杼社区", division=NEXT)
    assert weighed(place, hukou=HERE, others=[place]).storable
    told = weighed(place, hukou=NEXT, others=[neighbour])
    assert (told.decision.agent, told.ours, told.storable) == ("community", False, False)


def test_by_a_parents_hukou_it_is_ours_unless_its_own_community_is_there(place):
    away = {"school_division": "310101", "stage": "primary"}
    assert weighed(place, hukou=FAR, parent=HERE, others=[place], **away).ours
    own = organisation("community", name="外地社区", division=FAR)
    assert not weighed(place, hukou=FAR, parent=HERE, others=[own, place], **away).ours


def test_whom_the_policy_gives_to_nobody_is_not_ours_wherever_a_parent_is(place):
    told = weighed(place, hukou=FAR, parent=HERE, others=[place])
    assert (told.decision.status, told.ours, told.storable) == ("ineligible", False, False)
