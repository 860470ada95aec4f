"""What clerks do to enrolments, and what is refused. 参保办理"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, at, body, child, clerk, enter, organisation
from yingbao.enrolment.actions import confirm, confirm_ready, decline, register, reopen, withdraw
from yingbao.enrolment.models import Enrolment, Step
from yingbao.enrolment.opening import list_and_determine
from yingbao.people.models import AssistedStatus, BasicRegistration
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def enrolment_of(person, season, organisation, when=AT):
    list_and_determine(season=season, organisation=organisation, at=when)
    return Enrolment.objects.get(person=person, season=season)


def acts(enrolment):
    return [(step.act, step.from_state, step.to_state) for step in enrolment.steps.all()]


@pytest.fixture
def one(suzhou, school):
    return enrolment_of(child(school), suzhou, school)


def test_a_confirmed_child_has_its_step_with_who_and_when(one, by):
    assert confirm(enrolments=[one], by=by, at=at("2019-11-13")) == 1
    one.refresh_from_db()
    assert (one.state, one.state_at, one.as_of) == ("confirmed", at("2019-11-13"), date(2019, 11, 13))
    step = one.steps.last()
    assert (step.act, step.from_state, step.to_state) == ("confirm", "determined", "confirmed")
    assert (step.by, step.at) == (by.user, at("2019-11-13"))


def test_a_second_click_confirms_nothing_more(one, by):
    confirm(enrolments=[one], by=by, at=AT)
    assert confirm(enrolments=[one], by=by, at=AT) == 0
    assert one.steps.filter(act="confirm").count() == 1


def test_many_are_confirmed_in_one_go_or_not_at_all(suzhou, school, by):
    good, bad = child(school), child(school, hukou="340100", registered=None)
    enrolment_of(good, suzhou, school)
    with pytest.raises(Refused) as refused:
        confirm(enrolments=Enrolment.objects.all(), by=by, at=AT)
    assert "积分" in refused.value.mend.zh
    assert not Enrolment.objects.filter(state="confirmed").exists()
    assert confirm(enrolments=Enrolment.objects.exclude(person=bad), by=by, at=AT) == 1


def test_confirming_the_ready_leaves_the_others(suzhou, school, by):
    ready = child(school)
    child(school, hukou="340100", registered=None)
    child(school, registered=None)
    taken = child(school)
    enrolment_of(ready, suzhou, school)
    Enrolment.objects.create(
        season=season_of_yuzhong(), person=taken, plan_year=2020, organisation=organisation(area="500103"),
        state="confirmed", state_at=AT, status="enrolled",
    )  # fmt: skip
    assert confirm_ready(season=suzhou, organisation=school, by=by, at=AT) == 1
    assert confirm_ready(season=suzhou, organisation=school, by=by, at=AT) == 0
    assert Enrolment.objects.get(season=suzhou, state="confirmed").person == ready


def test_only_the_agent_confirms_its_whole_list(one, suzhou, school):
    for stranger in (
        clerk(organisation()),
        clerk(organisation(area="500103")),
        clerk(organisation("insurance_agency")),
    ):
        with pytest.raises(Refused):
            confirm_ready(season=suzhou, organisation=school, by=stranger, at=AT)
    one.refresh_from_db()
    assert one.state == "determined"


def season_of_yuzhong():
    from yingbao.enrolment.seasons import open_season

    return open_season(policy_id="500103/2020", at=AT)


def test_the_decision_is_made_afresh_before_it_is_confirmed(one, by):
    AssistedStatus.objects.create(person=one.person, category="orphan", provided_by=body(), first=date(2019, 11, 1))
    confirm(enrolments=[one], by=by, at=AT)
    one.refresh_from_db()
    assert (one.state, one.self_paid_fen, one.paid_by) == ("confirmed", 0, "treasury")


@pytest.mark.parametrize(("day", "hour", "taken"), [
    ("2019-08-31", 23, False), ("2019-09-01", 0, True), ("2019-11-30", 23, True), ("2019-12-01", 0, False),
])  # fmt: skip
def test_the_window_of_suzhou_opens_and_closes_at_midnight_in_china(suzhou, school, by, day, hour, taken):
    one = enrolment_of(child(school), suzhou, school, at("2019-09-15"))
    if taken:
        assert confirm(enrolments=[one], by=by, at=at(day, hour)) == 1
        return
    with pytest.raises(Refused) as refused:
        confirm(enrolments=[one], by=by, at=at(day, hour))
    assert day in refused.value.what.zh
    assert "2019-09-01至2019-11-30" in refused.value.mend.zh
    assert "2019-09-01 to 2019-11-30" in refused.value.mend.en


@pytest.mark.parametrize(("day", "taken"), [("2019-12-21", True), ("2020-09-30", True), ("2020-10-01", False)])
def test_late_enrolment_in_yuzhong_is_taken_to_its_last_day(yuzhong, day, taken):
    school = organisation(area="500103")
    one = enrolment_of(child(school, hukou="500103", area="500103"), yuzhong, school)
    if taken:
        assert confirm(enrolments=[one], by=clerk(school), at=at(day)) == 1
    else:
        with pytest.raises(Refused):
            confirm(enrolments=[one], by=clerk(school), at=at(day))


def test_a_newborn_is_taken_after_the_window_and_only_for_three_months(suzhou, community, worker):
    infant = child(born=date(2019, 11, 20), document="birth_certificate")
    one = enrolment_of(infant, suzhou, community)
    assert confirm(enrolments=[one], by=worker, at=at("2020-02-20")) == 1
    withdrawn = withdraw(enrolment=one, reason="材料不全", by=worker, at=at("2020-02-20"))
    with pytest.raises(Refused):
        reopen(enrolment=withdrawn, by=worker, at=at("2020-02-21"))


def test_a_newborn_of_december_is_for_an_officer_to_decide(suzhou, community, worker):
    one = enrolment_of(child(born=date(2020, 10, 5)), suzhou, community)
    with pytest.raises(Refused) as refused:
        confirm(enrolments=[one], by=worker, at=at("2020-12-10"))
    assert "officer" in refused.value.what.en


@pytest.mark.parametrize("act", ["decline", "withdraw", "reopen"])
def test_nothing_is_changed_after_the_close(one, by, act):
    if act == "reopen":
        decline(enrolment=one, reason="家长不愿参保", by=by, at=AT)
    do = {
        "decline": lambda: decline(enrolment=one, reason="不参加", by=by, at=at("2019-12-01")),
        "withdraw": lambda: withdraw(enrolment=one, reason="转走", by=by, at=at("2019-12-01")),
        "reopen": lambda: reopen(enrolment=one, by=by, at=at("2019-12-01")),
    }[act]
    before = Enrolment.objects.values().get()
    with pytest.raises(Refused) as refused:
        do()
    assert "2019-11-30" in refused.value.mend.zh
    assert Enrolment.objects.values().get() == before


def test_a_family_declines_with_its_reason(one, by):
    declined = decline(enrolment=one, reason="  已参加 其他保险 ", by=by, at=AT)
    assert (declined.state, declined.reason) == ("declined", "已参加 其他保险")
    assert declined.steps.last().reason == "已参加 其他保险"


@pytest.mark.parametrize("reason", ["", " \t\n"])
def test_leaving_without_a_reason_is_refused(one, by, reason):
    with pytest.raises(Refused):
        decline(enrolment=one, reason=reason, by=by, at=AT)
    one.refresh_from_db()
    assert one.state == "determined"


def test_a_reason_that_does_not_fit_is_refused(one, by):
    with pytest.raises(Refused) as refused:
        decline(enrolment=one, reason="长" * 201, by=by, at=AT)
    assert "200" in refused.value.mend.zh
    assert decline(enrolment=one, reason="长" * 200, by=by, at=AT).state == "declined"


def test_a_second_click_on_decline_keeps_the_first_reason(one, by):
    decline(enrolment=one, reason="甲", by=by, at=AT)
    assert decline(enrolment=one, reason="乙", by=by, at=AT).reason == "甲"
    assert one.steps.filter(act="decline").count() == 1


def test_a_confirmed_child_is_withdrawn_before_it_is_declined(one, by):
    confirm(enrolments=[one], by=by, at=AT)
    with pytest.raises(Refused) as refused:
        decline(enrolment=one, reason="不参加", by=by, at=AT)
    assert "撤回" in refused.value.mend.zh
    assert withdraw(enrolment=one, reason="家长改变主意", by=by, at=AT).state == "withdrawn"


def test_what_was_declined_is_reopened_and_decided_for_today(one, by):
    decline(enrolment=one, reason="不参加", by=by, at=AT)
    AssistedStatus.objects.create(person=one.person, category="orphan", provided_by=body(), first=date(2019, 11, 1))
    again = reopen(enrolment=one, by=by, at=at("2019-11-20"))
    assert (again.state, again.reason, again.self_paid_fen) == ("determined", "", 0)
    assert acts(one)[-2:] == [("reopen", "declined", "draft"), ("determine", "draft", "determined")]


def test_reopening_what_is_open_changes_nothing(one, by):
    before = acts(one)
    assert reopen(enrolment=one, by=by, at=AT).state == "determined"
    assert acts(one) == before


def test_another_schools_clerk_is_told_whose_child_it_is(one, school):
    stranger = clerk(organisation())
    for do in (
        lambda: confirm(enrolments=[one], by=stranger, at=AT),
        lambda: decline(enrolment=one, reason="x", by=stranger, at=AT),
        lambda: withdraw(enrolment=one, reason="x", by=stranger, at=AT),
        lambda: reopen(enrolment=one, by=stranger, at=AT),
    ):
        with pytest.raises(Refused) as refused:
            do()
        assert school.name in refused.value.what.zh


def test_a_clerk_of_another_pooling_area_learns_no_name(one, school):
    stranger = clerk(organisation(area="500103"))
    with pytest.raises(Refused) as refused:
        confirm(enrolments=[one], by=stranger, at=AT)
    assert school.name not in str(refused.value.what)


def test_tax_collectors_and_the_education_bureau_touch_no_enrolment(one):
    for kind in ("tax_authority", "education_bureau"):
        with pytest.raises(Refused):
            confirm(enrolments=[one], by=clerk(organisation(kind)), at=AT)


def test_the_agency_withdraws_but_does_not_confirm(one):
    officer = clerk(organisation("insurance_agency"))
    with pytest.raises(Refused):
        confirm(enrolments=[one], by=officer, at=AT)
    assert withdraw(enrolment=one, reason="重复参保", by=officer, at=AT).state == "withdrawn"


def test_a_sub_district_acts_for_its_communities_but_not_for_schools(suzhou, school):
    street = organisation("sub_district")
    below = organisation("community", parent=street)
    infant = enrolment_of(child(born=date(2018, 1, 1)), suzhou, below)
    assert confirm(enrolments=[infant], by=clerk(street), at=AT) == 1
    school.parent = street
    school.save()
    pupil = enrolment_of(child(school), suzhou, school)
    with pytest.raises(Refused):
        confirm(enrolments=[pupil], by=clerk(street), at=AT)


def test_a_child_is_never_enrolled_twice_for_one_year_anywhere(suzhou, yuzhong, community, worker):
    away = organisation(area="500103")
    person = child(away, hukou="320508", area="500103", parent_hukou="320508", stage="junior")
    BasicRegistration.objects.create(
        person=person, pooling_area="320500", registered_on=date(2018, 1, 1), channel="community"
    )
    there, here = enrolment_of(person, yuzhong, away), enrolment_of(person, suzhou, community)
    confirm(enrolments=[there], by=clerk(away), at=AT)
    with pytest.raises(Refused) as refused:
        confirm(enrolments=[here], by=worker, at=AT)
    assert "2020" in refused.value.what.zh
    assert away.name not in refused.value.said("zh")
    withdraw(enrolment=there, reason="回户籍地参保", by=clerk(away), at=AT)
    assert confirm(enrolments=[here], by=worker, at=AT) == 1


def test_a_first_timer_is_registered_before_it_is_confirmed(suzhou, school, community, by, worker):
    one = enrolment_of(child(school, registered=None), suzhou, school)
    with pytest.raises(Refused) as refused:
        confirm(enrolments=[one], by=by, at=AT)
    assert "社区" in refused.value.mend.zh
    registered = register(enrolment=one, channel="hukou_community", by=worker, at=AT)
    assert registered.state == "determined"
    assert acts(one)[-2:] == [("register", "draft", "registered"), ("determine", "registered", "determined")]
    known = BasicRegistration.objects.get(person=one.person)
    assert (known.channel, known.registered_on, known.pooling_area) == ("hukou_community", AT.date(), "320500")
    assert confirm(enrolments=[one], by=by, at=AT) == 1


def test_registering_twice_is_harmless(suzhou, school, worker):
    one = enrolment_of(child(school, registered=None), suzhou, school)
    register(enrolment=one, channel="hukou_community", by=worker, at=AT)
    assert register(enrolment=one, channel="hukou_community", by=worker, at=AT).state == "determined"
    assert BasicRegistration.objects.count() == 1


def test_a_first_timer_is_sent_to_the_place_that_registers_it(suzhou, school, by, worker):
    one = enrolment_of(child(school, registered=None), suzhou, school)
    with pytest.raises(Refused) as refused:
        register(enrolment=one, channel="hukou_community", by=by, at=AT)
    assert "户籍所在地的社区" in refused.value.mend.zh
    with pytest.raises(Refused):
        register(enrolment=one, channel="school", by=worker, at=AT)
    with pytest.raises(Refused):
        register(
            enrolment=one, channel="hukou_community", by=clerk(organisation("community", division="320505")), at=AT
        )
    assert not BasicRegistration.objects.exists()


def test_the_agency_registers_who_comes_through_the_school_and_the_school_itself_does_not(suzhou, school, by):
    one = enrolment_of(child(school, hukou="320585", registered=None), suzhou, school)
    assert one.registration == "school"
    with pytest.raises(Refused, match="through the insurance agency"):
        register(enrolment=one, channel="school", by=by, at=AT)
    officer = clerk(organisation("insurance_agency"))
    assert register(enrolment=one, channel="school", by=officer, at=AT).state == "determined"


def test_in_yuzhong_the_community_near_the_school_registers_as_well(yuzhong):
    school, near = organisation(area="500103"), organisation("community", area="500103")
    one = enrolment_of(child(school, hukou="510104", registered=None), yuzhong, school)
    assert register(enrolment=one, channel="community", by=clerk(near), at=AT).state == "determined"


def test_who_cannot_be_enrolled_is_not_registered(suzhou, school):
    one = enrolment_of(child(school, hukou="340100", registered=None), suzhou, school)
    with pytest.raises(Refused) as refused:
        register(enrolment=one, channel="school", by=clerk(organisation("insurance_agency")), at=AT)
    assert "积分" in refused.value.mend.zh


def test_nobody_is_registered_outside_the_window(suzhou, school, worker):
    one = enrolment_of(child(school, registered=None), suzhou, school)
    with pytest.raises(Refused):
        register(enrolment=one, channel="hukou_community", by=worker, at=at("2019-12-01"))
    assert not BasicRegistration.objects.exists()


def test_a_move_that_the_fresh_decision_finds_stops_the_old_schools_clerk(one, by):
    new = organisation()
    one.person.rolls.update(left_on=date(2019, 11, 1), leave_reason="transferred")
    enter(one.person, new)
    with pytest.raises(Refused) as refused:
        confirm(enrolments=[one], by=by, at=AT)
    assert new.name in refused.value.what.zh


def test_history_is_never_rewritten(one, by):
    from django.db import DatabaseError, transaction

    confirm(enrolments=[one], by=by, at=AT)
    for rewrite in (lambda: Step.objects.update(reason="x"), lambda: Step.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rewrite()
