"""Nanjing 2025: 320 yuan, 270 at a university, and the whole 1,510 for pupils who have nobody here. 南京市"""

from __future__ import annotations

import pytest

from tests.policies.telling import Stories, comes_out, d, told
from yingbao.policy.catalogue import policy_of
from yingbao.policy.describe import describe

PUPIL = {
    "school_division": "320106", "school_stage": "primary", "hukou": "320106", "birth_date": d("2014-05-04"),
    "registered_before": True,
}  # fmt: skip
FROM_ELSEWHERE = {**PUPIL, "hukou": "340102", "parent_hukou": ("340102", "340102")}
IN_WINDOW = {"paid_on": d("2024-11-11")}

STORIES: Stories = {
    "320100/2025": {
        "The last of October is too early": ({**PUPIL, "paid_on": d("2024-10-31")}, {"status": "not_open"}),
        "1 November is in time": (
            {**PUPIL, "paid_on": d("2024-11-01")},
            {"status": "enrolled", "phase": "open", "premium_fen": 32000, "coverage_from": d("2025-01-01")},
        ),
        "25 December is in time": ({**PUPIL, "paid_on": d("2024-12-25")}, {"phase": "open"}),
        "26 December is late and waits three months": (
            {**PUPIL, "paid_on": d("2024-12-26")},
            {"phase": "late", "coverage_from": d("2025-03-26"), "because": "cover_after_the_wait"},
        ),
        "A child at home pays 320 yuan": (
            {"hukou": "320106", "birth_date": d("2021-05-04"), **IN_WINDOW},
            {"agent": "community", "premium_fen": 32000, "self_paid_fen": 32000},
        ),
        "A student pays 270 yuan": (
            {"school_division": "320113", "school_stage": "university", "birth_date": d("2005-05-04"), **IN_WINDOW},
            {"agent": "school", "premium_fen": 27000},
        ),
        "A student from elsewhere too": (
            {**FROM_ELSEWHERE, "school_stage": "university", **IN_WINDOW},
            {"premium_fen": 27000},
        ),
        "A pupil with hukou elsewhere and nobody here pays the whole 1,510": (
            {**FROM_ELSEWHERE, **IN_WINDOW},
            {"status": "enrolled", "premium_fen": 151000, "self_paid_fen": 151000, "because": "premium_whole"},
        ),
        "With a parent's hukou here it is 320": (
            {**FROM_ELSEWHERE, "parent_hukou": ("340102", "320115"), **IN_WINDOW},
            {"premium_fen": 32000, "because": "premium_with_a_parents_hukou"},
        ),
        "With a parent's employee insurance here it is 320": (
            {**FROM_ELSEWHERE, "parent_employee_insured": True, **IN_WINDOW},
            {"premium_fen": 32000, "because": "premium_with_a_parents_insurance"},
        ),
        "A kindergarten child with nobody here pays the whole too": (
            {**FROM_ELSEWHERE, "school_stage": "kindergarten", **IN_WINDOW},
            {"premium_fen": 151000},
        ),
        "A newborn may be enrolled within twelve months": (
            {"hukou": "320106", "birth_date": d("2024-08-20"), "paid_on": d("2025-08-20")},
            {"phase": "newborn", "coverage_from": d("2025-01-01"), "premium_fen": 32000},
        ),
        "Born in the year, it is covered from birth": (
            {"hukou": "320106", "birth_date": d("2025-03-20"), "paid_on": d("2025-12-31")},
            {"phase": "newborn", "coverage_from": d("2025-03-20")},
        ),
        "A day after twelve months it is late": (
            {"hukou": "320106", "birth_date": d("2024-08-20"), "paid_on": d("2025-08-21")},
            {"phase": "late", "coverage_from": d("2025-11-21")},
        ),
        "Two missed years wait four months": (
            {**PUPIL, **IN_WINDOW, "lapsed_years": 2},
            {"coverage_from": d("2025-05-01")},
        ),
        "In October no wait would end in time": ({**PUPIL, "paid_on": d("2025-10-01")}, {"status": "closed"}),
    }
}


@pytest.mark.parametrize(("policy", "facts", "expected"), told(STORIES))
def test_a_child_of_nanjing_is_decided_as_its_year_says(policy, facts, expected):
    comes_out(policy, facts, expected)


def test_what_the_treasury_adds_is_told_beside_the_sums():
    policy = policy_of("320100/2025")
    whole = next(rule for rule in policy.tables.premium if rule.id == "premium_whole")
    assert [part.sum_fen for part in whole.parts] == [32000, 119000]
    said = describe(policy, "zh")
    assert "大学生每人缴270元，财政另补助740元" in said
    assert "1510元（个人缴费标准320元 + 财政补助标准1190元）" in said
