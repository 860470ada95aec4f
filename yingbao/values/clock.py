"""The platform's clock: China time, movable for demonstrations and tests. 时钟

Rules and actions take the moment as an argument; only the edges (a page, a command, a job) ask here.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_ahead = timedelta(0)


def set_to(moment: datetime) -> None:
    """Let the clock show this moment now and run on from there. 设定演示时钟"""
    global _ahead
    _ahead = moment.astimezone(UTC) - datetime.fromtimestamp(time.time(), UTC)


def run_true() -> None:
    """Let the clock show the real time again."""
    global _ahead
    _ahead = timedelta(0)


def is_moved() -> bool:
    """Whether the clock shows another time than the real one."""
    return _ahead != timedelta(0)


def now() -> datetime:
    """This moment, in China time."""
    return (datetime.fromtimestamp(time.time(), UTC) + _ahead).astimezone(CHINA)


def today() -> date:
    """The calendar day in China."""
    return now().date()
