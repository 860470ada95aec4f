"""One child at the counter: the same decision as in a frame, from text or typed facts. 单人核定"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import AS_OF, CHILDREN, CITIES, as_text, child, newborns, typed
from yingbao.determination.counter import determine_one
from yingbao.determination.frame import determine
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

SUZHOU = policy_of("320500/2020")


@pytest.mark.parametrize("city", CITIES)
@given(one=st.one_of(CHILDREN, newborns()))
@settings(max_examples=150, deadline=None)
def test_the_counter_decides_as_the_frame_does(city, one):
    policy = policy_of(city)
    decision = determine_one(policy, one, AS_OF)
    row = determine(policy, typed([one]), AS_OF).to_pylist()[0]
    assert {name: getattr(decision, name) for name in row} == {**row, "because": tuple(row["because"].split(";"))}
    assert determine_one(policy, {name: as_text(value) for name, value in one.items()}, AS_OF) == decision


def test_facts_that_are_not_given_are_empty_and_unknown_names_are_passed_over():
    decision = determine_one(
        SUZHOU, {"person_id": "1", "hukou": "320508", "birth_date": "2015-03-01", "shoe": 31}, AS_OF
    )
    assert (decision.status, decision.agent, decision.coverage_from) == ("enrolled", "community", date(2020, 1, 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [("hukou", "32050"), ("birth_date", "2015-2-30"), ("registered_before", "yes"), ("tier", 3), ("lapsed_years", -1)],
)
def test_a_malformed_fact_is_refused_with_its_name_and_value(name, value):
    with pytest.raises(Refused) as refused:
        determine_one(SUZHOU, child(**{name: value}), AS_OF)
    assert f"{name} is '{value}'" in refused.value.said("en")
    assert f"{name} 的值“{value}”" in refused.value.said("zh")


def test_a_child_without_an_id_is_refused_at_the_counter():
    with pytest.raises(Refused, match="person_id is empty"):
        determine_one(SUZHOU, {"hukou": "320508"}, AS_OF)
