"""The walk of each notice: story, page and pictures hold together, row by row. 走查文档"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "walks"
WIDTHS = (1280, 390)
LARGEST = 120_000
"""Bytes of a picture: a clone should not weigh more than the program."""
WALKS = {
    "suzhou-2020": [f"S{number}" for number in range(1, 15)],
    "yuzhong-2020": [f"C{number}" for number in range(1, 12)],
}
ROWS = [(walk, row) for walk, rows in WALKS.items() for row in rows]


def told(walk: str) -> list[str]:
    """The first words of every step of the story: its docstrings."""
    path = ROOT / "tests" / "browser" / f"test_{walk.replace('-', '_')}.py"
    steps = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    return [ast.get_docstring(step) or "" for step in steps]


def lines(walk: str) -> dict[str, str]:
    """The rows of the table on the page, by their id."""
    found = re.findall(r"^\| *([SC][0-9]+) *\|(.*)$", (FOLDER / f"{walk}.md").read_text(), re.MULTILINE)
    return dict(found)


def pictures(text: str) -> list[str]:
    """The names of the pictures that a text shows or links."""
    return re.findall(r"\]\(([^)/]+\.png)\)", text)


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_has_every_row_of_its_notice_once_and_in_order(walk):
    page = (FOLDER / f"{walk}.md").read_text()
    assert re.findall(r"^\| *([SC][0-9]+) *\|", page, re.MULTILINE) == WALKS[walk]


@pytest.mark.parametrize(("walk", "row"), ROWS, ids=[f"{walk}-{row}" for walk, row in ROWS])
def test_a_row_is_walked_by_a_step_that_names_it_and_shown_by_pictures_at_both_widths(walk, row):
    assert any(re.search(rf"\b{row}\b", words) for words in told(walk)), f"no step of the story is {row}"
    shown = pictures(lines(walk)[row])
    for width in WIDTHS:
        assert any(name.endswith(f"-{width}.png") for name in shown), f"{row} has no picture {width} pixels wide"


@pytest.mark.parametrize("walk", WALKS)
def test_every_picture_is_there_and_light_and_none_is_left_over(walk):
    shown = set(pictures((FOLDER / f"{walk}.md").read_text()))
    assert {name for name in shown if not (FOLDER / name).is_file()} == set()
    assert {name for name in shown if (FOLDER / name).stat().st_size > LARGEST} == set()
    city = walk.partition("-")[0]
    assert {path.name for path in FOLDER.glob(f"{city}-*.png")} - shown == set()
