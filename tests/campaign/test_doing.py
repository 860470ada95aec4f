"""A body marks its task done and takes that back: second clicks, stale pages, two clerks, another's task."""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, at, clerk, organisation
from yingbao.campaign.doing import finish, mark_of, take_back
from yingbao.campaign.models import Assignment
from yingbao.campaign.opening import open_tasks
from yingbao.campaign.reckoning import HowFar, by_body, by_task
from yingbao.campaign.seen_done import look
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
LATER = at("2019-11-13")


@pytest.fixture
def one(season, school) -> Assignment:
    open_tasks(season=season, at=AT)
    return Assignment.objects.get(organisation=school, task__word="hand_out_letters")


def test_a_task_is_done_with_who_when_and_what_and_undone_with_a_trace(one, by):
    done = finish(assignment=one.pk, note=" 发了 12 个班 ", seen=mark_of(one), by=by, at=AT)
    assert (done.state, done.done_by, done.note) == ("done", by.user, "发了 12 个班")
    back = take_back(assignment=one.pk, note="两个班没发到", seen=mark_of(done), by=by, at=LATER)
    assert (back.state, back.done_by, back.note) == ("open", None, "")
    assert [(step.act, step.note) for step in one.steps.all()] == [
        ("open", ""), ("finish", "发了 12 个班"), ("take_back", "两个班没发到")
    ]  # fmt: skip


def test_a_second_click_changes_nothing_and_a_second_clerk_is_told_who_was_first(one, by, school):
    seen = mark_of(one)
    finish(assignment=one.pk, note="", seen=seen, by=by, at=AT)
    assert finish(assignment=one.pk, note="", seen=seen, by=by, at=LATER).state_at == AT
    with pytest.raises(Refused) as told:
        finish(assignment=one.pk, note="我也发了", seen=seen, by=clerk(school), at=LATER)
    assert by.user.name in told.value.what.zh
    assert one.steps.count() == 2


def test_a_stale_page_undoes_nothing(one, by):
    seen = mark_of(one)
    done = finish(assignment=one.pk, note="", seen=seen, by=by, at=AT)
    take_back(assignment=one.pk, note="", seen=mark_of(done), by=by, at=LATER)
    with pytest.raises(Refused):
        finish(assignment=one.pk, note="", seen=seen, by=by, at=LATER)
    assert take_back(assignment=one.pk, note="", seen=mark_of(done), by=by, at=LATER).state == "open"


def test_nobody_marks_the_task_of_another_body_and_no_note_is_endless(one, by, agency):
    with pytest.raises(Assignment.DoesNotExist):
        finish(assignment=one.pk, note="", seen=mark_of(one), by=agency, at=AT)
    for note in ("长" * 301, "看不\x00见"):
        with pytest.raises(Refused):
            finish(assignment=one.pk, note=note, seen=mark_of(one), by=by, at=AT)


def test_what_the_platform_saw_is_not_undone_by_hand(season, school, by, agency):
    from tests.enrolment.building import child
    from tests.web.conftest import listed

    open_tasks(season=season, at=AT)
    listed(school, season, child(school))
    look(season=season, at=AT)
    one = Assignment.objects.get(organisation=school, task__word="register_online")
    with pytest.raises(Refused):
        take_back(assignment=one.pk, note="", seen=mark_of(one), by=by, at=AT)


def test_the_owner_above_counts_only_its_own_below(season, street, school, by, agency):
    elsewhere = organisation(name="别处小学")
    open_tasks(season=season, at=AT)
    one = Assignment.objects.select_related("task").get(organisation=school, task__word="hand_out_letters")
    finish(assignment=one.pk, note="", seen=mark_of(one), by=by, at=AT)
    on = AT.date()
    assert by_task(season=season, of=clerk(street), on=on)[one.task_id] == HowFar(told=1)
    assert by_task(season=season, of=agency, on=on)[one.task_id] == HowFar(told=1, late=1)
    assert by_task(season=season, of=by, on=on)[one.task_id] == HowFar(told=1)
    counted = by_body(task=one.task, roots=[street.pk, elsewhere.pk], on=on)
    assert counted == {street.pk: HowFar(told=1), elsewhere.pk: HowFar(late=1)}
    unseen = Assignment.objects.select_related("task").get(organisation=school, task__word="collect_material")
    finish(assignment=unseen.pk, note="", seen=mark_of(unseen), by=by, at=AT)
    assert by_task(season=season, of=by, on=on)[unseen.task_id] == HowFar(done=1)
    assert by_body(task=unseen.task, roots=[school.pk], on=on) == {school.pk: HowFar(done=1)}
    newborns = Assignment.objects.filter(task__word="enrol_newborns").first()
    assert newborns is None
    report = Assignment.objects.get(task__word="report_enrolment", organisation=agency.organisation)
    assert by_task(season=season, of=agency, on=on)[report.task_id] == HowFar(ahead=1)
