"""What the demonstration's processes find around them: keys of their own, a clock inside the season. 演示环境"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import time as now

from yingbao.paper.authority import make_authority
from yingbao.sealing.keys import FILE_VARIABLE, VARIABLE, make_keys
from yingbao.values.clock import CHINA

FIRST_DAY = date(2019, 11, 12)
"""Both seasons of 2020 are open: Suzhou's to 30 November, Yuzhong's to 20 December."""
OPENS_AT = time(10, 0)
NOTED_EVERY_SECONDS = 5.0
"""So often the clock's place is written down while the demonstration runs."""


def prepare(home: Path, on: date | None, *, fresh: bool = False) -> datetime:
    """Set the environment for this process and those it starts; returns where the clock begins. 准备环境

    Keys are made once and kept under `home`, readable by their owner alone. What the environment already
    holds stays as it is. The clock goes on from where it last stood, unless another day is asked for or all is to
    begin anew: a clock that goes back makes sessions and tokens look as if they came from the future.
    """
    if fresh:
        _noted_in(home).unlink(missing_ok=True)
    begins = went_on(home, on) or datetime.combine(on or FIRST_DAY, OPENS_AT, CHINA)
    # Once for all processes, whenever each of them starts.
    os.environ["YINGBAO_CLOCK"], os.environ["YINGBAO_CLOCK_SINCE"] = begins.isoformat(), repr(now())
    # The folder of collected static files is empty here: pages take them from where they are written.
    (home / "static").mkdir(parents=True, exist_ok=True)
    os.environ["YINGBAO_DEMO"] = "1"
    os.environ["YINGBAO_HOME"] = str(home)
    # The simulated gateways write there what the platform has to know of them.
    os.environ["YINGBAO_GATEWAYS"] = str(home / "simulators" / "gateways")
    os.environ["YINGBAO_SIGNING"] = str(make_authority(home / "signing"))
    if not os.environ.get("YINGBAO_SECRET_KEY"):
        os.environ["YINGBAO_SECRET_KEY"] = kept(home / "secret-key", lambda: secrets.token_urlsafe(50))
    if not os.environ.get(VARIABLE) and not os.environ.get(FILE_VARIABLE):
        kept(home / "keys.json", make_keys)
        os.environ[FILE_VARIABLE] = str(home / "keys.json")
    return begins


def note_clock(home: Path, moment: datetime) -> None:
    """Write down where the clock stands, for the next start. 记下演示时钟"""
    write_private(_noted_in(home), moment.isoformat())


def went_on(home: Path, on: date | None) -> datetime | None:
    """Where the clock goes on: after all that was seen of it; None on another day, or if it never stood. 续走时刻"""
    try:
        noted = datetime.fromisoformat(_noted_in(home).read_text(encoding="utf-8").strip())
    except (FileNotFoundError, ValueError):
        return None
    if noted.tzinfo is None or on not in (None, noted.astimezone(CHINA).date()):
        return None
    # It may have been killed just before it would have been noted again.
    return noted + timedelta(seconds=NOTED_EVERY_SECONDS)


def _noted_in(home: Path) -> Path:
    return home / "clock"


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file, made now if it is not there. 私有文件"""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = make()
        write_private(path, text)
        return text


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, whole or not at all. 写私有文件"""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
