"""What earlier seasons add to the facts of a child: years missed in a row, renewals, statuses to confirm. 往年参保"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.enrolment.building import AT, body, child, organisation
from tests.enrolment.next_year import policies_in, write_next_year
from tests.enrolment.test_needs import undone
from yingbao.enrolment.determining import decide
from yingbao.enrolment.models import Enrolment, Season, StatusCheck
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import AssistedStatus, Person

pytestmark = pytest.mark.django_db

YEARS = (2020, 2021, 2022, 2023, 2024)
NEXT = 2025
TAKEN = ("declared", "paid", "exempt", "covered")
LOST = ("draft", "determined", "declined", "withdrawn", "lapsed", "confirmed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory):
    return write_next_year(tmp_path_factory.mktemp("policies"), *YEARS[1:], NEXT)


@pytest.fixture(autouse=True)
def _years(folder) -> Iterator[None]:
    with policies_in(folder):
        yield


def known(person: Person, season: Season, state: str, **more: object) -> Enrolment:
    """The child stood so in that season."""
    values = {"status": "enrolled", "reason": "x" if state in ("declined", "withdrawn") else ""} | more
    place = Enrolment.objects.filter(season=season).first()
    organisation_ = place.organisation if place else organisation(area=season.pooling_area)
    return Enrolment.objects.create(
        season=season, person=person, plan_year=season.plan_year, organisation=organisation_, state=state,
        state_at=AT, **values,
    )  # fmt: skip


def facts(person: Person, season: Season, on: date = date(2024, 10, 1)) -> dict[str, object]:
    """What the determination of this season goes by."""
    held: dict[str, object] = {}

    def keep(frame):
        held.update(frame.row(0, named=True))
        return frame

    decide(season=season, person_ids=[person.pk], as_of=on, change=keep)
    return held


def seasons(*years: int, area: str = "320500") -> dict[int, Season]:
    return {year: open_season(policy_id=f"{area}/{year}", at=AT) for year in years}


def test_a_child_that_was_declined_last_year_has_lapsed_one_year():
    all_ = seasons(2020, 2021)
    person = child()
    known(person, all_[2020], "declined")
    assert facts(person, all_[2021])["lapsed_years"] == 1
    assert facts(person, all_[2020])["lapsed_years"] == 0


def test_a_child_that_was_covered_has_not_lapsed_and_is_a_renewal_however_late_it_was_registered():
    all_ = seasons(2020, 2021)
    person = child(registered=date(2020, 9, 20))
    known(person, all_[2020], "covered")
    found = facts(person, all_[2021], date(2020, 10, 1))
    assert (found["lapsed_years"], found["registered_before"]) == (0, True)


def test_a_first_timer_registered_for_the_new_season_stays_one():
    all_ = seasons(2020, 2021)
    person = child(registered=date(2020, 9, 20))
    assert facts(person, all_[2021], date(2020, 10, 1))["registered_before"] is False


def test_a_newborn_of_the_missed_year_has_not_lapsed():
    all_ = seasons(2020, 2021)
    person = child(born=date(2020, 3, 1))
    known(person, all_[2020], "lapsed")
    assert facts(person, all_[2021])["lapsed_years"] == 0


def test_a_year_in_which_the_child_could_not_be_enrolled_here_is_no_lapse():
    all_ = seasons(2020, 2021)
    person = child()
    known(person, all_[2020], "determined", status="ineligible")
    assert facts(person, all_[2021])["lapsed_years"] == 0


def test_who_was_taken_in_another_city_has_not_lapsed_here():
    all_, far = seasons(2020, 2021), seasons(2020, area="500103")
    person = child()
    known(person, all_[2020], "withdrawn")
    known(person, far[2020], "covered")
    found = facts(person, all_[2021])
    assert found["lapsed_years"] == 0


def test_years_stated_before_the_platform_knew_the_child_come_on_top_until_it_is_taken_once():
    all_ = seasons(2020, 2021, 2022)
    person = child()
    Person.objects.filter(pk=person.pk).update(lapsed_years=2, repaired_years=1)
    assert facts(person, all_[2020])["lapsed_years"] == 2
    one = known(person, all_[2020], "declined")
    found = facts(person, all_[2021])
    assert (found["lapsed_years"], found["repaired_years"]) == (3, 1)
    Enrolment.objects.filter(pk=one.pk).update(state="covered", reason="")
    found = facts(person, all_[2021])
    assert (found["lapsed_years"], found["repaired_years"]) == (0, 0)


def test_a_status_that_waits_for_its_body_does_not_count_and_another_bodys_word_does():
    all_ = seasons(2020, 2021)
    person = child(assisted="minimum_living")
    other = organisation("disabled_federation")
    AssistedStatus.objects.create(
        person=person, category="disabled_hardship", provided_by=other, first=date(2019, 1, 1)
    )
    assert facts(person, all_[2021])["assistance"] == "disabled_hardship;minimum_living"
    check = StatusCheck.objects.create(
        season=all_[2021], person=person, category="minimum_living", provided_by=body(), at=AT
    )
    assert facts(person, all_[2021])["assistance"] == "disabled_hardship"
    assert facts(person, all_[2020])["assistance"] == "disabled_hardship;minimum_living"
    AssistedStatus.objects.create(person=person, category="minimum_living", provided_by=other, first=date(2019, 1, 1))
    assert facts(person, all_[2021])["assistance"] == "disabled_hardship;minimum_living"
    check.state = "confirmed"
    check.save()
    assert facts(person, all_[2021])["assistance"] == "disabled_hardship;minimum_living"


STATES = st.none() | st.sampled_from([*TAKEN, *LOST, "ineligible"])


def reckoned(born: int, states: dict[int, str | None]) -> int:
    """The rule of `with_years_before` said once more, year by year backwards."""
    here = [year for year, state in states.items() if state]
    missed = 0
    for year in reversed(YEARS):
        if states[year] in TAKEN or not here or year < min(here) or year <= born:
            break
        missed += states[year] != "ineligible"
    return missed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(born=st.integers(2012, 2024), states=st.tuples(*[STATES] * len(YEARS)))
def test_lapsed_years_are_the_years_in_a_row_that_nobody_took(born, states):
    with undone():
        all_ = seasons(*YEARS, NEXT)
        person, said = child(born=date(born, 6, 1)), dict(zip(YEARS, states, strict=True))
        for year, state in said.items():
            if state == "ineligible":
                known(person, all_[year], "determined", status="ineligible")
            elif state:
                known(person, all_[year], state)
        found = facts(person, all_[NEXT])
        assert found["lapsed_years"] == reckoned(born, said) >= 0
        assert found["registered_before"] is True


def test_a_hundred_children_cost_as_many_statements_as_one(django_assert_num_queries):
    all_ = seasons(2020, 2021)
    people = [child() for _ in range(30)]
    for person in people:
        known(person, all_[2020], "covered")
    for some in (people[:1], people):
        with django_assert_num_queries(4):
            decide(season=all_[2021], person_ids=[one.pk for one in some], as_of=date(2020, 10, 1))
