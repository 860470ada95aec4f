"""From registration to collection: the counts that are kept agree with the lists. 登记征缴衔接"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, at, child, organisation
from yingbao.collection import handover
from yingbao.collection.handover import STEPS, Mismatched
from yingbao.collection.models import Comparison, MismatchCount
from yingbao.declaration.comparing import differences
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzhou(db):
    return open_season(policy_id="320500/2020", at=AT)


def test_counts_agree_with_the_children_and_counting_again_changes_nothing(suzhou):
    school, other = organisation(), organisation()
    for place, number in ((school, 3), (other, 1)):
        for each in range(number):
            child(place, name=f"学生{each}")
        list_and_determine(season=suzhou, organisation=place, at=AT)
    assert handover.compared_at(suzhou) is None
    for day in ("2019-11-12", "2019-11-13"):
        assert handover.recount(season=suzhou, at=at(day)) == 4
    assert handover.known(suzhou) == {school.pk: {Mismatched.NOT_DECLARED: 3}, other.pk: {Mismatched.NOT_DECLARED: 1}}
    assert handover.known(suzhou, [other.pk]) == {other.pk: {Mismatched.NOT_DECLARED: 1}}
    assert handover.total(suzhou) == len(differences(season=suzhou)) == 4
    assert (Comparison.objects.count(), handover.compared_at(suzhou)) == (1, at("2019-11-13"))


def test_what_is_settled_is_counted_no_more(suzhou):
    school = organisation()
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    handover.recount(season=suzhou, at=AT)
    Enrolment.objects.update(state="withdrawn", reason="转学")
    assert handover.recount(season=suzhou, at=AT) == 0
    assert not MismatchCount.objects.exists()


def test_where_families_pay_themselves_nothing_is_declared_and_nothing_differs():
    yuzhong = open_season(policy_id="500103/2020", at=AT)
    school = organisation(area="500103")
    child(school, area="500103", hukou="500103")
    list_and_determine(season=yuzhong, organisation=school, at=AT)
    assert handover.recount(season=yuzhong, at=AT) == 0


def test_the_next_step_of_who_is_not_declared_holds_after_the_deadline_too():
    assert "期限已过的不再申报" in STEPS[Mismatched.NOT_DECLARED].next.zh


def test_every_mismatch_says_what_comes_next_and_who_does_it():
    assert set(STEPS) == set(Mismatched)
    assert all(step.next.zh and step.next.en and step.who.zh for step in STEPS.values())
