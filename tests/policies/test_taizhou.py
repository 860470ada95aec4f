"""Taizhou 2025: 230 yuan, a fifth of it for three kinds of hardship, two months for who is late. 泰州市"""

from __future__ import annotations

import pytest

from tests.policies.telling import Stories, comes_out, d, told

PUPIL = {
    "school_division": "321202", "school_stage": "primary", "hukou": "321202", "birth_date": d("2014-05-04"),
    "registered_before": True,
}  # fmt: skip
IN_WINDOW = {"paid_on": d("2024-11-11")}


def helped(category: str, family_fen: int) -> tuple[dict[str, object], dict[str, object]]:
    """A pupil of this category and what the family pays."""
    return (
        {**PUPIL, **IN_WINDOW, "assistance": (category,)},
        {
            "premium_fen": 23000, "self_paid_fen": family_fen, "subsidised_fen": 23000 - family_fen,
            "paid_by": "medical_assistance_fund",
        },
    )  # fmt: skip


STORIES: Stories = {
    "321200/2025": {
        "7 October is too early": ({**PUPIL, "paid_on": d("2024-10-07")}, {"status": "not_open"}),
        "8 October is in time": (
            {**PUPIL, "paid_on": d("2024-10-08")},
            {"status": "enrolled", "phase": "open", "premium_fen": 23000, "self_paid_fen": 23000, "paid_by": None},
        ),
        "The last of December is in time": (
            {**PUPIL, "paid_on": d("2024-12-31")},
            {"phase": "open", "coverage_from": d("2025-01-01"), "coverage_to": d("2025-12-31")},
        ),
        "A pupil with hukou elsewhere enrols through the school": (
            {**PUPIL, **IN_WINDOW, "hukou": "340102"},
            {"status": "enrolled", "agent": "school", "channel": "school"},
        ),
        "A first-time pupil paid in the window is covered from September": (
            {**PUPIL, **IN_WINDOW, "registered_before": False},
            {"coverage_from": d("2024-09-01"), "coverage_to": d("2025-12-31"), "registration": "school"},
        ),
        "A first-time child at home is covered with the year": (
            {"hukou": "321283", "birth_date": d("2022-03-03"), **IN_WINDOW},
            {"agent": "community", "coverage_from": d("2025-01-01"), "registration": "hukou_community"},
        ),
        "A first-time pupil who is late is covered after two months": (
            {**PUPIL, "registered_before": False, "paid_on": d("2025-01-01")},
            {"phase": "late", "coverage_from": d("2025-03-01"), "because": "cover_after_two_months"},
        ),
        "Paid on the last of April, cover begins at the end of June": (
            {**PUPIL, "paid_on": d("2025-04-30")},
            {"coverage_from": d("2025-06-30"), "premium_fen": 23000},
        ),
        "Two months after November the year is over": (
            {**PUPIL, "paid_on": d("2025-11-01")},
            {"status": "refer", "because": "late_without_month_left"},
        ),
        "At the margin of the minimum living allowance the family pays 46 yuan": helped("minimum_living_margin", 4600),
        "In expenditure hardship too": helped("expenditure_hardship", 4600),
        "In temporary relief too": helped("temporary_relief", 4600),
        "Destitute, nothing": helped("destitute", 0),
        "With the minimum living allowance, nothing": helped("minimum_living", 0),
        "Of two kinds of help the whole one counts": (
            {**PUPIL, **IN_WINDOW, "assistance": ("temporary_relief", "minimum_living")},
            {"self_paid_fen": 0},
        ),
        "A newborn within ninety days does not wait": (
            {"hukou": "321202", "birth_date": d("2025-04-01"), "paid_on": d("2025-06-30")},
            {"phase": "newborn", "coverage_from": d("2025-04-01")},
        ),
        "After the year nothing is taken": ({**PUPIL, "paid_on": d("2026-01-01")}, {"status": "closed"}),
        "A child of another city is not enrolled here": (
            {"hukou": "340102", "birth_date": d("2020-01-01"), **IN_WINDOW},
            {"status": "ineligible"},
        ),
    }
}


@pytest.mark.parametrize(("policy", "facts", "expected"), told(STORIES))
def test_a_child_of_taizhou_is_decided_as_its_year_says(policy, facts, expected):
    comes_out(policy, facts, expected)
