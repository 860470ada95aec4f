"""Long work: asked for, run, watched, stopped, tried again. 后台任务"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from psycopg import sql

from yingbao.agents.models import Organisation, User
from yingbao.jobs import work
from yingbao.jobs.models import Job
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
ABOUT = Text("读取花名册", "Read a roster")


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user(username="wang", name="王老师", password="a long enough word")


@pytest.fixture
def school(db: None) -> Organisation:
    return Organisation.objects.create(
        kind="school", pooling_area="320500", code="S1", name="星海小学", division="320508", stages=["primary"]
    )


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Register a function as work for one test."""

    def register(function: Any) -> str:
        monkeypatch.setitem(work.WORK, "test.work", work.Work("test.work", function))
        return "test.work"

    return register


def asked(task: str, clerk: User, school: Organisation, **arguments: Any) -> Job:
    return work.start(task=task, about=ABOUT, owner=clerk, organisation=school, at=AT, arguments=arguments)


def test_work_that_was_asked_for_is_done_with_its_arguments_and_leads_to_its_outcome(registered, clerk, school):
    seen = []
    task = registered(lambda job, **arguments: seen.append(arguments))
    job = work.start(
        task=task,
        about=ABOUT,
        owner=clerk,
        organisation=school,
        at=AT,
        arguments={"roster": 7},
        result_url="/rosters/7/",
    )
    assert work.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, job.result_url, seen) == ("done", "/rosters/7/", [{"roster": 7}])


def test_a_job_asked_for_in_a_transaction_that_fails_was_never_asked_for(registered, clerk, school):
    task = registered(lambda job: None)
    before = _queued()
    with pytest.raises(RuntimeError), transaction.atomic():
        asked(task, clerk, school)
        raise RuntimeError("the upload failed after all")
    assert _queued() == before
    assert Job.objects.count() == 0


def _queued() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


def test_a_refusal_is_told_in_both_languages_and_not_tried_again(registered, clerk, school):
    def refuse(job: work.Running) -> None:
        raise Refused(where="A3", what=Text("证件号码少一位", "one digit is missing"), mend=Text("请补全", "add it"))

    job = asked(registered(refuse), clerk, school)
    work.run_waiting()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "证件号码少一位" in job.message["zh"]
    assert "one digit is missing" in job.message["en"]
    assert work.run_waiting() == 0


def test_a_fault_of_ours_is_logged_and_shown_without_its_inner_words(registered, clerk, school, caplog):
    def fail(job: work.Running) -> None:
        raise KeyError("secret 3205")

    job = asked(registered(fail), clerk, school)
    work.run_waiting()
    job.refresh_from_db()
    assert job.state == "failed"
    assert "3205" not in str(job.message)
    assert "failed" in caplog.text


def test_work_that_lost_its_database_is_tried_three_times_and_then_given_up(registered, clerk, school):
    tries = []

    def lose(job: work.Running) -> None:
        tries.append(1)
        raise OperationalError("the connection is gone")

    job = asked(registered(lose), clerk, school)
    while work.run_waiting():
        pass
    job.refresh_from_db()
    assert (job.state, len(tries), job.attempts) == ("failed", 3, 3)


def test_a_failed_job_runs_again_when_its_owner_asks(registered, clerk, school):
    outcomes = iter([RuntimeError("first"), None])

    def once(job: work.Running) -> None:
        outcome = next(outcomes)
        if outcome:
            raise outcome

    job = asked(registered(once), clerk, school)
    work.run_waiting()
    work.retry(job=job, by=clerk, at=AT)
    work.retry(job=job, by=clerk, at=AT)
    assert work.run_waiting() == 1
    job.refresh_from_db()
    assert job.state == "done"


def test_a_job_that_is_cancelled_before_it_begins_never_runs(registered, clerk, school):
    ran = []
    job = asked(registered(lambda job: ran.append(1)), clerk, school)
    work.ask_cancel(job=job, by=clerk, at=AT)
    work.ask_cancel(job=job, by=clerk, at=AT)
    assert work.run_waiting() == 0
    job.refresh_from_db()
    assert (job.state, ran) == ("cancelled", [])


