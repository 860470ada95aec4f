"""Windows that overlap are told wherever the days that they share are treated otherwise afterwards."""

from __future__ import annotations

import pytest

from tests.policy.files import YUNHE, changed
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings_of_text

WINDOW = """
windows:
  extension:
    name: {zh: 延长缴费期, en: extension}
    clause: 二
    first: 2026-12-21
    last: 2027-02-28
"""
IN_EXTENSION = """
criteria:
  in_extension:
    says: {zh: 缴费日在延长缴费期内, en: the payment day is within the extension}
    fact: paid_on
    during: extension
"""
BY_EXTENSION = """  extension_way:
    says: {zh: 在延长缴费期内缴费, en: paid in the extension}
    decided: phase
    by: [paid_in_extension]
"""
PHASE = """    - id: paid_in_extension
      clause: 二
      because: {zh: 延长期内缴费。, en: Paid in the extension.}
      when: [in_extension]
      phase: late
    - id: paid_late
"""
COVER = """    - id: cover_of_extension
      clause: 二
      because: {zh: 从次月1日起享受待遇。, en: Covered from the next month.}
      when: [%s]
      starts: next_month
    - id: cover_of_late
"""


def found(changes: dict[str, str], *, late_from: str, cover: str) -> list[Finding]:
    """What is said of a policy with an extension of its open period, late enrolment beginning on a day."""
    everything = {
        "\nwindows:\n": WINDOW,
        "    first: 2026-12-21\n    last: 2027-06-30": f"    first: {late_from}\n    last: 2027-06-30",
        "    - id: paid_late\n": PHASE,
        "    - id: cover_of_late\n": COVER % cover,
        **changes,
    }
    return [each for each in findings_of_text(changed(YUNHE, everything), "policy.yaml") if each.severity != "hint"]


ASKED = {"\ncriteria:\n": IN_EXTENSION + BY_EXTENSION}
LATE_WAY = """  late_way:
    says: {zh: 属于补缴, en: the payment is late}
    decided: phase
    by: [paid_late]
"""
DIRECT = {"\ncriteria:\n": IN_EXTENSION, LATE_WAY: "", "      when: [late_way]": "      when: [in_late]"}


@pytest.mark.parametrize(
    ("changes", "cover", "words"),
    [
        (ASKED, "extension_way", "later tables treat differently; paid_in_extension stands first"),
        (DIRECT, "in_extension", "lead to different results; cover_of_extension stands first"),
    ],
)
def test_two_windows_of_one_phase_that_overlap_are_told_if_their_cover_differs(changes, cover, words):
    said = [each.said("en") for each in found(changes, late_from="2027-02-15", cover=cover)]
    assert any("2027-02-15 to 2027-02-28 belong to" in each and words in each for each in said), said


@pytest.mark.parametrize(("changes", "cover"), [(ASKED, "extension_way"), (DIRECT, "in_extension")])
def test_windows_that_follow_each_other_are_left_in_peace(changes, cover):
    assert not [each.said("en") for each in found(changes, late_from="2027-03-01", cover=cover)]


def test_newborns_of_the_months_behind_their_window_are_told_with_the_first_of_them():
    text = YUNHE.read_text("utf-8")
    window = "    first: 2026-12-21\n    last: 2027-12-31"
    assert text.count(window) == 1
    stopped = findings_of_text(text.replace(window, window.replace("2027-12-31", "2027-02-28")), "policy.yaml")
    told = [each for each in stopped if each.severity != "hint"]
    assert [each.severity for each in told] == ["warning"]
    assert "born on 2027-03-01 or later is enrolled as a newborn" in told[0].said("en")
    assert told[0].example is not None
    assert told[0].example["birth_date"] == told[0].example["paid_on"] == "2027-03-01"
    nearly = findings_of_text(text.replace(window, window.replace("2027-12-31", "2027-12-20")), "policy.yaml")
    assert {each.severity for each in nearly} == {"hint"}
