"""What is read out of sentences: days as Chinese writes them, and nothing else."""

from __future__ import annotations

import pytest

from tests.policy.files import SUZHOU, spoiled
from yingbao.determination.review.findings import findings
from yingbao.determination.review.wording import days_in
from yingbao.policy.catalogue import policy_in


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
