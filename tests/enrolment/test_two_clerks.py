"""Two clerks, the same child, the same second: once. 并发办理"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections, transaction

from tests.enrolment.building import AT, child, clerk, enter, organisation
from yingbao.enrolment.actions import confirm, confirm_ready, decline
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment, Step
from yingbao.enrolment.opening import list_and_determine, open_enrolments
from yingbao.enrolment.promotion import promote
from yingbao.people.merging import merge
from yingbao.people.models import BasicRegistration, SchoolRoll
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of these at once, each on a connection of its own; what each returned or raised."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            start.wait()
            outcomes[place] = acts[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def until_waiting(sessions: int) -> None:
    """Return once so many sessions wait for a lock."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            # Inside a transaction the activity is read once, unless it is told to look again.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0] >= sessions:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.fixture
def one(suzhou, school):
    child(school)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    return Enrolment.objects.get()


def test_two_clerks_confirm_one_child_once(one, school):
    first, second = clerk(school), clerk(school)
    outcomes = together(
        lambda: confirm(enrolments=[one], by=first, at=AT), lambda: confirm(enrolments=[one], by=second, at=AT)
    )
    assert sorted(outcomes) == [0, 1]
    assert Step.objects.filter(enrolment=one, act="confirm").count() == 1


def test_one_confirms_while_the_other_declines_and_one_of_them_is_told(one, school):
    first, second = clerk(school), clerk(school)
    outcomes = together(
        lambda: confirm(enrolments=[one], by=first, at=AT),
        lambda: decline(enrolment=one, reason="不参加", by=second, at=AT),
    )
    one.refresh_from_db()
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert one.state == ("declined" if isinstance(outcomes[0], Refused) else "confirmed")
    assert Step.objects.filter(enrolment=one, act__in=["confirm", "decline"]).count() == 1


@pytest.fixture
def two_cities(suzhou, yuzhong, community):
    """A pupil in Yuzhong whose home is in Suzhou: both may enrol it. The enrolments and who may confirm each."""
    away = organisation(area="500103")
    person = child(away, hukou="320508", area="500103", parent_hukou="320508", stage="junior")
    BasicRegistration.objects.create(
        person=person, pooling_area="320500", registered_on=date(2018, 1, 1), channel="community"
    )
    list_and_determine(season=yuzhong, organisation=away, at=AT)
    list_and_determine(season=suzhou, organisation=community, at=AT)
    there, here = Enrolment.objects.get(season=yuzhong), Enrolment.objects.get(season=suzhou)
    return there, clerk(away), here, clerk(community)


def test_one_child_in_two_cities_is_confirmed_in_one(two_cities):
    there, at_school, here, at_home = two_cities
    outcomes = together(
        lambda: confirm(enrolments=[there], by=at_school, at=AT), lambda: confirm(enrolments=[here], by=at_home, at=AT)
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 1
    assert Enrolment.objects.filter(state="confirmed").count() == 1


def during(act: Callable[[], Any], waiter: Callable[[], Any], *more: Callable[[], Any]) -> Any:
    """Do an act, and more, in one transaction, while somebody else waits for it; what that one returned or raised."""
    outcomes: list[Any] = []

    def wait() -> None:
        try:
            outcomes.append(waiter())
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=wait)
    with transaction.atomic():
        act()
        waiting.start()
        until_waiting(1)
        for each in more:
            each()
    waiting.join(60)
    return outcomes[0]


def test_who_enrols_in_a_second_city_waits_for_the_first(two_cities):
    there, at_school, here, at_home = two_cities
    outcome = during(
        lambda: confirm(enrolments=[there], by=at_school, at=AT), lambda: confirm(enrolments=[here], by=at_home, at=AT)
    )
    assert isinstance(outcome, Refused)
    assert "其他统筹区" in outcome.what.zh
    assert Enrolment.objects.get(state="confirmed") == there


