"""The platform's clock: moved, started by settings, and the same in every process that is told the same. 时钟"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from yingbao.values import clock
from yingbao.values.clock import CHINA

MOMENT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
AHEAD = """
import time, django
django.setup()
from yingbao.values import clock
print(clock.now().timestamp() - time.time())
"""


@pytest.fixture(autouse=True)
def _true_again() -> Iterator[None]:
    yield
    clock.run_true()


def close(one: datetime, other: datetime) -> bool:
    return abs(one - other) < timedelta(seconds=2)


def test_a_moment_without_an_offset_is_china_time_and_the_clock_runs_on_from_it():
    for said in ("2019-11-12T10:00", "2019-11-12T02:00:00+00:00", "2019-11-12T10:00:00+08:00"):
        clock.start(said)
        assert close(clock.now(), MOMENT)
    clock.start("")
    assert clock.is_moved()


def test_a_process_that_begins_later_shows_how_long_the_clock_has_run():
    clock.start(MOMENT.isoformat(), repr(time.time() - 3600))
    assert close(clock.now(), MOMENT + timedelta(hours=1))


def test_without_settings_the_clock_shows_the_real_time():
    clock.start("")
    assert not clock.is_moved()


def test_two_processes_of_one_platform_show_the_same_time_though_one_started_later():
    told = {"YINGBAO_CLOCK": MOMENT.isoformat(), "YINGBAO_CLOCK_SINCE": repr(time.time() - 60)}
    settings = {"DJANGO_SETTINGS_MODULE": "yingbao.settings", "YINGBAO_SECRET_KEY": "a test"}
    ahead = []
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-c", AHEAD], env=os.environ | settings | told, capture_output=True, text=True, check=True
        )
        ahead.append(float(ran.stdout))
        time.sleep(1)
    assert ahead[0] == pytest.approx(ahead[1], abs=0.01)
