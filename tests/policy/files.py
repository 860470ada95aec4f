"""The two real policy files, and a place for spoiled copies of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from yingbao.policy import catalogue
from yingbao.policy.load import load
from yingbao.policy.refused import PolicyRefused

SUZHOU = catalogue.root() / "320500-suzhou" / "2020.yaml"
YUZHONG = catalogue.root() / "500103-yuzhong" / "2020.yaml"
YUNHE = Path(__file__).parents[2] / "docs" / "examples" / "yunhe" / "2027.yaml"
"""the made-up city of the guide"""
DIRECTORY = catalogue.root() / "500103-yuzhong" / "directory-2020.yaml"


def spoiled(source: Path, old: str, new: str) -> str:
    """A good file's text with one passage replaced; the passage must be there exactly once."""
    return changed(source, {old: new})


def changed(source: Path, changes: Mapping[str, str]) -> str:
    """A good file's text with passages replaced, one after the other; each must be there exactly once by then."""
    text = source.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {source.name}"
        text = text.replace(old, new)
    return text


def line_of(text: str, passage: str) -> int:
    """The line on which a passage begins; the passage must be there exactly once."""
    assert text.count(passage) == 1, f"{passage!r} stands {text.count(passage)} times"
    return text.count("\n", 0, text.index(passage)) + 1


def refusal_of(text: str | bytes, folder: Path) -> PolicyRefused:
    """The refusal that loading this content raises."""
    path = folder / "policy.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(PolicyRefused) as raised:
        load(path)
    return raised.value
