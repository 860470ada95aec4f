"""Everyone's facts, carried out table by table, are those by which each child is decided. 参保人口"""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.enrolment.building import AT, body, child, enter, organisation
from yingbao.determination.frame import determine
from yingbao.enrolment import population
from yingbao.enrolment.determining import decide
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.population import facts_of_everyone
from yingbao.enrolment.seasons import policy_of
from yingbao.people.models import AssistedStatus, Guardian, PointsAdmission
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db
ON = AT.date()


def parent(person, position, hukou, relation="father"):
    cipher, index, masked = sealed.phone("13900000000")
    Guardian.objects.create(
        person=person, position=position, relation=relation, hukou=hukou, phone_cipher=cipher, phone_index=index,
        phone_masked=masked,
    )  # fmt: skip


@pytest.fixture
def everyone(suzhou, school, community):
    """Children of every kind: renewals, newcomers, with points, assisted twice, of parents of two cities."""
    children = [
        child(school),
        child(school, registered=None, hukou="341226"),
        child(school, registered=date(2019, 10, 1), hukou="341226", parent_hukou="320508"),
        child(school, registered=None, hukou="", document="passport", born=None),
        child(school, registered=None, hukou="341226", points=date(2019, 7, 1)),
        child(school, stage="senior", grade=1, hukou="340102", phone=None),
        child(school, assisted="minimum_living"),
    ]
    PointsAdmission.objects.create(person=children[4], pooling_area="320500", admitted_on=date(2019, 9, 30))
    AssistedStatus.objects.create(person=children[6], category="orphan", provided_by=body(), first=date(2019, 2, 1))
    AssistedStatus.objects.create(
        person=children[0], category="destitute", provided_by=body(), first=date(2018, 2, 1), last=date(2019, 3, 1)
    )
    parent(children[2], 2, "320505")
    parent(children[1], 2, "320506", relation="grandparent")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    return children


def test_everyones_facts_and_decisions_are_those_of_each_child(suzhou, everyone):
    facts = facts_of_everyone(season=suzhou, policy=policy_of(suzhou), on=ON)
    assert facts["person_id"].to_list() == [str(one.pk) for one in everyone]
    told = decide(season=suzhou, person_ids=[one.pk for one in everyone], as_of=ON)
    ours = determine(policy_of(suzhou), facts.drop("place"), ON)
    assert ours.rows() == told.select(ours.columns).rows()
    same = told.select(pl.col("facts").str.json_decode(pl.Struct(
        {name: pl.String for name in facts.columns if name not in ("person_id", "paid_on", "place")}
    ))).unnest("facts")  # fmt: skip
    for name in same.columns:
        assert facts[name].cast(pl.String).to_list() == same[name].to_list(), name


def test_who_is_on_a_roll_and_no_list_yet_counts_and_who_left_or_is_elsewhere_does_not(suzhou, everyone, school):
    newcomer = child(school)
    gone = child()
    roll = enter(gone, school)
    roll.left_on, roll.leave_reason = date(2019, 10, 1), "transferred"
    roll.save()
    far = organisation(area="500103")
    child(far, area="500103")
    child()
    found = facts_of_everyone(season=suzhou, policy=policy_of(suzhou), on=ON)
    assert set(found["person_id"]) == {str(one.pk) for one in [*everyone, newcomer]}


def test_a_child_outside_school_counts_by_its_list_and_with_its_chosen_tier(yuzhong):
    committee = organisation("community", area="500103")
    outside = child(hukou="500103", area="500103")
    Enrolment.objects.create(
        season=yuzhong, person=outside, plan_year=2020, organisation=committee, tier=2, state="draft", state_at=AT,
    )  # fmt: skip
    found = facts_of_everyone(season=yuzhong, policy=policy_of(yuzhong), on=ON)
    assert found.select("person_id", "place", "tier", "school_stage").rows() == [
        (str(outside.pk), committee.pk, 2, "none")
    ]


def test_a_season_without_children_is_an_empty_frame_that_can_be_decided(suzhou):
    found = facts_of_everyone(season=suzhou, policy=policy_of(suzhou), on=ON)
    assert found.height == 0
    assert determine(policy_of(suzhou), found.drop("place"), ON).height == 0


def test_no_table_is_read_more_than_once_however_many_children(suzhou, everyone, django_assert_max_num_queries):
    with django_assert_max_num_queries(len(population._TABLES) + 10):
        facts_of_everyone(season=suzhou, policy=policy_of(suzhou), on=ON)
