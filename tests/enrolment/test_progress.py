"""Heads and sums of an agent's list, and the season's steps. 进度与步骤"""

from __future__ import annotations

from datetime import date

import pytest

from tests.enrolment.building import AT, at, child, clerk, enter, organisation
from yingbao.enrolment.actions import confirm_ready, decline, register, withdraw
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.progress import Counts, counts
from yingbao.enrolment.steps import steps_of
from yingbao.enrolment.taking import lapse

pytestmark = pytest.mark.django_db
TODAY = date(2019, 11, 12)


def states(steps):
    return {step.id: step.state for step in steps}


def test_the_figures_of_a_school_add_up(suzhou, school, by):
    child(school)
    child(school, assisted="orphan", phone=None)
    child(school, hukou="340100", registered=None)
    child(school, hukou="320585", registered=None)
    unwilling, gone = child(school), child(school)
    other = organisation()
    child(other)
    for each in (school, other):
        list_and_determine(season=suzhou, organisation=each, at=AT)
    decline(enrolment=Enrolment.objects.get(person=unwilling), reason="不参加", by=by, at=AT)
    withdraw(enrolment=Enrolment.objects.get(person=gone), reason="转走", by=by, at=AT)
    confirm_ready(season=suzhou, organisation=school, by=by, at=AT)
    premium = Enrolment.objects.filter(state="confirmed").first().premium_fen
    assert counts(suzhou, school) == Counts(
        on_roll=6, listed=4, confirmed=2, ready=0, undecided=1, closed=0, must_pay=2, must_pay_fen=2 * premium,
        exempt=1, exempt_fen=premium, ineligible=1, first_timers=1, to_register=1, data_missing=1, needs_something=3,
        declined=1, withdrawn=1, lapsed=0,
    )  # fmt: skip


def test_an_agent_without_children_has_figures_of_zero(suzhou, school):
    assert set(counts(suzhou, school)) == {0}


def test_the_figures_take_two_statements(suzhou, school, django_assert_num_queries):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    with django_assert_num_queries(2):
        counts(suzhou, school)


def test_before_the_roster_is_in_everything_waits_for_it(suzhou, school):
    found = states(steps_of(suzhou, school, TODAY))
    assert found["roster"] == "next"
    assert {found[each] for each in ("data", "registration", "confirmation", "declaration", "payment")} == {"later"}


def test_last_years_roster_does_not_count(suzhou, school):
    enter(child(), school, school_year=2018)
    assert states(steps_of(suzhou, school, TODAY))["roster"] == "next"


def test_a_school_walks_the_steps_in_order_to_the_declaration(suzhou, school, by):
    gap = child(school, phone=None)
    newcomer = child(school, hukou="320585", registered=None)
    child(school, hukou="340100", registered=None)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    steps = steps_of(suzhou, school, TODAY, roster_errors=2)
    assert [step.id for step in steps[:6]] == [
        "roster", "data", "registration", "confirmation", "declaration", "payment",
    ]  # fmt: skip
    assert states(steps)["roster"] == "done"
    assert (steps[1].state, steps[1].left) == ("next", 3)
    assert "3" in steps[1].text.zh
    gap.guardians.all().delete()
    enter_phone(gap)
    steps = steps_of(suzhou, school, TODAY)
    assert (states(steps)["data"], states(steps)["registration"], states(steps)["confirmation"]) == (
        "done", "next", "later",
    )  # fmt: skip
    officer = clerk(organisation("insurance_agency"))
    register(enrolment=Enrolment.objects.get(person=newcomer), channel="school", by=officer, at=AT)
    assert states(steps_of(suzhou, school, TODAY))["confirmation"] == "next"
    confirm_ready(season=suzhou, organisation=school, by=by, at=AT)
    assert states(steps_of(suzhou, school, TODAY))["confirmation"] == "done"


def test_once_the_time_is_over_nobody_is_sent_to_confirm_and_the_step_is_not_called_done(suzhou, school, by):
    over = date(2019, 12, 2)
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    confirm_ready(season=suzhou, organisation=school, by=by, at=AT)
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    refresh(season=suzhou, as_of=over, at=at("2019-12-02"))
    found = {step.id: step for step in steps_of(suzhou, school, over)}
    assert (found["confirmation"].state, found["confirmation"].left) == ("over", 0)
    assert "1名没有参保" in found["confirmation"].text.zh
    assert (found["declaration"].state, found["payment"].state) == ("over", "over")
    assert lapse(season=suzhou, on=over, at=at("2019-12-02")) == 2
    found = {step.id: step for step in steps_of(suzhou, school, over)}
    assert found["confirmation"].state == "over"
    assert "2名没有参保" in found["confirmation"].text.zh


def enter_phone(person):
    from yingbao.sealing import sealed

    cipher, index, masked = sealed.phone("13800000001")
    person.guardians.create(position=1, phone_cipher=cipher, phone_index=index, phone_masked=masked)


@pytest.mark.parametrize(("on", "days"), [(date(2019, 11, 29), 1), (date(2019, 11, 30), 0), (date(2019, 12, 1), -1)])
def test_the_days_to_the_deadline_are_counted_in_china(suzhou, school, on, days):
    step = steps_of(suzhou, school, on)[0]
    assert (step.deadline, step.days_left) == (date(2019, 11, 30), days)


def test_yuzhongs_schools_do_not_pay_and_see_the_notices_own_deadlines(yuzhong):
    school = organisation(area="500103")
    steps = steps_of(yuzhong, school, TODAY)
    found = {step.id: step for step in steps}
    assert "declaration" not in found
    assert found["missing"].state == "later"
    assert "社区" in found["registration"].name.zh
    reminders = {step.id: step.deadline for step in steps if step.state == "reminder"}
    assert reminders == {
        "publicity": date(2019, 10, 10), "coordination": date(2019, 10, 30), "statistics": date(2019, 11, 10),
    }  # fmt: skip
    assert found["publicity"].days_left == -33


def test_after_yuzhongs_open_period_the_late_one_counts(yuzhong):
    school = organisation(area="500103")
    assert steps_of(yuzhong, school, date(2019, 12, 20))[0].deadline == date(2019, 12, 20)
    assert steps_of(yuzhong, school, date(2019, 12, 21))[0].deadline == date(2020, 9, 30)
    assert steps_of(yuzhong, school, date(2020, 10, 1))[0].days_left == -1


def test_a_community_has_no_roster_to_upload(suzhou, community, worker):
    assert states(steps_of(suzhou, community, TODAY))["data"] == "next"
    child(born=date(2018, 1, 1))
    list_and_determine(season=suzhou, organisation=community, at=AT)
    steps = steps_of(suzhou, community, TODAY)
    assert [step.id for step in steps] == ["data", "registration", "confirmation", "declaration", "payment"]
    assert states(steps)["confirmation"] == "next"
    confirm_ready(season=suzhou, organisation=community, by=clerk(community), at=AT)
    assert states(steps_of(suzhou, community, TODAY))["confirmation"] == "done"


def test_every_step_speaks_both_languages(suzhou, yuzhong, school):
    for season, where in ((suzhou, school), (yuzhong, organisation(area="500103"))):
        for step in steps_of(season, where, TODAY):
            assert step.name.zh
            assert step.name.en
            assert step.text.zh
            assert "{" not in step.text.en
