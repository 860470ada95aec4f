"""The numbers of a city are what counting its children would give, whatever happened to them. 人数汇总"""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.enrolment import tallying
from yingbao.enrolment.actions import confirm, decline, withdraw
from yingbao.enrolment.models import Enrolment, Tally
from yingbao.enrolment.opening import list_and_determine

pytestmark = pytest.mark.django_db
KEYS = ("season_id", "organisation_id", "state", "status", "registration")


def counted() -> dict[tuple[object, ...], tuple[int, int, int]]:
    rows = Enrolment.objects.values_list(*KEYS).annotate(n=Count("pk"), a=Sum("self_paid_fen"), b=Sum("subsidised_fen"))
    return {tuple(row[:5]): tuple(row[5:]) for row in rows}


def tallied() -> dict[tuple[object, ...], tuple[int, int, int]]:
    rows = Tally.objects.values_list(*KEYS).annotate(n=Sum("heads"), a=Sum("self_paid_fen"), b=Sum("subsidised_fen"))
    return {tuple(row[:5]): tuple(row[5:]) for row in rows if row[5:] != (0, 0, 0)}


def test_each_deed_is_in_the_numbers_in_the_same_moment(suzhou, school):
    for number in range(4):
        child(school, name=f"学生{number}", registered=None if number == 3 else AT.date().replace(year=2018))
    list_and_determine(season=suzhou, organisation=school, at=AT)
    assert tallied() == counted()
    by = clerk(school)
    ready = list(Enrolment.objects.filter(state="determined").order_by("pk"))
    confirm(enrolments=ready[:1], by=by, at=AT)
    decline(enrolment=ready[1], reason="在外地参保", by=by, at=AT)
    withdraw(enrolment=ready[2], reason="转学", by=by, at=AT)
    assert tallied() == counted()
    figures = tallying.by_agent(suzhou)[school.pk]
    assert (figures.listed, figures.confirmed, figures.declined, figures.to_register) == (3, 1, 1, 1)
    assert sum(tallying.registrations_due(suzhou).values()) == 1


def test_adding_up_changes_no_number(suzhou, school):
    for number in range(3):
        child(school, name=f"学生{number}")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    confirm(enrolments=list(Enrolment.objects.all()), by=clerk(school), at=AT)
    rows, before = Tally.objects.count(), tallied()
    assert not tallying.compact()
    assert tallying.compact(over=0)
    assert Tally.objects.count() < rows
    assert tallied() == before == counted()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=st.lists(
        st.tuples(
            st.sampled_from(["state", "move", "sum", "delete", "add", "compact"]), st.integers(0, 5), st.integers(0, 2)
        ),
        max_size=15,
    )
)
def test_whatever_statements_come_the_numbers_agree_with_the_children(suzhou, school, deeds):
    places = [school, organisation(), organisation()]
    for deed, which, other in deeds:
        rows = Enrolment.objects.order_by("pk")
        some = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[which : which + 2]))
        if deed == "state":
            some.update(state=["draft", "determined", "registered"][other])
        elif deed == "move":
            some.update(organisation=places[other])
        elif deed == "sum":
            some.update(premium_fen=other * 100, self_paid_fen=other * 100)
        elif deed == "delete":
            some.filter(steps=None).delete()
        elif deed == "compact":
            tallying.compact(over=0)
        else:
            Enrolment.objects.bulk_create(
                Enrolment(season=suzhou, person=child(), plan_year=2020, organisation=places[other], state_at=AT)
                for _ in range(which)
            )
        assert tallied() == counted()


@pytest.mark.django_db(transaction=True)
def test_two_who_add_up_while_a_third_writes_lose_nothing(suzhou, school):
    for number in range(6):
        child(school, name=f"学生{number}")
    list_and_determine(season=suzhou, organisation=school, at=AT)
    keys = list(Enrolment.objects.values_list("pk", flat=True))

    def add_up() -> None:
        for _ in range(10):
            tallying.compact(over=0)
        connections.close_all()

    def write() -> None:
        for number in range(30):
            Enrolment.objects.filter(pk=keys[number % 6]).update(state=["draft", "determined"][number % 2])
        connections.close_all()

    threads = [threading.Thread(target=each) for each in (add_up, add_up, write)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert tallied() == counted()
