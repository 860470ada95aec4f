"""Two records that are one human being become one, and nothing is lost. 并档"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people.conftest import AT, SUZHOU, resident_id, roll_at
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people import history
from yingbao.people.actions import move_hukou
from yingbao.people.bulk import NewAdmission, NewDocument, NewGuardian, NewListing, NewRegistration
from yingbao.people.looks import looked
from yingbao.people.matching import Incoming, match
from yingbao.people.merging import merge
from yingbao.people.models import Look, Person, SchoolRoll
from yingbao.people.search import search
from yingbao.sealing import sealed
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
DAY = date(2018, 9, 1)
CERTIFICATE = (NewDocument("birth_certificate", "T320000001"),)
NUMBER = resident_id(serial=77)


def merged(kept: Person, gone: Person, by=None) -> Person:
    return merge(kept=kept, gone=gone, by=by, at=AT, reason="同一人，证件已核对")


def test_the_record_that_goes_points_to_the_kept_one_with_the_reason(child, clerk):
    kept, gone = child(), child()
    merged(kept, gone, clerk)
    gone.refresh_from_db()
    assert (gone.merged_into, gone.merged_because) == (kept, "同一人，证件已核对")
    assert list(Person.objects.unmerged()) == [kept]


def test_documents_of_both_find_the_kept_person(child):
    kept = child(documents=CERTIFICATE)
    gone = child(documents=(NewDocument("resident_id", NUMBER),))
    merged(kept, gone)
    for number in ("T320000001", NUMBER):
        assert match([Incoming(sealed.index_of(number), "张晓明")])[0].person_id == kept.pk
        assert list(search(Person.objects.unmerged(), number)) == [kept]


@pytest.mark.parametrize("number_is_kept", [True, False])
def test_a_number_for_life_stays_current_whichever_record_had_it(child, number_is_kept):
    newborn, pupil = child(documents=CERTIFICATE), child(documents=(NewDocument("resident_id", NUMBER),))
    kept, gone = (pupil, newborn) if number_is_kept else (newborn, pupil)
    merged(kept, gone)
    assert kept.documents.get(replaced_at__isnull=True).kind == "resident_id"
    assert kept.documents.get(replaced_at=AT).kind == "birth_certificate"


def test_both_histories_are_told_as_one(child, clerk):
    kept, gone = child(), child()
    move_hukou(person=gone, division="320506", by=clerk, at=AT)
    merged(kept, gone, clerk)
    told = list(history.of(kept))
    assert {change.person_id for change in told} == {kept.pk, gone.pk}
    assert {"hukou": "320506"} in [change.after for change in told]
    assert {change.source for change in told if change.actor == clerk} == {"desk", f"merge {gone.pk}"}


def test_what_the_kept_record_lacks_comes_from_the_other_and_what_it_has_stays(child):
    kept = child(sex="", hukou="", documents=(), guardians=())
    gone = child(sex="female", hukou="320506", birth_date=date(2011, 1, 1))
    merged(kept, gone)
    kept.refresh_from_db()
    assert (kept.sex, kept.hukou, kept.birth_date) == ("female", "320506", date(2010, 5, 6))


def test_guardians_are_joined_and_their_gaps_filled(child):
    kept = child(guardians=(NewGuardian("张大山", "", "", "13812345678"),))
    gone = child(guardians=(NewGuardian("張大山", "father", "320506", "13900000000"), NewGuardian("李小红", "mother")))
    merged(kept, gone)
    father, mother = kept.guardians.order_by("position")
    assert (father.relation, father.hukou, father.phone_masked) == ("father", "320506", "138****5678")
    assert (mother.name, mother.position) == ("李小红", 2)


def test_a_third_guardian_stays_with_the_record_that_went(child):
    kept = child(guardians=(NewGuardian("甲", "father"), NewGuardian("乙", "mother")))
    gone = child(guardians=(NewGuardian("丙", "other"),))
    merged(kept, gone)
    assert [guardian.name for guardian in kept.guardians.order_by("position")] == ["甲", "乙"]
    assert gone.guardians.get().name == "丙"


def test_two_rolls_at_one_school_become_one(child, school):
    kept, gone = child(rolls=(roll_at(school),)), child(rolls=(roll_at(school),))
    merged(kept, gone)
    assert kept.rolls.get(left_on__isnull=True).leave_reason == ""
    assert kept.rolls.get(left_on=AT.date()).leave_reason == "merged"


def test_rolls_at_two_schools_are_for_someone_to_settle(child, school, other_school):
    kept, gone = child(rolls=(roll_at(school),)), child(rolls=(roll_at(other_school),))
    merged(kept, gone)
    contested = dict(kept.rolls.values_list("school", "contested"))
    assert contested == {school.pk: False, other_school.pk: True}


@pytest.mark.parametrize("contested", [True, False])
def test_the_only_roll_of_the_two_counts(child, school, other_school, contested):
    kept, gone = child(), child(rolls=(roll_at(school, contested=contested),))
    merged(kept, gone)
    assert SchoolRoll.objects.get().contested is False
    assert SchoolRoll.objects.get().person == kept


def test_of_two_registrations_the_earlier_counts(child):
    kept = child(registrations=(NewRegistration(SUZHOU, DAY + timedelta(days=365), "school"),))
    gone = child(registrations=(NewRegistration(SUZHOU, DAY, "points"), NewRegistration("500103", DAY, "community")))
    merged(kept, gone)
    registered = dict(kept.registrations.values_list("pooling_area", "registered_on"))
    assert registered == {SUZHOU: DAY, "500103": DAY}


def test_places_on_lists_and_admissions_are_joined(child, civil_affairs):
    later = DAY + timedelta(days=100)
    kept = child(listings=(NewListing("orphan", civil_affairs.pk, later),), admissions=(NewAdmission(SUZHOU, DAY),))
    gone = child(
        listings=(
            NewListing("orphan", civil_affairs.pk, DAY),
            NewListing("minimum_living", civil_affairs.pk, DAY, later),
        ),
        admissions=(NewAdmission(SUZHOU, DAY), NewAdmission(SUZHOU, later)),
    )
    merged(kept, gone)
    assert set(kept.assisted_statuses.values_list("category", "first", "last")) == {
        ("orphan", DAY, None),
        ("minimum_living", DAY, later),
    }
    assert set(kept.points_admissions.values_list("admitted_on", flat=True)) == {DAY, later}


def test_a_look_stays_with_the_record_that_was_looked_at(child, clerk, school):
    kept, gone = child(), child()
    looked(user=clerk, organisation=school, what="page", person=gone, at=AT)
    merged(kept, gone)
    assert Look.objects.get().person == gone


def test_records_merged_before_follow_to_the_one_that_is_kept_last(child):
    first, second, third = child(), child(), child()
    merged(second, first)
    merged(third, second)
    first.refresh_from_db()
    assert first.merged_into == third
    assert {change.person_id for change in history.of(third)} == {first.pk, second.pk, third.pk}


@pytest.mark.parametrize(("reason", "said"), [("  ", "there is no reason"), ("同一人", "one and the same record")])
def test_merging_needs_a_reason_and_two_records(child, reason, said):
    person = child()
    with pytest.raises(Refused, match=said):
        merge(kept=person, gone=person, by=None, at=AT, reason=reason)


def test_a_record_that_was_merged_is_not_worked_on_any_more(child):
    kept, gone = child(), child()
    merged(kept, gone)
    for refused in (lambda: merged(kept, gone), lambda: merged(gone, kept), lambda: merged(child(), gone)):
        with pytest.raises(Refused, match="merged into another"):
            refused()


class TestEnrolments:
    """What the layer above keeps of a person goes by its own constraints."""

    @pytest.fixture
    def enrol(self, school):
        season = Season.objects.create(
            policy="320500/2020", pooling_area=SUZHOU, plan_year=2020, policy_digest="0", opened_at=AT
        )

        def enrolled(person: Person, state: str = "determined", **more: object) -> Enrolment:
            reason = "家长不参保" if state in ("declined", "withdrawn") else ""
            values = {"season": season, "plan_year": 2020, "organisation": school, "state_at": AT, "reason": reason}
            return Enrolment.objects.create(person=person, state=state, **(values | more))

        return enrolled

    def test_an_enrolment_goes_to_the_kept_person(self, child, enrol):
        kept, gone = child(), child()
        enrolment = enrol(gone)
        merged(kept, gone)
        enrolment.refresh_from_db()
        assert enrolment.person == kept

    @pytest.mark.parametrize(
        "states", [("determined", "draft"), ("confirmed", "determined"), ("confirmed", "confirmed")]
    )
    def test_two_enrolled_in_the_same_year_are_not_merged_and_nothing_is_written(self, child, enrol, states):
        kept, gone = child(), child()
        for person, state in zip((kept, gone), states, strict=True):
            enrol(person, state, status="enrolled")
        with pytest.raises(Refused) as refused:
            merged(kept, gone)
        assert "2020 年度都在参保" in refused.value.said("zh")
        gone.refresh_from_db()
        assert gone.merged_into is None
        assert gone.documents.exists()

    def test_enrolments_of_different_years_are_no_obstacle(self, child, enrol):
        kept, gone = child(), child()
        other = Season.objects.create(
            policy="320500/2019", pooling_area=SUZHOU, plan_year=2019, policy_digest="0", opened_at=AT
        )
        enrol(kept)
        enrol(gone, season=other, plan_year=2019)
        merged(kept, gone)
        assert set(kept.enrolments.values_list("plan_year", flat=True)) == {2019, 2020}

    def test_two_confirmed_in_different_pooling_areas_are_not_merged_either(self, child, enrol):
        kept, gone = child(), child()
        other = Season.objects.create(
            policy="500103/2020", pooling_area="500103", plan_year=2020, policy_digest="0", opened_at=AT
        )
        enrol(kept, "confirmed", status="enrolled")
        enrol(gone, "confirmed", status="enrolled", season=other)
        with pytest.raises(Refused, match="being enrolled for 2020"):
            merged(kept, gone)

    def test_an_ended_enrolment_stays_with_the_record_that_went(self, child, enrol):
        kept, gone = child(), child()
        live, ended = enrol(kept), enrol(gone, "withdrawn")
        merged(kept, gone)
        live.refresh_from_db()
        ended.refresh_from_db()
        assert (live.person, ended.person) == (kept, gone)

    def test_the_enrolled_record_is_the_one_to_keep(self, child, enrol):
        kept, gone = child(), child()
        enrol(kept, "declined")
        enrol(gone)
        with pytest.raises(Refused, match="the other way round"):
            merged(kept, gone)
        assert merged(gone, kept) == gone
