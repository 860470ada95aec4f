"""The schema for editors is the model's, and both cities' files fit it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.policy.files import DIRECTORY, SUZHOU, YUZHONG
from yingbao.policy import catalogue, tree
from yingbao.policy.schema import KINDS, schema, text


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_beside_the_policies_is_the_models(kind: str):
    written = (catalogue.root() / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert written == text(kind), f"write it anew: yingbao policy schema > policies/{kind}.schema.json"


@pytest.mark.parametrize(("kind", "path"), [("policy", SUZHOU), ("policy", YUZHONG), ("directory", DIRECTORY)])
def test_the_files_fit_the_schema_and_name_it_to_editors(kind: str, path: Path):
    jsonschema.Draft202012Validator(schema(kind)).validate(tree.read(path).plain())
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    assert first_line == f"# yaml-language-server: $schema=../{kind}.schema.json"


def test_a_misspelled_word_does_not_fit_the_schema():
    content: Any = tree.read(SUZHOU).plain()
    content["tables"]["premium"][0]["premum_fen"] = content["tables"]["premium"][0].pop("premium_fen")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema()).validate(content)


def test_every_part_is_described_and_what_the_model_explains_is_explained():
    parts = schema()["$defs"]
    for name, part in parts.items():
        assert part["description"], name
    assert "part of a sentence" in parts["Criterion"]["properties"]["says"]["description"]
    assert "fen" in parts["PremiumRule"]["properties"]["premium_fen"]["description"]
    assert "on or before" in parts["Criterion"]["properties"]["until"]["description"]
