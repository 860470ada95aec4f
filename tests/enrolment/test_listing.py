"""Who sees which children, and the lists they are narrowed to. 名单与可见范围"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, child, clerk, enter, organisation
from yingbao.enrolment.actions import confirm_ready, decline, register
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine

pytestmark = pytest.mark.django_db


def seen(appointment):
    return set(Enrolment.objects.visible_to(appointment).values_list("person_id", flat=True))


def test_a_school_sees_its_own_children_and_no_others(suzhou, school, by):
    other = organisation()
    mine, theirs = child(school), child(other)
    for each in (school, other):
        list_and_determine(season=suzhou, organisation=each, at=AT)
    assert seen(by) == {mine.pk}
    assert seen(clerk(other)) == {theirs.pk}


def test_a_school_sees_a_contested_child_in_its_own_pooling_area_only(suzhou, yuzhong, school):
    away = organisation(area="500103")
    person = child(school)
    enter(person, away, contested=True)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert seen(clerk(away)) == set()
    list_and_determine(season=yuzhong, organisation=away, at=AT)
    assert Enrolment.objects.visible_to(clerk(away)).get().season == yuzhong


def test_a_school_sees_a_contested_child_only_while_it_claims_it(suzhou, school):
    other = organisation()
    person = child(school)
    claim = enter(person, other, contested=True)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert seen(clerk(other)) == {person.pk}
    claim.left_on, claim.leave_reason = date(2019, 11, 1), "on_another_roll"
    claim.save()
    assert seen(clerk(other)) == set()


def test_a_community_sees_first_timers_until_it_has_registered_them(suzhou, school, community, worker):
    person = child(school, registered=None)
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert seen(worker) == {person.pk}
    assert seen(clerk(organisation("community", division="320505"))) == set()
    register(enrolment=Enrolment.objects.get(person=person), channel="hukou_community", by=worker, at=AT)
    assert seen(worker) == set()


def test_a_sub_district_sees_what_its_communities_and_schools_see(suzhou, school):
    street = organisation("sub_district")
    community = organisation("community", parent=street)
    school.parent = street
    school.save()
    pupil, infant = child(school), child(born=date(2018, 1, 1))
    elsewhere = organisation()
    child(elsewhere)
    for each in (school, community, elsewhere):
        list_and_determine(season=suzhou, organisation=each, at=AT)
    assert seen(clerk(street)) == {pupil.pk, infant.pk}


def test_the_agency_sees_its_pooling_area(suzhou, yuzhong, school):
    away = organisation(area="500103")
    mine = child(school)
    child(away, hukou="500103")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    list_and_determine(season=yuzhong, organisation=away, at=AT)
    assert seen(clerk(organisation("insurance_agency"))) == {mine.pk}


@pytest.mark.parametrize("kind", ["tax_authority", "education_bureau"])
def test_desks_without_business_here_see_no_child(suzhou, school, kind):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert seen(clerk(organisation(kind))) == set()


def test_each_list_holds_the_children_it_names(suzhou, school, by):
    people = {
        "pays": child(school),
        "exempt": child(school, assisted="orphan"),
        "ineligible": child(school, hukou="340100", registered=None),
        "first": child(school, hukou="320585", registered=None),
        "declined": child(school),
    }
    list_and_determine(season=suzhou, organisation=school, at=AT)
    decline(enrolment=Enrolment.objects.get(person=people["declined"]), reason="不参加", by=by, at=AT)
    confirm_ready(season=suzhou, organisation=school, by=by, at=AT)
    names = {person.pk: name for name, person in people.items()}

    def listed(rows):
        return {names[person] for person in rows.values_list("person_id", flat=True)}

    own = Enrolment.objects.of(suzhou, school)
    assert listed(own.must_pay()) == {"pays", "first"}
    assert listed(own.exempt()) == {"exempt"}
    assert listed(own.ineligible()) == {"ineligible"}
    assert listed(own.first_timers()) == {"first"}
    assert listed(own.live()) == set(people) - {"declined"}
    assert listed(own.filter(state="confirmed")) == {"pays", "exempt"}
    assert not own.ready().exists()
