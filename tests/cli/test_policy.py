"""`yingbao policy` at the terminal: what is printed, where, and the exit status."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yingbao.cli.policy import command
from yingbao.policy import catalogue

SUZHOU = catalogue.root() / "320500-suzhou" / "2020.yaml"


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(command, list(words), env={"YINGBAO_LANG": language}, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own copy of the folder of policies."""
    copy = tmp_path / "policies"
    shutil.copytree(catalogue.root(), copy)
    monkeypatch.setenv("YINGBAO_POLICIES", str(copy))
    return copy


def test_list_names_every_policy_in_order():
    result = run("list")
    assert result.exit_code == 0
    listed = [line.split("  ")[0] for line in result.stdout.splitlines()]
    assert {"320500/2020", "500103/2020"} <= set(listed)
    assert listed == sorted(listed)
    assert "重庆市渝中区" in run("list", language="zh").stdout


def test_show_speaks_the_language_that_is_asked_for():
    assert "谁能参保，由谁代办" in run("show", "320500/2020", "--language", "zh").stdout
    assert "Who is enrolled, and by whom" in run("show", "320500/2020").stdout
    assert "朝天门 · 邓依龄 86618066 · 6 所" in run("show", "500103/2020", language="zh").stdout


def test_show_takes_the_path_of_a_file():
    assert run("show", str(SUZHOU)).stdout == run("show", "320500/2020").stdout


def test_an_unknown_policy_is_refused_on_stderr_with_status_1():
    result = run("show", "320500/2031")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "There is no such policy" in result.stderr
    assert "没有这个政策" in run("diff", "320500/2020", "x", language="zh").stderr


def test_check_says_ok_for_every_policy():
    result = run("check")
    assert result.exit_code == 0
    assert "320500/2020 ok" in result.stdout
    assert "500103/2020 ok" in result.stdout
    assert result.stderr == ""


def test_check_prints_every_problem_of_every_file_and_the_good_ones_too(folder: Path):
    suzhou, yuzhong = folder / "320500-suzhou" / "2020.yaml", folder / "500103-yuzhong" / "directory-2020.yaml"
    text = suzhou.read_text(encoding="utf-8")
    suzhou.write_text(text.replace("24000", "240.5").replace("photo_from_age", "photo_age"), encoding="utf-8")
    yuzhong.write_text(yuzhong.read_text(encoding="utf-8").replace("counted: 9", "counted: 8"), encoding="utf-8")
    shutil.copytree(folder / "500103-yuzhong", folder / "500104-dadukou")
    result = run("check")
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert sum(line.startswith(f"{suzhou}:") for line in lines) == 2
    assert any(line.startswith(f"{yuzhong}:") and "counts 8 schools and lists 9" in line for line in lines)
    assert any("in the place of 500104/2020 but is 500103/2020" in line for line in lines)
    assert not {line.split(" ")[0] for line in result.stdout.splitlines()} & {"320500/2020", "500103/2020"}


def test_check_of_one_policy_looks_at_that_one_alone(folder: Path):
    (folder / "320500-suzhou" / "2020.yaml").write_text("nothing: true\n", encoding="utf-8")
    assert run("check", "500103/2020").exit_code == 0
    result = run("check", "320500/2020", "500103/2020")
    assert result.exit_code == 1
    assert "500103/2020 ok" in result.stdout


def test_check_tells_files_that_no_one_would_find_and_policies_that_are_there_twice(folder: Path):
    (folder / "320500-suzhou" / "year2021.yaml").write_text("x: 1\n", encoding="utf-8")
    shutil.copytree(folder / "320500-suzhou", folder / "320500-wu")
    result = run("check")
    assert result.exit_code == 1
    assert "year2021.yaml:1: No policy uses this file" in result.stderr
    assert "There are two of 320500/2020" in result.stderr


def test_diff_says_in_words_what_changed(tmp_path: Path):
    later = tmp_path / "later.yaml"
    later.write_text(SUZHOU.read_text(encoding="utf-8").replace("24000", "30000"), encoding="utf-8")
    result = run("diff", "320500/2020", str(later), language="zh")
    assert result.exit_code == 0
    assert result.stdout == "缴多少\n  · 「premium_standard」结果由「240元」改为「300元」\n"
    assert run("diff", "320500/2020", str(SUZHOU)).stdout == "The two policies are equal.\n"


def test_diff_compares_directories_where_both_have_one(folder: Path):
    path = folder / "500103-yuzhong" / "directory-2020.yaml"
    other = folder.parent / "other"
    shutil.copytree(folder / "500103-yuzhong", other)
    path.write_text(path.read_text(encoding="utf-8").replace("谢芸", "王芳"), encoding="utf-8")
    assert "from “谢芸 63806685” to “王芳 63806685”" in run("diff", str(other / "2020.yaml"), "500103/2020").stdout


def test_schema_prints_what_stands_beside_the_policies():
    assert run("schema").stdout == (catalogue.root() / "policy.schema.json").read_text(encoding="utf-8")
    assert json.loads(run("schema", "--directory").stdout)["title"] == "Yingbao directory file"


def test_a_wrong_use_ends_with_status_2():
    assert run("show").exit_code == 2
    assert run("paint").exit_code == 2


def test_the_installed_command_works_from_anywhere(tmp_path: Path):
    environment = {**os.environ, "YINGBAO_LANG": "zh"}
    ran = subprocess.run(
        [sys.executable, "-c", "from yingbao.cli import main; main()", "policy", "check"],
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    assert "320500/2020 无误" in ran.stdout.decode()


def test_check_finds_what_a_policy_leaves_open_and_a_grave_finding_ends_with_status_1(folder: Path):
    yuzhong = folder / "500103-yuzhong" / "2020.yaml"
    text = yuzhong.read_text(encoding="utf-8")
    yuzhong.write_text(text.replace("first: 2019-12-21", "first: 2019-12-23"), encoding="utf-8")
    result = run("check", "500103/2020")
    assert result.exit_code == 0
    assert f"{yuzhong}:148: to be checked: 2019-12-21 to 2019-12-22: in no window" in result.stderr
    assert "for example: person_id=example birth_date=2012-05-15 paid_on=2019-12-21" in result.stderr
    assert "500103/2020 ok" in result.stdout
    assert "1 to look at" in result.stdout
    yuzhong.write_text(text.replace("fact: tier\n    is: 2", "fact: tier\n    is: 3"), encoding="utf-8")
    result = run("check", "500103/2020", language="zh")
    assert result.exit_code == 1
    assert "错误：条件 tier_two（选择二档）对任何孩子都不成立。" in result.stderr
    assert result.stdout == ""


def test_check_shows_hints_only_if_asked():
    assert "hint:" not in run("check", "500103/2020").stdout
    assert "500103/2020 ok" in run("check", "500103/2020").stdout
    shown = run("check", "500103/2020", "--hints")
    assert shown.exit_code == 0
    assert "hint: roll_in_district (the school enrols) and hukou_in_district" in shown.stdout


def test_check_counts_the_lines_of_a_template_that_nobody_has_looked_at(tmp_path: Path):
    path = tmp_path / "2027.yaml"
    assert run("new", "321200/2027", "--out", str(path)).exit_code == 0
    result = run("check", str(path))
    assert result.exit_code == 0
    assert (
        "to be checked: 19 lines are marked 核对 / check and not yet held against the notice: line 22," in result.stderr
    )
    assert "1 to look at" in result.stdout
