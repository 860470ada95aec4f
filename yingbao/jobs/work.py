"""Long work: registered once, started by a user, run by a worker. 后台任务

The queue is procrastinate's, in the same database, so that a job is asked for in the transaction that needs it
or not at all. The row `Job` is what its owner sees. Progress is written on a connection of its own: it shows
while the work's own transaction is still open.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import OperationalError, close_old_connections, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from procrastinate.contrib.django import app

from yingbao.agents.models import Organisation, User
from yingbao.jobs.models import Job
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""How often work that lost its database or its worker is tried before it counts as failed."""
PROGRESS_EVERY_SECONDS = 0.2
DATABASE_BACK_WITHIN_SECONDS = 300
"""So long a job waits for its database to come back, to note what became of it."""


class Cancelled(Exception):
    """The owner asked that this work stop. 已取消"""


class Running:
    """The job as its own work sees it: tells progress, learns of a cancel. 进行中的任务"""

    def __init__(self, job: Job) -> None:
        self.id, self.owner_id, self.organisation_id = job.pk, job.owner_id, job.organisation_id
        self._aside: BaseDatabaseWrapper = connections.create_connection("default")
        self._told_at = 0.0

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is; raises Cancelled if the owner asked it to stop.

        Work says `total` of `total` once all of it is committed: then it is too late to stop.
        """
        if done < total and time.monotonic() - self._told_at < PROGRESS_EVERY_SECONDS:
            return
        self._told_at = time.monotonic()
        with self._aside.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_job SET done = least(%s, %s), total = %s WHERE id = %s RETURNING cancel_asked",
                [done, total, total, self.id],
            )
            row = cursor.fetchone()
        if row and row[0] and done < total:
            raise Cancelled

    def close(self) -> None:
        """Give the connection for progress back."""
        self._aside.close()


class Work(NamedTuple):
    """A kind of long work. 任务种类"""

    name: str
    run: Callable[..., None]


WORK: dict[str, Work] = {}


def work(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function as long work under this name.

    It is called as `f(running, **arguments)`. It must end the same when it is run twice: a worker may die between
    the work and the note that it is done.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        WORK[name] = Work(name, function)
        return function

    return register


@app.task(name="yingbao.run", queue="work", pass_context=False)
def from_queue(job_id: int) -> None:
    """What the worker calls, on a thread whose connection may have died since the last job."""
    _refresh_connection()
    run(job_id)


def run(job_id: int) -> None:
    """Run one job and keep its row true. 执行任务

    Where the database went away in between, what became of the job is noted once it is back.
    """
    job = _taken(job_id)
    if job is None:
        return
    note = _worked(job)
    until = time.monotonic() + DATABASE_BACK_WITHIN_SECONDS
    while True:
        try:
            with transaction.atomic():
                note()
        except OperationalError:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            log.warning("job %s (%s) waits for its database", job.pk, job.task)
            time.sleep(1)
            _refresh_connection()
        else:
            return


def _worked(job: Job) -> Callable[[], None]:
    """Do the work; returns how to note what became of it."""
    running = Running(job)
    try:
        WORK[job.task].run(running, **job.arguments)
    except Cancelled:
        stopped = Text("已按您的要求停止，未写入任何内容", "Stopped as you asked; nothing was written")
        return lambda: _ended(job, Job.State.CANCELLED, stopped)
    except Refused as refused:
        told = Text(refused.said("zh"), refused.said("en"))
        return lambda: _ended(job, Job.State.FAILED, told)
    except OperationalError:
        log.exception("job %s (%s) lost its database", job.pk, job.task)
        _refresh_connection()
        return lambda: _again(job)
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.task)
        fault = Text(
            "系统出错，未写入任何内容；请重试，仍不行请联系管理员",
            "A fault of ours; nothing was written. Try again, then call the administrator",
        )
        return lambda: _ended(job, Job.State.FAILED, fault)
    else:
        return lambda: _ended(job, Job.State.DONE, None)
    finally:
        running.close()


def start(
    *,
    task: str,
    about: Text,
    owner: User,
    organisation: Organisation,
    at: datetime,
    arguments: Mapping[str, Any] | None = None,
    result_url: str = "",
) -> Job:
    """Ask for long work; it begins once the caller's transaction is committed. 提交任务

    `result_url` is where its outcome will be seen.
    """
    if task not in WORK:
        raise LookupError(f"no work is registered under {task}")
    with transaction.atomic():
        job = Job.objects.create(
            task=task,
            about=msgspec.to_builtins(about),
            arguments=dict(arguments or {}),
            owner=owner,
            organisation=organisation,
            result_url=result_url,
            asked_at=at,
        )
        _enqueue(job)
    return job


def ask_cancel(*, job: Job, by: User, at: datetime) -> Job:
    """Stop a job: at once if it has not begun, else at its next progress. 取消任务

    Asking again, or after the job ended, changes nothing.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state == Job.State.WAITING:
            _ended(job, Job.State.CANCELLED, Text("开始前已取消", "Cancelled before it began"), at=at)
        elif job.state == Job.State.RUNNING:
            Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    job.refresh_from_db()
    return job


