"""Seasons, windows and the deadline. 参保季"""

from __future__ import annotations

from datetime import date, datetime

import pytest

from yingbao.enrolment import seasons
from yingbao.enrolment.models import Season
from yingbao.policy.catalogue import policy_of
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)


def test_opening_a_season_twice_changes_nothing():
    first = seasons.open_season(policy_id="320500/2020", at=AT)
    again = seasons.open_season(policy_id="320500/2020", at=AT.replace(day=13))
    assert (again.pk, again.opened_at) == (first.pk, AT)
    assert Season.objects.count() == 1


def test_an_unknown_policy_opens_no_season():
    with pytest.raises(Refused):
        seasons.open_season(policy_id="320500/1999", at=AT)
    assert not Season.objects.exists()


def test_the_deadline_of_each_city_is_the_notices():
    assert seasons.deadline(seasons.open_season(policy_id="320500/2020", at=AT)) == date(2019, 11, 30)
    assert seasons.deadline(seasons.open_season(policy_id="500103/2020", at=AT)) == date(2019, 12, 20)


def test_the_windows_are_drawn_from_the_table_of_phases():
    suzhou = [(w.phase, w.first, w.last) for w in seasons.windows(policy_of("320500/2020"))]
    assert suzhou == [
        ("open", date(2019, 9, 1), date(2019, 11, 30)),
        ("newborn", date(2019, 12, 1), date(2020, 12, 31)),
    ]
    yuzhong = [(w.phase, w.first, w.last) for w in seasons.windows(policy_of("500103/2020"))]
    assert yuzhong == [
        ("open", date(2019, 9, 1), date(2019, 12, 20)),
        ("late", date(2019, 12, 21), date(2020, 9, 30)),
    ]


def test_the_school_year_of_a_season_is_the_one_its_window_opens_in():
    assert seasons.school_year_of(seasons.open_season(policy_id="320500/2020", at=AT)) == 2019


@pytest.mark.parametrize("on", [None, date(2019, 8, 31), date(2019, 9, 1), date(2030, 1, 1)])
def test_the_only_season_of_an_area_is_the_one_to_work_on(on):
    season = seasons.open_season(policy_id="320500/2020", at=AT)
    assert seasons.season_for("320500", on) == season


def test_an_area_without_a_season_is_told_whom_to_ask():
    seasons.open_season(policy_id="320500/2020", at=AT)
    with pytest.raises(Refused) as refused:
        seasons.season_for("500103")
    assert "insurance agency" in refused.value.mend.en


def test_a_policy_file_that_changed_after_opening_is_noticed():
    season = seasons.open_season(policy_id="320500/2020", at=AT)
    assert not seasons.rests_on_an_older_file(season)
    season.policy_digest = "0" * 64
    assert seasons.rests_on_an_older_file(season)


def test_the_day_of_a_moment_is_the_day_in_china():
    assert seasons.china_day(datetime.fromisoformat("2019-11-30T15:59:59+00:00")) == date(2019, 11, 30)
    assert seasons.china_day(datetime.fromisoformat("2019-11-30T16:00:00+00:00")) == date(2019, 12, 1)
