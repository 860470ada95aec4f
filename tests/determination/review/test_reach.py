"""Which rows are reached is exact: held against children, one by one, under policies of any kind."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import AS_OF, CHILDREN, Facts, newborns
from tests.determination.review.policies import policies
from yingbao.determination.counter import determine_one
from yingbao.determination.review.finding import as_facts
from yingbao.determination.review.findings import findings
from yingbao.determination.review.reach import Reach
from yingbao.determination.review.space import Space
from yingbao.determination.rulebook import rules_of
from yingbao.policy.model import Policy

ANYONE = st.one_of(CHILDREN, newborns())


@settings(max_examples=25, deadline=None)
@given(policies(), st.lists(ANYONE, min_size=20, max_size=40))
def test_no_child_is_decided_by_a_row_that_is_called_unreachable(policy: Policy, children: list[Facts]):
    reach, rules = Reach(policy, Space(policy)), rules_of(policy)
    reached = {
        rule.id for table, rows in reach.rules.items() for place, rule in enumerate(rows) if reach.decided[table][place]
    }
    for child in children:
        assert set(determine_one(policy, child, AS_OF).because) <= reached & set(rules)


@settings(max_examples=40, deadline=None)
@given(policies())
def test_the_example_child_of_every_row_is_decided_by_that_row(policy: Policy):
    reach = Reach(policy, Space(policy))
    for table, rows in reach.rules.items():
        for place, rule in enumerate(rows):
            for piece in reach.decided[table][place]:
                child = reach.space.child_in([piece.box])
                assert child is not None
                assert rule.id in determine_one(policy, as_facts(child), AS_OF).because


@settings(max_examples=25, deadline=None)
@given(policies())
def test_whatever_an_analyst_writes_is_reviewed_and_said_in_both_languages(policy: Policy):
    for found in findings(policy):
        assert found.said("zh")
        assert found.said("en")
        if found.example is not None:
            determine_one(policy, found.example, AS_OF)


@settings(max_examples=40, deadline=None)
@given(policies())
def test_every_child_lies_in_one_piece_of_each_table_that_it_comes_to(policy: Policy):
    """The pieces of a table part the children who come to it: none is lost, none is counted twice."""
    reach = Reach(policy, Space(policy))
    for pieces in reach.before.values():
        boxes = [piece.box for piece in pieces]
        for n, one in enumerate(boxes):
            assert not any(all(a & b for a, b in zip(one, other, strict=True)) for other in boxes[n + 1 :])
