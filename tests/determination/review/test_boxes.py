"""Sets of children as boxes do what sets do."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from yingbao.determination.review.boxes import Box, lies_in, meet, met, minus, without

SIZES = (3, 2, 4)
BOXES = st.tuples(*(st.integers(1, (1 << size) - 1) for size in SIZES))
UNIONS = st.lists(BOXES, max_size=4)


def points(boxes: list[Box]) -> set[tuple[int, ...]]:
    """Every combination of classes in the boxes, counted out."""
    every = product(*(range(size) for size in SIZES))
    return {point for point in every if any(all(m >> p & 1 for m, p in zip(box, point, strict=True)) for box in boxes)}


@given(BOXES, BOXES)
def test_two_boxes_meet_where_both_hold_and_part_without_a_rest(one: Box, other: Box):
    both, left = meet(one, other), minus(one, other)
    assert points([both] if both else []) == points([one]) & points([other])
    assert points(left) == points([one]) - points([other])
    assert sum(len(points([box])) for box in left) == len(points(left))


@given(UNIONS, UNIONS)
def test_unions_of_boxes_meet_part_and_lie_in_each_other_like_sets(some: list[Box], others: list[Box]):
    assert points(met(some, others)) == points(some) & points(others)
    assert points(without(some, others)) == points(some) - points(others)
    assert lies_in(some, others) == (points(some) <= points(others))
