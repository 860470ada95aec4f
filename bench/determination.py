"""Determination: a city and a province from file to file and in memory, and one child. 核定基准

Against the same rules written by hand in Polars, plain Python, and copying the bytes. Medians of several
runs within one session, because machines differ; `determination.py --rows 1000000` measures that size alone,
`--spark` adds Spark in local mode.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import determination_facts
import determination_polars
import msgspec
import polars as pl
import pyarrow.parquet as pq

from tests.determination.reference import decisions
from yingbao.determination.counter import determine_one
from yingbao.determination.facts import COLUMNS, read_child
from yingbao.determination.frame import BATCH, Determiner, determine
from yingbao.determination.source import ParquetSource
from yingbao.policy.catalogue import policy_of
from yingbao.policy.model import Policy
from yingbao.policy.rules import Tables

CITY = "320500/2020"
AS_OF = date(2019, 10, 8)
YINGBAO = [Path(sys.executable).parent / "yingbao", "determine", CITY]
HAND = [sys.executable, determination_polars.__file__]


def median_s(run: Callable[[], object], times: int) -> float:
    """The median of several runs, in seconds, after one that warms up."""
    run()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def row(what: str, taken_s: float, rows: int, against_s: float | None = None) -> None:
    """One line of the table."""
    ratio = "" if against_s is None else f"{taken_s / against_s:8.2f}"
    print(f"{what:<52}{taken_s * 1000:>10.0f} ms{rows / taken_s / 1e6:>9.2f} M/s{ratio}")


def process(command: list[str | Path]) -> Callable[[], object]:
    """A whole process, from its start to its end."""
    return lambda: subprocess.run(command, check=True)


def most_memory_mb(command: list[str | Path]) -> int:
    """The most memory that a process of its own took."""
    process_id = os.spawnv(os.P_NOWAIT, str(command[0]), [str(word) for word in command])
    _, status, used = os.wait4(process_id, 0)
    assert status == 0
    return used.ru_maxrss // 1024


def files(folder: Path, rows: int, times: int, spark: bool) -> None:
    """From Parquet to Parquet, each a whole process."""
    facts, out = determination_facts.write(folder / f"{rows}.parquet", rows), folder / "out.parquet"
    engine = [*YINGBAO, facts, out, "--as-of", str(AS_OF)]
    copying = median_s(lambda: shutil.copyfile(facts, out), times)
    by_hand = median_s(process([*HAND, facts, out]), times)
    taken = median_s(process(engine), times)
    print(f"\n{rows:,} children, Parquet to Parquet, whole process{'× by hand':>42}")
    row("yingbao determine", taken, rows, by_hand)
    row("by hand in Polars, these rules alone, no checks", by_hand, rows)
    row("copying the bytes of FACTS", copying, rows)
    if spark:
        row("yingbao determine --engine spark", median_s(process([*engine, "--engine", "spark"]), 1), rows, by_hand)
    print(f"{'most memory of yingbao determine':<52}{most_memory_mb(engine):>10} MB")


def memory(folder: Path, rows: int, times: int) -> None:
    """In memory, from a frame of facts to decisions."""
    path = determination_facts.write(folder / "memory.parquet", rows)
    policy, facts = policy_of(CITY), pl.read_parquet(path)
    source = ParquetSource(path)
    determiner = Determiner(policy, source.schema, AS_OF, "facts")
    batches = list(source.batches(determiner.columns))
    by_hand = median_s(lambda: determination_polars.decisions(facts.lazy(), AS_OF).collect(), times)
    few = pq.read_table(path).slice(0, rows // 20).to_pylist()
    children = [read_child({**one, "person_id": str(place)}, AS_OF) for place, one in enumerate(few)]
    plain = median_s(lambda: [decisions(CITY, dict(child), AS_OF) for child in children], 3)
    print(f"\n{rows:,} children in memory{'× by hand':>66}")
    row(
        "outcome and first day of cover per child",
        median_s(lambda: [determiner.decide(b) for b in batches], times),
        rows,
        by_hand,
    )
    row(
        "all columns as plain text, Polars in and out",
        median_s(lambda: determine(policy, facts, AS_OF), times),
        rows,
        by_hand,
    )
    row("by hand in Polars, words as enums", by_hand, rows)
    row("plain Python, one core, without reasons", plain * 20, rows, by_hand)


def longer(policy: Policy, times: int) -> Policy:
    """So many times as long: each time every criterion stands again for other days and ages, and every row with it."""
    criteria, tables = dict(policy.criteria), {}
    for n in range(1, times):
        for name, each in policy.criteria.items():
            moved = {
                field: value + timedelta(days=17 * n) if isinstance(value, date) else value + n
                for field in ("from_", "until", "below", "at_least", "months_from_birth")
                if (value := getattr(each, field)) is not None
            }
            criteria[f"{name}_{n}"] = msgspec.structs.replace(each, **moved)
    for table in policy.tables.__struct_fields__:
        *rows, last = getattr(policy.tables, table)
        again = [
            msgspec.structs.replace(rule, id=f"{rule.id}_{n}", when=[f"{name}_{n}" for name in rule.when])
            for n in range(1, times)
            for rule in rows
        ]
        tables[table] = [*rows, *again, last]
    return msgspec.structs.replace(policy, criteria=criteria, tables=Tables(**tables))


def lengths(folder: Path, rows: int, times: int) -> None:
    """The same children under a policy twice and four times as long."""
    path = determination_facts.write(folder / "lengths.parquet", rows)
    source = ParquetSource(path)
    print(f"\n{rows:,} children in memory, by the length of the policy{'× as it is':>45}")
    as_it_is = 0.0
    for length in (1, 2, 4):
        determiner = Determiner(longer(policy_of(CITY), length), source.schema, AS_OF, "facts")
        batches = list(source.batches(determiner.columns))
        taken = median_s(lambda of=determiner, all_=batches: [of.decide(b) for b in all_], times)  # type: ignore[misc]
        as_it_is = as_it_is or taken
        row(f"{length} × {len(policy_of(CITY).criteria)} criteria", taken, rows, as_it_is)


def one_child() -> None:
    """One child at the counter, warm."""
    policy = policy_of(CITY)
    texts = dict.fromkeys(COLUMNS, "")
    texts |= {"person_id": "1", "hukou": "320508", "birth_date": "2013-04-05", "school_division": "320505"}
    texts |= {"school_stage": "primary", "paid_on": "2019-10-08", "assistance": "orphan"}
    child = dict(read_child(texts, AS_OF))
    print("\none child, warm")
    for what, run in (
        ("from text to a decision with its reasons", lambda: determine_one(policy, texts, AS_OF)),
        ("plain Python, facts read already, without reasons", lambda: decisions(CITY, child, AS_OF)),
    ):
        taken_s = median_s(lambda run=run: [run() for _ in range(1000)], 15) / 1000
        print(f"{what:<52}{taken_s * 1e6:>10.1f} µs")


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    arguments.add_argument("--spark", action="store_true")
    chosen = arguments.parse_args()
    print(f"determination on {os.cpu_count()} cores, batches of {BATCH:,}")
    with tempfile.TemporaryDirectory(dir=os.environ.get("YINGBAO_BENCH_FOLDER")) as folder:
        for rows in chosen.rows:
            files(Path(folder), rows, 5 if rows <= 2_000_000 else 3, chosen.spark)
        memory(Path(folder), min(chosen.rows), 5)
        lengths(Path(folder), min(chosen.rows), 9)
    one_child()


if __name__ == "__main__":
    main()