@pytest.mark.parametrize("how", ["confirm", "determine"])
def test_whoever_locks_many_locks_them_in_the_order_of_persons(suzhou, school, how):
    people = [child(school).pk for _ in range(2)]
    list_and_determine(season=suzhou, organisation=school, at=AT)
    first, second = Enrolment.objects.order_by("person_id")
    by, other = clerk(school), clerk(school)
    waiters = {
        "confirm": lambda: confirm(enrolments=[second, first], by=other, at=AT),
        "determine": lambda: determine_people(season=suzhou, person_ids=people[::-1], as_of=AT.date(), at=AT),
    }
    # Had the other locked the second child before it waits for the first, both would wait for ever.
    outcome = during(
        lambda: confirm(enrolments=[first], by=by, at=AT),
        waiters[how],
        lambda: confirm(enrolments=[second], by=by, at=AT),
    )
    assert outcome == 0
    assert Enrolment.objects.filter(state="confirmed").count() == 2


def test_who_waited_for_a_lock_sees_what_was_done_meanwhile(one, school):
    by, other = clerk(school), clerk(school)
    outcome = during(
        lambda: decline(enrolment=one, reason="不参加", by=by, at=AT),
        lambda: confirm(enrolments=[one], by=other, at=AT),
    )
    assert isinstance(outcome, Refused)
    one.refresh_from_db()
    assert one.state == "declined"


def test_many_at_once_over_the_same_children_never_wait_in_a_circle(suzhou, school):
    people = [child(school).pk for _ in range(40)]
    other = organisation()
    for person in people[::2]:
        SchoolRoll.objects.create(
            person_id=person, school=other, school_year=2019, stage="primary", grade=1, entered_on=AT.date(),
            contested=True,
        )  # fmt: skip
    by, second = clerk(school), clerk(school)
    outcomes = together(
        lambda: list_and_determine(season=suzhou, organisation=school, at=AT),
        lambda: open_enrolments(season=suzhou, organisation=other, at=AT),
        lambda: list_and_determine(season=suzhou, organisation=other, at=AT),
        lambda: determine_people(season=suzhou, person_ids=people[::-1], as_of=AT.date(), at=AT),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    list_and_determine(season=suzhou, organisation=school, at=AT)
    determine_people(season=suzhou, person_ids=people, as_of=AT.date(), at=AT)
    outcomes = together(
        lambda: confirm_ready(season=suzhou, organisation=school, by=by, at=AT),
        lambda: confirm(enrolments=list(Enrolment.objects.order_by("-pk")), by=second, at=AT),
        lambda: determine_people(season=suzhou, person_ids=people[::-1], as_of=AT.date(), at=AT),
    )
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert Enrolment.objects.filter(state="confirmed", organisation=school).count() == 40
    assert Step.objects.filter(act="confirm").count() == 40


def test_two_promotions_at_once_promote_once(suzhou, school):
    for _ in range(10):
        enter(child(), school, school_year=2018)
    by, other = clerk(school), clerk(school)
    outcomes = together(
        lambda: promote(school=school, school_year=2019, by=by, at=AT),
        lambda: promote(school=school, school_year=2019, by=other, at=AT),
    )
    assert sorted(outcome.promoted for outcome in outcomes) == [0, 10]
    assert set(SchoolRoll.objects.values_list("grade", flat=True)) == {2}
    assert Enrolment.objects.count() == 10


def test_a_merge_while_a_clerk_waits_hands_the_kept_persons_enrolments_over_too(suzhou, yuzhong, school):
    away = organisation(area="500103")
    kept, gone = child(away, hukou="500103", area="500103"), child(school)
    list_and_determine(season=yuzhong, organisation=away, at=AT)
    list_and_determine(season=suzhou, organisation=school, at=AT)
    there, here = Enrolment.objects.get(season=yuzhong), Enrolment.objects.get(season=suzhou)
    confirm(enrolments=[there], by=clerk(away), at=AT)
    by = clerk(school)
    outcome = during(
        lambda: merge(kept=kept, gone=gone, by=None, at=AT, reason="同一个孩子"),
        lambda: confirm(enrolments=[here], by=by, at=AT),
    )
    assert isinstance(outcome, Refused)
    assert Enrolment.objects.get(state="confirmed") == there
