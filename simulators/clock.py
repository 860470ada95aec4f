"""The simulators' own clock: China time that starts where it is told and can be moved. 模拟时钟"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


class Clock:
    """Runs at the pace of the true clock, ahead of it or behind it by a fixed span. 时钟"""

    def __init__(self, ahead_seconds: float = 0.0) -> None:
        self.ahead_seconds = ahead_seconds

    def now(self) -> datetime:
        """This moment in China time."""
        true = datetime.fromtimestamp(time.time(), UTC)
        return (true + timedelta(seconds=self.ahead_seconds)).astimezone(CHINA)

    def set_to(self, moment: datetime) -> None:
        """Show this moment now and run on from there."""
        self.ahead_seconds = moment.timestamp() - time.time()

    def stamp(self) -> str:
        """This moment as `2019-11-12T10:00:00+08:00`."""
        return stamped(self.now())


def stamped(moment: datetime) -> str:
    """A moment in China time with whole seconds, as the gateways write it and as it sorts. 时刻"""
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def read(text: str) -> datetime:
    """A moment from its text; without an offset it is China time. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment.astimezone(CHINA) if moment.tzinfo else moment.replace(tzinfo=CHINA)


def plain(stamp: str) -> str:
    """`2019-11-12 10:00:00` of a stamp; nothing of nothing."""
    return stamp[:19].replace("T", " ")
