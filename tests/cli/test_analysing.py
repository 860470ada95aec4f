"""`yingbao policy new`, `try` and `simulate` at the terminal. 政策分析命令"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yingbao.cli.policy import command
from yingbao.policy import catalogue


def run(*words: str, language: str = "en") -> Result:
    return CliRunner().invoke(command, list(words), env={"YINGBAO_LANG": language}, catch_exceptions=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own copy of the folder of policies."""
    copy = tmp_path / "policies"
    shutil.copytree(catalogue.root(), copy)
    monkeypatch.setenv("YINGBAO_POLICIES", str(copy))
    return copy


def test_new_puts_a_policy_into_its_place_where_check_and_show_find_it(folder: Path):
    result = run("new", "321100/2027", "--name", "zhenjiang")
    assert result.exit_code == 0
    assert "lines are marked" in result.stdout
    assert (folder / "321100-zhenjiang" / "2027.yaml").is_file()
    assert run("check", "321100/2027").exit_code == 0
    assert "镇江市学生儿童居民医保 2027 年度" in run("show", "321100/2027", language="zh").stdout


def test_new_from_last_year_takes_the_directory_along_and_diff_tells_only_days_and_years(folder: Path):
    assert run("new", "500103/2021", "--from", "500103/2020").exit_code == 0
    assert (folder / "500103-yuzhong" / "directory-2021.yaml").is_file()
    assert run("check", "500103/2021").exit_code == 0
    told = run("diff", "500103/2020", "500103/2021").stdout
    assert "plan year changed from “2020” to “2021”" in told
    assert "premium" not in told.replace("{premium}", "").split("Criteria")[0]


def test_new_never_overwrites_and_says_what_to_do_instead(folder: Path, tmp_path: Path):
    before = (folder / "320500-suzhou" / "2020.yaml").read_bytes()
    result = run("new", "320500/2020", language="zh")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "文件已经存在" in result.stderr
    assert (folder / "320500-suzhou" / "2020.yaml").read_bytes() == before
    assert run("new", "320500/2020", "--out", str(tmp_path / "a.yaml")).exit_code == 0
