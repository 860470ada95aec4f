"""Small numbers are not told one by one to desks that only count. 小数合并"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yingbao.survey.summing import FEW, Figures, few_together, total

HEADS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)


@given(HEADS)
def test_nobody_is_told_by_subtraction_and_nobody_is_lost(heads):
    shown, together = few_together(heads)
    assert sum(shown.values()) + together == sum(heads.values())
    assert not any(0 < one < FEW for one in shown.values())
    hidden = [option for option in heads if option not in shown]
    if together and shown:
        assert together >= FEW
        assert len(hidden) > 1


def test_the_only_answer_of_two_or_three_is_not_told_at_all():
    assert few_together({"yes": 2, "no": 0}) == ({}, 2)
    assert few_together({"yes": 9, "no": 3, "other": 0}) == ({"other": 0}, 12)
    assert few_together({"yes": 9, "no": 7}) == ({"yes": 9, "no": 7}, 0)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_added_up_in_any_order_it_is_the_same(parts):
    figures = [Figures(1, a + b, a, b, 0, {("q", "x"): a}) for a, b in parts]
    assert total(figures) == total(reversed(figures))
    assert total(figures).heads("q", "x") == sum(a for a, _ in parts)
