"""Where the demonstration's clock begins: once for all its processes, and on from where it stopped. 演示环境"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from yingbao.demo.environment import FIRST_DAY, NOTED_EVERY_SECONDS, note_clock, prepare
from yingbao.values.clock import CHINA

OPENED = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
NOTED = datetime(2019, 11, 12, 17, 40, 3, tzinfo=CHINA)
LATER = NOTED + timedelta(seconds=NOTED_EVERY_SECONDS)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """What is set for the demonstration ends with the test."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_the_clock_begins_once_for_all_processes_on_the_first_day(tmp_path: Path) -> None:
    assert prepare(tmp_path, None) == OPENED
    assert datetime.fromisoformat(os.environ["YINGBAO_CLOCK"]) == OPENED
    assert float(os.environ["YINGBAO_CLOCK_SINCE"]) == pytest.approx(time.time(), abs=60)


def test_started_again_it_goes_on_and_never_back(tmp_path: Path) -> None:
    prepare(tmp_path, None)
    note_clock(tmp_path, NOTED)
    assert prepare(tmp_path, None) == LATER
    assert prepare(tmp_path, FIRST_DAY) == LATER


def test_another_day_or_a_fresh_start_begins_at_ten(tmp_path: Path) -> None:
    note_clock(tmp_path, NOTED)
    assert prepare(tmp_path, date(2019, 12, 2)) == datetime(2019, 12, 2, 10, 0, tzinfo=CHINA)
    assert prepare(tmp_path, None, fresh=True) == OPENED
    assert prepare(tmp_path, None) == OPENED


@pytest.mark.parametrize("written", ["", "tomorrow", "2019-11-12T10:00:00"])
def test_a_note_that_nobody_can_read_is_passed_over(tmp_path: Path, written: str) -> None:
    (tmp_path / "clock").write_text(written)
    assert prepare(tmp_path, None) == OPENED
