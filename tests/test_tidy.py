"""House style, held by the build: what a newcomer may rely on in every file. 整洁"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers", "service", "services"}


def tracked(*patterns: str) -> list[Path]:
    """The files that are or would be committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def programs() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_a_newcomer_can_hold_in_mind():
    long = {short(path): n for path in programs() if (n := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE}
    assert not long


def test_no_function_of_the_program_is_longer_than_a_screen():
    long = [
        f"{short(path)}:{function.lineno} {function.name}"
        for path in programs()
        if path.is_relative_to(ROOT / "yingbao")
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_every_file_and_folder_is_named_after_something():
    nameless = [short(path) for path in programs() if EMPTY_NAMES & {part.removesuffix(".py") for part in path.parts}]
    assert not nameless


def test_every_module_and_public_function_says_what_it_is():
    silent = []
    for path in programs():
        if not path.is_relative_to(ROOT / "yingbao") or path.name == "__init__.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(short(path))
        silent += [
            f"{short(path)}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert not silent


def test_every_test_is_a_sentence():
    terse = [
        f"{short(path)}:{function.lineno} {function.name}"
        for path in tracked("tests/*.py")
        for function in functions(path)
        if function.name.startswith("test_") and function.name.count("_") < 4
    ]
    assert not terse


def test_nothing_is_left_unfinished():
    marks = re.compile(
        "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error", r"mark\.(skip|xfail)"])
    )
    unfinished = [
        f"{short(path)}:{number}"
        for path in programs()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert not unfinished


def test_enrolment_is_spelled_one_way():
    other = "enrol" + "lment"
    texts = [path for path in tracked("*.py", "*.html", "*.yaml", "*.md") if other in path.read_text("utf-8").lower()]
    assert [short(path) for path in texts] == []


def test_premium_figures_stand_in_policies_alone():
    sums = re.compile(r"\b(24_?000|25_?000|62_?500|80_?000|117_?500|55_?000)\b")
    found = [
        f"{short(path)}:{number}"
        for path in tracked("yingbao/*.py", "yingbao/*.html")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if sums.search(line)
    ]
    assert not found


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_file_carries_versions_and_hashes_and_no_address(lock):
    text = lock.read_text("utf-8")
    pins = re.findall(r"^[a-z0-9][^\s=]*==\S+", text, re.M)
    assert pins
    assert len(pins) <= text.count("--hash=sha256:")
    assert "://" not in text


def test_no_third_party_front_end_code_is_committed():
    bundled = [short(path) for path in tracked("*.min.js", "*.min.css", "*.woff", "*.woff2", "*.ttf", "*.otf")]
    assert not bundled


def test_every_test_folder_mirrors_a_folder_of_the_program():
    odd = [
        path.name
        for path in (ROOT / "tests").iterdir()
        if path.is_dir()
        and path.name not in {"__pycache__", "browser", "simulators"}
        and not (ROOT / "yingbao" / path.name).is_dir()
        and not (ROOT / path.name).is_dir()  # tests/policies are of the files in policies/
    ]
    assert not odd
