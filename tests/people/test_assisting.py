"""What bodies say of many persons at once, and whose word counts. 批量救助名单"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people.conftest import AT, SUZHOU
from yingbao.agents.models import OrganisationKind
from yingbao.agents.organising import organise
from yingbao.people import history
from yingbao.people.assisting import (
    Ending,
    Listing,
    end_people,
    exempting_categories,
    first_body_of,
    list_people,
    turned,
)
from yingbao.people.models import AssistedStatus
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
JANUARY, JULY, OCTOBER = date(2019, 1, 1), date(2019, 7, 1), date(2019, 10, 1)


@pytest.fixture
def union(db):
    return organise(pooling_area=SUZHOU, kind=OrganisationKind.UNION_FEDERATION, code="GH", name="总工会")


@pytest.fixture
def said(civil_affairs, clerk):
    def say(*listings: Listing, body=None) -> set[int]:
        return list_people(provided_by=body or civil_affairs, listings=listings, by=clerk, at=AT, source="list 1")

    return say


@pytest.fixture
def ended(civil_affairs, clerk):
    def say(*endings: Ending, body=None) -> set[int]:
        return end_people(provided_by=body or civil_affairs, endings=endings, by=clerk, at=AT, source="list 2")

    return say


def places() -> list[tuple[int, str, date, date | None]]:
    return list(
        AssistedStatus.objects.order_by("person", "category", "first").values_list(
            "person", "category", "first", "last"
        )
    )


def test_a_list_names_many_persons_and_tells_of_whom_something_changed(said, child):
    one, other = child().pk, child().pk
    assert said(Listing(one, "orphan", JULY), Listing(other, "minimum_living", JULY)) == {one, other}
    assert said(Listing(one, "orphan", JULY), Listing(other, "minimum_living", JANUARY)) == {other}
    assert places() == [(one, "orphan", JULY, None), (other, "minimum_living", JANUARY, None)]


def test_the_history_says_which_list_it_was_and_who_sent_it(said, child, clerk):
    person = child()
    said(Listing(person.pk, "orphan", JULY))
    change = history.of(person).get(table_name="people_assistedstatus")
    assert (change.source, change.actor, change.at) == ("list 1", clerk, AT)


def test_a_place_ended_by_mistake_is_opened_again_and_not_doubled(said, ended, child):
    person = child().pk
    said(Listing(person, "orphan", JANUARY))
    assert ended(Ending(person, "orphan", JULY)) == {person}
    assert ended(Ending(person, "orphan", JULY)) == set()
    assert said(Listing(person, "orphan", JANUARY)) == {person}
    assert places() == [(person, "orphan", JANUARY, None)]


def test_a_place_that_begins_anew_after_a_pause_stands_beside_the_old_one(said, child):
    person = child().pk
    said(Listing(person, "orphan", JANUARY, JULY))
    said(Listing(person, "orphan", OCTOBER))
    assert places() == [(person, "orphan", JANUARY, JULY), (person, "orphan", OCTOBER, None)]


def test_a_place_that_would_begin_after_its_end_never_was_one(said, ended, child):
    person = child()
    said(Listing(person.pk, "orphan", OCTOBER))
    assert ended(Ending(person.pk, "orphan", JULY)) == {person.pk}
    assert places() == []
    assert history.of(person).filter(table_name="people_assistedstatus").count() == 2


def test_what_another_body_says_of_the_same_person_is_left_alone(said, ended, child, union):
    person = child().pk
    said(Listing(person, "orphan", JANUARY))
    said(Listing(person, "orphan", JANUARY), body=union)
    ended(Ending(person, "orphan", JULY), body=union)
    assert [last for *_, last in places()] == [None, JULY]


def test_who_stands_twice_in_one_list_gets_the_place_without_an_end(said, child):
    person = child().pk
    said(Listing(person, "orphan", JANUARY, OCTOBER), Listing(person, "orphan", JULY))
    assert places() == [(person, "orphan", JULY, None)]


def test_a_school_sends_no_lists_of_assisted_persons(child, school):
    listing = Listing(child().pk, "orphan", JULY)
    with pytest.raises(Refused, match="sends no lists"):
        list_people(provided_by=school, listings=[listing], by=None, at=AT, source="")
    with pytest.raises(Refused):
        end_people(provided_by=school, endings=[], by=None, at=AT, source="")


def test_a_child_on_several_lists_counts_for_one_body_alone(said, child, civil_affairs, union):
    order = ["minimum_living", "orphan", "hardship_worker_family"]
    by_category, by_day, by_body, nobodys = (child().pk for _ in range(4))
    said(Listing(by_category, "orphan", JANUARY), Listing(by_day, "orphan", JULY), Listing(by_body, "orphan", JULY))
    said(
        Listing(by_category, "minimum_living", OCTOBER), Listing(by_day, "orphan", JANUARY),
        Listing(by_body, "orphan", JULY), body=union,
    )  # fmt: skip
    said(Listing(nobodys, "severely_disabled", JANUARY))
    assert first_body_of([by_category, by_day, by_body, nobodys], order, OCTOBER) == {
        by_category: (union.pk, "minimum_living"),
        by_day: (union.pk, "orphan"),
        by_body: (civil_affairs.pk, "orphan"),
    }
    assert first_body_of([by_category], order, JULY) == {by_category: (civil_affairs.pk, "orphan")}


def test_the_policy_tells_which_categories_are_paid_for_and_in_which_order():
    eight = exempting_categories(policy_of("320500/2020"))
    assert eight[:2] == ("minimum_living", "minimum_living_margin")
    assert len(eight) == 8
    assert exempting_categories(policy_of("500103/2020")) == ()


def test_statuses_that_begin_or_end_with_the_day_are_found(said, child):
    begins, ends, neither = (child().pk for _ in range(3))
    said(
        Listing(begins, "orphan", OCTOBER), Listing(ends, "orphan", JANUARY, OCTOBER - timedelta(days=1)),
        Listing(neither, "orphan", JANUARY),
    )  # fmt: skip
    assert turned(since=OCTOBER, until=OCTOBER) == [begins, ends]


DAYS = st.dates(date(2019, 1, 1), date(2019, 1, 9))
SAYINGS = st.tuples(st.just("list"), DAYS, st.none() | st.integers(0, 5)) | st.tuples(st.just("end"), DAYS, st.none())


class OneBodysWord:
    """The same rules for one person in plain Python: spans of days, the open one without an end."""

    def __init__(self) -> None:
        self.spans: list[tuple[date, date]] = []

    def list(self, first: date, last: date) -> None:
        met = [span for span in self.spans if span[0] <= last and span[1] >= first]
        if met:
            held = max(met, key=lambda span: (span[1] == date.max, span[0]))
            self.spans.remove(held)
            first = min(first, held[0])
        self.spans.append((first, last))

    def end(self, last: date) -> None:
        self.spans = [(first, min(was, last)) for first, was in self.spans if first <= last]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SAYINGS, min_size=1, max_size=6))
def test_whatever_a_body_says_in_turn_comes_out_as_in_plain_python(said, ended, child, sayings):
    person, word = child().pk, OneBodysWord()
    for act, day, days in sayings:
        if act == "end":
            ended(Ending(person, "orphan", day))
            word.end(day)
        else:
            last = day + timedelta(days=days) if days is not None else None
            said(Listing(person, "orphan", day, last))
            word.list(day, last or date.max)
    stored = AssistedStatus.objects.filter(person=person).values_list("first", "last")
    assert sorted((first, last or date.max) for first, last in stored) == sorted(word.spans)
    assert AssistedStatus.objects.filter(person=person, last__isnull=True).count() <= 1
