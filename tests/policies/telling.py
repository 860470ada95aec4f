"""A child's story: its facts, and what has to come out of a policy file. 核定事例"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.determination.children import child
from yingbao.determination.counter import determine_one
from yingbao.policy.catalogue import policy_of

Story = tuple[dict[str, Any], dict[str, Any]]
Stories = dict[str, dict[str, Story]]

AS_OF = date(2026, 11, 1)
"""No story leaves the payment day open, so this day decides nothing."""


def d(text: str) -> date:
    """A day as it stands in a notice."""
    return date.fromisoformat(text)


def told(stories: Stories) -> list[Any]:
    """Each story as a case of its own, named by its policy and its sentence."""
    return [
        pytest.param(policy, facts, expected, id=f"{policy}: {sentence}")
        for policy, of_year in stories.items()
        for sentence, (facts, expected) in of_year.items()
    ]


def comes_out(policy: str | Path, facts: dict[str, Any], expected: dict[str, Any]) -> None:
    """The child is decided as the story tells, by the rule that it names."""
    assert "paid_on" in facts
    found = determine_one(policy_of(policy), child(**facts), AS_OF)
    wanted = dict(expected)
    rule = wanted.pop("because", None)
    assert {name: getattr(found, name) for name in wanted} == wanted
    assert rule is None or rule in found.because
