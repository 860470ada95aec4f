"""The platform's clock: China time, movable for demonstrations and tests. 时钟

Rules and actions take the moment as an argument; only the edges (a page, a command, a job) ask here.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")

_ahead = timedelta(0)


def set_to(moment: datetime, *, since: float | None = None) -> None:
    """Let the clock show this moment now, or let it have shown it `since` a true moment, and run on. 设定演示时钟

    `since` is in seconds of the epoch. Processes that are told the same two show the same time, whenever each began.
    """
    global _ahead
    _ahead = moment.astimezone(UTC) - datetime.fromtimestamp(time.time() if since is None else since, UTC)


def start(at: str, since: str = "") -> None:
    """Start the clock as the settings say: at a moment (ISO, China time without an offset), since a true one. 启动时钟

    Without any moment it shows the real time.
    """
    if at:
        moment = datetime.fromisoformat(at)
        set_to(moment if moment.tzinfo else moment.replace(tzinfo=CHINA), since=float(since) if since else None)


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
