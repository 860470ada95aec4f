"""Suzhou's pupils and children of 2021, 2023, 2025 and 2026: what DOMAIN says of each year has a child. 苏州市区"""

from __future__ import annotations

import pytest

from tests.policies.telling import Stories, comes_out, d, told
from yingbao.policy.catalogue import policy_of

PUPIL = {
    "school_division": "320508", "school_stage": "primary", "hukou": "320508", "birth_date": d("2013-05-04"),
    "registered_before": True,
}  # fmt: skip
FROM_ELSEWHERE = {"school_division": "320505", "school_stage": "junior", "hukou": "340102"}

STORIES: Stories = {
    "320500/2021": {
        "The last of August is too early": (
            {**PUPIL, "paid_on": d("2020-08-31")},
            {"status": "not_open", "premium_fen": 0},
        ),
        "The window opens with September": (
            {**PUPIL, "paid_on": d("2020-09-01")},
            {"status": "enrolled", "phase": "open", "coverage_from": d("2021-01-01"), "coverage_to": d("2021-12-31")},
        ),
        "The window closes with November": (
            {**PUPIL, "paid_on": d("2020-11-30")},
            {"status": "enrolled", "premium_fen": 24000, "agent": "school", "channel": "school"},
        ),
        "December is too late": ({**PUPIL, "paid_on": d("2020-12-01")}, {"status": "closed"}),
        "Who has hukou elsewhere still needs points": (
            {**FROM_ELSEWHERE, "paid_on": d("2020-10-08")},
            {"status": "ineligible", "because": "points_missed"},
        ),
        "Points of that summer count": (
            {**FROM_ELSEWHERE, "paid_on": d("2020-10-08"), "points_admitted_on": d("2020-09-10")},
            {"status": "enrolled", "registration": "points", "because": "roll_points_admitted"},
        ),
        "A newborn of the year is enrolled within three months": (
            {"hukou": "320505", "birth_date": d("2021-03-05"), "paid_on": d("2021-06-05")},
            {"status": "enrolled", "phase": "newborn", "coverage_from": d("2021-07-01")},
        ),
    },
    "320500/2023": {
        "September 2022 is too early now": ({**PUPIL, "paid_on": d("2022-09-30")}, {"status": "not_open"}),
        "The window opens with October and the premium is 300 yuan": (
            {**PUPIL, "paid_on": d("2022-10-01")},
            {"status": "enrolled", "premium_fen": 30000, "self_paid_fen": 30000, "coverage_from": d("2023-01-01")},
        ),
        "The window closes with December": (
            {**PUPIL, "paid_on": d("2022-12-31")},
            {"status": "enrolled", "phase": "open", "coverage_from": d("2023-01-01")},
        ),
        "New Year's Day is too late": ({**PUPIL, "paid_on": d("2023-01-01")}, {"status": "closed"}),
        "The treasury pays the whole 300 yuan for an orphan": (
            {**PUPIL, "paid_on": d("2022-11-02"), "assistance": ("orphan",)},
            {"self_paid_fen": 0, "subsidised_fen": 30000, "paid_by": "treasury"},
        ),
        "A newborn paid in December has no month left": (
            {"hukou": "320505", "birth_date": d("2023-11-05"), "paid_on": d("2023-12-05")},
            {"status": "refer", "because": "newborn_without_month_left"},
        ),
        "Years missed before the national rule cost no wait": (
            {**PUPIL, "paid_on": d("2022-11-02"), "lapsed_years": 2},
            {"coverage_from": d("2023-01-01")},
        ),
    },
    "320500/2025": {
        "October 2024 is too early": ({**PUPIL, "paid_on": d("2024-10-31")}, {"status": "not_open"}),
        "The window opens with November": (
            {**PUPIL, "paid_on": d("2024-11-01")},
            {"status": "enrolled", "premium_fen": 30000, "coverage_from": d("2025-01-01")},
        ),
        "The window closes with December": ({**PUPIL, "paid_on": d("2024-12-31")}, {"status": "enrolled"}),
        "After it nothing is taken": (
            {**PUPIL, "paid_on": d("2025-01-01")},
            {"status": "closed", "because": "paid_after_close"},
        ),
        "Whatever the hukou, a pupil enrols where the school is": (
            {**FROM_ELSEWHERE, "paid_on": d("2024-11-20")},
            {"status": "enrolled", "agent": "school", "registration": "school", "because": "roll_in_urban_districts"},
        ),
        "A small child with hukou elsewhere enrols where it lives": (
            {"hukou": "340102", "birth_date": d("2021-04-01"), "residence_permit": True, "paid_on": d("2024-11-20")},
            {"status": "enrolled", "agent": "community", "registration": "residence_community"},
        ),
        "Without a residence permit it does not": (
            {"hukou": "340102", "birth_date": d("2021-04-01"), "paid_on": d("2024-11-20")},
            {"status": "ineligible", "because": "not_covered"},
        ),
        "One missed year waits three months": (
            {**PUPIL, "paid_on": d("2024-11-20"), "lapsed_years": 1},
            {"status": "enrolled", "coverage_from": d("2025-04-01"), "because": "cover_after_a_break"},
        ),
        "Who is assisted waits for nothing": (
            {**PUPIL, "paid_on": d("2024-11-20"), "lapsed_years": 3, "assistance": ("minimum_living",)},
            {"coverage_from": d("2025-01-01"), "self_paid_fen": 0, "because": "assisted_without_a_wait"},
        ),
        "A newborn waits for nothing": (
            {"hukou": "320505", "birth_date": d("2025-02-10"), "paid_on": d("2025-03-20")},
            {"phase": "newborn", "coverage_from": d("2025-04-01")},
        ),
    },
    "320500/2026": {
        "September 2025 is too early": ({**PUPIL, "paid_on": d("2025-09-30")}, {"status": "not_open"}),
        "The window opens with October": (
            {**PUPIL, "paid_on": d("2025-10-01")},
            {"status": "enrolled", "premium_fen": 30000, "coverage_from": d("2026-01-01")},
        ),
        "The window closes with December": ({**PUPIL, "paid_on": d("2025-12-31")}, {"status": "enrolled"}),
        "After it nothing is taken": ({**PUPIL, "paid_on": d("2026-01-01")}, {"status": "closed"}),
        "One missed year costs an orphan no wait": (
            {**PUPIL, "paid_on": d("2025-11-20"), "lapsed_years": 1, "assistance": ("orphan",)},
            {"coverage_from": d("2026-01-01"), "because": "assisted_without_a_wait"},
        ),
        "Two missed years wait a month longer, and one repaired takes it off": (
            {**PUPIL, "paid_on": d("2025-11-20"), "lapsed_years": 2, "repaired_years": 1},
            {"coverage_from": d("2026-04-01")},
        ),
    },
}

