"""`yingbao determine`, as other programs call it. 核定命令"""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yingbao.cli import main

FACTS = "person_id,hukou,birth_date,paid_on\n1,320508,2015-01-01,\n2,340102,2015-01-01,2019-10-08\n"


def yingbao(*words: str | Path, language: str = "en") -> Result:
    return CliRunner().invoke(main, [str(word) for word in words], env={"YINGBAO_LANG": language})


@pytest.fixture
def facts(tmp_path):
    path = tmp_path / "facts.csv"
    path.write_text(FACTS)
    return path


def decisions(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_facts_become_decisions_and_nothing_is_said(facts, tmp_path):
    done = yingbao("determine", "320500/2020", facts, tmp_path / "out.csv", "--as-of", "2019-11-30")
    assert (done.exit_code, done.output) == (0, "")
    assert [row["status"] for row in decisions(tmp_path / "out.csv")] == ["enrolled", "ineligible"]


def test_a_policy_file_serves_as_well_as_its_id(facts, tmp_path):
    policies = Path(__file__).parent.parent.parent / "policies"
    for number, policy in enumerate(("500103/2020", policies / "500103-yuzhong" / "2020.yaml")):
        done = yingbao("determine", policy, facts, tmp_path / f"{number}.csv", "--as-of", "2019-10-01")
        assert done.exit_code == 0
    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()


def test_an_unpaid_child_is_decided_as_of_today_in_china(facts, tmp_path):
    assert yingbao("determine", "320500/2020", facts, tmp_path / "out.csv").exit_code == 0
    assert [row["status"] for row in decisions(tmp_path / "out.csv")] == ["closed", "ineligible"]


def test_a_refusal_ends_with_one_in_the_users_language(facts, tmp_path):
    facts.write_text(FACTS + "3,32,,\n")
    english = yingbao("determine", "320500/2020", facts, tmp_path / "out.csv")
    chinese = yingbao("determine", "320500/2020", facts, tmp_path / "out.csv", language="zh")
    assert english.exit_code == chinese.exit_code == 1
    assert english.stderr == (
        f"{facts}: row 3 (line 4 of the file), hukou is '32', which is not understood. "
        "Expected a six-digit division code, or empty.\n"
    )
    assert chinese.stderr == (
        f"{facts}：第 3 行数据（文件第 4 行），hukou 的值“32”无法识别。应为六位数字的行政区划代码，或留空。\n"
    )
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["--as-of", "20191001"],
        ["--as-of", "2019-02-30"],
        ["--as-of", ""],
        ["--engine", "abacus"],
        ["--master", "local[2]"],
        ["one-too-many"],
    ],
)
def test_wrong_usage_ends_with_two(facts, tmp_path, words):
    done = yingbao("determine", "320500/2020", facts, tmp_path / "out.csv", *words)
    assert done.exit_code == 2
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("policy", "name", "out", "expected"),
    [
        ("320500/2019", "facts.csv", "out.csv", "320500/2020"),
        ("nowhere.yaml", "facts.csv", "out.csv", "no such policy"),
        ("320500/2020", "missing.csv", "out.csv", "No such file"),
        ("320500/2020", "facts.csv", "facts.csv", "the same file"),
        ("320500/2020", "facts.csv", "missing/out.csv", "No such file"),
        ("320500/2020", "facts.csv", "out.txt", "ends in .csv or .parquet"),
    ],
)
def test_what_cannot_be_used_ends_with_one(facts, tmp_path, policy, name, out, expected):
    done = yingbao("determine", policy, tmp_path / name, tmp_path / out)
    assert done.exit_code == 1
    assert expected in done.stderr
    assert facts.read_text() == FACTS


def test_an_unknown_column_is_warned_of_and_passed_over(facts, tmp_path):
    facts.write_text("person_id,shoe\n1,31\n")
    done = yingbao("determine", "320500/2020", facts, tmp_path / "out.csv", language="zh")
    assert done.exit_code == 0
    assert done.stderr == f"{facts}：以下列无法识别，已略过：shoe\n"


def test_determine_starts_without_what_it_does_not_need():
    needless = "django", "polars", "pandas", "rich", "pyspark", "stdnum", "openpyxl"
    program = (
        "import sys, yingbao.cli.determine, yingbao.policy.catalogue, yingbao.determination.files;"
        f"print([name for name in {needless!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
