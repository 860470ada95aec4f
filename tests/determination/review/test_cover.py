"""The first day on which a payment, or a birth, leads to cover beyond the year is told, with a child."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.determination.children import child
from tests.policy.files import YUNHE, changed
from yingbao.determination.counter import determine_one
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings_of_text
from yingbao.policy.beginning import begun
from yingbao.policy.catalogue import policy_in

PUPIL = {"school_division": "330126", "school_stage": "primary", "birth_date": date(2018, 5, 1)}
NEWBORN = {"hukou": "330126"}
LATE_UNTIL = "    last: 2027-06-30"
WAITS = "      starts: payment_day\n      waits: true"
THIRTY_DAYS = "      starts: after_days\n      days: 30"
SAID = {
    "未在集中缴费期缴费，等待{wait}个月": "未在集中缴费期缴费，等待30日",
    "Not paid in the open period; cover begins after a wait of {wait} month(s).": "Paid late, cover waits 30 days.",
}


def of(changes: dict[str, str]) -> str:
    return changed(YUNHE, changes)


def beyond(text: str) -> list[Finding]:
    """What is said of cover beyond the year, more than as a hint."""
    found = findings_of_text(text, "policy.yaml")
    return [each for each in found if each.severity != "hint" and "after the year's end" in each.said("en")]


def first_referred(text: str, facts: dict[str, Any], first: date) -> date:
    """The first day of payment on which the child is referred, counted out; newborns pay as they are born."""
    policy = policy_in(text, "policy.yaml")
    days = (first + timedelta(days=n) for n in range(400))
    born = "birth_date" not in facts
    return next(
        day
        for day in days
        if determine_one(
            policy, child(**facts, paid_on=day) | ({"birth_date": day} if born else {}), day
        ).status == "refer"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "facts", "rule", "day"),
    [
        ({LATE_UNTIL: "    last: 2027-11-30"}, PUPIL, "cover_of_late", date(2027, 10, 1)),
        (
            {"cover_from: 2027-01-01": "cover_from: 2026-09-01", "cover_to: 2027-12-31": "cover_to: 2027-08-31"},
            PUPIL,
            "cover_of_late",
            date(2027, 6, 1),
        ),
        ({"      starts: birth": "      starts: month_after_birth"}, NEWBORN, "cover_of_newborn", date(2027, 12, 1)),
        ({"      starts: birth": "      starts: next_month"}, NEWBORN, "cover_of_newborn", date(2027, 12, 1)),
        ({LATE_UNTIL: "    last: 2027-12-20", WAITS: THIRTY_DAYS, **SAID}, PUPIL, "cover_of_late", date(2027, 12, 2)),
    ],
)  # fmt: skip
def test_the_first_day_that_leads_beyond_the_year_is_the_one_counted_out(changes, facts, rule, day):
    text = of(changes)
    assert first_referred(text, facts, date(2026, 12, 21)) == day
    found = next(each for each in beyond(text) if rule in each.said("en"))
    assert f"{day}" in found.said("zh")
    assert found.severity == "warning"
    assert found.example is not None
    decision = determine_one(policy_in(text, "policy.yaml"), found.example, date(2026, 12, 1))
    assert (decision.status, decision.premium_fen) == ("refer", 0)
    assert rule in decision.because


def test_a_window_that_ends_in_time_and_a_row_for_the_officer_are_left_in_peace():
    assert beyond(YUNHE.read_text("utf-8")) == []
    assert beyond(of({LATE_UNTIL: "    last: 2027-09-30"})) == []
    row = (
        "    - id: too_late_for_the_year\n      clause: 二\n"
        "      because: {zh: 由经办人员决定。, en: An officer decides.}\n"
        "      when: [last_months]\n      starts: refer\n"
    )
    criterion = (
        "\ncriteria:\n  last_months:\n    says: {zh: 缴费日在10月1日之后, en: paid after 1 October}\n"
        "    fact: paid_on\n    from: 2027-10-01\n"
    )
    changes = {LATE_UNTIL: "    last: 2027-11-30", "    - id: cover_of_late\n": row + "    - id: cover_of_late\n"}
    assert beyond(of({**changes, "\ncriteria:\n": criterion})) == []


def before_the_payment(old: str = "", new: str = "") -> list[Finding]:
    """What is said of cover before a late payment in the template, whose late enrolment begins with the cover."""
    text = begun("330126/2027").text
    assert old == new or text.count(old) == 1
    found = findings_of_text(text.replace(old, new), "policy.yaml")
    return [each for each in found if "before the payment" in each.said("en")]


def test_cover_before_a_late_payment_is_found_though_late_enrolment_begins_with_the_cover():
    found = before_the_payment("by: [paid_late]", "by: [paid_in_open]")
    assert {each.severity for each in found} == {"warning"}
    assert [each.example["paid_on"] for each in found if each.example] == ["2027-06-30", "2027-01-02"]
    assert "cover_of_year" in found[1].said("en")


def test_rows_of_cover_in_the_wrong_order_are_found_with_a_child_covered_before_it_paid():
    text = begun("330126/2027").text
    late = text[text.index("    - id: cover_of_late") : text.index("    - id: cover_after_gap")]
    gap = text[text.index("    - id: cover_after_gap") : text.index("#:    - id: cover_after_ninety_days")]
    found = before_the_payment(late + gap, gap + late)
    assert ["cover_after_gap" in each.said("en") for each in found] == [True]
    assert found[0].example is not None
    decision = determine_one(
        policy_in(text.replace(late + gap, gap + late), "p.yaml"), found[0].example, date(2026, 12, 1)
    )
    assert decision.coverage_from is not None
    assert f"{decision.coverage_from}" < found[0].example["paid_on"]


@pytest.mark.parametrize("starts", ["payment_month", "next_day", "payment_day"])
def test_cover_from_the_month_or_the_day_of_a_late_payment_is_left_in_peace(starts: str):
    assert before_the_payment() == []
    text = begun("330126/2027").text
    line = text[text.index("      starts: payment_day  #") :].split("\n")[0] + "\n      waits: true"
    assert before_the_payment(line, f"      starts: {starts}") == []
