"""Files in, files out: CSV and Parquet alike, in order, whole or not at all. 文件核定"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.determination.children import (
    AS_OF,
    DIVISIONS,
    EDGE_DAYS,
    Facts,
    as_text,
    child,
    typed,
    write_csv,
    write_parquet,
)
from yingbao.determination import files, source, writing
from yingbao.determination.facts import ASSISTANCE, COLUMNS, STAGES
from yingbao.determination.frame import determine
from yingbao.determination.outputs import SCHEMA
from yingbao.policy.catalogue import policy_of
from yingbao.values.text import Text

SUZHOU = policy_of("320500/2020")


def many(count: int) -> list[Facts]:
    """Children of all kinds, the same ones in every run."""
    chosen = random.Random(68)
    return [
        child(
            person_id=f"P{number}",
            birth_date=chosen.choice([None, *EDGE_DAYS]),
            hukou=chosen.choice([None, *DIVISIONS]),
            parent_hukou=tuple(chosen.sample(DIVISIONS, chosen.choice([0, 1, 2]))),
            school_division=chosen.choice([None, *DIVISIONS]),
            school_stage=chosen.choice(STAGES),
            registered_before=chosen.random() < 0.3,
            points_admitted_on=chosen.choice([None, *EDGE_DAYS]),
            assistance=tuple(chosen.sample(ASSISTANCE, chosen.choice([0, 0, 1, 2]))),
            tier=chosen.choice([1, 2]),
            paid_on=chosen.choice([None, *EDGE_DAYS]),
        )
        for number in range(count)
    ]


CHILDREN = many(3000)


def run(facts: Path, out: Path) -> list[Text]:
    """Run the local engine; what it warned of."""
    warned: list[Text] = []
    files.run(SUZHOU, facts, out, AS_OF, warned.append)
    return warned


def read(out: Path) -> list[dict[str, str]]:
    """The decisions in a file as text, empty as empty."""
    if out.suffix == ".csv":
        with out.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    return [{name: as_text(value) for name, value in row.items()} for row in pq.read_table(out).to_pylist()]


EXPECTED = [
    {name: as_text(value) for name, value in row.items()}
    for row in determine(SUZHOU, typed(CHILDREN), AS_OF).to_pylist()
]


@pytest.fixture(params=["whole", "small batches"])
def batches(request, monkeypatch):
    """The same with batches that cut the file everywhere."""
    if request.param == "small batches":
        monkeypatch.setattr(source, "BATCH", 7)
        monkeypatch.setattr(source, "BLOCK", 2000)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_every_form_gives_the_same_decisions_in_the_same_order(batches, tmp_path, write, ending):
    facts = write(tmp_path / ("facts.csv" if write is write_csv else "facts.parquet"), CHILDREN)
    run(facts, tmp_path / f"out.{ending}")
    assert read(tmp_path / f"out.{ending}") == EXPECTED


def test_a_parquet_file_of_decisions_has_plain_types(tmp_path):
    run(write_parquet(tmp_path / "facts.parquet", CHILDREN), tmp_path / "out.parquet")
    assert pq.read_schema(tmp_path / "out.parquet") == SCHEMA


DIALECTS: dict[str, dict[str, Any]] = {
    "a byte-order mark": {"encoding": "utf-8-sig"},
    "Unix line ends": {"lineterminator": "\n"},
    "everything in quotes": {"quoting": csv.QUOTE_ALL},
    "columns in another order": {"columns": sorted(COLUMNS, reverse=True)},
    "a mark, quotes and another order": {
        "encoding": "utf-8-sig", "quoting": csv.QUOTE_ALL, "columns": sorted(COLUMNS, reverse=True),
    },
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_csv_may_be_written_with(tmp_path, dialect):
    run(write_csv(tmp_path / "facts.csv", CHILDREN, **DIALECTS[dialect]), tmp_path / "out.csv")
    assert read(tmp_path / "out.csv") == EXPECTED


def test_text_columns_in_parquet_are_read_like_csv(tmp_path):
    text = pa.table({name: [as_text(one[name]) for one in CHILDREN] for name in COLUMNS})
    pq.write_table(text, tmp_path / "facts.parquet")
    run(tmp_path / "facts.parquet", tmp_path / "out.csv")
    assert read(tmp_path / "out.csv") == EXPECTED


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_headers_alone_give_headers_alone(tmp_path, ending):
    run(write_csv(tmp_path / "facts.csv", []), tmp_path / f"a.{ending}")
    run(write_parquet(tmp_path / "facts.parquet", []), tmp_path / f"b.{ending}")
    assert read(tmp_path / f"a.{ending}") == read(tmp_path / f"b.{ending}") == []
    header = (
        (tmp_path / "a.csv").read_text().strip()
        if ending == "csv"
        else ",".join(pq.read_schema(tmp_path / "a.parquet").names)
    )
    assert header == ",".join(SCHEMA.names)


def test_persons_keep_their_ids_whatever_characters_they_hold(batches, tmp_path):
    ids = [
        "plain",
        'a "quoted" one',
        "with, comma",
        "two\nlines",
        "two\r\nlines",
        "张三·𠅤",
        " spaces ",
        "=1+1",
        '"',
        "NA",
        "null",
    ]
    facts = write_csv(tmp_path / "facts.csv", [child(person_id=one) for one in ids])
    for out in (tmp_path / "out.csv", tmp_path / "out.parquet"):
        run(facts, out)
        assert [row["person_id"] for row in read(out)] == ids


def test_columns_that_are_missing_count_as_empty_and_unknown_ones_are_named(tmp_path):
    (tmp_path / "facts.csv").write_text("shoe,person_id,hukou,birth_date,name\n31,1,320508,2015-01-01,x\n")
    warned = run(tmp_path / "facts.csv", tmp_path / "out.csv")
    assert [row["status"] for row in read(tmp_path / "out.csv")] == ["enrolled"]
    assert [text.en for text in warned] == [f"{tmp_path}/facts.csv: unknown columns are passed over: shoe, name"]


def test_unknown_columns_may_be_there_twice_or_have_no_name(tmp_path):
    (tmp_path / "facts.csv").write_text("person_id,x,x,,hukou,\n1,a,b,c,320508,d\n")
    warned = run(tmp_path / "facts.csv", tmp_path / "out.csv")
    assert [row["person_id"] for row in read(tmp_path / "out.csv")] == ["1"]
    assert [text.en for text in warned] == [f"{tmp_path}/facts.csv: unknown columns are passed over: x"]


def test_blank_lines_are_no_rows(tmp_path):
    (tmp_path / "facts.csv").write_text("\nperson_id,hukou\n\n1,\n\n2,\n\n\n")
    run(tmp_path / "facts.csv", tmp_path / "out.csv")
    assert [row["person_id"] for row in read(tmp_path / "out.csv")] == ["1", "2"]


def test_what_stood_under_the_name_before_is_replaced(tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old")
    run(write_csv(tmp_path / "facts.csv", CHILDREN[:3]), out)
    assert len(read(out)) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.csv", "out.csv"]


def test_an_error_while_writing_ends_the_run_and_not_only_its_thread(tmp_path, monkeypatch):
    def full(self: writing.CsvWriter, decided: object) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr(writing.CsvWriter, "write", full)
    with pytest.raises(MemoryError):
        run(write_csv(tmp_path / "facts.csv", CHILDREN), tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["facts.csv"]


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from yingbao.determination import files, source
from yingbao.determination.frame import Determiner
from yingbao.policy.catalogue import policy_of
source.BATCH = 100
decide, done = Determiner.decide, []
def dying(self, batch):
    done.append(batch)
    if len(done) == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return decide(self, batch)
Determiner.decide = dying
files.run(policy_of("320500/2020"), Path(sys.argv[1]), Path(sys.argv[2]), date(2019, 10, 8), print)
"""


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_kill_leaves_the_folder_as_it_was(tmp_path, ending):
    facts, out = write_parquet(tmp_path / "facts.parquet", CHILDREN), tmp_path / f"out.{ending}"
    out.write_bytes(b"old")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(facts), str(out)], check=False)
    assert killed.returncode == -9
    assert out.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["facts.parquet", out.name]


MEASURED = r"""
import re, sys
from datetime import date
from pathlib import Path
from yingbao.determination import files
from yingbao.policy.catalogue import policy_of
files.run(policy_of("320500/2020"), Path(sys.argv[1]), Path(sys.argv[2]), date(2019, 10, 8), print)
# getrusage would also count what the process was before it became this program: a copy of its parent.
print(int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def megabytes(facts: Path, out: Path) -> int:
    """The most memory that a process of its own took."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(facts), str(out)], check=True, capture_output=True, text=True
    )
    return int(done.stdout)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_rows(tmp_path, ending):
    table = pa.concat_tables([typed(CHILDREN)] * 100).combine_chunks()
    for name, times in (("some", 1), ("many", 8)):
        with pq.ParquetWriter(tmp_path / f"{name}.parquet", table.schema) as writer:
            for _ in range(times):
                writer.write_table(table)
    some, more = (megabytes(tmp_path / f"{name}.parquet", tmp_path / f"out.{ending}") for name in ("some", "many"))
    assert more < some + 150
    assert more < 600
