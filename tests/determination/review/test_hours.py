"""Hours of a day that lie in no window are told with a child who would pay then."""

from __future__ import annotations

from datetime import date

import pytest

from tests.policy.files import YUNHE, changed
from yingbao.determination.counter import determine_one
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings_of_text
from yingbao.policy.catalogue import policy_in

CLOSES = '    last: 2026-12-20\n    closes_at: "17:00"'
LATE = "    first: 2026-12-21\n    last: 2027-06-30"


def spoiled(changes: dict[str, str]) -> str:
    return changed(YUNHE, changes)


def told(text: str) -> list[Finding]:
    """What is said of hours in no window."""
    return [each for each in findings_of_text(text, "policy.yaml") if "one can pay; " in each.said("en")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "2026-12-20 from 17:00: in no window, though on 2026-12-21 one can pay; paid_after_close decides"),
        (
            {CLOSES: "    last: 2026-12-20", LATE: LATE.replace("21", '21\n    opens_at: "09:00"')},
            "2026-12-21 before 09:00: in no window, though on 2026-12-20 one can pay; paid_after_close decides",
        ),
        ({LATE: LATE.replace("21", '20\n    opens_at: "17:30"')}, "2026-12-20 from 17:00: in no window"),
    ],
)
def test_hours_that_no_window_covers_are_a_hint_with_a_child_who_pays_then(changes, words):
    text = spoiled(changes)
    found = told(text)
    assert [each.severity for each in found] == ["hint"]
    assert words in found[0].said("en")
    assert found[0].line is not None
    assert "s_at:" in text.splitlines()[found[0].line - 1]
    assert found[0].example is not None
    decision = determine_one(policy_in(text, "policy.yaml"), found[0].example, date(2026, 12, 1))
    assert (decision.status, decision.because[1]) == ("closed", "paid_after_close")


@pytest.mark.parametrize(
    "changes",
    [
        {CLOSES: "    last: 2026-12-20"},
        {LATE: LATE.replace("21", '20\n    opens_at: "17:00"')},
        {LATE: LATE.replace("2026-12-21", "2027-01-04")},
        {CLOSES: "    last: 2026-12-20", "    first: 2026-10-08": '    first: 2026-10-08\n    opens_at: "08:30"'},
    ],
)
def test_windows_that_meet_at_an_hour_or_lie_days_apart_have_no_hours_between_them(changes):
    assert told(spoiled(changes)) == []
