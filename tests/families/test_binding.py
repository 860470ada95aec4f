"""Bindings, consent, sessions and wishes below the pages; two at once. 绑定与意愿"""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction

from tests.enrolment.building import AT, child, clerk, organisation
from tests.families.conftest import bound, phone_of
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.by_family import leave as leave_step
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.families import binding, requesting, sessions, wishing
from yingbao.families.consent import PHONE_ACCESS, TEXTS
from yingbao.families.lifecycle import REQUEST_EDGES, REQUEST_KINDS, RequestState, answers_to
from yingbao.families.models import Binding, Consent, DataRequest, FamilySession, Wish
from yingbao.people.models import Person
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def listed(person: Person, school) -> Enrolment:
    season = open_season(policy_id="320500/2020", at=AT)
    list_and_determine(season=season, organisation=school, at=AT)
    return Enrolment.objects.select_related("season", "organisation", "person").get(person=person)


def test_every_text_says_each_point_in_both_languages_and_has_a_version():
    for text in TEXTS.values():
        assert text.version
        assert all(point.zh and point.en for point in (text.title, *text.points))


def test_every_kind_of_request_has_answers_that_the_table_allows():
    for kind in REQUEST_KINDS:
        assert answers_to(kind)
        assert all((RequestState.OPEN, state) in REQUEST_EDGES for state in answers_to(kind))
    assert RequestState.GRANTED not in answers_to("erase")
    assert all(origin == RequestState.OPEN for origin, _ in REQUEST_EDGES)


def test_binding_twice_is_one_binding_and_one_consent():
    person = child()
    assert bound(person) == bound(person)
    assert Consent.objects.count() == 1


def test_consent_and_wishes_are_never_rewritten():
    person = child(organisation())
    one = listed(person, person.rolls.get().school)
    wishing.leave(binding=bound(person), enrolment=one, reason="自愿放弃", at=AT)
    for model in (Consent, Wish):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(phone_masked="x")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_a_helper_who_turns_out_to_be_a_guardian_becomes_one():
    person = child()
    index, masked = phone_of(person)
    helper = binding.bind_helper(person=person, phone_index=index, phone_masked=masked, at=AT)
    assert bound(person) == helper
    helper.refresh_from_db()
    assert helper.is_guardian


def test_where_two_records_became_one_the_binding_goes_with_it():
    gone, stands = child(phone="13800000001"), child(phone="13800000001")
    held = bound(gone)
    Person.objects.filter(pk=gone.pk).update(merged_into=stands, merged_because="同一人")
    index, _ = phone_of(stands)
    assert [one.person for one in binding.bindings_of(phone_index=index, at=AT)] == [stands]
    held.refresh_from_db()
    assert held.ended_at is None


def test_a_session_lives_for_half_an_hour_of_use_and_a_working_day_at_most():
    key = sessions.begin(phone_index=bytes(32), phone_masked="138****0000", person=None, at=AT)
    when = AT
    for _ in range(16):
        when += timedelta(minutes=29)
        assert sessions.find(key=key, at=when)
    assert sessions.find(key=key, at=AT + timedelta(hours=8)) is None
    assert sessions.find(key=key + "x", at=AT) is None
    other = sessions.begin(phone_index=bytes(32), phone_masked="138****0000", person=None, at=AT)
    assert sessions.find(key=other, at=AT + timedelta(minutes=30)) is None
    assert key.encode() not in bytes(FamilySession.objects.order_by("pk")[0].key_index)


def test_what_a_guardian_can_do_follows_the_state():
    school = organisation()
    person = child(school)
    one, held = listed(person, school), bound(person)
    assert wishing.way(one, AT) == "leave"
    confirm(enrolments=[one], by=clerk(school), at=AT)
    one.refresh_from_db()
    assert wishing.way(one, AT) == "leave"
    wish = wishing.leave(binding=held, enrolment=one, reason="搬家", at=AT)
    assert wish is not None
    assert (wish.step.act, wish.step.by, wish.step.reason) == ("withdraw", None, "搬家")
    one.refresh_from_db()
    assert wishing.way(one, AT) == "back"
    assert wishing.leave(binding=held, enrolment=one, reason="搬家", at=AT) is None


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_leaving_needs_a_reason_that_fits(reason):
    school = organisation()
    one = listed(child(school), school)
    with pytest.raises(Refused):
        leave_step(enrolment=one, reason=reason, at=AT)
    assert not Wish.objects.exists()


@pytest.mark.parametrize("words", ["", " \n ", "长" * 301])
def test_a_request_needs_words_that_fit(words):
    person = child()
    with pytest.raises(Refused):
        requesting.ask(binding=bound(person), kind="correct", words=words, at=AT)


def test_a_child_of_no_pooling_area_is_sent_to_the_community():
    with pytest.raises(Refused, match="registered in no pooling area"):
        requesting.ask(binding=bound(child(registered=None)), kind="erase", words="删除", at=AT)


def test_nobody_but_the_areas_agency_answers():
    asked = requesting.ask(binding=bound(child()), kind="erase", words="删除", at=AT).request
    for desk in (clerk(organisation()), clerk(organisation("insurance_agency", area="500103"))):
        with pytest.raises(Refused):
            requesting.answer(request=asked, state=RequestState.PARTLY, words="好", by=desk, at=AT)
    assert DataRequest.objects.get().state == "open"


@pytest.mark.django_db(transaction=True)
def test_two_guardians_who_leave_at_once_leave_once():
    school = organisation()
    person = child(school)
    one = listed(person, school)
    held = bound(person)
    together, told = Barrier(2), []

    def go() -> None:
        together.wait()
        told.append(wishing.leave(binding=held, enrolment=one, reason="自愿放弃", at=AT))
        connection.close()

    threads = [Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wish is None for wish in told) == [False, True]
    assert Enrolment.objects.get(pk=one.pk).state == "declined"
    assert Wish.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_bind_at_once_make_one_binding():
    person = child()
    together = Barrier(2)

    def go() -> None:
        together.wait()
        bound(person)
        connection.close()

    threads = [Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Binding.objects.count() == 1
    assert Consent.objects.filter(version=PHONE_ACCESS.version).count() == 1
