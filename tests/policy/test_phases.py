"""What the season's phases ask of whom, as the two policy files say it."""

from __future__ import annotations

from typing import get_args

from tests.policy.files import SUZHOU, YUZHONG
from yingbao.agents.models import OrganisationKind
from yingbao.policy import terms
from yingbao.policy.load import load, load_text
from yingbao.policy.model import Body, SeenBy
from yingbao.policy.phases import followed


def test_the_bodies_of_a_policy_are_the_kinds_of_organisations_that_do_business():
    assert set(get_args(Body)) == set(OrganisationKind.values) - {"operations"}
    assert set(terms.BODIES) == set(get_args(Body))
    assert set(terms.SEEN_BY) == set(get_args(SeenBy))


def test_every_task_of_both_notices_is_followed_and_asks_somebody():
    for path in (SUZHOU, YUZHONG):
        policy = load(path)
        asked = followed(policy)
        assert len(asked) == sum(len(phase.tasks) for phase in policy.phases)
        assert all(one.kinds for one in asked)


def test_a_task_takes_over_the_owners_and_the_days_of_its_phase():
    by_id = {one.id: one for one in followed(load(YUZHONG))}
    assert by_id["publicise"].kinds == ["school"]
    assert str(by_id["publicise"].due) == "2019-10-10"
    assert str(by_id["report_survey"].starts) == "2019-10-21"
    assert by_id["sum_survey"].kinds == ["sub_district"]


def test_a_policy_that_was_written_before_tasks_had_ids_is_still_read():
    text = YUZHONG.read_text(encoding="utf-8").replace(", kinds: [education_bureau]", "")
    begin, end = text.index("  - id: coordination"), text.index("  - id: statistics")
    old = """  - id: coordination
    name: {zh: 协调配合, en: coordination}
    clause: 二(三)
    owners: [{zh: 街道, en: sub-districts}]
    tasks: [{zh: 解决问题, en: solve difficulties}]
"""
    policy = load_text(text[:begin] + old + text[end:], "old.yaml")
    assert [one.phase.id for one in followed(policy)].count("coordination") == 0
    assert policy.phases[2].tasks[0].zh == "解决问题"
