"""The directory of sub-districts and schools is held to its own counts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.policy.files import DIRECTORY, SUZHOU, YUZHONG, line_of, spoiled
from yingbao.policy.directory import directory_of, load_directory
from yingbao.policy.load import load
from yingbao.policy.refused import PolicyRefused

WRONG = {
    "a school left out": (
        "      - {name: 聋哑学校, stages: [special]}\n",
        "",
        "    schools_counted: 7\n    schools:\n      - {name: 实验幼儿园",
        "解放碑 counts 7 schools and lists 6",
    ),
    "a school listed twice": (
        "name: 大坪小学",
        "name: 石油路小学",
        "name: 石油路小学, stages: [primary]}\n      - {name: 解放",
        "listed already",
    ),
    "a sub-district listed twice": (
        "  - name: 大坪\n",
        "  - name: 石油路\n",
        "  - name: 石油路\n    contact: 梁红",
        "is listed twice",
    ),
    "no stage": (
        "{name: 聋哑学校, stages: [special]}",
        "{name: 聋哑学校, stages: []}",
        "聋哑学校",
        "stages of 聋哑学校",
    ),
    "a stage twice": (
        "{name: 聋哑学校, stages: [special]}",
        "{name: 聋哑学校, stages: [special, special]}",
        "聋哑学校",
        "stages of 聋哑学校",
    ),
    "a stage that is on no school's roll": (
        "{name: 聋哑学校, stages: [special]}",
        "{name: 聋哑学校, stages: [none]}",
        "聋哑学校",
        "stages of 聋哑学校",
    ),
    "an unknown stage": (
        "{name: 聋哑学校, stages: [special]}",
        "{name: 聋哑学校, stages: [specal]}",
        "聋哑学校",
        "Unknown value specal",
    ),
    "a phone without quotes": ('phone: "63806685"', "phone: 63806685", "phone: 63806685", "reads 63806685 as a number"),
    "a phone with letters": ('phone: "63806685"', "phone: 6380-6685", "phone: 6380-6685", "6380-6685 is not written"),
    "an unknown word": ("contact: 谢芸", "kontact: 谢芸", "kontact", "Unknown key kontact"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_directory_is_refused_on_its_line(case: tuple[str, str, str, str], tmp_path: Path):
    old, new, at, what = case
    text = spoiled(DIRECTORY, old, new)
    path = tmp_path / "directory.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyRefused) as raised:
        load_directory(path)
    line = line_of(text, at)
    told = [(problem.line, problem.what.en) for problem in raised.value.problems]
    assert any(at == line and what in said for at, said in told), (line, told)


def test_a_policy_without_a_directory_has_none():
    assert directory_of(load(SUZHOU), SUZHOU) is None


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(PolicyRefused, match=r"directory-2020\.yaml:1: The file cannot be read"):
        directory_of(load(YUZHONG), tmp_path / "2020.yaml")


def test_a_directory_of_another_policy_is_refused():
    other = msgspec.structs.replace(load(YUZHONG), policy="500103/2021")
    with pytest.raises(PolicyRefused, match="belongs to 500103/2020, not to 500103/2021"):
        directory_of(other, YUZHONG)
