"""A sum that slipped by a factor is told before anybody pays it; an honest one is left in peace."""

from __future__ import annotations

import pytest

from tests.policy.files import YUNHE, changed, spoiled
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings_of_text

CRITERIA = "\ncriteria:\n"
THREE_YEARS = (
    "\ncriteria:\n"
    "  three_years:\n"
    "    says: {zh: 一次缴三年, en: three years are paid at once}\n"
    "    fact: prepaid_years\n"
    "    is: 3\n"
)
STANDARD = "    - id: premium_standard\n"
PREMIUM = "premium_fen: 41000"


def row(sums: str) -> str:
    """A row of the premium table for who pays three years, before the standard one."""
    return (
        "    - id: premium_of_three_years\n      clause: 四\n"
        "      because: {zh: 一次缴三年。, en: Three years are paid at once.}\n"
        f"      when: [three_years]\n      {sums}\n{STANDARD}"
    )


def about_sums(changes: dict[str, str]) -> list[Finding]:
    """What the spoiled file is told of its sums."""
    return [each for each in findings_of_text(changed(YUNHE, changes), "policy.yaml") if each.severity != "hint"]


@pytest.mark.parametrize(
    ("fen", "severity", "meant"),
    [
        (240, "error", "24000"), (280, "error", "28000"), (300, "error", "30000"), (410, "error", "41000"),
        (41, "error", "41000"), (2900, "warning", "29000"), (4100, "warning", "41000"), (41001, "warning", ""),
        (410000, "warning", "41000"), (500000, "warning", "50000"), (4100000, "error", "41000"),
    ],
)  # fmt: skip
def test_a_premium_that_nobody_pays_is_told_with_the_sum_that_was_meant(fen, severity, meant):
    # Help in yuan and fen that fits the premium stays out of it.
    found = about_sums({PREMIUM: f"premium_fen: {fen}"})
    assert [(each.severity, each.where) for each in found] == [(severity, ("tables", "premium", 0, "premium_fen"))]
    assert meant in found[0].said("zh")


def test_of_an_odd_sum_no_other_sum_is_guessed():
    assert "核对金额" in about_sums({PREMIUM: "premium_fen: 24005", "repair_fen: 41000": "repair_fen: 30000"})[0].said(
        "zh"
    )


@pytest.mark.parametrize("fen", [40250, 6000, 23000, 151000, 299950])
def test_an_honest_premium_is_left_in_peace(fen):
    words = {"缴300元": "缴一部分", "pays 300 yuan": "pays a part"}
    sums = {"repair_fen: 41000": f"repair_fen: {fen}", "pays_fen: 30000": f"pays_fen: {fen // 2}"}
    assert about_sums({PREMIUM: f"premium_fen: {fen}", **sums, **words}) == []


PARTS = "parts: [{name: {zh: 个人缴费, en: premium}, fen: 123000}, %s]"
PART = "{name: {zh: 财政补助, en: subsidy}, %s}"
CARE = "{name: {zh: 长护险, en: care}, rate: %s, of_fen: %s}"


@pytest.mark.parametrize(
    ("sums", "severity", "key"),
    [
        ("premium_fen: 1290", "error", "premium_fen"),
        ("premium_fen: 43000", "warning", "premium_fen"),
        ("premium_fen: 12300000", "error", "premium_fen"),
        (PARTS % PART % "fen: 43", "warning", "fen"),
        (PARTS % PART % "fen: 670", "warning", "fen"),
        (PARTS % PART % "fen: 1190", "warning", "fen"),
        (PARTS % CARE % ('"25%"', 400000), "warning", "rate"),
        (PARTS % CARE % ('"0.25%"', 40000), "warning", "of_fen"),
        (PARTS % CARE % ('"0.0025%"', 4000000), "warning", "rate"),
    ],
)
def test_what_is_prepaid_and_its_parts_are_held_against_the_premium_of_a_year(sums, severity, key):
    found = about_sums({CRITERIA: THREE_YEARS, STANDARD: row(sums)})
    assert [(each.severity, each.where[-1]) for each in found] == [(severity, key)]


@pytest.mark.parametrize(
    "sums",
    [
        "premium_fen: 123000",
        PARTS % PART % "fen: 201000",
        PARTS % CARE % ('"0.25%"', 4000000),
        PARTS % CARE % ('"0.2%"', 560033),
    ],
)
def test_honest_years_prepaid_and_honest_parts_are_left_in_peace(sums):
    assert about_sums({CRITERIA: THREE_YEARS, STANDARD: row(sums)}) == []


def test_a_part_of_more_than_anybody_pays_is_told_beside_the_whole():
    found = about_sums({CRITERIA: THREE_YEARS, STANDARD: row(PARTS % PART % "fen: 990000")})
    assert [(each.severity, each.where[-1]) for each in found] == [("warning", "parts"), ("warning", "fen")]


def test_two_premiums_far_apart_are_told():
    changes = {CRITERIA: THREE_YEARS, STANDARD: row("premium_fen: 123000"), PREMIUM: "premium_fen: 6100"}
    assert any("far below the highest, 1230 yuan" in each.said("en") for each in about_sums(changes))


@pytest.mark.parametrize(("fen", "severity"), [(430, "error"), (4300, "warning"), (410000, "warning"), (0, "warning")])
def test_what_repairing_a_year_costs_is_held_against_the_premium(fen, severity):
    found = about_sums({"repair_fen: 41000": f"repair_fen: {fen}"})
    assert [(each.severity, each.where) for each in found] == [(severity, ("waiting", "repair_fen"))]


@pytest.mark.parametrize(
    ("old", "new", "severity", "key"),
    [
        ("pays_fen: 30000", "pays_fen: 300", "error", "pays_fen"),
        ("pays_fen: 30000", "pays_fen: 3000", "warning", "pays_fen"),
        ("pays_fen: 30000", "pays_fen: 300000", "warning", "pays_fen"),
        ("pays_fen: 30000", "family_fen: 110", "warning", "family_fen"),
        ('pays_share: "50%"', 'pays_share: "0.5%"', "warning", "pays_share"),
    ],
)
def test_help_by_category_is_held_against_the_premium(old, new, severity, key):
    found = [each for each in about_sums({old: new}) if each.where[-1] == key]
    assert [each.severity for each in found] == [severity]


def test_a_reward_of_a_few_yuan_is_told():
    reward = (
        "rewards:\n  - id: unbroken\n    clause: 一\n    because: {zh: 多一年提高。, en: One more year adds.}\n"
        "    counts: continuous_years\n    beyond: 4\n    each_fen: 1000\n"
    )
    text = spoiled(YUNHE, "several_subsidies: best\n", f"several_subsidies: best\n{reward}")
    assert ("rewards", 0, "each_fen") in [each.where for each in findings_of_text(text, "policy.yaml")]


@pytest.mark.parametrize(("most", "many"), [(90_000, 1), (100_000, 0), (2_000_000, 0)])
def test_a_reward_whose_most_is_less_than_one_year_earns_is_told(most: int, many: int):
    reward = (
        "rewards:\n  - id: unbroken\n    clause: 一\n    because: {zh: 多一年提高。, en: One more year adds.}\n"
        f"    counts: continuous_years\n    beyond: 4\n    each_fen: 100000\n    at_most_fen: {most}\n"
    )
    text = spoiled(YUNHE, "several_subsidies: best\n", f"several_subsidies: best\n{reward}")
    found = [each.where for each in findings_of_text(text, "policy.yaml") if each.severity == "warning"]
    assert found == [("rewards", 0, "at_most_fen")] * many
