"""Every body has its tasks: new ones, closed ones, merged ones, and when the policy changes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.campaign.doing import finish, mark_of
from yingbao.campaign.models import Assignment, AssignmentStep, SeasonTask
from yingbao.campaign.opening import current_seasons, hand_over, open_tasks

pytestmark = pytest.mark.django_db
LATER = at("2019-11-13")


def words(place) -> set[str]:
    return set(Assignment.objects.asked().filter(organisation=place).values_list("task__word", flat=True))


def test_each_body_gets_the_tasks_of_its_kind_and_a_second_round_changes_nothing(season, school, agency):
    community = organisation("community")
    far = organisation(area="500103")
    assert open_tasks(season=season, at=AT).new > 0
    assert "hand_out_letters" in words(school)
    assert words(community) == {
        "register_first_timers", "attend_training", "check_data", "declare_and_pay", "enrol_newborns"
    }  # fmt: skip
    assert "report_enrolment" in words(agency.organisation)
    assert words(far) == set()
    assert tuple(open_tasks(season=season, at=LATER)) == (0, 0, 0)


def test_a_body_that_comes_later_gets_its_own_in_the_next_round(season, school):
    open_tasks(season=season, at=AT)
    new = organisation(name="新办小学")
    assert open_tasks(season=season, at=LATER).new == len(words(school))
    assert words(new) == words(school)


def test_a_body_that_closes_loses_what_is_open_and_keeps_what_is_done(season, school, by):
    open_tasks(season=season, at=AT)
    one = Assignment.objects.get(organisation=school, task__word="collect_material")
    finish(assignment=one.pk, note="领到 600 份", seen=mark_of(one), by=by, at=AT)
    school.active = False
    school.save()
    assert open_tasks(season=season, at=LATER).dropped > 0
    assert words(school) == {"collect_material"}
    school.active = True
    school.save()
    assert open_tasks(season=season, at=LATER).asked_again > 0
    assert "hand_out_letters" in words(school)


def test_a_school_that_merges_hands_its_open_tasks_over_with_a_trace(season, school, by):
    other, officer = organisation(name="接收小学"), clerk(organisation("insurance_agency"))
    open_tasks(season=season, at=AT)
    moved = hand_over(organisation=school, successor=other, by=officer, at=LATER)
    assert moved == len(words(other)) > 0
    assert words(school) == set()
    assert Assignment.objects.filter(organisation=other, asked_of=school).count() == moved
    assert AssignmentStep.objects.filter(act="hand_over", organisation=other).count() == moved
    assert open_tasks(season=season, at=LATER).new == 0
    assert hand_over(organisation=other, successor=organisation("community"), by=by, at=LATER) == 0


def test_a_task_that_the_policy_asks_no_more_is_dropped_where_it_is_open(season, school):
    open_tasks(season=season, at=AT)
    SeasonTask.objects.create(
        season=season,
        word="gone",
        phase="letters",
        zh="旧任务",
        en="old",
        clause="四(一)",
        kinds=["school"],
        position=99,
    )
    task = SeasonTask.objects.get(word="gone")
    Assignment.objects.create(season=season, task=task, organisation=school, asked_of=school, state_at=AT)
    assert open_tasks(season=season, at=LATER).dropped == 1
    assert "gone" not in words(school)


def test_the_database_asks_a_body_once_and_lets_no_step_be_rewritten(season, school):
    open_tasks(season=season, at=AT)
    one = Assignment.objects.filter(organisation=school).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(season=season, task=one.task, organisation=school, asked_of=school, state_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentStep.objects.filter(assignment=one).update(note="改写")


def test_only_seasons_that_are_worked_on_are_looked_after(season):
    assert current_seasons(AT.date()) == [season]