for _year, _fen in ((2021, 24000), (2023, 30000), (2025, 30000), (2026, 30000)):
    _in_window = d(f"{_year - 1}-11-12")
    STORIES[f"320500/{_year}"] |= {
        "A family that is not exempt pays the whole": (
            {**PUPIL, "paid_on": _in_window, "assistance": ("near_poverty",)},
            {"premium_fen": _fen, "self_paid_fen": _fen, "paid_by": None},
        ),
        "The treasury pays for a disabled pupil in hardship with city hukou": (
            {**PUPIL, "paid_on": _in_window, "assistance": ("disabled_hardship",)},
            {"self_paid_fen": 0, "subsidised_fen": _fen, "paid_by": "treasury"},
        ),
        "A newborn paid in November has December left": (
            {"hukou": "320505", "birth_date": d(f"{_year}-09-05"), "paid_on": d(f"{_year}-11-30")},
            {"phase": "newborn", "coverage_from": d(f"{_year}-12-01"), "agent": "community"},
        ),
        "One paid in December has no month left": (
            {"hukou": "320505", "birth_date": d(f"{_year}-11-05"), "paid_on": d(f"{_year}-12-01")},
            {"status": "refer", "because": "newborn_without_month_left"},
        ),
    }


@pytest.mark.parametrize(("policy", "facts", "expected"), told(STORIES))
def test_a_child_of_suzhou_is_decided_as_its_year_says(policy, facts, expected):
    comes_out(policy, facts, expected)


def test_only_the_sum_of_2023_is_certain_among_the_later_years():
    certain = [
        year for year in (2021, 2023, 2025, 2026) if "premium_standard" not in policy_of(f"320500/{year}").provisional
    ]
    assert certain == [2023]