@pytest.mark.django_db(transaction=True)
def test_a_running_job_stops_at_its_next_progress_and_writes_nothing(registered, clerk, school, monkeypatch):
    monkeypatch.setattr(work, "PROGRESS_EVERY_SECONDS", 0)

    def long(job: work.Running) -> None:
        with transaction.atomic():
            User.objects.create_user(username="half", name="半", password="a long enough word")
            job.progress(1, 3)
            aside = work.Running(Job.objects.get(pk=job.id))
            with aside._aside.cursor() as cursor:
                cursor.execute("UPDATE jobs_job SET cancel_asked = true WHERE id = %s", [job.id])
            aside.close()
            job.progress(2, 3)

    job = asked(registered(long), clerk, school)
    work.run_waiting()
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not User.objects.filter(username="half").exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_asked_to_stop_after_it_wrote_everything_says_that_it_is_done(registered, clerk, school):
    def long(job: work.Running) -> None:
        User.objects.create_user(username="whole", name="全", password="a long enough word")
        work.ask_cancel(job=Job.objects.get(pk=job.id), by=clerk, at=AT)
        job.progress(2, 2)

    job = asked(registered(long), clerk, school)
    work.run_waiting()
    job.refresh_from_db()
    assert (job.state, job.message) == ("done", None)
    assert User.objects.filter(username="whole").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("when", "state"), [("during", "waiting"), ("after", "done")])
def test_a_job_whose_database_goes_away_is_noted_once_it_is_back(registered, clerk, school, monkeypatch, when, state):
    away = iter([True, True])

    def connect(*args: Any, **kwargs: Any) -> Any:
        if next(away, False):
            raise OperationalError("the database system is starting up")
        return reconnect(*args, **kwargs)

    def long(job: work.Running) -> None:
        connection.close()
        if when == "during":
            monkeypatch.setattr(connection, "get_new_connection", connect)
            User.objects.count()
        monkeypatch.setattr(connection, "get_new_connection", connect)

    reconnect = connection.get_new_connection
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    job = asked(registered(long), clerk, school)
    work.run_waiting()
    job.refresh_from_db()
    assert job.state == state


@pytest.mark.django_db(transaction=True)
def test_progress_shows_while_the_works_own_transaction_is_still_open(registered, clerk, school):
    seen = []

    def long(job: work.Running) -> None:
        with transaction.atomic():
            job.progress(500, 2000)
            watcher = work.Running(Job.objects.get(pk=job.id))
            with watcher._aside.cursor() as cursor:
                cursor.execute("SELECT done, total FROM jobs_job WHERE id = %s", [job.id])
                seen.append(cursor.fetchone())
            watcher.close()

    asked(registered(long), clerk, school)
    work.run_waiting()
    assert seen == [(500, 2000)]


def test_a_job_whose_worker_died_is_put_back_into_the_queue(registered, clerk, school):
    job = asked(registered(lambda job: None), clerk, school)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1)
    assert work.revive(at=AT) == 1
    assert work.run_waiting() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_takes_a_job_from_the_queue_within_seconds(clerk, school):
    """A roster that does not exist makes it fail, which shows that the worker ran it."""
    job = asked("roster.review", clerk, school, roster=0)
    with a_worker():
        assert ended(job) == "failed"


@contextmanager
def a_worker() -> Iterator[subprocess.Popen[bytes]]:
    settings = connection.settings_dict
    address = f"postgresql://{settings['USER']}@/{settings['NAME']}"
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER],
        env=os.environ | {"YINGBAO_TEST_DATABASE": settings["NAME"], "YINGBAO_ADDRESS": address},
    )
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(20)


def ended(job: Job) -> str:
    until = time.monotonic() + 30
    while job.state in ("waiting", "running") and time.monotonic() < until:
        time.sleep(0.1)
        job.refresh_from_db()
    return job.state


@pytest.mark.django_db(transaction=True)
def test_a_worker_whose_database_goes_away_waits_for_it_and_ends_when_it_is_asked_to(clerk, school):
    with a_worker() as worker:
        assert ended(asked("roster.review", clerk, school, roster=0)) == "failed"
        name = connection.settings_dict["NAME"]
        closed = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name))
        opened = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(name))
        address = {key: connection.get_connection_params()[key] for key in ("host", "user")}
        with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
            server.execute(closed)
            try:
                server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
                time.sleep(5)
            finally:
                server.execute(opened)
        connection.close()
        assert ended(asked("roster.review", clerk, school, roster=0)) == "failed"
        assert worker.poll() is None
    assert worker.returncode == 0


WORKER = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
from django.conf import settings
settings.DATABASES["default"]["NAME"] = os.environ["YINGBAO_TEST_DATABASE"]
from yingbao.cli.work import command
command()
"""


def test_the_clock_of_a_job_is_its_callers(clerk, school, registered):
    job = asked(registered(lambda job: None), clerk, school)
    assert job.asked_at.astimezone(CHINA).date() == date(2019, 11, 12)
