"""The school asks for a registration, the agency answers it. 首次参保登记申请"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from tests.enrolment.building import AT, at, child, clerk, organisation
from yingbao.enrolment import registering
from yingbao.enrolment.models import Enrolment, RegistrationRequest, RegistrationStep
from yingbao.enrolment.opening import list_and_determine
from yingbao.people.models import BasicRegistration
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(school):
    return clerk(organisation("insurance_agency"))


def listed(school, season, **more) -> Enrolment:
    person = child(school, **{"hukou": "320585", "registered": None} | more)
    list_and_determine(season=season, organisation=school, at=AT)
    return Enrolment.objects.get(person=person)


def test_nobody_is_enrolled_before_the_registration(suzhou, school, by):
    from yingbao.enrolment.actions import confirm

    one = listed(school, suzhou)
    registering.ask_registration(enrolment=one, by=by, at=AT)
    with pytest.raises(Refused, match="not registered yet"):
        confirm(enrolments=[one], by=by, at=AT)


def test_asking_again_while_it_is_open_changes_nothing(suzhou, school, by):
    one = listed(school, suzhou)
    first = registering.ask_registration(enrolment=one, by=by, at=AT)
    assert registering.ask_registration(enrolment=one, by=by, at=AT) == first
    assert RegistrationStep.objects.count() == 1


def test_only_the_childs_own_school_asks(suzhou, school):
    one = listed(school, suzhou)
    with pytest.raises(Refused, match="worked on by"):
        registering.ask_registration(enrolment=one, by=clerk(organisation()), at=AT)


def test_who_registers_at_the_community_is_not_asked_for(suzhou, school, by):
    one = listed(school, suzhou, hukou="320508")
    with pytest.raises(Refused, match="not the place"):
        registering.ask_registration(enrolment=one, by=by, at=AT)


def test_a_whole_school_is_asked_for_at_once_but_not_who_was_sent_back(suzhou, school, by, officer):
    ones = [listed(school, suzhou) for _ in range(3)]
    listed(school, suzhou, hukou="320508")
    sent = registering.ask_registration(enrolment=ones[0], by=by, at=AT)
    registering.send_back(request=sent, reason="缺户口簿", by=officer, at=AT)
    assert registering.ask_all(season=suzhou, organisation=school, by=by, at=AT) == 2
    assert registering.ask_all(season=suzhou, organisation=school, by=by, at=AT) == 0
    assert registering.waiting("320500").count() == 2


def test_the_agency_of_another_city_cannot_answer(suzhou, school, by):
    asked = registering.ask_registration(enrolment=listed(school, suzhou), by=by, at=AT)
    stranger = clerk(organisation("insurance_agency", area="500103"))
    for deed in (
        lambda: registering.approve(requests=[asked], by=stranger, at=AT),
        lambda: registering.send_back(request=asked, reason="x", by=stranger, at=AT),
        lambda: registering.hand_on(request=asked, reason="x", by=stranger, at=AT),
    ):
        with pytest.raises(Refused):
            deed()
    assert RegistrationRequest.objects.get().state == "asked"


def test_what_was_sent_back_is_not_approved_by_a_second_officer(suzhou, school, by, officer):
    asked = registering.ask_registration(enrolment=listed(school, suzhou), by=by, at=AT)
    registering.send_back(request=asked, reason="缺户口簿", by=officer, at=AT)
    with pytest.raises(Refused, match="has answered"):
        registering.approve(requests=[asked], by=clerk(officer.organisation), at=AT)
    assert not BasicRegistration.objects.exists()


def test_all_are_registered_or_none(suzhou, school, by, officer):
    first, second = listed(school, suzhou), listed(school, suzhou)
    asked = [registering.ask_registration(enrolment=one, by=by, at=AT) for one in (first, second)]
    # Meanwhile one of them turns out to be the community's to register.
    second.person.hukou = "320508"
    second.person.save()
    with pytest.raises(Refused, match="not the place"):
        registering.approve(requests=asked, by=officer, at=AT)
    assert not BasicRegistration.objects.exists()
    assert set(RegistrationRequest.objects.values_list("state", flat=True)) == {"asked"}


def test_outside_the_window_nothing_is_asked_and_nothing_registered(suzhou, school, by, officer):
    asked = registering.ask_registration(enrolment=listed(school, suzhou), by=by, at=AT)
    late = at("2019-12-01")
    with pytest.raises(Refused, match="the time is over"):
        registering.ask_registration(enrolment=listed(school, suzhou), by=by, at=late)
    with pytest.raises(Refused, match="the time is over"):
        registering.approve(requests=[asked], by=officer, at=late)


def test_the_steps_of_a_request_are_never_rewritten(suzhou, school, by):
    registering.ask_registration(enrolment=listed(school, suzhou), by=by, at=AT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RegistrationStep.objects.update(reason="x")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"identity_type": "passport"}, ["护照"]),
        ({"identity_type": "resident_id", "hukou": "320571"}, ["户口簿"]),
        ({"identity_type": "resident_id", "hukou": "340100"}, ["户口簿", "本市户口簿", "亲子关系证明"]),
        ({"identity_type": "birth_certificate", "hukou": ""}, ["出生医学证明", "户口簿"]),
    ],
)
def test_the_papers_follow_from_what_is_known_of_the_child(facts, words):
    said = " ".join(paper.zh for paper in registering.papers_due(facts, city="3205"))
    assert all(word in said for word in words)
