"""Chongqing's sums, covers and help of 2021 to 2026, as its district Yuzhong has them. 重庆市渝中区"""

from __future__ import annotations

import pytest

from tests.policies.telling import Stories, comes_out, d, told
from yingbao.policy.catalogue import policy_of

PUPIL = {
    "school_division": "500103", "school_stage": "primary", "birth_date": d("2014-05-04"), "registered_before": True,
}  # fmt: skip
SUMS = {
    2021: (28000, 65500, 55000),
    2022: (32000, 69500, 58000),
    2023: (35000, 72500, 61000),
    2024: (38000, 75500, 64000),
    2025: (40000, 77500, 67000),
    2026: (40000, 77500, 70000),
}
"""fen: tier one, tier two, the government's subsidy"""


def of_every_year(year: int) -> dict[str, tuple[dict[str, object], dict[str, object]]]:
    """What holds in all these years: the sums by tier, the subsidy after June, cover of newborns from birth."""
    one, two, subsidy = SUMS[year]
    in_time, in_july = d(f"{year - 1}-11-05"), d(f"{year}-07-01")
    born = d(f"{year}-06-20")
    return {
        "Tier one is meant if none is chosen": (
            {**PUPIL, "paid_on": in_time},
            {"premium_fen": one, "coverage_from": d(f"{year}-01-01"), "agent": "school", "channel": "online"},
        ),
        "Tier two costs more": ({**PUPIL, "paid_on": in_time, "tier": 2}, {"premium_fen": two, "self_paid_fen": two}),
        "On the last of June the subsidy is not added yet": (
            {**PUPIL, "paid_on": d(f"{year}-06-30")},
            {"phase": "late", "premium_fen": one},
        ),
        "From July the subsidy is added to tier one": (
            {**PUPIL, "paid_on": in_july},
            {"premium_fen": one + subsidy, "self_paid_fen": one + subsidy},
        ),
        "And to tier two": ({**PUPIL, "paid_on": in_july, "tier": 2}, {"premium_fen": two + subsidy}),
        "A newborn paid on the ninetieth day is covered from birth": (
            {"hukou": "500103", "birth_date": born, "paid_on": d(f"{year}-09-18")},
            {"status": "enrolled", "phase": "newborn", "coverage_from": born, "premium_fen": one},
        ),
        "A newborn in tier two pays that tier": (
            {"hukou": "500103", "birth_date": born, "paid_on": in_july, "tier": 2},
            {"phase": "newborn", "coverage_from": born, "premium_fen": two},
        ),
        "A day later it is late like others": (
            {"hukou": "500103", "birth_date": born, "paid_on": d(f"{year}-09-19")},
            {"phase": "late", "premium_fen": one + subsidy},
        ),
        "After September nothing is taken": ({**PUPIL, "paid_on": d(f"{year}-10-01")}, {"status": "closed"}),
        "August is too early": ({**PUPIL, "paid_on": d(f"{year - 1}-08-31")}, {"status": "not_open"}),
    }


def helped(
    year: int, category: str, subsidised: int, family: int, tier: int = 1
) -> tuple[dict[str, object], dict[str, object]]:
    """A child of this category, paid for in time, and who pays what in yuan."""
    payer = "medical_assistance_fund" if subsidised else None
    return (
        {**PUPIL, "paid_on": d(f"{year - 1}-11-05"), "assistance": (category,), "tier": tier},
        {"subsidised_fen": subsidised * 100, "self_paid_fen": family * 100, "paid_by": payer},
    )


HELP = {
    "minimum_living": (360, 40),
    "orphan": (400, 0),
    "destitute": (400, 0),
    "de_facto_orphan": (400, 0),
    "preferential_treatment": (400, 0),
    "severely_disabled": (280, 120),
    "near_poverty": (280, 120),
    "unstable_out_of_poverty": (280, 120),
    "minimum_living_margin": (280, 120),
    "back_into_poverty": (280, 120),
    "sudden_hardship": (280, 120),
    "illness_poverty": (280, 120),
    "child_in_difficulty": (0, 400),
}
HELP_IN_TIER_TWO = {
    "minimum_living": (400, 375),
    "orphan": (400, 375),
    "preferential_treatment": (400, 375),
    "severely_disabled": (0, 775),
}

STORIES: Stories = {f"500103/{year}": of_every_year(year) for year in SUMS}
for _year in (2021, 2022):
    STORIES[f"500103/{_year}"] |= {
        "Late in December cover still begins with the year": (
            {**PUPIL, "paid_on": d(f"{_year - 1}-12-31")},
            {"phase": "late", "coverage_from": d(f"{_year}-01-01")},
        ),
        "A payment in February waits for March": (
            {**PUPIL, "paid_on": d(f"{_year}-02-28")},
            {"coverage_from": d(f"{_year}-03-01")},
        ),
        "A payment on 1 March waits ninety days": (
            {**PUPIL, "paid_on": d(f"{_year}-03-01")},
            {"coverage_from": d(f"{_year}-05-30")},
        ),
    }
