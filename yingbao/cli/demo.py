"""`yingbao demo`: the platform with a season of made-up people, ready to walk through. 演示"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from yingbao.cli.language import chosen
from yingbao.cli.platform import create_database, ready
from yingbao.cli.refusing import refusing
from yingbao.demo.environment import FIRST_DAY, OPENS_AT, note_clock, prepare
from yingbao.values import clock
from yingbao.values.text import Text

FEWEST, MOST = 300, 10_000_000


@click.command()
@click.option("--children", type=click.IntRange(FEWEST, MOST), help="About how many children; 8,000 unless told.")
@click.option("--port", type=click.IntRange(1, 65_535), default=8000, show_default=True, help="Or the next free one.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]),
    help=f"The clock's day; unless told where it last stood, at first {FIRST_DAY}.",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help="Throw the demonstration away and fill it anew.")
@click.option("--seed", type=int, help="Other made-up people for another number.")
@click.option("--no-serve", is_flag=True, help="Fill the season, print the logins, and end.")
def command(
    children: int | None, port: int, day: datetime | None, fresh: bool, seed: int | None, no_serve: bool
) -> None:
    """Show the platform with a demonstration season of made-up people, until Ctrl-C."""
    began = time.monotonic()
    if day is not None and day.date() < FIRST_DAY:
        # What has happened in the season lies before that day.
        raise click.BadParameter(f"the demonstration begins on {FIRST_DAY}", param_hint="--on")
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.default_int_handler)
    home = Path(os.environ.get("YINGBAO_HOME") or Path(__file__).resolve().parent.parent.parent / "var").resolve()
    begins = prepare(home, day and day.date(), fresh=fresh)
    language = chosen()
    try:
        with refusing():
            ready()
            # These need Django, and all commands are imported before it is ready.
            from yingbao.demo import mark, show

            if fresh:
                mark.throw_away()
                # What the simulated channels and bank remember belongs to that season.
                shutil.rmtree(home / "simulators", ignore_errors=True)
            create_database()
            there = show.filled(home, children=children, seed=seed, language=language, say=click.echo)
            if begins.time() != OPENS_AT:
                goes_on = Text("演示时钟从上次停下的时刻继续：{t}", "The clock goes on from where it stopped: {t}")
                click.echo(goes_on.filled(t=f"{begins:%Y-%m-%d %H:%M}").said(language))
            introduce = partial(show.introduced, home, there, language=language, say=click.echo)
            if no_serve:
                introduce()
                note_clock(home, clock.now())
            else:
                show.serve(home, port, began=began, meanwhile=introduce, language=language, say=click.echo)
    except KeyboardInterrupt:
        stopped = Text("已停止，未写入一半的数据。", "Stopped; nothing was left half-written.")
        click.echo(stopped.said(language), err=True)
        sys.exit(130)
