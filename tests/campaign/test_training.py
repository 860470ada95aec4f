"""Trainings: places, the waiting list, moves, stale pages, a session cancelled in between, many at the same moment."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.enrolment.building import AT, clerk, organisation
from yingbao.campaign import telling, training
from yingbao.campaign.models import TrainingPlace, TrainingSession
from yingbao.campaign.training import Announced
from yingbao.messages.models import Message
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
BEGINS = AT + timedelta(days=5)


def said(**more: object) -> Announced:
    values = {
        "title": "学校经办人员培训", "starts_at": BEGINS, "ends_at": BEGINS + timedelta(hours=2), "online": False,
        "place": "三楼会议室", "kinds": ("school",), "places": 2, "sign_up_until": date(2019, 11, 16), "about": "",
    }  # fmt: skip
    return Announced(**(values | more))  # type: ignore[arg-type]


@pytest.fixture
def session(season, agency) -> TrainingSession:
    return training.announce(season=season, said=said(), by=agency, at=AT)


def states(session: TrainingSession) -> list[tuple[str, str]]:
    rows = TrainingPlace.objects.filter(session=session).order_by("pk")
    return list(rows.values_list("name", "state"))


def test_places_are_given_in_turn_and_a_double_submission_takes_no_second_place(session, by):
    training.sign_up(session=session.pk, names=["甲", "乙", "丙"], by=by, at=AT)
    training.sign_up(session=session.pk, names=["丙", " 甲 "], by=by, at=AT)
    assert states(session) == [("甲", "going"), ("乙", "going"), ("丙", "waiting")]
    session.refresh_from_db()
    assert (session.taken, session.free) == (2, 0)


def test_who_waits_longest_moves_up_and_is_told_even_of_another_school(session, by, agency):
    other = clerk(organisation(name="别处小学"))
    gone = training.sign_up(session=session.pk, names=["甲", "乙"], by=by, at=AT)[0]
    training.sign_up(session=session.pk, names=["戊"], by=other, at=AT)
    training.sign_up(session=session.pk, names=["丁"], by=by, at=AT + timedelta(minutes=1))
    training.give_up(place=gone.pk, by=by, at=AT)
    training.give_up(place=gone.pk, by=by, at=AT)
    assert states(session) == [("甲", "cancelled"), ("乙", "going"), ("戊", "going"), ("丁", "waiting")]
    assert [message.user for message in Message.objects.filter(kind="training_place")] == [other.user]
    training.change(session=session.pk, said=said(places=9), seen=1, by=agency, at=AT)
    assert states(session)[-1] == ("丁", "going")


def test_a_session_that_moves_or_is_cancelled_is_told_to_those_who_signed_up_once(session, by, agency):
    training.sign_up(session=session.pk, names=["甲", "乙", "丙"], by=by, at=AT)
    training.change(session=session.pk, said=said(starts_at=BEGINS - timedelta(hours=1)), seen=1, by=agency, at=AT)
    with pytest.raises(Refused):
        training.change(session=session.pk, said=said(), seen=1, by=agency, at=AT)
    training.cancel(session=session.pk, because="会场停电", by=agency, at=AT)
    training.cancel(session=session.pk, because="再点一次", by=agency, at=AT)
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["training_cancelled", "training_changed"]
    for deed in (
        lambda: training.sign_up(session=session.pk, names=["己"], by=by, at=AT),
        lambda: training.give_up(place=TrainingPlace.objects.first().pk, by=by, at=AT),
        lambda: training.mark(session=session.pk, came={}, by=agency, at=BEGINS),
    ):
        with pytest.raises(Refused):
            deed()


def test_one_moves_to_another_session_only_if_it_has_a_place_and_keeps_the_old_one_else(season, session, by, agency):
    full = training.announce(season=season, said=said(title="第二场", places=1), by=agency, at=AT)
    third = training.announce(season=season, said=said(title="第三场"), by=agency, at=AT)
    training.sign_up(session=full.pk, names=["乙"], by=by, at=AT)
    own = training.sign_up(session=session.pk, names=["甲"], by=by, at=AT)[0]
    with pytest.raises(Refused):
        training.change_session(place=own.pk, to=full.pk, by=by, at=AT)
    assert states(session) == [("甲", "going")]
    training.change_session(place=own.pk, to=third.pk, by=by, at=AT)
    assert (states(session), states(third)) == ([("甲", "cancelled")], [("甲", "going")])
    with pytest.raises(Refused):
        training.change_session(place=own.pk, to=third.pk, by=by, at=AT)


def test_attendance_is_marked_after_it_began_and_can_be_put_right(session, by, agency):
    here, there = training.sign_up(session=session.pk, names=["甲", "乙"], by=by, at=AT)
    with pytest.raises(Refused):
        training.mark(session=session.pk, came={here.pk: True}, by=agency, at=AT)
    assert training.mark(session=session.pk, came={here.pk: True, there.pk: False}, by=agency, at=BEGINS) == 2
    assert training.mark(session=session.pk, came={here.pk: True, there.pk: True}, by=agency, at=BEGINS) == 1
    assert [step.act for step in there.steps.order_by("pk")] == ["sign_up", "missed", "attended"]
    with pytest.raises(Refused):
        training.give_up(place=here.pk, by=by, at=BEGINS)


def test_nobody_signs_up_too_late_for_others_or_without_a_name(session, by):
    community = clerk(organisation("community"))
    for names, who, at in (
        (["甲"], community, AT), (["甲"], by, AT + timedelta(days=4, hours=20)), ([" "], by, AT),
        (["长" * 51], by, AT), ([f"第{n}人" for n in range(21)], by, AT), (["看不\x07见"], by, AT),
    ):  # fmt: skip
        with pytest.raises(Refused):
            training.sign_up(session=session.pk, names=names, by=who, at=at)
    with pytest.raises(TrainingPlace.DoesNotExist):
        own = training.sign_up(session=session.pk, names=["甲"], by=by, at=AT)[0]
        training.give_up(place=own.pk, by=clerk(organisation()), at=AT)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""}, {"title": "打13800000000"}, {"place": ""}, {"kinds": ()}, {"kinds": ("bank",)}, {"places": 0},
        {"ends_at": BEGINS}, {"starts_at": AT - timedelta(days=1)}, {"sign_up_until": date(2019, 12, 1)},
        {"sign_up_until": date(2019, 11, 1)}, {"about": "长" * 501},
    ],
)  # fmt: skip
def test_a_training_that_cannot_be_is_not_announced(season, agency, wrong):
    with pytest.raises(Refused):
        training.announce(season=season, said=said(**wrong), by=agency, at=AT)


def test_announced_twice_it_is_there_once_and_places_never_fall_below_those_taken(season, session, by, agency):
    assert training.announce(season=season, said=said(), by=agency, at=AT) == session
    training.sign_up(session=session.pk, names=["甲", "乙"], by=by, at=AT)
    with pytest.raises(Refused):
        training.change(session=session.pk, said=said(places=1), seen=1, by=agency, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainingSession.objects.filter(pk=session.pk).update(taken=3)


def test_people_of_a_body_that_closes_keep_their_places_as_its_successors(session, by, school):
    training.sign_up(session=session.pk, names=["甲"], by=by, at=AT)
    into = organisation(name="接收小学")
    assert training.take_along(closing=school, successor=into, by=by, at=AT) == 1
    assert TrainingPlace.objects.get(session=session).organisation == into


def test_who_has_a_place_is_reminded_the_day_before_and_once(session, by):
    training.sign_up(session=session.pk, names=["甲", "乙", "丙"], by=by, at=AT)
    assert telling.tell_tomorrow(at=AT) == 0
    the_day_before: datetime = BEGINS - timedelta(days=1)
    assert telling.tell_tomorrow(at=the_day_before) == 1
    assert telling.tell_tomorrow(at=the_day_before) == 0


@pytest.mark.django_db(transaction=True)
def test_many_who_sign_up_at_the_same_moment_get_no_more_places_than_there_are(season, agency):
    session = training.announce(season=season, said=said(places=3), by=agency, at=AT)
    clerks = [clerk(organisation()) for _ in range(8)]

    def go(who) -> None:
        try:
            training.sign_up(session=session.pk, names=[f"第{who.pk}人"], by=who, at=AT)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(who,)) for who in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [state for _, state in states(session)]
    assert (found.count("going"), found.count("waiting")) == (3, 5)
