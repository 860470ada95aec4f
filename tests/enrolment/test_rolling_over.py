"""The next season opened from the last: two seasons' children, closed schools, families that left. 参保季结转"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.enrolment.building import at, body, child, clerk, enter, organisation
from tests.enrolment.next_year import policies_in, write_next_year
from yingbao.enrolment import outlook, rolling_over, taking, versions
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.lifecycle import Act
from yingbao.enrolment.models import Enrolment, Season, Step
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.rolling_over import begin, carry_out, mark_of, note_outlook, roll_over_of
from yingbao.enrolment.rolling_tables import RollOver, StatusCheck
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Change, Person, SchoolRoll
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db

LISTED, OPENED = at("2019-10-08"), at("2020-09-02")
TODAY = date(2020, 9, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    return write_next_year(tmp_path_factory.mktemp("policies"))


@pytest.fixture(autouse=True)
def _years(folder) -> Iterator[None]:
    with policies_in(folder):
        yield


@pytest.fixture
def last(db) -> Season:
    return open_season(policy_id="320500/2020", at=at("2019-08-20"))


@pytest.fixture
def officer(last):
    return clerk(organisation("insurance_agency"))


def stood(person: Person, season: Season, state: str) -> None:
    """How last season ended for the child."""
    reason = "x" if state in ("declined", "withdrawn") else ""
    Enrolment.objects.filter(season=season, person=person).update(state=state, reason=reason)


def looked_at(day: date = TODAY) -> RollOver:
    """The roll-over with its outlook as it would be reckoned on that day."""
    policy = versions.in_force("320500/2021")
    found = roll_over_of(policy)
    told = outlook.look_ahead(last=found.last, policy=policy, today=day)
    note_outlook(found=found, told=told, digest=digest(), at=OPENED)
    return RollOver.objects.select_related("last").get()


def digest() -> str:
    return versions.digest_of(versions.text_in_force("320500/2021"))


def begun(officer) -> RollOver:
    found = looked_at()
    begin(found=found, seen=mark_of(found, digest()), by=officer, at=OPENED)
    found.refresh_from_db()
    return found


def rolled(officer) -> Season:
    found = begun(officer)
    carry_out(found=found, now=lambda: OPENED)
    return Season.objects.get(policy="320500/2021")


def now(person: Person, season: Season) -> Enrolment | None:
    return Enrolment.objects.filter(season=season, person=person).select_related("organisation").first()


def test_a_whole_school_is_a_year_on_with_renewals_known_and_nobody_registered_twice(last, officer):
    school = organisation(name="星海学校")
    third, sixth, ninth = child(school, grade=3), child(school, grade=6), child(school, stage="junior", grade=3)
    list_and_determine(season=last, organisation=school, at=LISTED)
    for person in (third, sixth, ninth):
        stood(person, last, "covered")
    before = list(Enrolment.objects.filter(season=last).order_by("pk").values())
    community = organisation("community")
    season = rolled(officer)
    assert list(Enrolment.objects.filter(season=last).order_by("pk").values()) == before
    rolls = dict(SchoolRoll.objects.filter(left_on__isnull=True).values_list("person", "grade"))
    assert rolls == {third.pk: 4, sixth.pk: 1}
    assert [now(one, season).state for one in (third, sixth, ninth)] == ["determined"] * 3
    assert (now(third, season).organisation, now(ninth, season).organisation) == (school, community)
    assert all(one.facts["registered_before"] and one.registration == "" for one in season.enrolments.all())
    found = RollOver.objects.get()
    assert found.result == {
        "promoted": 2, "graduated": 1, "children": 3, "places/school": 2, "places/community": 1, "renewals": 3,
    }  # fmt: skip
    assert found.done_at == OPENED
    step = Step.objects.get(enrolment=now(third, season), act=Act.OPEN)
    assert (step.by, step.at) == (officer.user, OPENED)
    change = Change.objects.filter(person_id=third.pk, table_name="people_schoolroll").latest("pk")
    assert (change.actor, change.source) == (officer.user, "roll-over 320500/2021")


def test_a_family_that_declined_is_listed_anew_with_a_year_lapsed(last, officer):
    school = organisation()
    person = child(school)
    list_and_determine(season=last, organisation=school, at=LISTED)
    stood(person, last, "declined")
    one = now(person, rolled(officer))
    assert (one.state, one.facts["lapsed_years"]) == ("determined", 1)


def test_who_was_withdrawn_and_is_at_no_school_waits_until_somebody_knows_it_again(last, officer):
    school, community = organisation(), organisation("community")
    gone, pupil = child(None), child(school)
    for place in (school, community):
        list_and_determine(season=last, organisation=place, at=LISTED)
    for person in (gone, pupil):
        stood(person, last, "withdrawn")
    season = rolled(officer)
    assert now(gone, season) is None
    assert now(pupil, season).state == "determined"
    assert RollOver.objects.get().result["places/withdrawn"] == 1


def test_a_child_on_the_roll_of_a_closed_school_is_told_and_listed_nowhere(last, officer):
    school = organisation()
    person = child(school)
    list_and_determine(season=last, organisation=school, at=LISTED)
    stood(person, last, "covered")
    school.active = False
    school.save()
    assert looked_at().outlook["places"] == {"closed_school": 1}
    assert now(person, rolled(officer)) is None
    assert RollOver.objects.get().result["places/closed_school"] == 1


def test_a_child_that_changed_schools_meanwhile_is_the_new_schools(last, officer):
    old, new = organisation(), organisation()
    person = child(old)
    list_and_determine(season=last, organisation=old, at=LISTED)
    stood(person, last, "covered")
    person.rolls.update(left_on=date(2020, 6, 30), leave_reason="transferred")
    enter(person, new, grade=1)
    assert looked_at().outlook["moved"] == 1
    season = rolled(officer)
    assert now(person, season).organisation == new
    assert now(person, last).organisation == old


def test_a_graduate_of_age_is_no_longer_listed(last, officer):
    school = organisation(stages=["senior"])
    person = child(school, stage="senior", grade=3, born=date(2002, 5, 1))
    organisation("community")
    list_and_determine(season=last, organisation=school, at=LISTED)
    stood(person, last, "covered")
    assert looked_at().outlook["places"] == {"of_age": 1}
    assert now(person, rolled(officer)) is None


def test_the_community_that_had_a_child_keeps_it_and_a_newborn_comes_to_the_oldest(last, officer):
    oldest, second = organisation("community"), organisation("community")
    person = child(None)
    list_and_determine(season=last, organisation=oldest, at=LISTED)
    Enrolment.objects.filter(person=person).update(organisation=second, state="covered")
    baby = child(None, born=date(2020, 5, 1), registered=None)
    nowhere = child(None, hukou="320506")
    season = rolled(officer)
    assert now(person, season).organisation == second
    assert (now(baby, season).organisation, now(baby, season).state) == (oldest, "draft")
    assert now(baby, season).facts["lapsed_years"] == 0
    assert now(nowhere, season) is None


def test_an_assisted_child_pays_until_its_body_confirms_and_the_old_season_stays_exempt(last, officer):
    school = organisation()
    person = child(school, assisted="minimum_living")
    list_and_determine(season=last, organisation=school, at=LISTED)
    assert now(person, last).self_paid_fen == 0
    season = rolled(officer)
    check = StatusCheck.objects.get()
    assert (check.season, check.person, check.provided_by, check.state) == (season, person, body(), "waiting")
    assert now(person, season).self_paid_fen == now(person, season).premium_fen > 0
    list_and_determine(season=last, organisation=school, at=OPENED)
    assert now(person, last).facts["assistance"] == "minimum_living"


def test_a_second_click_changes_nothing(last, officer):
    school = organisation()
    person = child(school)
    list_and_determine(season=last, organisation=school, at=LISTED)
    stood(person, last, "covered")
    season = rolled(officer)
    before = (list(Enrolment.objects.values()), list(SchoolRoll.objects.values()), list(RollOver.objects.values()))
    found = RollOver.objects.get()
    assert begin(found=found, seen="whatever", by=officer, at=at("2020-09-03")) == season
    carry_out(found=found, now=lambda: at("2020-09-03"))
    assert before == (
        list(Enrolment.objects.values()), list(SchoolRoll.objects.values()), list(RollOver.objects.values()),
    )  # fmt: skip


def test_a_run_that_was_cut_off_goes_on_where_it_was(last, officer, monkeypatch):
    monkeypatch.setattr(rolling_over, "CHUNK", 2)
    schools = [organisation(), organisation()]
    people = [child(schools[number % 2], grade=2) for number in range(7)]
    for school in schools:
        list_and_determine(season=last, organisation=school, at=LISTED)
    for person in people:
        stood(person, last, "covered")
    found = begun(officer)

    class CutOff(Exception):
        pass

    def progress(done: int, total: int) -> None:
        if done >= 4:
            raise CutOff

    with pytest.raises(CutOff):
        carry_out(found=found, now=lambda: OPENED, progress=progress)
    found = RollOver.objects.get()
    assert (found.result["children"], found.done_at) == (4, None)
    assert found.opened.enrolments.count() == 4
    carry_out(found=found, now=lambda: at("2020-09-03"))
    found.refresh_from_db()
    assert (found.result["children"], found.result["promoted"], found.opened.enrolments.count()) == (7, 7, 7)
    assert set(SchoolRoll.objects.values_list("grade", flat=True)) == {3}
    assert found.done_at == at("2020-09-03")


def test_a_chunk_that_fails_leaves_neither_drafts_nor_counts(last, officer):
    school = organisation()
    person = child(school)
    list_and_determine(season=last, organisation=school, at=LISTED)
    stood(person, last, "covered")
    found = begun(officer)
    with patch.object(rolling_over, "determine_people", side_effect=RuntimeError), pytest.raises(RuntimeError):
        carry_out(found=found, now=lambda: OPENED)
    found = RollOver.objects.get()
    assert (found.carried_to, found.result.get("children")) == (0, None)
    assert not found.opened.enrolments.exists()


def test_what_a_school_moved_on_and_listed_itself_stays_as_it_is(last, officer):
    school = organisation()
    person = child(None)
    enter(person, school, grade=5, school_year=2020)
    season = rolled(officer)
    assert now(person, season).organisation == school
    assert SchoolRoll.objects.get(person=person).grade == 5


def test_it_is_not_opened_before_the_school_year_nor_unseen_nor_by_a_stranger(last, officer):
    found = roll_over_of(versions.in_force("320500/2021"))
    with pytest.raises(Refused, match="reckon"):
        begin(found=found, seen=mark_of(found, digest()), by=officer, at=OPENED)
    found = looked_at()
    with pytest.raises(Refused, match="anew"):
        begin(found=found, seen="another page", by=officer, at=OPENED)
    with pytest.raises(Refused, match="school year"):
        begin(found=found, seen=mark_of(found, digest()), by=officer, at=at("2020-07-31"))
    stranger = clerk(organisation("insurance_agency", area="500103"))
    with pytest.raises(Refused):
        begin(found=found, seen=mark_of(found, digest()), by=stranger, at=OPENED)
    assert not Season.objects.filter(policy="320500/2021").exists()


def test_the_first_season_of_a_city_has_nothing_to_be_opened_from(last):
    assert roll_over_of(versions.in_force("500103/2021")) is None
    assert roll_over_of(versions.in_force("320500/2020")) is None


def test_more_children_cost_no_more_statements(last, officer):
    school = organisation()
    few = [child(school, grade=2) for _ in range(2)]
    list_and_determine(season=last, organisation=school, at=LISTED)
    for person in few:
        stood(person, last, "covered")
    looked_at()
    with CaptureQueriesContext(connection) as ahead_of_few:
        looked_at()
    more = [child(school, grade=2) for _ in range(40)]
    with CaptureQueriesContext(connection) as ahead_of_many:
        found = looked_at()
    assert len(ahead_of_many) == len(ahead_of_few)
    begin(found=found, seen=mark_of(found, digest()), by=officer, at=OPENED)
    found.refresh_from_db()
    with CaptureQueriesContext(connection) as deed:
        carry_out(found=found, now=lambda: OPENED)
    assert found.opened.enrolments.count() == len(few) + len(more)
    assert len(deed) < 60


def test_last_season_still_takes_late_payers_and_the_lapse_goes_once_they_have_paid(db):
    last = open_season(policy_id="500103/2020", at=at("2019-08-20"))
    school = organisation(area="500103")
    person = child(school, area="500103", hukou="500103")
    list_and_determine(season=last, organisation=school, at=LISTED)
    policy, mark = versions.in_force("500103/2021"), versions.digest_of(versions.text_in_force("500103/2021"))
    found = roll_over_of(policy)
    told = outlook.look_ahead(last=last, policy=policy, today=TODAY)
    note_outlook(found=found, told=told, digest=mark, at=OPENED)
    found = RollOver.objects.get()
    officer = clerk(organisation("insurance_agency", area="500103"))
    season = begin(found=found, seen=mark_of(found, mark), by=officer, at=OPENED)
    carry_out(found=found, now=lambda: OPENED)
    assert now(person, season).facts["lapsed_years"] == 1
    late = at("2020-09-10")
    refresh(season=last, as_of=date(2020, 9, 10), at=late)
    old = now(person, last)
    confirm(enrolments=[old], by=clerk(school), at=late)
    assert taking.walk(act=Act.DECLARE, enrolments=[old.pk], at=late) == [old.pk]
    assert taking.pay(season=last, paid={old.pk: date(2020, 9, 10)}, at=late) == 1
    refresh(season=season, as_of=date(2020, 9, 11), at=at("2020-09-11"))
    assert (now(person, last).state, now(person, season).facts["lapsed_years"]) == ("paid", 0)


def test_once_a_season_between_is_open_the_later_one_comes_from_that_and_is_reckoned_anew(last, officer, tmp_path):
    with policies_in(write_next_year(tmp_path, 2021, 2022)):
        after_next = versions.in_force("320500/2022")
        found = roll_over_of(after_next)
        told = outlook.look_ahead(last=found.last, policy=after_next, today=TODAY)
        assert note_outlook(found=found, told=told, digest="x", at=OPENED)
        assert roll_over_of(after_next).last == last
        between = open_season(policy_id="320500/2021", at=OPENED)
        found = roll_over_of(after_next)
        assert (found.last, found.outlook, found.outlook_for) == (between, None, "")
