"""The tax desk's first page: sums of now, or of a large season as of a minute ago and saying so. 征收合计"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.collection.building import owed
from tests.declaration.building import AT, confirmed
from yingbao.collection import collected, summing
from yingbao.collection.models import Collected

pytestmark = pytest.mark.django_db


def test_a_small_season_is_added_up_each_time_and_nothing_is_kept(suzhou, school):
    owed(suzhou, confirmed(suzhou, school))
    now = collected.told(season=suzhou, at=AT)
    assert now == (summing.total(summing.by_agent(suzhou)), {}, None)
    assert now.sums.payers == 1
    assert not Collected.objects.exists()


def test_a_large_season_is_as_of_the_last_minute_and_says_when(suzhou, school, monkeypatch):
    monkeypatch.setattr(collected, "FEW", 0)
    owed(suzhou, confirmed(suzhou, school))
    first = collected.told(season=suzhou, at=AT)
    assert (first.sums.payers, first.as_of) == (1, AT)
    owed(suzhou, confirmed(suzhou, school, name="后来"))
    assert collected.told(season=suzhou, at=AT + timedelta(seconds=59)) == first
    later = collected.told(season=suzhou, at=AT + timedelta(seconds=60))
    assert (later.sums.payers, later.as_of) == (2, AT + timedelta(seconds=60))


def test_a_clock_that_was_set_back_shows_no_sums_of_the_future(suzhou, school, monkeypatch):
    monkeypatch.setattr(collected, "FEW", 0)
    owed(suzhou, confirmed(suzhou, school))
    collected.told(season=suzhou, at=AT + timedelta(days=1))
    assert collected.told(season=suzhou, at=AT).as_of == AT
