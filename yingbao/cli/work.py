"""`yingbao work`: run the jobs that users asked for. 后台任务进程"""

from __future__ import annotations

import asyncio
import logging
import signal
import time

import click

from yingbao.cli.platform import ready

log = logging.getLogger(__name__)

ONLY_WORKER = 0x59494E47
"""Advisory lock that one worker process of the installation holds."""


@click.command()
@click.option("--concurrency", default=2, show_default=True, help="How many jobs run side by side.")
def command(concurrency: int) -> None:
    """Run the jobs that users asked for, until Ctrl-C."""
    ready()
    from yingbao.jobs.work import wait_for_database

    wait_for_database()
    while not _worked_until_asked(concurrency):
        # The queue gives up when its database goes away, and its jobs have noted what became of them; we do not.
        log.warning("the worker lost its database and begins again")
        time.sleep(1)
        wait_for_database()


def _worked_until_asked(concurrency: int) -> bool:
    """Run a worker; returns whether it ended because it was asked to."""
    from django.db import connection
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    from yingbao.jobs.work import revive
    from yingbao.values import clock

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONLY_WORKER])
        row = cursor.fetchone()
    if row and row[0]:
        revive(at=clock.now())

    async def work() -> bool:
        asked = asyncio.Event()
        for one in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(one, asked.set)
        async with app.open_async():
            worker = asyncio.create_task(
                app.run_worker_async(
                    queues=["work"], concurrency=concurrency, install_signal_handlers=False, delete_jobs="successful"
                )
            )
            stop = asyncio.create_task(asked.wait())
            await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            worker.cancel()  # it lets its jobs end first
            (ended,) = await asyncio.gather(worker, return_exceptions=True)
        if isinstance(ended, Exception):
            log.error("the worker ended: %s", type(ended).__name__)
        return asked.is_set()

    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        try:
            return asyncio.run(work())
        except ConnectorException:
            return False
