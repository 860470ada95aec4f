"""A list that is tried says what the engine says, child by child and in sum; another policy's beside it. 试算文件"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import AS_OF, CHILDREN, CITIES, write_csv
from yingbao.determination.counter import determine_one
from yingbao.determination.files import run
from yingbao.determination.source import source_of
from yingbao.determination.trying import day_to_try, tried
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

SUZHOU, YUZHONG = map(policy_of, CITIES)


@settings(max_examples=15)
@given(children=st.lists(CHILDREN, min_size=1, max_size=12))
def test_every_child_that_is_shown_is_decided_as_the_counter_decides_it(children, tmp_path_factory):
    path = tmp_path_factory.mktemp("facts") / "facts.csv"
    write_csv(path, children)
    found = tried(SUZHOU, source_of(path), where="facts", as_of=AS_OF, first=20)
    each = [determine_one(SUZHOU, child, AS_OF) for child in children]
    assert [one.decision for one in found.children] == each
    assert found.figures["premium_fen"] == sum(one.premium_fen for one in each)
    assert all(one.reasons and one.before is None for one in found.children)
    compared = tried(SUZHOU, source_of(path), where="facts", as_of=AS_OF, against=YUZHONG, first=20)
    assert all(one.changed for one in compared.children)
    same = {row["kind"]: row["children"] for row in compared.figures["change"]["kinds"]}["same"]
    assert len(compared.children) >= len(children) - same


def test_a_list_without_children_is_told_as_nobody_and_a_wrong_value_with_its_line(tmp_path):
    path = tmp_path / "facts.csv"
    path.write_text("person_id,birth_date\n", "utf-8")
    found = tried(SUZHOU, source_of(path), where="facts", as_of=AS_OF)
    assert (found.figures["children"], found.children) == (0, [])
    path.write_text("person_id,birth_date\nP1,2012-05-04\nP2,yesterday\n", "utf-8")
    with pytest.raises(Refused) as mine:
        tried(SUZHOU, source_of(path), where=str(path), as_of=AS_OF)
    with pytest.raises(Refused) as theirs:
        run(SUZHOU, path, tmp_path / "out.csv", AS_OF, lambda said: None)
    assert mine.value.said("zh") == theirs.value.said("zh")


def test_a_policy_is_tried_on_a_day_that_says_something():
    assert day_to_try(SUZHOU, date(2019, 10, 8)) == date(2019, 10, 8)
    assert day_to_try(SUZHOU, date(2019, 3, 1)) == date(2019, 9, 1)
    assert day_to_try(SUZHOU, date(2026, 11, 22)) == date(2019, 9, 1)
    assert day_to_try(YUZHONG, date(2020, 2, 1)) == date(2020, 2, 1)
