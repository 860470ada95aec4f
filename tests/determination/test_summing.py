"""Figures of many children: every part adds up to its whole, every sum is exact, whatever the children are. 核定汇总"""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import AS_OF, CHILDREN, CITIES
from yingbao.determination.counter import determine_one
from yingbao.determination.facts import COLUMNS
from yingbao.determination.frame import determine
from yingbao.determination.rulebook import TABLES, rules_of
from yingbao.determination.summing import DECIDING, KINDS, OUTSIDE, cells, figures, together
from yingbao.policy.catalogue import policy_of

SUZHOU, YUZHONG = map(policy_of, CITIES)
BY = ("school_stage", "hukou")


def frame(children):
    rows = [
        {name: ";".join(value) if isinstance(value, tuple) else value for name, value in child.items()}
        for child in children
    ]
    text = {"person_id": pl.String, "hukou": pl.String, "parent_hukou": pl.String, "school_division": pl.String,
            "school_stage": pl.String, "assistance": pl.String, "identity_type": pl.String, "paid_time": pl.String,
            "birth_date": pl.Date, "points_admitted_on": pl.Date, "paid_on": pl.Date,
            "registered_on": pl.Date}  # fmt: skip
    return pl.DataFrame(rows, schema_overrides=text, schema=list(COLUMNS), infer_schema_length=None)


def told(children, policy=SUZHOU, before=None):
    facts = frame(children)
    counted = cells(
        determine(policy, facts, AS_OF), determine(before, facts, AS_OF) if before else None, facts.select(BY)
    )
    return counted, figures(counted, BY)


MANY = st.lists(CHILDREN, min_size=1, max_size=40)


@settings(max_examples=25)
@given(MANY, st.sampled_from([SUZHOU, YUZHONG]))
def test_heads_and_sums_are_those_of_the_children_decided_one_by_one(children, policy):
    _, said = told(children, policy)
    each = [determine_one(policy, child, AS_OF) for child in children]
    assert said["children"] == len(each)
    for name in ("premium_fen", "self_paid_fen", "subsidised_fen"):
        assert said[name] == sum(getattr(one, name) for one in each)
    assert {row["status"]: row["children"] for row in said["statuses"]} == Counter(one.status for one in each)
    rules = rules_of(policy)
    outside = Counter(
        (one.status, next(name for name in one.because if rules[name][0] == TABLES[DECIDING[one.status]]))
        for one in each
        if one.status in OUTSIDE
    )
    assert {(row["status"], row["rule"]): row["children"] for row in said["outside"]} == outside
    families = {row["payer"]: row["fen"] for row in said["payers"]}
    assert families.get("", 0) == said["self_paid_fen"]
    assert sum(families.values()) == said["premium_fen"]


@settings(max_examples=25)
@given(MANY)
def test_whatever_they_are_parted_by_the_parts_add_up_to_the_whole(children):
    _, said = told(children, SUZHOU, YUZHONG)
    for name in BY:
        parts = said["by"][name]
        for figure in ("children", "enrolled", "free", "premium_fen", "self_paid_fen", "subsidised_fen"):
            assert sum(part[figure] for part in parts) == said[figure]
        for kind in KINDS:
            whole = next(row["children"] for row in said["change"]["kinds"] if row["kind"] == kind)
            assert sum(part["change"][kind] for part in parts) == whole
        for figure in ("family_fen", "others_fen"):
            assert sum(part["change"][figure] for part in parts) == said["change"][figure]
    assert sum(row["children"] for row in said["groups"]) == said["enrolled"]
    assert sum(row["children"] * row["premium_fen"] for row in said["groups"]) == said["premium_fen"]
    assert sum(row["children"] for row in said["statuses"]) == said["children"]


@settings(max_examples=25)
@given(MANY)
def test_what_changes_is_what_differs_between_the_two_sums(children):
    _, said = told(children, YUZHONG, SUZHOU)
    _, was = told(children, SUZHOU)
    change = {row["kind"]: row for row in said["change"]["kinds"]}
    assert said["enrolled"] - was["enrolled"] == change["gained"]["children"] - change["lost"]["children"]
    assert said["change"]["family_fen"] == said["self_paid_fen"] - was["self_paid_fen"]
    assert said["change"]["others_fen"] == said["subsidised_fen"] - was["subsidised_fen"]
    assert sum(row["children"] for row in said["change"]["lost_by"]) == change["lost"]["children"]
    moved = sum(row["children"] for row in said["change"]["sides"])
    assert moved + change["same"]["children"] == said["children"]
    assert change["same"]["family_fen"] == change["same"]["others_fen"] == 0


@settings(max_examples=25)
@given(MANY, st.integers(1, 39))
def test_counted_in_pieces_and_put_together_is_counted_at_once(children, cut):
    whole, said = told(children)
    pieces = [told(piece)[0] for piece in (children[:cut], children[cut:]) if piece]
    assert figures(together(pieces), BY) == said
    assert whole.height == together(pieces).height


def test_nothing_of_a_single_child_is_left_in_a_cell():
    counted, _ = told([dict.fromkeys(COLUMNS) | {"person_id": "320508201205041234", "school_stage": "none"}])
    assert "person_id" not in counted.columns
    assert "320508201205041234" not in str(counted.rows())


@pytest.mark.parametrize("columns", [(), BY])
def test_nobody_at_all_is_told_as_nobody(columns):
    facts = frame([]).select(pl.all())
    counted = cells(determine(SUZHOU, facts, AS_OF), None, facts.select(columns))
    said = figures(counted, columns)
    assert (said["children"], said["premium_fen"], said["groups"], said["payers"]) == (0, 0, [], [])
