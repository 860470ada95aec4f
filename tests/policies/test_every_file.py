"""What holds for every policy file: it passes the check, and both engines tell its stories alike. 全部政策文件"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.determination.children import as_text, child, typed, write_csv
from tests.policies import test_chongqing, test_nanjing, test_suzhou, test_taizhou
from tests.policies.telling import AS_OF, Stories
from tests.policies.test_qingdao import QINGDAO
from yingbao.cli import main
from yingbao.determination.counter import determine_one
from yingbao.determination.frame import determine
from yingbao.determination.review.findings import findings
from yingbao.determination.rulebook import rules_of
from yingbao.policy.catalogue import available, policy_of

STORIES: Stories = test_suzhou.STORIES | test_chongqing.STORIES | test_taizhou.STORIES | test_nanjing.STORIES

SUZHOU_2020, SUZHOU_2023 = {24000}, {30000}
CERTAIN = {
    "320500/2020": SUZHOU_2020,
    "320500/2021": set(),
    "320500/2023": SUZHOU_2023,
    "320500/2025": set(),
    "320500/2026": set(),
    "500103/2020": {25000, 62500, 80000, 117500},
    "321200/2025": {23000},
    "320100/2025": {32000, 27000, 151000},
} | {
    f"500103/{year}": {one, two, one + subsidy, two + subsidy}
    for year, (one, two, subsidy) in test_chongqing.SUMS.items()
}
"""the premiums that the notices or the facts gathered about later years name"""


def test_every_city_and_year_of_the_issue_has_its_file():
    assert {known.policy for known in available()} == set(CERTAIN)


def test_every_later_policy_has_stories():
    assert set(STORIES) == set(CERTAIN) - {"320500/2020", "500103/2020"}


@pytest.mark.parametrize("policy", [*sorted(CERTAIN), QINGDAO], ids=lambda policy: getattr(policy, "stem", policy))
def test_no_file_has_an_error_or_a_warning(policy):
    assert [each for each in findings(policy_of(policy)) if each.severity != "hint"] == []


@pytest.mark.parametrize("policy", sorted(CERTAIN))
def test_a_premium_is_one_that_is_known_or_it_is_marked_unconfirmed(policy):
    found = policy_of(policy)
    for rule in found.tables.premium:
        assert rule.premium_fen in CERTAIN[policy] or rule.id in found.provisional, rule.id


@pytest.mark.parametrize("policy", sorted(STORIES))
def test_a_file_whose_notice_is_not_at_hand_says_so(policy):
    found = policy_of(policy)
    assert found.source.number is None
    assert "未取得通知原文" in found.source.title
    assert found.unconfirmed
    assert found.provisional <= set(rules_of(found))


@pytest.mark.parametrize("policy", sorted(STORIES))
def test_a_frame_of_all_its_children_is_decided_as_each_alone(policy):
    children = [child(**facts) for facts, _ in STORIES[policy].values()]
    rows = determine(policy_of(policy), typed(children), AS_OF).to_pylist()
    for one, row in zip(children, rows, strict=True):
        alone = determine_one(policy_of(policy), one, AS_OF)
        assert row["because"].split(";") == list(alone.because)
        assert (row["status"], row["self_paid_fen"], row["coverage_from"], row["coverage_to"]) == (
            alone.status, alone.self_paid_fen, alone.coverage_from, alone.coverage_to,
        )  # fmt: skip


@pytest.mark.parametrize("policy", sorted(STORIES))
def test_the_command_decides_a_file_of_its_children_by_the_policys_id(policy, tmp_path: Path):
    stories = list(STORIES[policy].values())
    facts = write_csv(
        tmp_path / "facts.csv", [child(**facts) | {"person_id": f"P{n}"} for n, (facts, _) in enumerate(stories)]
    )
    done = CliRunner().invoke(main, ["determine", policy, str(facts), str(tmp_path / "out.csv")])
    assert (done.exit_code, done.output) == (0, "")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, (_, expected) in zip(rows, stories, strict=True):
        told = {name: as_text(value) for name, value in expected.items() if name != "because"}
        assert {name: row[name] for name in told} == told
        assert str(expected.get("because", "")) in row["because"]


@pytest.mark.parametrize("policy", sorted(STORIES))
def test_every_rule_that_a_family_can_meet_decides_in_some_story_of_its_city(policy):
    """Of the rows that name a sum, a payer, a phase or a first day none is left unproved."""
    found = policy_of(policy)
    decided = {
        rule for facts, _ in STORIES[policy].values() for rule in determine_one(found, child(**facts), AS_OF).because
    }
    tables = found.tables
    asked = {rule.id for rows in (tables.phase, tables.premium, tables.subsidy, tables.cover) for rule in rows}
    assert asked - decided == set()
