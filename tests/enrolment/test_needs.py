"""What is missing for a child and whose it is: one by one, in lists and in counts the same. 待办事项"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import AT, at, child, clerk, enter, organisation
from yingbao.enrolment.corrections import ask_correction
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.needs import KINDS, needs, needs_of
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.progress import counts
from yingbao.enrolment.seasons import open_season
from yingbao.sealing import sealed

pytestmark = pytest.mark.django_db


def kinds(enrolment):
    return {need.kind for need in needs(enrolment)}


def who(enrolment):
    return {need.kind: need.who for need in needs(enrolment)}


def one_of(person, season, organisation, when=AT):
    list_and_determine(season=season, organisation=organisation, at=when)
    return Enrolment.objects.get(person=person, season=season)


def test_a_child_of_whom_all_is_known_needs_nothing(suzhou, school):
    assert needs(one_of(child(school), suzhou, school)) == []


def test_gaps_in_the_data_are_the_agents_to_fill(suzhou, school, community):
    pupil = one_of(child(school, hukou="", born=None, phone=None), suzhou, school)
    assert who(pupil) == {"no_birth_date": "school", "no_hukou": "school", "no_guardian_phone": "school"}
    infant = one_of(child(born=date(2018, 1, 1), document=None), suzhou, community)
    assert who(infant) == {"no_document": "community"}


def test_a_provisional_document_is_the_familys_to_replace(suzhou, community):
    infant = one_of(child(born=date(2019, 10, 1), document="birth_certificate"), suzhou, community)
    assert who(infant) == {"provisional_document": "family"}


def test_only_the_document_in_force_counts(suzhou, school):
    person = child(school, document="birth_certificate")
    one = one_of(person, suzhou, school)
    person.documents.update(replaced_at=AT)
    assert kinds(one) == {"no_document"}
    cipher, index, masked = sealed.number("32050820120504001X")
    person.documents.create(
        kind="resident_id", added_at=AT, number_cipher=cipher, number_index=index, number_masked=masked
    )
    assert kinds(one) == set()


def test_a_foreign_child_lacks_no_hukou(suzhou, school):
    assert kinds(one_of(child(school, hukou="", document="passport"), suzhou, school)) == set()


@pytest.mark.parametrize(("hukou", "kind", "helper"), [
    ("320508", "register_at_hukou_community", "community"), ("320585", "register_through_school", "school"),
])  # fmt: skip
def test_a_first_timer_is_sent_to_the_channels_place(suzhou, school, hukou, kind, helper):
    assert who(one_of(child(school, hukou=hukou, registered=None), suzhou, school)) == {kind: helper}


def test_a_yuzhong_first_timer_is_sent_to_the_community(yuzhong):
    school = organisation(area="500103")
    one = one_of(child(school, hukou="500103", registered=None), yuzhong, school)
    assert who(one) == {"register_at_community": "community"}


def test_missed_points_are_explained_to_the_family_in_the_policys_words(suzhou, school):
    (need,) = needs(one_of(child(school, hukou="340100", registered=None), suzhou, school))
    assert (need.kind, need.who) == ("ineligible", "family")
    assert "积分入医" in need.text.zh
    assert "points" in need.text.en


def test_a_reason_whose_rule_is_gone_from_the_policy_is_told_in_general(suzhou, school):
    one = one_of(child(school, hukou="340100", registered=None), suzhou, school)
    Enrolment.objects.filter(pk=one.pk).update(because="rule_of_last_week;paid_in_window")
    (need,) = needs(one)
    assert need.text == KINDS["ineligible"].text


def test_a_contested_child_is_a_need_that_both_schools_see(suzhou, school, by):
    person = child(school)
    other = organisation()
    enter(person, other, contested=True)
    one = one_of(person, suzhou, school)
    assert who(one) == {"contested_roll": "school"}
    for appointment in (by, clerk(other)):
        assert Enrolment.objects.visible_to(appointment).needing_something().get() == one


def test_a_newborn_of_december_waits_for_an_officer(suzhou, community):
    one = one_of(child(born=date(2020, 10, 5)), suzhou, community)
    determine_people(season=suzhou, person_ids=[one.person_id], as_of=date(2020, 12, 10), at=at("2020-12-10"))
    assert who(one) == {"refer": "agency"}


def test_an_open_correction_waits_for_the_agency(suzhou, school, by):
    one = one_of(child(school), suzhou, school)
    ask_correction(enrolment=one, field="name", wanted="张晓明", reason="名字写错", by=by, at=AT)
    assert who(one) == {"correction_open": "agency"}


def test_who_is_enrolled_elsewhere_is_asked_about(suzhou, yuzhong, school):
    person = child(school)
    one = one_of(person, suzhou, school)
    Enrolment.objects.create(
        season=yuzhong, person=person, plan_year=2020, organisation=organisation(area="500103"), state="confirmed",
        state_at=AT, status="enrolled",
    )  # fmt: skip
    assert who(one) == {"enrolled_elsewhere": "school"}


def test_who_left_the_school_and_went_nowhere_is_for_the_school_to_withdraw(suzhou, school):
    person = child(school, hukou="320585", stage="junior")
    one = one_of(person, suzhou, school)
    person.rolls.update(left_on=date(2019, 11, 1), leave_reason="other")
    determine_people(season=suzhou, person_ids=[person.pk], as_of=AT.date(), at=AT)
    assert who(one) == {"ineligible": "family", "left_the_roll": "school"}


def test_an_ended_enrolment_needs_nothing(suzhou, school):
    one = one_of(child(school, phone=None), suzhou, school)
    Enrolment.objects.filter(pk=one.pk).update(state="declined", reason="x")
    assert needs(one) == []
    assert not Enrolment.objects.needing_something().exists()


def test_every_need_speaks_both_languages():
    assert all(kind.text.zh and kind.text.en for kind in KINDS.values())


CHILDREN = st.lists(
    st.fixed_dictionaries(
        {
            "hukou": st.sampled_from(["320508", "320585", "340100", ""]),
            "born": st.sampled_from([date(2012, 5, 4), date(2019, 10, 20), None]),
            "registered": st.sampled_from([None, date(2018, 1, 1), date(2019, 10, 1)]),
            "document": st.sampled_from([None, "resident_id", "birth_certificate", "passport"]),
            "phone": st.sampled_from([None, "13800000000"]),
            "parent_hukou": st.sampled_from(["", "320508", "110101"]),
            "points": st.sampled_from([None, date(2019, 8, 1), date(2019, 10, 1)]),
            "roll": st.sampled_from(["here", "left", "here and elsewhere", "elsewhere and here"]),
            "correction": st.booleans(),
            "elsewhere": st.sampled_from([None, "determined", "confirmed", "withdrawn"]),
            "state": st.sampled_from([None, "declined", "withdrawn"]),
        }
    ),
    min_size=1,
    max_size=4,
)


@contextmanager
def undone() -> Iterator[None]:
    """One example's rows, gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(children=CHILDREN)
