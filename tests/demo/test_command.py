"""`yingbao demo` as it is really run: filled, served, ended, and nothing left behind. 演示命令"""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

SECONDS = 900
"""Long enough for a busy machine; nothing here is timed."""
COMMAND = (sys.executable, "-c", "from yingbao.cli import main; main()", "demo")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder in which a small season has been filled by the command.

    Not one of pytest's own: another run of pytest closes those to the database's user.
    """
    with TemporaryDirectory(prefix="yingbao-demo-") as folder:
        ran = _run(Path(folder), "--no-serve", "--children", "300", "--seed", "9")
        assert ran.returncode == 0, ran.stderr
        assert "300" in ran.stdout
        yield Path(folder)


def _environment(home: Path) -> dict[str, str]:
    """As a user's shell has it: nothing of the tests' own settings, and a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YINGBAO_", "DJANGO_"))}
    return kept | {"YINGBAO_HOME": str(home), "YINGBAO_LANG": "en"}


def _run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], env=_environment(home), capture_output=True, text=True, timeout=SECONDS, check=False
    )


def _of(home: Path) -> list[psutil.Process]:
    """Every process that works in this home, the database's included."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("YINGBAO_HOME") == str(home) or str(home) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@contextmanager
def _serving(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """The command while it serves: the process and what it said up to its address."""
    process = subprocess.Popen([*COMMAND, *words], env=_environment(home), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        said = []
        for line in process.stdout:
            said.append(line.rstrip())
            if "is ready" in line:
                break
        yield process, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(60)
        process.stdout.close()


def _port(said: list[str]) -> int:
    found = re.search(r"http://localhost:(\d+)/", said[-1])
    assert found, said
    return int(found[1])


def _get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def _gone(home: Path) -> list[psutil.Process]:
    """What is left of the home's processes; the database takes a moment to put its things away."""
    until = time.monotonic() + 20
    while (left := _of(home)) and time.monotonic() < until:
        time.sleep(0.2)
    return left


def test_without_serving_it_leaves_no_process_behind(home: Path) -> None:
    assert _gone(home) == []


def test_keys_and_passwords_are_for_the_owner_alone(home: Path) -> None:
    for name in ("keys.json", "secret-key", "logins"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    assert len(list((home / "samples").iterdir())) == 8


def test_it_serves_the_first_page_and_ends_by_ctrl_c_with_all_that_it_started(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with _serving(home, "--port", str(taken)) as (process, said):
            port = _port(said)
            assert port > taken
            assert any(f"Port {taken} is taken" in line for line in said)
            assert any("suzhou-school" in line for line in said)
            assert _get(port, "/")[0] in (200, 302)
            assert "<form" in _get(port, "/sign-in")[1]
            assert len(_of(home)) > 3
            # One beginning of the clock for all that runs, whenever each started.
            assert len({since for one in _of(home) if (since := one.environ().get("YINGBAO_CLOCK_SINCE"))}) == 1
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
    assert _gone(home) == []


def test_filling_again_changes_no_password_and_tells_how_to_begin_anew(home: Path) -> None:
    before = (home / "logins").read_text()
    ran = _run(home, "--no-serve", "--children", "400")
    assert ran.returncode == 0
    assert "--fresh" in ran.stdout
    assert "goes on from where it stopped: 2019-11-12" in ran.stdout
    assert (home / "logins").read_text() == before


def test_lost_keys_are_told_and_fresh_begins_anew(home: Path) -> None:
    (home / "keys.json").unlink()
    refused = _run(home, "--no-serve")
    assert refused.returncode == 1
    assert "--fresh" in refused.stderr
    assert refused.stdout == ""
    anew = _run(home, "--no-serve", "--fresh", "--children", "320")
    assert anew.returncode == 0, anew.stderr
    assert _gone(home) == []


@pytest.mark.parametrize("words", [("--children", "10"), ("--on", "2019-10-01"), ("--port", "0")])
def test_what_cannot_be_shown_is_a_matter_of_usage(tmp_path: Path, words: tuple[str, str]) -> None:
    ran = _run(tmp_path, *words)
    assert ran.returncode == 2
    assert words[0] in ran.stderr
    assert list(tmp_path.iterdir()) == []
