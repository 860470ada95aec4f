"""`yingbao serve`: the web server. 网站服务"""

from __future__ import annotations

import os
import sys
import time

import click


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True, help="Address and port.")
@click.option("--workers", default=2, show_default=True, help="Server processes.")
@click.option("--threads", default=8, show_default=True, help="Threads in each.")
def command(bind: str, workers: int, threads: int) -> None:
    """Serve the platform's pages, until Ctrl-C."""
    arguments = ["--bind", bind, "--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"]
    limits = ["--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "5", "--log-level", "warning"]
    if os.environ.get("YINGBAO_CLOCK"):
        # One beginning for all of them: a process that is started anew shows the same time as the others.
        os.environ.setdefault("YINGBAO_CLOCK_SINCE", repr(time.time()))
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments, *limits, "yingbao.wsgi"])  # noqa: S606  our own words only
