"""Decisions are stored, kept up to date, and follow the child. 核定入库"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from tests.enrolment.building import AT, at, body, child, enter, organisation
from yingbao.enrolment.determining import decide, determine_people, refresh
from yingbao.enrolment.models import Enrolment, Step
from yingbao.enrolment.opening import list_and_determine, open_enrolments
from yingbao.people.merging import merge
from yingbao.people.models import AssistedStatus, BasicRegistration, SchoolRoll
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def listed(season, organisation, when=AT):
    list_and_determine(season=season, organisation=organisation, at=when)
    return Enrolment.objects.get(season=season)


def again(enrolment, when=AT):
    changed = determine_people(season=enrolment.season, person_ids=[enrolment.person_id], as_of=when.date(), at=when)
    enrolment.refresh_from_db()
    return changed


def confirmed(enrolment):
    Enrolment.objects.filter(pk=enrolment.pk).update(state="confirmed")
    enrolment.refresh_from_db()
    return enrolment


def test_a_child_on_the_roll_is_listed_and_decided_with_its_reasons(suzhou, school):
    person = child(school)
    one = listed(suzhou, school)
    assert (one.person, one.organisation, one.state) == (person, school, "determined")
    assert (one.status, one.agent, one.channel, one.phase) == ("enrolled", "school", "school", "open")
    assert one.premium_fen == one.self_paid_fen > 0
    assert (one.coverage_from, one.coverage_to) == (date(2020, 1, 1), date(2020, 12, 31))
    assert one.because.split(";")[0] == "roll_city_hukou"
    assert (one.as_of, one.facts["hukou"], one.facts["school_stage"]) == (AT.date(), "320508", "primary")


def test_listing_a_school_twice_changes_nothing(suzhou, school):
    child(school)
    listed(suzhou, school)
    before = list(Enrolment.objects.values())
    assert open_enrolments(season=suzhou, organisation=school, at=AT) == 0
    assert list_and_determine(season=suzhou, organisation=school, at=AT) == 0
    assert list(Enrolment.objects.values()) == before
    assert Step.objects.count() == 2


def test_a_child_who_cannot_be_enrolled_is_on_the_list_with_the_reason(suzhou, school):
    child(school, hukou="340100", registered=None)
    one = listed(suzhou, school)
    assert (one.state, one.status, one.agent) == ("determined", "ineligible", "")
    assert one.because.split(";")[0] == "points_missed"


def test_a_first_timer_waits_as_a_draft_for_the_registration(suzhou, school):
    child(school, registered=None)
    one = listed(suzhou, school)
    assert (one.state, one.status, one.registration) == ("draft", "enrolled", "hukou_community")


def test_an_admitted_child_is_registered_by_the_admission_itself(suzhou, school):
    person = child(school, hukou="340100", registered=None, points=date(2019, 8, 20))
    one = listed(suzhou, school)
    registration = BasicRegistration.objects.get(person=person)
    assert (registration.channel, registration.registered_on) == ("points", date(2019, 8, 20))
    assert (one.state, one.registration) == ("determined", "points")


def test_the_admission_of_this_season_does_not_make_a_renewal_of_a_child(suzhou, school):
    child(school, hukou="340100", registered=None, points=date(2019, 8, 20))
    one = listed(suzhou, school)
    again(one)
    assert one.because.split(";")[0] == "roll_points_admitted"


@pytest.mark.parametrize("day", [date(2019, 9, 1), date(2019, 10, 8)])
def test_a_registration_of_this_season_leaves_a_yuzhong_child_a_first_timer(yuzhong, day):
    school = organisation(area="500103")
    child(school, hukou="500103", area="500103", registered=day)
    one = listed(yuzhong, school)
    assert (one.state, one.channel, one.registration) == ("determined", "community", "community")


def test_a_registration_of_last_season_sends_a_yuzhong_family_to_pay_online(yuzhong):
    school = organisation(area="500103")
    child(school, hukou="500103", area="500103", registered=date(2019, 8, 31))
    assert listed(yuzhong, school).channel == "online"


def test_a_first_timer_who_could_not_be_enrolled_goes_to_the_registration_once_it_can(suzhou, school):
    person = child(school, hukou="340100", registered=None)
    one = listed(suzhou, school)
    person.guardians.update(hukou="320500")
    assert again(one) == 1
    assert (one.state, one.status, one.registration) == ("draft", "enrolled", "school")


def test_a_community_lists_children_outside_school_and_no_others(suzhou, school, community):
    infant = child(born=date(2018, 3, 1))
    child(school)
    child(born=date(2001, 12, 31))
    child(hukou="320585")
    elsewhere = child(hukou="320508", parent_hukou="320508", born=date(2008, 3, 1))
    enter(elsewhere, organisation(area="500103"))
    assert open_enrolments(season=suzhou, organisation=community, at=AT) == 2
    assert set(Enrolment.objects.values_list("person_id", flat=True)) == {infant.pk, elsewhere.pk}


def test_of_two_communities_in_a_division_the_older_has_the_child(suzhou, community):
    child(born=date(2018, 3, 1))
    younger = organisation("community")
    assert open_enrolments(season=suzhou, organisation=younger, at=AT) == 0
    assert listed(suzhou, community).organisation == community


def test_a_community_takes_a_child_in_by_name_and_keeps_it(suzhou, community):
    named, other = child(born=date(2018, 3, 1)), child(born=date(2018, 4, 1))
    younger = organisation("community")
    assert open_enrolments(season=suzhou, organisation=younger, at=AT, person_ids=[named.pk]) == 1
    assert open_enrolments(season=suzhou, organisation=community, at=AT) == 1
    determine_people(season=suzhou, person_ids=[named.pk, other.pk], as_of=AT.date(), at=AT)
    assert Enrolment.objects.get(person=named).organisation == younger
    assert Enrolment.objects.get(person=other).organisation == community


def test_a_child_without_a_community_of_its_own_belongs_to_the_parents(suzhou, community):
    person = child(hukou="340100", parent_hukou="320508", born=date(2008, 3, 1))
    enter(person, organisation(area="500103"))
    one = listed(suzhou, community)
    assert (one.organisation, one.because.split(";")[0]) == (community, "community_studies_elsewhere")


def test_a_list_is_made_only_in_the_agents_own_pooling_area(yuzhong, school):
    child(school)
    assert open_enrolments(season=yuzhong, organisation=school, at=AT) == 0


def test_a_merged_record_is_on_no_list(suzhou, school):
    kept = child()
    gone = child(school)
    gone.merged_into, gone.merged_because = kept, "同一个孩子"
    gone.save()
    assert open_enrolments(season=suzhou, organisation=school, at=AT) == 0


def test_an_enrolment_follows_the_child_to_the_new_school(suzhou, school):
    person = child(school)
    one = listed(suzhou, school)
    other = organisation()
    person.rolls.update(left_on=date(2019, 11, 1), leave_reason="transferred")
    enter(person, other)
    again(one)
    assert (one.organisation, one.state) == (other, "determined")
    move = one.steps.get(act="move")
    assert move.changes == {"organisation": [school.pk, other.pk]}


def test_a_confirmed_child_who_changes_school_is_for_the_new_school_to_confirm(suzhou, school):
    person = child(school)
    one = confirmed(listed(suzhou, school))
    other = organisation()
    person.rolls.update(left_on=date(2019, 11, 1), leave_reason="transferred")
    enter(person, other)
    again(one)
    assert (one.organisation, one.state) == (other, "determined")
    assert [step.act for step in one.steps.all()][-2:] == ["revise", "move"]


def test_a_contested_child_stays_with_the_school_that_had_it(suzhou, school):
    person = child(school)
    other = organisation()
    enter(person, other, contested=True)
    assert open_enrolments(season=suzhou, organisation=other, at=AT) == 1
    list_and_determine(season=suzhou, organisation=other, at=AT)
    assert Enrolment.objects.get().organisation == school


def test_a_child_who_leaves_school_is_the_communitys(suzhou, school, community):
    person = child(school, born=date(2005, 1, 1))
    one = listed(suzhou, school)
    person.rolls.update(left_on=date(2019, 11, 1), leave_reason="other")
    again(one)
    assert (one.organisation, one.agent) == (community, "community")


def test_a_list_that_comes_after_the_confirmation_sends_it_back_with_what_changed(suzhou, school):
    person = child(school)
    one = confirmed(listed(suzhou, school))
    premium = one.premium_fen
    AssistedStatus.objects.create(person=person, category="orphan", provided_by=body(), first=date(2019, 11, 20))
    assert again(one, at("2019-11-21")) == 1
    assert (one.state, one.self_paid_fen, one.paid_by) == ("determined", 0, "treasury")
    step = one.steps.last()
    assert (step.act, step.from_state, step.to_state) == ("revise", "confirmed", "determined")
    assert step.changes == {"self_paid_fen": [premium, 0], "paid_by": ["", "treasury"]}


def test_another_reason_for_the_same_decision_leaves_a_confirmed_child_confirmed(suzhou, school):
    person = child(school)
    one = confirmed(listed(suzhou, school))
    person.hukou = ""
    person.save()
    assert again(one) == 1
    assert one.state == "confirmed"
    assert one.because.split(";")[0] == "roll_without_hukou"
    assert not one.steps.filter(act="revise").exists()


def test_a_new_day_alone_changes_no_confirmed_decision(yuzhong):
    school = organisation(area="500103")
    child(school, hukou="500103", area="500103")
    one = confirmed(listed(yuzhong, school, at("2019-12-20")))
    assert again(one, at("2020-03-01")) == 0
    assert (one.state, one.coverage_from, one.as_of) == ("confirmed", date(2020, 1, 1), date(2019, 12, 20))


def test_a_new_day_changes_a_decision_that_nobody_confirmed(yuzhong):
    school = organisation(area="500103")
    child(school, hukou="500103", area="500103")
    one = listed(yuzhong, school, at("2019-12-20"))
    again(one, at("2020-03-01"))
    assert (one.phase, one.coverage_from) == ("late", date(2020, 5, 30))


def test_a_decision_that_changes_with_the_day_writes_a_step_though_the_state_stays(suzhou, school):
    child(school)
    one = listed(suzhou, school, at("2019-08-20"))
    assert (one.state, one.status) == ("determined", "not_open")
    again(one, at("2019-08-21"))
    assert one.steps.filter(act="determine").count() == 1
    again(one, at("2019-09-01"))
    step = one.steps.get(act="determine", at=at("2019-09-01"))
    assert (step.from_state, step.to_state, step.by) == ("determined", "determined", None)
    assert step.changes["status"] == ["not_open", "enrolled"]


def test_after_the_close_a_confirmed_decision_is_left_alone(suzhou, school):
    person = child(school)
    one = confirmed(listed(suzhou, school, at("2019-11-30")))
    AssistedStatus.objects.create(person=person, category="orphan", provided_by=body(), first=date(2019, 11, 1))
    assert again(one, at("2019-12-01")) == 0
    assert one.state == "confirmed"


def test_an_ended_enrolment_keeps_the_decision_it_had(suzhou, school):
    person = child(school)
    one = listed(suzhou, school)
    Enrolment.objects.filter(pk=one.pk).update(state="declined", reason="家长不愿参保")
    person.hukou = "340100"
    person.save()
    assert again(one) == 0
    assert one.facts["hukou"] == "320508"


def test_a_trial_decision_stores_nothing(suzhou, school):
    person = child(school)
    decisions = decide(season=suzhou, person_ids=[person.pk], as_of=date(2019, 12, 1))
    assert decisions["status"].to_list() == ["closed"]
    assert not Enrolment.objects.exists()


def test_deciding_for_nobody_is_harmless(suzhou):
    assert determine_people(season=suzhou, person_ids=[], as_of=AT.date(), at=AT) == 0
    assert decide(season=suzhou, person_ids=[], as_of=AT.date()).height == 0


def test_the_decision_of_a_person_without_any_fact_is_stored_as_well(suzhou, school):
    child(school, hukou="", born=None, document=None, phone=None, registered=None)
    one = listed(suzhou, school)
    assert (one.status, one.facts["birth_date"]) == ("enrolled", None)


def test_refreshing_a_season_decides_for_everyone_and_notes_the_policys_file(suzhou, school):
    child(school)
    child(school, name="李小红")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    suzhou.policy_digest = "0" * 64
    suzhou.save()
    told = []
    changed = refresh(season=suzhou, as_of=date(2019, 12, 1), at=at("2019-12-01"), progress=lambda *n: told.append(n))
    suzhou.refresh_from_db()
    assert changed == 2
    assert told == [(2, 2)]
    assert suzhou.policy_digest != "0" * 64
    assert set(Enrolment.objects.values_list("status", flat=True)) == {"closed"}


def test_a_whole_school_takes_a_handful_of_statements(suzhou, school, django_assert_max_num_queries):
    for number in range(30):
        child(school, name=f"学生{number}")
    with django_assert_max_num_queries(25):
        list_and_determine(season=suzhou, organisation=school, at=AT)
    assert SchoolRoll.objects.count() == Enrolment.objects.filter(state="determined").count() == 30


def test_no_table_is_left_behind_between_two_runs_in_one_transaction(suzhou, school):
    child(school)
    one = listed(suzhou, school)
    again(one)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.decided')")
        assert cursor.fetchone() == (None,)


def test_the_enrolment_of_a_merged_record_is_the_kept_persons(suzhou, school):
    kept, gone = child(), child(school)
    one = listed(suzhou, school)
    merge(kept=kept, gone=gone, by=None, at=AT, reason="同一个孩子")
    assert again(one) == 0
    assert (one.person, one.organisation, one.state) == (kept, school, "determined")


def test_two_records_that_are_both_worked_on_are_not_merged(suzhou, school):
    kept, gone = child(school), child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    with pytest.raises(Refused):
        merge(kept=kept, gone=gone, by=None, at=AT, reason="同一个孩子")
    Enrolment.objects.filter(person=gone).update(state="withdrawn", reason="重复")
    merge(kept=kept, gone=gone, by=None, at=AT, reason="同一个孩子")
    assert Enrolment.objects.filter(person=kept).count() == 1


def test_deciding_for_a_school_looks_at_each_childs_own_roll_however_large_the_school_is(suzhou, school):
    """Also where all of it was written a moment ago, so that the database knows nothing of its size yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH born AS (
                INSERT INTO people_person (name, name_original, name_pinyin, name_initials, sex, birth_date, hukou,
                    residence_permit, parent_employee_insured, lapsed_years, repaired_years, merged_because, created_at)
                SELECT '张明', '张明', 'zhang ming', 'zm', 'male', '2012-05-04', '320508', false, false, 0, 0, '',
                       %(at)s
                FROM generate_series(1, 600) RETURNING id
            )
            INSERT INTO people_schoolroll
                (person_id, school_id, school_year, stage, grade, class_name, roll_number_masked, entered_on,
                 leave_reason, contested)
            SELECT id, %(school)s, 2019, 'primary', 1, '1班', '', '2019-09-01', '', false FROM born
            """,
            {"school": school.pk, "at": AT},
        )
    before = _rolls_read()
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert Enrolment.objects.exclude(status="").count() == 600
    assert _rolls_read() - before < 20 * 600


def _rolls_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'people_schoolroll'"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("state", ["declared", "paid", "exempt", "covered"])
def test_a_child_that_is_declared_or_paid_moves_to_its_new_school_as_it_is(suzhou, school, state):
    person = child(school)
    one = listed(suzhou, school)
    Enrolment.objects.filter(pk=one.pk).update(state=state)
    SchoolRoll.objects.filter(person=person).update(left_on=date(2019, 11, 13), leave_reason="transferred")
    new = organisation(name="枫桥学校")
    enter(person, new)
    assert again(one, at("2019-11-14")) == 1
    assert (one.state, one.organisation, one.as_of) == (state, new, AT.date())
    step = one.steps.last()
    assert (step.act, step.changes) == ("move", {"organisation": [school.pk, new.pk]})
    assert again(one, at("2019-11-15")) == 0


def test_a_paid_child_whose_roll_is_contested_stays_where_it_is(suzhou, school):
    person = child(school, contested=True)
    one = listed(suzhou, school)
    Enrolment.objects.filter(pk=one.pk).update(state="paid")
    enter(person, organisation(name="枫桥学校"), contested=True)
    assert again(one) == 0
    assert one.organisation == school
