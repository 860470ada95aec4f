"""What the platform has is seen by itself, opened again when it no longer stands, and never against a person's word."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.enrolment.building import AT, at, child
from tests.web.conftest import listed
from yingbao.campaign import seen_done
from yingbao.campaign.doing import finish, mark_of, take_back
from yingbao.campaign.models import Assignment, TrainingPlace, TrainingSession
from yingbao.campaign.opening import open_tasks
from yingbao.campaign.reckoning import is_told
from yingbao.enrolment.actions import confirm
from yingbao.policy.model import SeenBy

pytestmark = pytest.mark.django_db
LATER = at("2019-11-13")


def stands(place, word: str) -> tuple[str, object]:
    one = Assignment.objects.get(organisation=place, task__word=word)
    return one.state, one.done_by


def test_the_words_of_the_registry_are_words_of_policies():
    assert set(seen_done.SEEN) <= set(get_args(SeenBy))


def test_every_query_runs_on_an_empty_season_and_sees_nothing(season, school):
    open_tasks(season=season, at=AT)
    assert seen_done.look(season=season, at=AT) == 0


def test_a_roster_and_a_confirmed_list_are_seen_and_a_newcomer_opens_them_again(season, school, by):
    open_tasks(season=season, at=AT)
    rows = listed(school, season, child(school), child(school))
    confirm(enrolments=rows, by=by, at=AT)
    assert seen_done.look(season=season, at=AT) > 0
    assert stands(school, "register_online") == ("done", None)
    assert stands(school, "check_data") == ("done", None)
    assert stands(school, "declare_and_pay")[0] == "open"
    listed(school, season, child(school))
    seen_done.look(season=season, at=LATER)
    assert stands(school, "check_data") == ("open", None)
    one = Assignment.objects.get(organisation=school, task__word="check_data")
    assert [step.act for step in one.steps.all()] == ["open", "see", "unsee"]
    assert seen_done.look(season=season, at=LATER) == 0


def test_what_a_person_marked_stays_as_that_person_said(season, school, by):
    open_tasks(season=season, at=AT)
    one = Assignment.objects.get(organisation=school, task__word="check_data")
    finish(assignment=one.pk, note="本校无学生名单，已核对", seen=mark_of(one), by=by, at=AT)
    seen_done.look(season=season, at=LATER)
    assert stands(school, "check_data") == ("done", by.user)


def test_a_word_given_by_hand_is_confirmed_once_the_fact_is_seen_and_stands_again_when_it_no_longer_is(
    season, school, by
):
    open_tasks(season=season, at=AT)
    one = Assignment.objects.select_related("task").get(organisation=school, task__word="check_data")
    done = finish(assignment=one.pk, note="都核对过", seen=mark_of(one), by=by, at=AT)
    assert is_told(done)
    confirm(enrolments=listed(school, season, child(school)), by=by, at=AT)
    seen_done.look(season=season, at=LATER)
    assert stands(school, "check_data") == ("done", None)
    listed(school, season, child(school))
    seen_done.look(season=season, at=LATER)
    again = Assignment.objects.select_related("task").get(pk=one.pk)
    assert (again.state, again.done_by, again.note) == ("done", by.user, "都核对过")
    assert is_told(again)
    assert [step.act for step in one.steps.all()] == ["open", "finish", "see", "unsee"]
    assert seen_done.look(season=season, at=LATER) == 0
    take_back(assignment=one.pk, note="还差一个", seen=mark_of(again), by=by, at=LATER)
    assert stands(school, "check_data") == ("open", None)


def test_what_was_taken_back_is_no_word_to_return_to(season, school, by):
    open_tasks(season=season, at=AT)
    one = Assignment.objects.get(organisation=school, task__word="check_data")
    done = finish(assignment=one.pk, note="", seen=mark_of(one), by=by, at=AT)
    take_back(assignment=one.pk, note="", seen=mark_of(done), by=by, at=AT)
    confirm(enrolments=listed(school, season, child(school)), by=by, at=AT)
    seen_done.look(season=season, at=LATER)
    listed(school, season, child(school))
    seen_done.look(season=season, at=LATER)
    assert stands(school, "check_data") == ("open", None)


def test_who_attended_a_training_has_done_that_task(season, school, by, agency):
    open_tasks(season=season, at=AT)
    session = TrainingSession.objects.create(
        season=season, host=agency.organisation, title="培训", starts_at=AT, ends_at=LATER, place="三楼",
        kinds=["school"], places=3, taken=1, sign_up_until=AT.date(), announced_by=agency.user, announced_at=AT,
    )  # fmt: skip
    place = TrainingPlace.objects.create(
        session=session, organisation=school, name="王老师", state="going", queued_at=AT, signed_by=by.user
    )
    seen_done.look(season=season, at=AT)
    assert stands(school, "attend_training")[0] == "open"
    place.attended = True
    place.save()
    seen_done.look(season=season, at=LATER)
    assert stands(school, "attend_training") == ("done", None)
