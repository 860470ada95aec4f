"""Whose child: the one who is responsible, by which clause, and how to reach it. 由谁办理"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, at, child, enter, organisation
from yingbao.cases import responsible
from yingbao.cases.responsible import contact_of, known, look, responsible_for
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.enrolment.taking_in import take_in
from yingbao.people.models import IdentityDocument, Look
from yingbao.sealing.sealed import unseal
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def number_of(person) -> str:
    return unseal(IdentityDocument.objects.get(person=person, replaced_at=None).number_cipher)


def test_a_pupil_is_the_schools_by_clause_one(town, pupil):
    found = look(name="陈启昂", number=number_of(pupil), by=town.by(town.far), at=AT)
    assert (found.organisation, found.clause) == (town.school, "一")
    assert found.because.zh


def test_a_child_outside_school_is_the_oldest_communitys_of_its_hukou(town, infant):
    assert responsible_for(person=infant, area="320500", at=AT).organisation == town.community


def test_a_child_on_a_communitys_own_list_is_that_communitys(town, infant):

    take_in(season=town.season, person=infant, organisation=town.neighbour, by=town.by(town.neighbour), at=AT)
    assert responsible_for(person=infant, area="320500", at=AT).organisation == town.neighbour


def test_a_pupil_elsewhere_whose_parent_has_city_hukou_is_the_parents_communitys(town):
    away = organisation(area="310100", division="310117", name="外地学校")
    person = child(away, hukou="340100", parent_hukou="320506")
    assert responsible_for(person=person, area="320500", at=AT).organisation == town.far


def test_a_child_at_a_school_of_another_city_is_told_to_be_theirs(town):
    open_season(policy_id="500103/2020", at=AT)
    far_school = organisation(area="500103", name="临江路小学")
    person = child(far_school, hukou="510000", area="500103")
    found = responsible_for(person=person, area="320500", at=AT)
    assert (found.organisation, found.season.pooling_area) == (far_school, "500103")


def test_a_child_whom_nobody_here_enrols_is_told_why(town):
    found = responsible_for(person=child(hukou="340100", born=date(2018, 3, 1)), area="320500", at=AT)
    assert found.organisation is None
    assert found.because.zh


def test_a_child_on_two_rosters_is_worked_on_where_it_is_listed(town, pupil):
    other = organisation(name="另一小学")
    enter(pupil, other, contested=True)
    assert responsible_for(person=pupil, area="320500", at=AT).organisation == town.school


def test_a_first_timer_of_yuzhong_registers_at_a_committee_and_is_the_schools(db):
    season = open_season(policy_id="500103/2020", at=AT)
    school = organisation(area="500103", name="临江路小学")
    person = child(school, hukou="500103", registered=None, area="500103")
    list_and_determine(season=season, organisation=school, at=AT)
    found = responsible_for(person=person, area="500103", at=AT)
    assert (found.organisation, found.first_registers) == (school, "community")


def test_a_wrong_name_and_an_unknown_number_find_nobody(town, pupil):
    assert known("张三", number_of(pupil)) is None
    assert known("陈启昂", "320508201205040000") is None
    assert look(name="张三", number=number_of(pupil), by=town.by(town.far), at=AT) is None


def test_every_look_is_recorded_and_a_day_holds_so_many(town, pupil, monkeypatch):
    monkeypatch.setattr(responsible, "MOST_A_DAY", 3)
    by = town.by(town.far)
    look(name="陈启昂", number=number_of(pupil), by=by, at=AT)
    for _ in range(2):
        look(name="陈启昂", number="1", by=by, at=AT)
    assert sorted(Look.objects.values_list("count", flat=True)) == [0, 0, 1]
    assert Look.objects.get(count=1).person == pupil
    with pytest.raises(Refused):
        look(name="陈启昂", number=number_of(pupil), by=by, at=AT)
    assert look(name="陈启昂", number=number_of(pupil), by=by, at=at("2019-11-13")) is not None
    assert look(name="陈启昂", number=number_of(pupil), by=town.by(town.school), at=AT) is not None


def test_a_body_without_a_number_is_reached_through_the_one_above(town):
    reached = contact_of(town.school)
    assert (reached.organisation, reached.phone) == (town.street, "65550101")
    assert contact_of(town.far) is None
