"""A database that cannot be brought up to date is told kindly. 命令行准备"""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from yingbao.cli import main
from yingbao.cli.platform import create_database
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db


def test_a_database_that_is_up_to_date_stays_as_it_is():
    before = set(MigrationRecorder(connection).applied_migrations())
    create_database()
    assert set(MigrationRecorder(connection).applied_migrations()) == before


def test_one_that_stopped_between_squashed_migrations_is_refused_with_the_way_to_mend_it():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("agents", "0001_tables")
    recorder.record_unapplied("agents", "0005_calls_counted")
    with pytest.raises(Refused) as refused:
        create_database()
    assert "--fresh" in refused.value.mend.zh


def test_one_that_ran_all_of_them_is_recognised_by_their_names():
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("agents", "0001_tables")
    create_database()
    assert ("agents", "0001_tables") in recorder.applied_migrations()


def test_a_command_on_a_database_that_is_not_made_says_what_to_run(monkeypatch):
    monkeypatch.setenv("YINGBAO_LANG", "en")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE enrolment_season RENAME COLUMN policy_digest TO gone")
    result = CliRunner().invoke(main, ["policy", "simulate", "320500/2021"])
    assert result.exit_code == 1
    assert "Run yingbao migrate" in result.stderr
    assert "Traceback" not in result.output
