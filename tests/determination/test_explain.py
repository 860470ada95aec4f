"""Reasons in sentences, and what earlier rules lacked. 核定理由"""

from __future__ import annotations

from datetime import date

import msgspec
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


def cover_said(city, **facts):
    policy = policy_of(city)
    one = child(**facts)
    decision = determine_one(policy, one, AS_OF)
    said = next(each.sentence for each in reasons(policy, one, decision, AS_OF) if each.table == "cover")
    return decision.coverage_from, said


@pytest.mark.parametrize(
    ("city", "born", "paid", "hukou"),
    [
        ("500103/2025", date(2024, 12, 15), date(2025, 1, 10), "500103"),
        ("320100/2025", date(2024, 10, 20), date(2025, 10, 20), "320102"),
    ],
)
def test_a_newborn_of_the_year_before_reads_that_the_cover_begins_with_the_year(city, born, paid, hukou):
    begins, said = cover_said(city, hukou=hukou, birth_date=born, paid_on=paid)
    assert begins == date(2025, 1, 1)
    assert said.zh.removesuffix("（暂定）").endswith("本年度待遇自2025年1月1日起享受。")
    assert said.en.removesuffix(" (provisional)").endswith("In this plan year cover begins on 1 January 2025.")


def test_a_newborn_of_the_year_reads_the_rules_own_sentence():
    begins, said = cover_said("500103/2025", hukou="500103", birth_date=date(2025, 2, 3), paid_on=date(2025, 3, 10))
    assert begins == date(2025, 2, 3)
    assert said.zh == "新生儿在出生90日内缴费，自出生之日起享受待遇。"


def test_who_never_waits_reads_of_no_wait_of_zero_months():
    qingdao = "tests/policies/370200-qingdao/2027.yaml"
    pupil = {"school_division": "370202", "school_stage": "primary", "paid_on": date(2027, 3, 5)}
    begins, said = cover_said(qingdao, **pupil, assistance=("orphan",))
    assert begins == date(2027, 3, 5)
    assert said.zh.removesuffix("（暂定）") == "按规定不用等待，自2027年3月5日起享受待遇。"
    assert "does not wait and is covered from 5 March 2027" in said.en
    _, waiting = cover_said(qingdao, **pupil)
    assert "等待3个月" in waiting.zh


def test_who_never_waits_and_pays_too_late_for_the_year_reads_no_unknown_day():
    policy = msgspec.structs.replace(policy_of("tests/policies/370200-qingdao/2027.yaml"), cover_to=date(2027, 3, 1))
    one = child(school_division="370202", school_stage="primary", paid_on=date(2027, 3, 5), assistance=("orphan",))
    decision = determine_one(policy, one, AS_OF)
    assert decision.status == "refer"
    said = next(each.sentence for each in reasons(policy, one, decision, AS_OF) if each.table == "cover")
    assert said.zh.removesuffix("（暂定）") == "按规定不用等待。"
