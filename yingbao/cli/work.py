"""`yingbao work`: run the jobs that users asked for. 后台任务进程"""

from __future__ import annotations

import click

from yingbao.cli.platform import ready

ONLY_WORKER = 0x59494E47
"""Advisory lock that one worker process of the installation holds."""


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="How many jobs run side by side.")
def command(concurrency: int) -> None:
    """Run the jobs that users asked for, until Ctrl-C."""
    ready()
    from django.db import connection
    from procrastinate.contrib.django import app

    from yingbao.jobs.work import revive
    from yingbao.values import clock

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONLY_WORKER])
        row = cursor.fetchone()
    if row and row[0]:
        revive(at=clock.now())
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(queues=["work"], concurrency=concurrency, install_signal_handlers=True, delete_jobs="successful")