for _year, _last, _may in ((2023, "2023-02-28", "2023-07-30"), (2024, "2024-02-29", "2024-07-30")):
    STORIES[f"500103/{_year}"] |= {
        "The open period lasts to the end of February, and cover begins with January": (
            {**PUPIL, "paid_on": d(_last)},
            {"phase": "open", "coverage_from": d(f"{_year}-01-01")},
        ),
        "Paid on 1 March, cover begins in April": (
            {**PUPIL, "paid_on": d(f"{_year}-03-01")},
            {"phase": "late", "coverage_from": d(f"{_year}-04-01")},
        ),
        "Paid on the last of April, cover begins in May": (
            {**PUPIL, "paid_on": d(f"{_year}-04-30")},
            {"coverage_from": d(f"{_year}-05-01")},
        ),
        "Paid on 1 May, cover begins after ninety days": (
            {**PUPIL, "paid_on": d(f"{_year}-05-01")},
            {"coverage_from": d(_may), "because": "cover_after_90_days"},
        ),
    }
for _year in (2025, 2026):
    STORIES[f"500103/{_year}"] |= {
        "Paid on the last of February, cover begins with January": (
            {**PUPIL, "paid_on": d(f"{_year}-02-28")},
            {"phase": "open", "coverage_from": d(f"{_year}-01-01")},
        ),
        "Who is late waits three months where ninety days would have stood": (
            {**PUPIL, "paid_on": d(f"{_year}-05-10")},
            {"phase": "late", "coverage_from": d(f"{_year}-08-10"), "because": "cover_after_the_wait"},
        ),
        "Three missed years wait two months more": (
            {**PUPIL, "paid_on": d(f"{_year - 1}-11-05"), "lapsed_years": 3},
            {"coverage_from": d(f"{_year}-06-01")},
        ),
        "Who is assisted waits for nothing": (
            {**PUPIL, "paid_on": d(f"{_year}-05-10"), "lapsed_years": 3, "assistance": ("near_poverty",)},
            {"coverage_from": d(f"{_year}-05-10"), "because": "assisted_from_the_payment"},
        ),
        "Nor does who comes back in the open period": (
            {**PUPIL, "paid_on": d(f"{_year}-01-10"), "lapsed_years": 5, "assistance": ("destitute",)},
            {"coverage_from": d(f"{_year}-01-01"), "because": "assisted_without_a_wait"},
        ),
        "A wait that outlasts the year is for an officer": (
            {**PUPIL, "paid_on": d(f"{_year}-09-30"), "lapsed_years": 4},
            {"status": "refer", "coverage_from": None},
        ),
        "A child with hukou elsewhere enrols where it lives": (
            {
                "hukou": "510104",
                "birth_date": d("2020-04-01"),
                "residence_permit": True,
                "paid_on": d(f"{_year}-01-05"),
            },
            {"status": "enrolled", "agent": "community", "registration": "residence_community"},
        ),
    }
for _year in (2025, 2026):
    STORIES[f"500103/{_year}"] |= {
        **{
            f"{name} in tier one: the fund pays {paid} yuan": helped(_year, name, paid, own)
            for name, (paid, own) in HELP.items()
        },
        **{
            f"{name} in tier two: the fund pays {paid} yuan": helped(_year, name, paid, own, tier=2)
            for name, (paid, own) in HELP_IN_TIER_TWO.items()
        },
        "Of two categories the one that pays more decides": (
            {**PUPIL, "paid_on": d(f"{_year - 1}-11-05"), "assistance": ("severely_disabled", "orphan")},
            {"self_paid_fen": 0},
        ),
    }


@pytest.mark.parametrize(("policy", "facts", "expected"), told(STORIES))
def test_a_child_of_chongqing_is_decided_as_its_year_says(policy, facts, expected):
    comes_out(policy, facts, expected)


def test_the_subsidies_that_could_not_be_confirmed_are_marked_so():
    for year in (2024, 2025, 2026):
        policy = policy_of(f"500103/{year}")
        assert {"premium_tier_one_with_subsidy", "premium_tier_two_with_subsidy"} <= policy.provisional
        assert any(f"{SUMS[year][2] // 100}元的补助标准未能核实" in each.says.zh for each in policy.unconfirmed)
        assert "premium_tier_one" not in policy.provisional


def test_the_three_covers_of_2023_are_certain():
    policy = policy_of("500103/2023")
    assert not policy.provisional & {"cover_whole_year", "cover_from_next_month", "cover_after_90_days"}
