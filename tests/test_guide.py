"""The guide for analysts shows what the program really says, and its worked file is in order. 分析员指南"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from yingbao.cli import main
from yingbao.determination.review.findings import findings_of_file
from yingbao.policy.load import load
from yingbao.policy.moving import MARK
from yingbao.policy.terms import ASSISTANCE

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = DOCS / "from-notice-to-policy.md"
TEXT = GUIDE.read_text("utf-8")
SHOWN = [
    (lines[0], "\n".join(lines[1:]).strip("\n"))
    for block in re.findall(r"```console\n(.*?)```", TEXT, re.S)
    for lines in (each.split("\n") for each in re.split(r"^\$ ", block, flags=re.M)[1:])
]


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the guide works on: commands may write there."""
    shutil.copytree(DOCS / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("command", "output"), SHOWN, ids=[command for command, _ in SHOWN])
def test_every_command_of_the_guide_says_what_the_guide_shows(command, output, docs):
    words = command.split()
    assert words.pop(0) == "yingbao"
    result = CliRunner().invoke(main, words, env={"YINGBAO_LANG": "zh"}, catch_exceptions=False)
    assert result.output.strip("\n") == output


def test_the_worked_policy_loads_and_the_check_finds_neither_error_nor_warning():
    path = DOCS / "examples" / "yunhe" / "2027.yaml"
    assert load(path).policy == "330126/2027"
    assert [each for each in findings_of_file(path) if each.severity != "hint"] == []
    assert MARK not in path.read_text("utf-8")


def test_the_worked_files_name_a_form_that_is_there():
    for path in (DOCS / "examples" / "yunhe").glob("*.yaml"):
        named = path.read_text("utf-8").splitlines()[0].rpartition("=")[2]
        assert (path.parent / named).is_file()


def test_the_first_draft_has_the_slips_that_the_guide_speaks_of():
    found = findings_of_file(DOCS / "examples" / "yunhe" / "first-draft.yaml")
    assert [each.severity for each in found].count("error") >= 1
    said = " ".join(each.what.zh for each in found)
    for words in ("没有任何期限覆盖", "paid_as_newborn 永远轮不到", "不像一年的保费"):
        assert words in said


def test_every_link_and_every_part_that_the_guide_names_is_there():
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert [link for link in links if not (DOCS / link).exists()] == []
    tables = {name for cell in re.findall(r"表 ([`a-z_ ]+)", TEXT) for name in re.findall(r"`([a-z_]+)`", cell)}
    assert tables >= {"entitlement", "phase", "registration", "premium", "subsidy", "cover", "channel"}


def test_every_category_of_assisted_persons_stands_in_the_guide_with_its_code():
    for code, name in ASSISTANCE.items():
        assert f"| `{code}` | {name.zh} | {name.en} |" in TEXT
