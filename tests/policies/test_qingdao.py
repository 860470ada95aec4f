"""The national rule of waiting by its worked case, Qingdao 2027, in a file like any other. 等待期算例"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.determination.children import child
from tests.policies.telling import AS_OF, comes_out, d
from yingbao.determination import explain
from yingbao.determination.counter import determine_one
from yingbao.policy.catalogue import policy_of
from yingbao.values import money

QINGDAO = Path(__file__).parent / "370200-qingdao" / "2027.yaml"
PUPIL = {"school_division": "370203", "school_stage": "primary", "hukou": "370203", "birth_date": d("2016-05-04")}
IN_WINDOW = {"paid_on": d("2026-11-02")}


@pytest.mark.parametrize(
    ("missed", "repaired", "first_day"),
    [
        pytest.param(0, 0, "2027-01-01", id="never broken off"),
        pytest.param(1, 0, "2027-04-01", id="one year missed: three months"),
        pytest.param(2, 0, "2027-05-01", id="2025 and 2026 missed: three and one"),
        pytest.param(2, 1, "2027-04-01", id="one of the two repaired"),
        pytest.param(2, 2, "2027-04-01", id="both repaired: the fixed months stay"),
        pytest.param(3, 0, "2027-06-01", id="three missed: three and two"),
        pytest.param(3, 2, "2027-04-01", id="three missed, two repaired"),
        pytest.param(4, 0, "2027-07-01", id="four missed: three and three"),
        pytest.param(4, 1, "2027-07-01", id="four missed: six months at least after repair"),
        pytest.param(4, 4, "2027-07-01", id="four missed and all repaired: six months still"),
        pytest.param(6, 0, "2027-09-01", id="six missed: three and five"),
        pytest.param(6, 5, "2027-07-01", id="six missed, five repaired: six months"),
    ],
)
def test_who_pays_in_the_window_for_2027_waits_by_the_years_missed(missed, repaired, first_day):
    facts = {**PUPIL, **IN_WINDOW, "lapsed_years": missed, "repaired_years": repaired}
    comes_out(QINGDAO, facts, {"status": "enrolled", "phase": "open", "coverage_from": d(first_day)})


def test_who_never_missed_a_year_but_pays_late_waits_the_fixed_months():
    comes_out(QINGDAO, {**PUPIL, "paid_on": d("2027-02-10")}, {"phase": "late", "coverage_from": d("2027-05-10")})


def test_a_newborn_never_waits_even_outside_the_window():
    baby = {"hukou": "370203", "birth_date": d("2027-03-05"), "paid_on": d("2027-06-03")}
    comes_out(QINGDAO, baby, {"phase": "newborn", "coverage_from": d("2027-03-05")})
    comes_out(QINGDAO, {**baby, "paid_on": d("2027-06-04")}, {"phase": "late", "coverage_from": d("2027-09-04")})


@pytest.mark.parametrize("group", ["destitute", "minimum_living", "orphan"])
def test_special_groups_never_wait_in_time_or_late(group):
    gone = {**PUPIL, "assistance": (group,), "lapsed_years": 5}
    comes_out(QINGDAO, {**gone, **IN_WINDOW}, {"coverage_from": d("2027-01-01")})
    comes_out(QINGDAO, {**gone, "paid_on": d("2027-02-10")}, {"coverage_from": d("2027-02-10")})


def test_other_help_does_not_spare_the_wait():
    comes_out(
        QINGDAO,
        {**PUPIL, **IN_WINDOW, "assistance": ("near_poverty",), "lapsed_years": 2},
        {"coverage_from": d("2027-05-01")},
    )


def test_a_wait_that_ends_after_the_year_is_for_an_officer():
    comes_out(QINGDAO, {**PUPIL, "paid_on": d("2027-09-30"), "lapsed_years": 3}, {"status": "refer"})


def test_a_family_reads_how_many_months_it_waits_and_until_when():
    said = sentences(lapsed_years=2)
    assert said["cover_after_a_break"] == "以前有断保，等待4个月，自2027年5月1日起享受待遇。"


@pytest.mark.parametrize(("years", "raised"), [(4, None), (5, 100_000), (8, 400_000)])
def test_each_year_after_four_unbroken_ones_raises_the_ceiling_by_1000_yuan(years, raised):
    said = sentences(continuous_years=years)
    if raised is None:
        assert "reward_for_unbroken_years" not in said
    else:
        assert f"现提高{money.said(raised).zh}" in said["reward_for_unbroken_years"]


def test_each_year_without_a_claim_raises_it_likewise_and_a_break_leaves_nothing():
    assert f"现提高{money.said(200_000).zh}" in sentences(claim_free_years=2)["reward_without_claims"]
    assert not {name for name in sentences(lapsed_years=1) if name.startswith("reward")}


def sentences(**facts: int) -> dict[str, str]:
    """What a pupil's family reads, by the rules that decided."""
    policy = policy_of(QINGDAO)
    pupil = child(**PUPIL, **IN_WINDOW, **facts)
    decision = determine_one(policy, pupil, AS_OF)
    return {each.rule: each.sentence.zh for each in explain.reasons(policy, pupil, decision, AS_OF)}
