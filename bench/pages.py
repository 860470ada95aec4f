"""A page of each desk with a million children in the database, at fifty requests a second. 页面基准

    bench/pages.py [children] [seconds of each page] [requests a second]

A demonstration is filled and then multiplied in the database, with its schools, declarations and money, until it holds
so many children. The server is the one that serves (`yingbao serve`), in processes of its own; requests are sent when
they are due, whether or not earlier ones were answered, and a latency counts from the moment a request was due. Beside
each page stands an empty view of the same server. The machine's processors are shared with the client.

Beside the times stands the processor time that a request costs the server and the database: other work on the machine
lengthens the times, and hardly this. From it follows how many processors the requests keep busy.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHILDREN, SECONDS, RATE = 1_000_000, 10, int(sys.argv[3]) if len(sys.argv) > 3 else 50
BASE = 20_000
"""children of the demonstration that is multiplied"""
GOAL_MS = 100
PAGES = {
    "suzhou-school": (
        "/school/",
        "/school/pupils/",
        "/school/pupils/?state=confirmed",
        "/school/declaration/",
        "/school/roster/",
    ),
    "suzhou-community": ("/community/", "/community/children/"),
    "suzhou-sub-district": ("/community/", "/community/progress/", "/community/placing/", "/community/children/"),
    "suzhou-agency": (
        "/agency/",
        "/agency/registrations/",
        "/agency/declarations/",
        "/agency/points/",
        "/agency/duplicates/",
        "/reports/",
    ),
    "suzhou-tax": ("/tax/", "/tax/declarations/", "/tax/suspense/", "/tax/refunds/", "/tax/receipts/"),
    "suzhou-civil-affairs": ("/lists/",),
    "suzhou-education": ("/education/",),
    "suzhou-audit-admin": ("/audit/",),
    "suzhou-security-admin": ("/security/",),
    "suzhou-system-admin": ("/system/",),
}
"""login → what is asked for"""
EMPTY = "/healthz"


def platform(home: Path, port: int) -> dict[str, str]:
    """The environment of a platform of its own."""
    return os.environ | {
        "YINGBAO_HOME": str(home), "YINGBAO_DEMO": "1", "YINGBAO_SECRET_KEY": "bench", "YINGBAO_LANG": "en",
        "YINGBAO_CLOCK": "2019-11-12T10:00", "YINGBAO_KEYS_FILE": str(home / "keys.json"),
        "YINGBAO_URL": f"http://127.0.0.1:{port}",
    }  # fmt: skip


def latencies(ask: object, address: str, seconds: int) -> list[float]:
    """Milliseconds from the moment each request was due until its answer was read."""
    taken: list[float] = []
    begin = time.perf_counter() + 0.05

    def one(due: float) -> None:
        answer = ask.get(address)  # type: ignore[attr-defined]  # an httpx client
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        taken.append((time.perf_counter() - due) * 1000)

    with ThreadPoolExecutor(32) as pool:
        waiting = []
        for number in range(seconds * RATE):
            due = begin + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(pool.submit(one, due))
        for each in waiting:
            each.result()
    return taken


def percentile(taken: list[float], part: float) -> float:
    """The value that this part of all stays under."""
    return statistics.quantiles(taken, n=1000, method="inclusive")[int(part * 1000) - 1]


def processor_ms(server: int, home: Path) -> tuple[float, float]:
    """Milliseconds of processor time that the server's processes and its database's have used so far."""
    import psutil

    postmaster = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    spent = []
    for first in (server, postmaster):
        every = [psutil.Process(first), *psutil.Process(first).children(recursive=True)]
        times = [one.cpu_times() for one in every]
        spent.append(sum(one.user + one.system for one in times) * 1000)
    return spent[0], spent[1]


def signed_in(base: str, user: str, password: str) -> object:
    """A browser of this user."""
    import httpx

    browser = httpx.Client(base_url=base, follow_redirects=True, timeout=60)
    browser.get("/sign-in")
    token = browser.cookies["csrftoken"]
    form = {"username": user, "password": password, "csrfmiddlewaretoken": token}
    answer = browser.post("/sign-in", data=form, headers={"Referer": base})
    assert "sign-in" not in str(answer.url), (user, answer.url)
    return browser


def measured(base: str, passwords: dict[str, str], seconds: int, server: int, home: Path) -> bool:
    """Print one line for each page; whether all stay under the goal."""
    import httpx

    print(f"{'page':44} {'p50':>8} {'p99':>8} {'KB':>6} {'CPU':>6} {'DB':>6} {'cores':>5}   load; empty p50, p99 (ms)")
    held = True
    stranger = httpx.Client(base_url=base, timeout=60)
    for user, addresses in PAGES.items():
        browser = signed_in(base, user, passwords[user])
        for address in addresses:
            size = len(browser.get(address).content) / 1024  # type: ignore[attr-defined]  # also warms what is kept
            latencies(browser, address, 1)
            before = processor_ms(server, home)
            taken = latencies(browser, address, seconds)
            python, database = (
                (now - then) / len(taken) for now, then in zip(processor_ms(server, home), before, strict=True)
            )
            empty = latencies(stranger, EMPTY, max(2, seconds // 3))
            p50, p99 = percentile(taken, 0.5), percentile(taken, 0.99)
            held &= p99 < GOAL_MS
            print(
                f"{user + ' ' + address:44} {p50:8.1f} {p99:8.1f} {size:6.1f} {python:6.1f} {database:6.1f}",
                f"{(python + database) * RATE / 1000:5.1f}   {os.getloadavg()[0]:.1f};",
                f"{percentile(empty, 0.5):.1f}, {percentile(empty, 0.99):.1f}{'' if p99 < GOAL_MS else '   over'}",
                flush=True,
            )
    return held


def main() -> None:
    """Fill, multiply, serve, ask."""
    children = int(sys.argv[1]) if len(sys.argv) > 1 else CHILDREN
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    kept = os.environ.get("BENCH_HOME")
    home = Path(kept or tempfile.mkdtemp(prefix="pages"))
    port = 8177
    os.environ.update(platform(home, port))
    from pages_population import filled, multiplied

    passwords = filled(home, min(children, BASE))
    begun = time.perf_counter()
    total = multiplied(children)
    print(f"{total:,} enrolments in the database after {time.perf_counter() - begun:.0f} s")
    server = subprocess.Popen(
        [sys.executable, "-m", "yingbao.cli", "serve", "--bind", f"127.0.0.1:{port}"], env=os.environ.copy()
    )
    try:
        wait(f"http://127.0.0.1:{port}")
        measured(f"http://127.0.0.1:{port}", passwords, seconds, server.pid, home)
    finally:
        server.terminate()
        server.wait(30)


def wait(base: str) -> None:
    """Until the server answers."""
    import httpx

    for _ in range(120):
        try:
            if httpx.get(base + EMPTY).status_code == 200:
                return
        except httpx.TransportError:
            threading.Event().wait(0.5)
    raise SystemExit("the server does not answer")


if __name__ == "__main__":
    main()