def retry(*, job: Job, by: User, at: datetime) -> Job:
    """Run a failed or cancelled job again. 重试任务"""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state in (Job.State.FAILED, Job.State.CANCELLED):
            Job.objects.filter(pk=job.pk).update(
                state=Job.State.WAITING, message=None, cancel_asked=False, done=0, total=None, ended_at=None, attempts=0
            )
            _enqueue(job)
    job.refresh_from_db()
    return job


def run_waiting() -> int:
    """Run every waiting job in this process, oldest first; return how many. 立即执行"""
    waiting = list(Job.objects.filter(state=Job.State.WAITING).order_by("pk").values_list("pk", flat=True))
    for job_id in waiting:
        run(job_id)
    return len(waiting)


def revive(*, at: datetime) -> int:
    """Put jobs whose worker died back into the queue; return how many. 恢复中断的任务

    Called by a worker when it starts and holds the only workers' lock: no other can be running them.
    """
    with transaction.atomic():
        orphans = list(Job.objects.select_for_update().filter(state=Job.State.RUNNING))
        for job in orphans:
            _again(job)
    return len(orphans)


def wait_for_database() -> None:
    """Return once the database answers; raises OperationalError if it stays away too long. 等待数据库"""
    until = time.monotonic() + DATABASE_BACK_WITHIN_SECONDS
    while True:
        connection.close_if_unusable_or_obsolete()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError:
            if time.monotonic() > until:
                raise
            connection.close()
            time.sleep(1)
        else:
            return


def _refresh_connection() -> None:
    if not connection.in_atomic_block:
        close_old_connections()


def _enqueue(job: Job) -> None:
    queue_id = app.configure_task("yingbao.run", queue="work").defer(job_id=job.pk)
    Job.objects.filter(pk=job.pk).update(queue_id=queue_id)


def _taken(job_id: int) -> Job | None:
    """Mark a waiting job as running; None if it was cancelled or another worker has it."""
    now = clock.now()
    taken = Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(
        state=Job.State.RUNNING, started_at=now, attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id) if taken else None


def _again(job: Job) -> None:
    """Try a job again that lost its database or its worker, up to ATTEMPTS times."""
    if job.attempts >= ATTEMPTS:
        _ended(
            job,
            Job.State.FAILED,
            Text("多次中断，已停止；请稍后重试", "Interrupted several times and given up; try again later"),
        )
        return
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, done=0, total=None)
    _enqueue(job)


def _ended(job: Job, state: Job.State, message: Text | None, *, at: datetime | None = None) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state, message=msgspec.to_builtins(message) if message else None, ended_at=at or clock.now()
    )