def test_one_child_lists_and_counts_agree_with_a_plain_reading(suzhou, school, by, children):
    with undone():
        away, other = open_season(policy_id="500103/2020", at=AT), organisation()
        told = [(_made(facts, school, other), facts) for facts in children]
        list_and_determine(season=suzhou, organisation=school, at=AT)
        enrolments = {one.person_id: one for one in Enrolment.objects.filter(season=suzhou)}
        for person, facts in told:
            _happened(enrolments[person.pk], facts, school, away, by)
        expected = {}
        for person, facts in told:
            one = enrolments[person.pk]
            one.refresh_from_db()
            expected[one.pk] = _plainly(one, facts, school)
        of_all = needs_of(Enrolment.objects.filter(season=suzhou))
        assert {key: {need.kind for need in found} for key, found in of_all.items()} == expected
        listed = Enrolment.objects.filter(season=suzhou).needing_something()
        assert set(listed.values_list("pk", flat=True)) == {key for key, found in expected.items() if found}
        for kind in KINDS:
            having = Enrolment.objects.filter(season=suzhou).needing_something(kind)
            assert set(having.values_list("pk", flat=True)) == {key for key, found in expected.items() if kind in found}
        ours = [one.pk for one in enrolments.values() if one.organisation_id == school.pk]
        assert counts(suzhou, school).needs_something == sum(bool(expected[key]) for key in ours)


def _made(facts: dict[str, Any], school: Any, other: Any) -> Any:
    given = {
        name: facts[name] for name in ("hukou", "born", "registered", "document", "phone", "parent_hukou", "points")
    }
    person = child(school, **given, contested=facts["roll"] == "elsewhere and here")
    if facts["roll"] in ("here and elsewhere", "elsewhere and here"):
        enter(person, other, contested=facts["roll"] == "here and elsewhere")
    return person


def _happened(one: Enrolment, facts: dict[str, Any], school: Any, away: Any, by: Any) -> None:
    if facts["correction"] and one.organisation_id == school.pk:
        ask_correction(enrolment=one, field="name", wanted="张晓明", reason="名字写错", by=by, at=AT)
    if facts["elsewhere"]:
        Enrolment.objects.create(
            season=away, person=one.person, plan_year=2020, organisation=organisation(area="500103"),
            state=facts["elsewhere"], state_at=AT, status="enrolled", reason="x",
        )  # fmt: skip
    if facts["roll"] == "left":
        one.person.rolls.update(left_on=date(2019, 11, 1), leave_reason="other")
    if facts["state"]:
        Enrolment.objects.filter(pk=one.pk).update(state=facts["state"], reason="x")


def _plainly(one: Enrolment, facts: dict[str, Any], school: Any) -> set[str]:
    """The same needs, read off what the test put in, without a word of SQL."""
    if facts["state"]:
        return set()
    registered = facts["registered"] is not None or one.registration == "points"
    places = {"hukou_community": "register_at_hukou_community", "school": "register_through_school"}
    held = {
        "ineligible": one.status == "ineligible",
        places.get(one.registration, "none"): one.registration != "" and not registered,
        "no_document": facts["document"] is None,
        "provisional_document": facts["document"] == "birth_certificate",
        "no_birth_date": facts["born"] is None,
        "no_hukou": facts["hukou"] == "" and facts["document"] == "resident_id",
        "no_guardian_phone": facts["phone"] is None,
        "contested_roll": "elsewhere" in facts["roll"],
        "left_the_roll": facts["roll"] == "left" and one.organisation_id == school.pk,
        "enrolled_elsewhere": facts["elsewhere"] == "confirmed",
        "correction_open": facts["correction"] and one.organisation_id == school.pk,
    }
    return {kind for kind, holds in held.items() if holds and kind != "none"}
