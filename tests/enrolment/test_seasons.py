"""Seasons, windows and the deadline. 参保季"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from yingbao.enrolment import seasons
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import Person
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


@pytest.mark.parametrize(
    ("policy", "on", "last", "late"),
    [
        ("320500/2020", date(2019, 8, 31), date(2019, 11, 30), False),
        ("320500/2020", date(2019, 11, 30), date(2019, 11, 30), False),
        ("320500/2020", date(2019, 12, 1), date(2019, 11, 30), False),
        ("500103/2020", date(2019, 12, 20), date(2019, 12, 20), False),
        ("500103/2020", date(2019, 12, 21), date(2020, 9, 30), True),
        ("500103/2020", date(2020, 10, 1), date(2020, 9, 30), True),
    ],
)
def test_the_last_day_that_counts_is_the_ordinary_one_and_then_late_enrolments(policy, on, last, late):
    found = seasons.last_day(policy_of(policy), on)
    assert (found.day, found.late, found.days) == (last, late, (last - on).days)


@pytest.mark.parametrize(
    ("birth", "agent", "last"),
    [
        (date(2019, 8, 30), "community", date(2019, 11, 30)),
        (date(2019, 8, 31), "community", date(2019, 11, 30)),
        (date(2019, 9, 1), "community", date(2019, 12, 1)),
        (date(2019, 11, 30), "community", date(2020, 2, 29)),
        (date(2020, 11, 5), "", date(2020, 12, 31)),
        (date(2019, 9, 1), "school", date(2019, 11, 30)),
        (None, "community", date(2019, 11, 30)),
    ],
)
def test_a_newborn_of_suzhou_has_a_last_day_of_its_own(birth, agent, last):
    season = seasons.open_season(policy_id="320500/2020", at=AT)
    one = Enrolment(season=season, person=Person(birth_date=birth), agent=agent)
    assert seasons.last_day_of(one, date(2019, 11, 12)).day == last


def test_yuzhong_knows_no_newborn_window():
    season = seasons.open_season(policy_id="500103/2020", at=AT)
    one = Enrolment(season=season, person=Person(birth_date=date(2019, 12, 1)), agent="community")
    assert seasons.last_day_of(one, date(2020, 1, 2)).day == date(2020, 9, 30)


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


@pytest.mark.parametrize(
    ("policy", "turning"),
    [
        ("320500/2020", [date(2019, 9, 1), date(2019, 12, 1), date(2020, 12, 1)]),
        (
            "500103/2020",
            [
                date(2019, 9, 1),
                date(2019, 12, 21),
                date(2020, 1, 1),
                date(2020, 3, 1),
                date(2020, 7, 1),
                date(2020, 10, 1),
            ],
        ),
    ],
)
def test_the_calendar_alone_changes_decisions_where_a_window_or_a_price_begins(policy, turning):
    days = [date(2019, 8, 1) + timedelta(days=n) for n in range(500)]
    found = [day for day in days if seasons.turns_on(policy_of(policy), day)]
    assert found == turning
