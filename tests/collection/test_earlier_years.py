"""Years that the platform has not seen, or that may still be paid for, are told where lapses are counted. 往年说明"""

from __future__ import annotations

import pytest

from tests.enrolment.building import at, clerk, organisation
from tests.enrolment.next_year import policies_in, write_next_year
from yingbao.collection.earlier_years import (
    notes_on_earlier_years,
    years_between,
    years_running,
    years_unseen,
)
from yingbao.collection.models import Close
from yingbao.enrolment.seasons import open_season

pytestmark = pytest.mark.django_db
AREA = "320500"


@pytest.fixture(autouse=True)
def _later_years(tmp_path):
    with policies_in(write_next_year(tmp_path, 2021, 2023, 2024)):
        yield


def opened(year):
    return open_season(policy_id=f"{AREA}/{year}", at=at(f"{year - 1}-08-20"))


def closed(season):
    agency, when = organisation("insurance_agency"), at("2021-12-31")
    asks, confirms = (clerk(agency).user for _ in range(2))
    Close.objects.create(season=season, asked_at=when, asked_by=asks, confirmed_at=when, confirmed_by=confirms)


def test_a_year_without_a_season_is_told_once_there_was_one_before_it():
    assert years_unseen(AREA, 2023) == []
    last = opened(2021)
    assert years_unseen(AREA, 2022) == []
    assert years_unseen(AREA, 2024) == [2022, 2023]
    assert years_between(last, 2022) is None
    assert years_between(last, 2024).zh == "2022、2023"
    assert years_unseen("500103", 2024) == []


def test_a_season_that_is_not_closed_is_told_and_its_own_year_and_later_ones_are_not():
    opened(2021)
    opened(2023)
    assert years_running(AREA, 2024) == [2021, 2023]
    assert years_running(AREA, 2023) == [2021]
    assert years_running(AREA, 2021) == []
    said = [note.zh for note in notes_on_earlier_years(AREA, 2024)]
    assert said[0].startswith("2022 年度在本平台没有参保季")
    assert said[1].startswith("2021、2023 年度还没有关账")
    assert notes_on_earlier_years(AREA, 2021) == []


def test_a_season_is_told_until_its_close_is_confirmed_by_a_second_officer():
    season = opened(2021)
    closed(season)
    assert years_running(AREA, 2023) == []
    Close.objects.update(confirmed_at=None, confirmed_by=None)
    assert years_running(AREA, 2023) == [2021]
