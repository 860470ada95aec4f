"""Reading a good file: what YAML must not do to it, and how quickly it is there."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from tests.policy.files import SUZHOU, YUZHONG, spoiled
from yingbao.policy import words
from yingbao.policy.load import load
from yingbao.policy.model import Policy
from yingbao.policy.refused import PolicyRefused


def changed(tmp_path: Path, old: str, new: str) -> Policy:
    path = tmp_path / "2020.yaml"
    path.write_text(spoiled(SUZHOU, old, new), encoding="utf-8")
    return load(path)


def test_dates_sums_and_codes_arrive_as_what_they_are():
    policy = load(SUZHOU)
    assert policy.windows["declaration"].last == date(2019, 11, 30)
    assert policy.tables.premium[0].premium_fen == 24000
    assert policy.criteria["registered"].is_ is True
    assert policy.criteria["hukou_none"].known is False
    assert policy.criteria["december_2020"].from_ == date(2020, 12, 1)


def test_a_sentence_that_yaml_would_turn_into_false_stays_a_sentence(tmp_path: Path):
    policy = changed(tmp_path, "en: direct debit", "en: no")
    assert [route.name.en for route in policy.payment_routes] == ["bank transfer", "no", "at the community"]


def test_a_code_with_a_leading_zero_is_no_octal_number(tmp_path: Path):
    policy = changed(tmp_path, '"962026"', "0512")
    assert ["0512"] in [line.phones for line in policy.help_lines]


def test_loading_changes_nothing_and_gives_the_same_each_time():
    assert load(SUZHOU) == load(SUZHOU)
    assert load(SUZHOU) != load(YUZHONG)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(PolicyRefused, match="cannot be read"):
        load(tmp_path / "2020.yaml")
    with pytest.raises(PolicyRefused, match="cannot be read"):
        load(tmp_path)
    with pytest.raises(PolicyRefused, match="not a file"):
        load(Path("/dev/null"))


def test_every_pattern_of_the_model_has_its_words():
    from msgspec import inspect

    patterns: set[str] = set()

    def walk(kind: object, seen: set[type]) -> None:
        if isinstance(kind, inspect.StrType) and kind.pattern is not None:
            patterns.add(kind.pattern)
        if isinstance(kind, inspect.StructType):
            if kind.cls in seen:
                return
            seen.add(kind.cls)
            for field in kind.fields:
                walk(field.type, seen)
        for inner in ("type", "item_type", "key_type", "value_type"):
            if hasattr(kind, inner):
                walk(getattr(kind, inner), seen)
        for each in getattr(kind, "types", ()):
            walk(each, seen)

    walk(inspect.type_info(Policy), set())
    assert len(patterns) == 5
    assert patterns <= set(words.SHAPES)


def test_a_policy_is_read_in_milliseconds():
    load(SUZHOU)
    taken = []
    for _ in range(15):
        start = perf_counter()
        load(SUZHOU)
        taken.append(perf_counter() - start)
    # The goal is 15 ms; three times that leaves room for a busy machine.
    assert median(taken) < 0.045


def test_reading_a_policy_imports_neither_django_nor_polars():
    code = (
        "import sys; from pathlib import Path; from yingbao.policy.load import load; load(Path(sys.argv[1]));"
        "print({name.split('.')[0] for name in sys.modules} & {'django', 'polars', 'click', 'rich', 'jsonschema'})"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(SUZHOU)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
