"""The form of policy files for editors: completion, and what each word means. 政策文件格式

Made from the model and its docstrings, so that it cannot say anything else than the loader does.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from typing import Any

import msgspec

from yingbao.policy.directory import Directory
from yingbao.policy.model import Policy
from yingbao.policy.rules import Rule

KINDS = {"policy": Policy, "directory": Directory}


def schema(kind: str = "policy") -> dict[str, Any]:
    """The JSON Schema of policy files, or of directory files."""
    root = KINDS[kind]
    (top,), parts = msgspec.json.schema_components([root], ref_template="#/$defs/{name}")
    meanings = _meanings(root) | _meanings(Policy) | _meanings(Rule)
    for name, part in parts.items():
        for field, meaning in meanings.get(name, {}).items():
            described = part.get("properties", {}).get(field)
            if described is not None:
                described["description"] = meaning
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Yingbao {kind} file",
        **top,
        "$defs": parts,
    }


def text(kind: str = "policy") -> str:
    """The schema as it stands in `policies/`."""
    return json.dumps(schema(kind), ensure_ascii=False, indent=2) + "\n"


def _meanings(root: type) -> dict[str, dict[str, str]]:
    """Class → field in the file → the string that stands below the field in the source."""
    module = sys.modules[root.__module__]
    found: dict[str, dict[str, str]] = {}
    for part in ast.parse(inspect.getsource(module)).body:
        if isinstance(part, ast.ClassDef):
            found[part.name] = dict(_documented(part))
    return found


def _documented(part: ast.ClassDef) -> list[tuple[str, str]]:
    pairs = []
    for field, below in zip(part.body, part.body[1:], strict=False):
        is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_text:
            pairs.append((_in_file(field), " ".join(str(below.value.value).split())))  # type: ignore[attr-defined]
    return pairs


def _in_file(field: ast.AnnAssign) -> str:
    """The word of the file: a field's own name, unless it is given another, such as one that is Python's own."""
    words = field.value.keywords if isinstance(field.value, ast.Call) else []
    named = [word.value.value for word in words if word.arg == "name" and isinstance(word.value, ast.Constant)]
    return str(named[0] if named else ast.unparse(field.target))
