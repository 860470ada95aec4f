"""Every story comes out as it is told, and every rule of both policies has one. 核定事例"""

from __future__ import annotations

import pytest

from tests.determination.children import AS_OF, CITIES, child, typed
from tests.determination.reference import decisions
from tests.determination.stories import STORIES
from yingbao.determination.counter import determine_one
from yingbao.determination.frame import determine
from yingbao.determination.rulebook import rules_of
from yingbao.policy.catalogue import policy_of

TOLD = [
    pytest.param(city, facts, expected, id=f"{city} {clause}: {sentence}")
    for city, clauses in STORIES.items()
    for clause, stories in clauses.items()
    for sentence, (facts, expected) in stories.items()
]


@pytest.mark.parametrize(("city", "facts", "expected"), TOLD)
def test_a_story_comes_out_as_it_is_told(city, facts, expected):
    found = determine(policy_of(city), typed([child(**facts)]), AS_OF).to_pylist()[0]
    told = dict(expected)
    rule = told.pop("because", None)
    assert {name: found[name] for name in told} == told
    assert rule is None or rule in found["because"].split(";")
    assert decisions(city, child(**facts), AS_OF).items() <= found.items()


@pytest.mark.parametrize("city", CITIES)
def test_every_rule_decides_in_some_story(city):
    policy = policy_of(city)
    facts = [child(**facts) for clauses in STORIES[city].values() for facts, _ in clauses.values()]
    decided = {rule for one in facts for rule in determine_one(policy, one, AS_OF).because}
    assert set(rules_of(policy)) - decided == set()
