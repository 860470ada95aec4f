"""What other bodies say of a person, said twice or corrected. 名单与登记"""

from __future__ import annotations

from datetime import date

import pytest

from tests.people.conftest import AT, SUZHOU
from yingbao.people import history
from yingbao.people.facts import facts_of
from yingbao.people.lists import admit_by_points, end_assistance, list_as_assisted, register_basics
from yingbao.people.models import AssistedStatus, BasicRegistration, PointsAdmission
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
FIRST = date(2019, 7, 1)


@pytest.fixture
def listed(child, civil_affairs):
    person = child()

    def on_list(first: date = FIRST, last: date | None = None, category: str = "orphan") -> AssistedStatus:
        return list_as_assisted(
            person=person, category=category, provided_by=civil_affairs, first=first, last=last, by=None, at=AT
        )

    return on_list


def test_a_listed_child_is_assisted_from_the_first_day(listed):
    status = listed()
    facts = [facts_of([status.person_id], pooling_area=SUZHOU, on=day) for day in (date(2019, 6, 30), FIRST)]
    assert [frame["assistance"][0] for frame in facts] == [None, "orphan"]


def test_a_list_sent_twice_changes_nothing(listed):
    assert listed() == listed()
    assert history.of(listed().person).filter(table_name="people_assistedstatus").count() == 1


@pytest.mark.parametrize("again", [date(2019, 1, 1), date(2019, 10, 1)])
def test_of_two_first_days_the_earlier_counts(listed, again):
    listed()
    assert listed(again).first == min(FIRST, again)
    assert AssistedStatus.objects.count() == 1


def test_a_correction_that_knows_the_end_ends_the_open_place(listed):
    listed()
    assert listed(last=date(2019, 12, 31)).last == date(2019, 12, 31)
    listed(last=date(2019, 12, 31))
    assert AssistedStatus.objects.count() == 1


def test_two_categories_are_two_places(listed):
    listed()
    listed(category="minimum_living")
    assert AssistedStatus.objects.count() == 2


def test_a_child_taken_from_the_list_twice_keeps_the_first_end(listed):
    status = listed()
    end_assistance(status=status, last=date(2019, 9, 30), by=None, at=AT)
    assert end_assistance(status=status, last=date(2019, 10, 31), by=None, at=AT).last == date(2019, 9, 30)


def test_a_child_taken_from_a_list_can_be_listed_again(listed):
    end_assistance(status=listed(), last=date(2019, 9, 30), by=None, at=AT)
    listed(date(2019, 11, 1))
    assert AssistedStatus.objects.filter(last__isnull=True).get().first == date(2019, 11, 1)


def test_a_place_on_a_list_does_not_end_before_it_begins(listed):
    with pytest.raises(Refused, match="lies before the first"):
        listed(last=date(2019, 6, 30))
    with pytest.raises(Refused, match="lies before the first"):
        end_assistance(status=listed(), last=date(2019, 6, 30), by=None, at=AT)


def test_an_unknown_category_is_refused_with_those_that_exist(listed):
    with pytest.raises(Refused) as refused:
        listed(category="poor")
    assert "minimum_living" in refused.value.said("zh")


def test_a_school_sends_no_lists(child, school):
    with pytest.raises(Refused, match="星海学校 sends no lists"):
        list_as_assisted(person=child(), category="orphan", provided_by=school, first=FIRST, by=None, at=AT)


def test_an_admission_by_points_is_noted_once(child, clerk):
    person = child()
    for _ in range(2):
        admit_by_points(person=person, pooling_area=SUZHOU, admitted_on=FIRST, by=clerk, at=AT)
    assert PointsAdmission.objects.get().admitted_on == FIRST
    assert facts_of([person.pk], pooling_area=SUZHOU)["points_admitted_on"].to_list() == [FIRST]


def test_basic_data_are_registered_once_and_the_first_time_stands(child, clerk):
    person = child()
    register_basics(person=person, pooling_area=SUZHOU, channel="school", on=FIRST, by=clerk, at=AT)
    register_basics(person=person, pooling_area=SUZHOU, channel="community", on=AT.date(), by=clerk, at=AT)
    assert BasicRegistration.objects.values_list("channel", "registered_on").get() == ("school", FIRST)
    assert facts_of([person.pk], pooling_area=SUZHOU)["registered_before"].to_list() == [True]
