"""The glossary holds true: its words stand in the code, and every table of the database stands in it. 术语表"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
ROWS = re.findall(r"^\| ([^|`]+) \| `([A-Za-z_]+)` \|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.M)
CODE = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "yingbao").rglob("*.py")))


@pytest.mark.parametrize(("chinese", "word"), ROWS, ids=[word for _, word in ROWS])
def test_a_word_of_the_glossary_stands_in_the_code(chinese, word):
    assert re.search(rf"\b{word}\b|\b{word.upper()}\b", CODE), f"{chinese} is called {word} in GLOSSARY.md only"


def test_every_table_of_the_database_stands_in_the_glossary():
    words = {word for _, word in ROWS}
    tables = {model.__name__ for model in apps.get_models() if model.__module__.startswith("yingbao.")}
    assert tables - words == set()


def test_no_word_of_the_glossary_means_two_things():
    words = [word for _, word in ROWS]
    assert sorted(words) == sorted(set(words))
