"""What is read out of sentences: days as Chinese writes them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.files import SUZHOU, YUNHE, YUZHONG, changed, spoiled
from yingbao.determination.review.findings import findings, findings_of_text
from yingbao.determination.review.wording import days_in
from yingbao.policy.catalogue import policy_in, root


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("缴费日在2019年9月1日至12月20日", [(2019, 9, 1), (None, 12, 20)]),
        ("2019年12月21日至31日缴费属于补缴", [(2019, 12, 21), (None, 12, 31)]),
        ("在2019年6月至9月10日间", [(None, 9, 10)]),
        ("从次月1日起享受待遇，等待90日", []),
        ("2020年1月、2月缴费，出生90日内", []),
    ],
)
def test_days_are_read_as_a_clerk_reads_them(sentence: str, days: list[tuple[int | None, int, int]]):
    assert [(year, month, day) for year, month, day, _ in days_in(sentence)] == days


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("缴费日在出生3个月内", "缴费日在出生三个月内"),
        ("2020年1月1日未满18周岁", "2020年1月1日17周岁及以下"),
        ("缴费日在2019年9月1日之前", "缴费日在2019年8月31日或之前"),
        ("缴费日在2020年12月, en", "缴费日在12月, en"),
        ("2020年度学生（少儿）缴费标准为每人{premium}。", "2020年度缴费标准为每人{premium}，上年度另有标准。"),
    ],
)
def test_the_same_thing_said_otherwise_is_no_finding(old: str, new: str):
    found = findings(policy_in(spoiled(SUZHOU, old, new), "policy.yaml"))
    assert {each.severity for each in found} == {"hint"}


def told(file: Path, changes: dict[str, str]) -> list[str]:
    """What is said, more than as a hint, of a good file of which some passages are replaced."""
    found = findings_of_text(changed(file, changes), "policy.yaml")
    return [each.said("en") for each in found if each.severity != "hint"]


@pytest.mark.parametrize(
    ("file", "changes", "rows", "day"),
    [
        (
            "500103-yuzhong/2026.yaml",
            {"    last: 2026-02-28": "    last: 2026-01-31", "    first: 2026-03-01": "    first: 2026-02-01"},
            1,
            "2026年2月28日",
        ),
        (
            "320500-suzhou/2026.yaml",
            {"    last: 2025-12-31": "    last: 2025-12-20", "    first: 2026-01-01": "    first: 2025-12-21"},
            2,
            "2025年12月31日",
        ),
    ],
)
def test_a_deadline_moved_in_the_windows_alone_is_told_of_sentences_and_of_the_phase_of_work(file, changes, rows, day):
    found = told(root() / file, changes)
    assert len([each for each in found if f"The sentence names {day}" in each]) == rows
    assert len([each for each in found if each.startswith("to be checked: The phase ")]) == 1
    assert len(found) == rows + 1


@pytest.mark.parametrize(
    "sentence",
    [
        "集中缴费期已于2019年12月20日结束，在2020年9月30日前仍可补缴。",
        "集中缴费期为2019年9月1日至12月20日；2019年12月21日至2020年9月30日可以补缴。",
        "在2020年10月1日前仍可补缴，待遇不早于2020年1月1日。",
    ],
)
def test_a_sentence_about_late_enrolment_may_name_the_open_period_before_it(sentence: str):
    assert told(YUZHONG, {"错过集中缴费期，在2020年9月30日前仍可补缴。": sentence}) == []


def test_a_phase_of_work_that_is_no_window_has_a_deadline_of_its_own():
    assert told(SUZHOU, {"    deadline: 2019-09-30": "    deadline: 2019-10-15"}) == []
    found = told(
        SUZHOU, {"    starts: 2019-12-01\n    deadline: 2020-12-31": "    starts: 2019-12-01\n    deadline: 2020-11-30"}
    )
    assert len(found) == 1
    assert "ends on 2020-11-30, the window" in found[0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    days_from_birth: 90", "    months_from_birth: 3", "says 90天内, the criterion months_from_birth: 3"),
        ("出生后90天内, en", "出生后三个月内, en", "The sentence says 三个月内, the criterion days_from_birth: 90"),
        ("    fact: lapsed_years\n    at_least: 1", "    fact: lapsed_years\n    at_least: 0", "at least 0"),
        ("missed_years: 4, months: 6", "missed_years: 4, months: 2", "the least wait is 2 months, shorter than"),
    ],
)  # fmt: skip
def test_a_span_in_the_other_unit_and_numbers_without_effect_are_told(old: str, new: str, words: str):
    found = told(YUNHE, {old: new})
    assert len(found) == 1
    assert words in found[0]


def test_a_span_said_in_both_units_and_a_floor_of_the_fixed_wait_are_left_in_peace():
    assert told(YUNHE, {"出生后90天内, en": "出生后三个月（90天）内, en"}) == []
    assert told(YUNHE, {"missed_years: 4, months: 6": "missed_years: 4, months: 3"}) == []
