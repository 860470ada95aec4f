"""The processes of the demonstration: started together, watched, and ended together. 演示服务"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

HOST = "127.0.0.1"
NAME = "localhost"
"""as browsers are told to come: passkeys and cookies belong to a name, and no passkey is made for a bare number"""
PORTS_TRIED = 50
STARTS_WITHIN_SECONDS = 60
ENDS_WITHIN_SECONDS = 15

_BACKLOG = 128
RETRIES_QUICKER = 60
"""The simulated gateways repeat their notices so many times quicker than the real ones."""


class Ended(Exception):
    """One of the processes ended by itself. 进程意外结束"""


def listen(port: int) -> socket.socket:
    """A socket that listens on the port, or on the next free one after it. 监听端口"""
    for tried in range(port, min(port + PORTS_TRIED, 65_536)):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, tried))
            listener.listen(_BACKLOG)
        except (PermissionError, OSError):
            listener.close()
        else:
            return listener
    last = min(port + PORTS_TRIED, 65_536) - 1
    raise Refused(
        where=f"--port {port}",
        what=Text(f"端口 {port} 至 {last} 都不能使用", f"none of the ports {port} to {last} can be used"),
        mend=Text("用 --port 指定一个空闲端口", "name a free one with --port"),
    )


def free_port(port: int) -> int:
    """A free port, this one or one after it; nobody listens on it yet. 空闲端口"""
    with closing(listen(port)) as listener:
        return int(listener.getsockname()[1])


class Processes:
    """The web server and the worker, each in a session of its own so that Ctrl-C reaches only their parent. 子进程"""

    def __init__(self) -> None:
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, *words: str, hand_on: Sequence[int] = ()) -> None:
        """Start one of this program's own commands. 启动"""
        self._start(words[0], [sys.executable, "-c", "from yingbao.cli import main; main()", *words], hand_on)

    def start_simulators(self, *, home: Path, port: int, platform: str, now: datetime) -> str:
        """Start the simulated gateways and bank; returns their address once they are ready. 启动模拟网关"""
        words = ["--home", str(home), "--port", str(port), "--platform", platform]
        # Its clock stood there at this moment, and not when it will have started.
        words += ["--now", now.isoformat(), "--since", repr(time.time())]
        command = [sys.executable, "-m", "simulators", *words, "--speed", str(RETRIES_QUICKER)]
        process = self._start("simulators", command, (), stdout=subprocess.PIPE)
        while (line := process.stdout.readline() if process.stdout else b"").strip() != b"ready":
            if not line:
                raise Ended("simulators")
        return f"http://{HOST}:{port}"

    def _start(
        self, name: str, command: list[str], hand_on: Sequence[int], stdout: int | None = None
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603  our own words only
            command,
            pass_fds=tuple(hand_on),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            cwd=settings.PROJECT,
        )
        self._running.append((name, process))
        return process

    def watch(self) -> None:
        """Raise Ended if one of them is no longer there. 检查"""
        for name, process in self._running:
            if process.poll() is not None:
                raise Ended(name)

    def end(self) -> None:
        """End all of them, the last started first; one that does not listen is killed. 结束"""
        for _, process in reversed(self._running):
            with suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + ENDS_WITHIN_SECONDS
        for _, process in reversed(self._running):
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._running.clear()


def answers(port: int) -> bool:
    """Whether the first page is there. 首页可用"""
    page = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        page.request("GET", "/")
        return page.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        page.close()


def wait_for_first_page(port: int, processes: Processes, asked: threading.Event) -> None:
    """Return when the first page is there or we are asked to end; raises Ended if it will not be. 等待首页"""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while not asked.is_set() and not answers(port):
        processes.watch()
        if time.monotonic() > until:
            raise Ended("serve")
        asked.wait(0.1)


@contextmanager
def until_asked_to_end() -> Iterator[threading.Event]:
    """An event that Ctrl-C, SIGTERM and a closed terminal set. 等待结束

    A shell's background job starts with Ctrl-C ignored; here it is heard all the same.
    """
    asked = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, lambda *_: asked.set()) for one in signals}
    try:
        yield asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
