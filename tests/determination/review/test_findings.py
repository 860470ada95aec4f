"""What an analyst is told of a policy that can be read, and would decide wrongly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.determination.review.mistakes import LATE, MISTAKES, Mistake
from tests.policy.files import SUZHOU, YUZHONG, changed, line_of, spoiled
from yingbao.determination.counter import determine_one
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings, findings_of_file, findings_of_text
from yingbao.policy.catalogue import policy_in, policy_of


def text_of(mistake: Mistake) -> str:
    """The spoiled file."""
    return changed(mistake.file, mistake.changes)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_with_its_line_and_a_child_to_whom_it_happens(name: str):
    mistake = MISTAKES[name]
    text = text_of(mistake)
    # Of a passage of several lines the last is meant.
    line = line_of(text, mistake.at) + mistake.at.count("\n")
    found = findings_of_text(text, "policy.yaml")
    meant = [each for each in found if each.line == line and mistake.what in each.said("en")]
    assert meant, "\n".join(f"{each.line}: {each.said('en')}" for each in found)
    assert meant[0].severity == mistake.severity
    if mistake.child:
        assert meant[0].example is not None
        assert mistake.child.items() <= meant[0].example.items()


@pytest.mark.parametrize("name", MISTAKES)
def test_every_example_child_can_be_decided_and_has_what_the_finding_says(name: str):
    text = text_of(MISTAKES[name])
    policy = policy_in(text, "policy.yaml")
    for each in findings_of_text(text, "policy.yaml"):
        if each.example is not None:
            decision = determine_one(policy, each.example, date(2019, 10, 8))
            said = each.said("en")
            if "is never reached" in said:
                assert said.split(" is never reached")[0].split(" ")[-1] not in decision.because
            if "is taken by" in said:
                assert set(said.split("is taken by ")[1].split(". ")[0].split(", ")) & set(decision.because)
            if "their order decides" in said:
                assert said.split(" (")[0].split(": ")[1] in decision.because
            if "in no window" in said:
                assert (decision.status, decision.phase) == ("closed", "closed")
            if "no day on which they can pay" in said:
                assert decision.agent is not None


@pytest.mark.parametrize("path", [SUZHOU, YUZHONG], ids=["suzhou", "yuzhong"])
def test_the_two_policies_of_2020_are_clean(path: Path):
    assert {each.severity for each in findings_of_file(path)} == {"hint"}


@pytest.mark.parametrize(("opens_at", "severities"), [("17:00", {"hint"}), ("16:59", {"hint", "warning"})])
def test_windows_may_hand_over_in_the_course_of_a_day(opens_at: str, severities: set[str]):
    closing = spoiled(YUZHONG, "last: 2019-12-20", 'last: 2019-12-20\n    closes_at: "17:00"')
    text = closing.replace(LATE, LATE.replace("21", f'20\n    opens_at: "{opens_at}"'))
    assert {each.severity for each in findings_of_text(text, "policy.yaml")} == severities


def test_a_row_that_stands_first_by_order_alone_is_a_hint_with_a_child_of_both_rows():
    found = [each for each in findings_of_file(YUZHONG) if "roll_in_district" in each.said("en")]
    assert "the order is what the notice means" in found[0].said("en")
    assert found[0].example is not None
    assert determine_one(policy_of(YUZHONG), found[0].example, date(2019, 10, 8)).agent == "school"
    assert found[0].example["hukou"] == "500103"


def test_findings_stand_gravest_first_and_without_a_file_have_no_line():
    text = spoiled(SUZHOU, "premium_fen: 24000", "premium_fen: 240").replace(
        "when: [school_urban, on_roll, senior_stage]", "when: [school_urban, not_at_school, senior_stage]"
    )
    found = findings(policy_in(text, "policy.yaml"))
    assert [each.severity for each in found] == sorted(
        (each.severity for each in found), key=["error", "warning", "hint"].index
    )
    assert {each.line for each in found} == {None}
    lines = [each.line or 0 for each in findings_of_text(text, "policy.yaml") if each.severity == "hint"]
    assert lines == sorted(lines)


def test_a_finding_says_in_both_languages_what_is_wrong_how_to_mend_it_and_for_whom():
    text = text_of(MISTAKES["yuan for fen"])
    said: Finding = next(
        each for each in findings_of_text(text, "policy.yaml") if "premium_standard" in each.said("zh")
    )
    assert said.said("zh") == (
        "错误：premium_standard 的金额是 2.40元，不像一年的保费。金额以分为单位：若指240元，写 24000。"
    )
    assert said.said("en").startswith("error: The sum of premium_standard is 2.40 yuan")
