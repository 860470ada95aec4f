"""How far the platform sees a task: each count agrees with the fact by which the task is seen done."""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, child
from tests.web.conftest import listed
from yingbao.campaign import seen_far as far
from yingbao.campaign.models import Assignment
from yingbao.campaign.opening import open_tasks
from yingbao.campaign.seen_done import SEEN, look
from yingbao.campaign.seen_far import Far, seen_far
from yingbao.enrolment.actions import confirm, decline
from yingbao.publicity import handing

pytestmark = pytest.mark.django_db


def test_only_what_is_seen_is_counted_and_an_empty_season_has_no_figures(season, school):
    assert set(far.QUERIES) <= set(SEEN)
    for word in SEEN:
        assert seen_far(season=season, word=word, bodies=[school.pk]) == {}


def test_letters_are_counted_in_children_who_have_theirs_and_agree_with_what_is_seen_done(season, school, by):
    rows = listed(school, season, *(child(school, class_name=f"{1 + number % 2}班") for number in range(6)))
    decline(enrolment=rows[0], reason="已在老家参保", by=by, at=AT)
    assert seen_far(season=season, word="letters_handed_out", bodies=[school.pk]) == {school.pk: Far(0, 5)}
    handing.hand_out(season=season, school=school, classes=[("primary", 1, "2班")], day=AT.date(), by=by, at=AT)
    assert seen_far(season=season, word="letters_handed_out", bodies=[school.pk]) == {school.pk: Far(3, 5)}
    handing.hand_out(season=season, school=school, classes=[("primary", 1, "1班")], day=AT.date(), by=by, at=AT)
    assert seen_far(season=season, word="letters_handed_out", bodies=[school.pk]) == {school.pk: Far(5, 5)}
    open_tasks(season=season, at=AT)
    look(season=season, at=AT)
    assert Assignment.objects.get(organisation=school, task__word="hand_out_letters").state == "done"


def test_a_list_is_counted_by_who_is_decided_and_declared(season, school, by):
    rows = listed(school, season, child(school), child(school), child(school))
    confirm(enrolments=rows[:2], by=by, at=AT)
    counted = {word: seen_far(season=season, word=word, bodies=[school.pk])[school.pk]
               for word in ("list_confirmed", "declaration_handed_in", "everyone_paid")}  # fmt: skip
    assert counted == {
        "list_confirmed": Far(2, 3), "declaration_handed_in": Far(0, 3), "everyone_paid": Far(0, 3)
    }  # fmt: skip
    assert seen_far(season=season, word="photos_in", bodies=[school.pk]).get(school.pk, Far(0, 0)).done == 0
    assert seen_far(season=season, word="cards_handed_out", bodies=[school.pk]) == {school.pk: Far(0, 2)}
