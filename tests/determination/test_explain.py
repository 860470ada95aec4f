"""Reasons in sentences, and what earlier rules lacked. 核定理由"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import AS_OF, CHILDREN, CITIES, child, newborns, typed
from yingbao.determination.counter import determine_one
from yingbao.determination.explain import passed_over, reasons, said_value, walk
from yingbao.determination.facts import read_child
from yingbao.determination.frame import determine
from yingbao.determination.rulebook import TABLES, rules_of
from yingbao.policy.catalogue import policy_of

SUZHOU, YUZHONG = (policy_of(city) for city in CITIES)
MISSED = child(hukou="340102", school_division="320505", school_stage="primary", points_admitted_on=date(2019, 9, 11))


def told(policy, facts):
    return reasons(policy, facts, determine_one(policy, facts, AS_OF), AS_OF)


@pytest.mark.parametrize("city", CITIES)
@given(children=st.lists(st.one_of(CHILDREN, newborns()), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_walking_the_tables_ends_at_the_rules_that_the_frame_names(city, children):
    policy = policy_of(city)
    because = determine(policy, typed(children), AS_OF).column("because").to_pylist()
    for one, decided in zip(children, because, strict=True):
        walked = [one.rule.id for one in walk(policy, read_child(one, AS_OF))]
        assert [rule for rule in walked if rule in decided.split(";")] == decided.split(";")
        assert len(walked) == len(TABLES)


@pytest.mark.parametrize("city", CITIES)
@given(one=st.one_of(CHILDREN, newborns()))
@settings(max_examples=80, deadline=None)
def test_every_reason_is_a_whole_sentence_in_both_languages(city, one):
    policy = policy_of(city)
    for reason in told(policy, one):
        assert rules_of(policy)[reason.rule][0] == reason.table
        for sentence in (reason.sentence.zh, reason.sentence.en):
            assert sentence
            assert not {"{", "}"} & set(sentence)
    for over in passed_over(policy, one, AS_OF):
        assert over.failed.zh
        assert over.failed.en


@pytest.mark.parametrize("city", CITIES)
@given(one=st.one_of(CHILDREN, newborns()))
@settings(max_examples=100, deadline=None)
def test_the_rules_passed_over_are_those_above_the_deciding_ones(city, one):
    policy = policy_of(city)
    decided = determine_one(policy, one, AS_OF).because
    above = []
    for table in TABLES:
        ids = [rule.id for rule in getattr(policy.tables, table)]
        above += next((ids[: ids.index(rule)] for rule in decided if rule in ids), [])
    assert [over.rule for over in passed_over(policy, one, AS_OF)] == above


def test_the_premium_in_a_sentence_carries_its_unit():
    facts = child(school_division="500103", school_stage="junior", paid_on=date(2020, 7, 1), tier=2)
    said = {reason.rule: reason.sentence for reason in told(YUZHONG, facts)}["premium_tier_two_with_subsidy"]
    assert "1175元" in said.zh
    assert "1175 yuan" in said.en


def test_a_premium_is_named_even_where_an_officer_has_still_to_decide():
    facts = child(hukou="320505", birth_date=date(2020, 10, 1), paid_on=date(2020, 12, 1))
    said = {reason.rule: reason.sentence for reason in told(SUZHOU, facts)}
    assert "240元" in said["premium_standard"].zh


def test_a_missed_procedure_says_on_which_day_it_was_missed():
    over = {one.rule: one.failed for one in passed_over(SUZHOU, MISSED, AS_OF)}
    assert list(over) == [
        "roll_city_hukou", "roll_without_hukou", "roll_parent_city_hukou", "roll_registered_before",
        "roll_senior_stage", "roll_points_admitted", "paid_too_early",
    ]  # fmt: skip
    assert over["roll_points_admitted"].zh.endswith("2019年9月11日")
    assert over["roll_points_admitted"].en.endswith("11 September 2019")
    assert "瑶海" in over["roll_city_hukou"].zh
    assert over["roll_senior_stage"].zh.endswith("小学")
    assert over["roll_parent_city_hukou"].en.endswith("unknown")
    assert over["roll_registered_before"].zh.endswith("否")


def test_a_late_newborn_is_told_birth_and_payment():
    facts = child(hukou="320505", birth_date=date(2020, 1, 15), paid_on=date(2020, 4, 16))
    over = {one.rule: one.failed for one in passed_over(SUZHOU, facts, AS_OF)}
    assert "2020年4月16日" in over["paid_as_newborn"].zh
    assert "2020年1月15日" in over["paid_as_newborn"].zh


def test_what_an_earlier_table_decided_can_be_what_fails():
    facts = child(hukou="320508", birth_date=date(2016, 1, 1))
    over = {one.rule: one.failed for one in passed_over(SUZHOU, facts, AS_OF)}
    assert over["pay_through_school"].zh.endswith("社区代办")
    assert over["pay_through_school"].en.endswith("the community enrols")


@pytest.mark.parametrize(
    ("fact", "value", "zh", "en"),
    [
        ("hukou", None, "无", "none"),
        ("hukou", "999999", "999999", "999999"),
        ("parent_hukou", (), "未知", "unknown"),
        ("assistance", ("orphan", "destitute"), "孤儿、特困供养", "orphan, destitute support"),
        ("registered_before", True, "是", "yes"),
        ("age", 17, "17", "17"),
        ("identity_type", "passport", "护照", "passport"),
    ],
)
def test_a_value_is_said_in_words(fact, value, zh, en):
    said = said_value(fact, value)
    assert (said.zh, said.en) == (zh, en)
