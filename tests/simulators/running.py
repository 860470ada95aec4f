"""A running simulator for tests: its own process on a free port, driven over HTTP. 测试用模拟网关

with running(tmp_path, live_server.url, speed=3600) as simulators:
    simulators.pay("wechat", number)
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parent.parent.parent
NOW = "2019-11-12T10:00:00+08:00"


@dataclass
class Simulators:
    """Where a running simulator is, and its levers. 模拟网关"""

    url: str
    gateways_dir: Path
    process: subprocess.Popen[str]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    def control(self, address: str, asked: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """Ask /control/`address`; a refusal is an AssertionError with its sentence."""
        answer = self.client.request(method, f"{self.url}/control/{address}", json=asked or {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self) -> dict[str, Any]:
        """Clock, keys, addresses."""
        return dict(self.control("state", method="GET"))

    def clock(self, now: str) -> None:
        """Set the simulators' clock."""
        self.control("clock", {"now": now})

    def behave(self, channel: str, *do: Any, order: str = "*", times: int = -1) -> None:
        """Switch misbehaviour on: words, or words with a value as `{"late": 600}`."""
        self.control("behaviour", {"channel": channel, "order": order, "do": list(do), "times": times})

    def behave_again(self) -> None:
        """Switch all misbehaviour off."""
        self.control("behaviour", method="DELETE")

    def pay(self, channel: str, order: str, **more: Any) -> dict[str, Any]:
        """Somebody pays; `at` and `force` as /control/pay has them."""
        return dict(self.control("pay", {"channel": channel, "order": order, **more}))

    def log(self, **of: str) -> list[dict[str, Any]]:
        """Tries to deliver notices, oldest first."""
        return list(self.control("log", dict(of), "GET"))

    def delivered(self, count: int, seconds: float = 20.0, **of: str) -> list[dict[str, Any]]:
        """Wait until so many tries of this kind have been made."""
        end = time.monotonic() + seconds
        while len(tries := self.log(**of)) < count:
            assert time.monotonic() < end, f"{len(tries)} of {count} tries: {tries}"
            time.sleep(0.02)
        return tries

    def templates(self, via: str, words: dict[str, str]) -> list[dict[str, Any]]:
        """Have templates approved by `sms` or `wechat_account`; their configuration is written again."""
        return list(self.control("messages/templates", {"via": via, "words": words}))

    def messages(self, **of: str) -> list[dict[str, Any]]:
        """What reached phones and followers, oldest first; `via`, `recipient`, `own_id`."""
        return list(self.control("messages", dict(of), "GET"))

    def taken_in(self, seconds: float = 3.0, **of: str) -> None:
        """Wait until what lay at the door of a simulator that stood still is taken in, or does not come any more."""
        end = time.monotonic() + seconds
        while not self.messages(**of) and time.monotonic() < end:
            time.sleep(0.05)

    def follower(self, name: str = "微信用户") -> str:
        """Somebody follows the official account; gives the openid."""
        return str(self.control("messages/followers", {"name": name})["key"])

    def transfer(self, **of: Any) -> list[dict[str, Any]]:
        """Money arrives at an account of the simulated bank; names as in `bank.book.transfer`."""
        return list(self.control("bank/transfer", of))

    def bank_file(self, kind: str, content: bytes, account: str = "") -> httpx.Response:
        """Hand in a file; `kind` is debits or payouts."""
        return self.client.post(f"{self.url}/control/bank/{kind}", params={"account": account}, content=content)

    def download(self, path: str, **query: str) -> bytes:
        """A file of the bank, such as `statements/<account>.csv`."""
        answer = self.client.get(f"{self.url}/bank/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.content


def _ready(process: subprocess.Popen[str]) -> str:
    """The address that a starting simulator prints."""
    address = ""
    assert process.stdout
    for line in process.stdout:
        if line.startswith("bank"):
            address = line.split()[1].removesuffix("/bank")
        if line.strip() == "ready":
            return address
    raise AssertionError("the simulators did not start")


@contextmanager
def running(
    home: Path,
    platform_url: str = "http://127.0.0.1:9",
    speed: float = 600.0,
    now: str | None = NOW,
    port: int = 0,
    **more: str,
) -> Iterator[Simulators]:
    """Start the real process, give it to the block, end it with SIGTERM. `more` are further options, as `fee="38"`."""
    command = [sys.executable, "-m", "simulators", "--home", str(home), "--port", str(port)]
    command += ["--platform", platform_url, "--speed", str(speed), *(["--now", now] if now else [])]
    for name, value in more.items():
        command += [f"--{name}", value]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=home.parent)
    try:
        simulators = Simulators(_ready(process), home / "gateways", process)
        with simulators.client:
            yield simulators
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
