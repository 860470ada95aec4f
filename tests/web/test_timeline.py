"""The season's picture: every phase lies within it, today's mark moves through it, whatever the policy's days are."""

from __future__ import annotations

from datetime import date

import pytest

from tests.policy.files import SUZHOU, YUZHONG
from yingbao.policy.load import load
from yingbao.web.campaign.timeline import timeline


@pytest.mark.parametrize("path", [SUZHOU, YUZHONG], ids=["suzhou", "yuzhong"])
@pytest.mark.parametrize("today", ["2019-06-01", "2019-09-10", "2019-11-30", "2020-02-29", "2020-12-31", "2021-07-01"])
def test_every_bar_lies_within_the_picture_and_months_fill_it(path, today):
    drawn = timeline(load(path), date.fromisoformat(today))
    assert all(0 <= bar.x <= 100 and 0 < bar.width <= 100.01 for bar in drawn.bars)
    assert 0 <= drawn.today <= 100
    assert sum(month.width for month in drawn.months) == pytest.approx(100, abs=0.2)
    assert len(drawn.months) <= 18


def test_a_phase_before_today_is_over_and_one_that_runs_holds_the_mark():
    drawn = timeline(load(SUZHOU), date(2019, 11, 12))
    bars = {bar.phase.id: bar for bar in drawn.bars}
    assert bars["letters"].when == "over"
    assert bars["letters"].x + bars["letters"].width < drawn.today
    assert bars["declaration"].when == "now"
    assert bars["declaration"].x < drawn.today < bars["declaration"].x + bars["declaration"].width
    assert bars["newborns"].when == "next"
    assert bars["newborns"].x > drawn.last - 0.5
