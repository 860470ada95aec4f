"""What a policy would cost and whom it would reach, for everyone at once. 政策测算"""

from __future__ import annotations

import json
import shutil
from datetime import date

import pytest

from tests.enrolment.building import AT, child, organisation
from yingbao.determination.counter import determine_one
from yingbao.enrolment import versions
from yingbao.enrolment.forecasting import Against, forecast, held_against, season_named, season_of
from yingbao.enrolment.models import PolicyVersion
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.population import facts_of_everyone
from yingbao.enrolment.seasons import open_season, policy_of
from yingbao.policy import catalogue
from yingbao.policy.moving import in_year, moved
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

pytestmark = pytest.mark.django_db
ON = AT.date()


@pytest.fixture(autouse=True)
def only_2020(tmp_path, monkeypatch):
    """Policies of later years stand beside those of 2020; here there are only these."""
    for known in catalogue.available():
        if known.policy in ("320500/2020", "500103/2020"):
            place = tmp_path / known.path.parent.name
            place.mkdir()
            for each in (known.path, *known.path.parent.glob("directory-2020.yaml")):
                shutil.copy(each, place)
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path))


def changed(*pairs):
    text = versions.text_in_force("320500/2020")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return catalogue.policy_in(text, "policy.yaml"), text


@pytest.fixture
def children(suzhou, school):
    street = organisation("sub_district", name="平江街道", division="320508")
    beside = organisation(name="平江小学", parent=street)
    found = [
        child(school), child(school, hukou="341226", registered=None), child(school, assisted="orphan"),
        child(beside, hukou="320583"), child(beside, stage="senior", hukou="110105", registered=None),
    ]  # fmt: skip
    for each in (school, beside):
        list_and_determine(season=suzhou, organisation=each, at=AT)
    return found


def test_the_figures_are_those_of_the_children_one_by_one_and_their_parts_have_names(suzhou, children):
    policy, _ = changed(("premium_fen: 24000", "premium_fen: 25000"))
    told = forecast(season=suzhou, policy=policy, against=Against(policy_of(suzhou), Text("", "")), on=ON)
    facts = facts_of_everyone(season=suzhou, policy=policy, on=ON).drop("place")
    each = [determine_one(policy, row, ON) for row in facts.rows(named=True)]
    assert told["premium_fen"] == sum(one.premium_fen for one in each) == 4 * 25000
    assert told["outside"] == [{"status": "ineligible", "rule": "points_missed", "children": 1}]
    assert {row["payer"]: row["fen"] for row in told["payers"]} == {"": 75000, "treasury": 25000}
    kinds = {row["kind"]: row for row in told["change"]["kinds"]}
    assert (kinds["pay_more"]["children"], kinds["pay_more"]["family_fen"]) == (3, 3000)
    assert (told["change"]["family_fen"], told["change"]["others_fen"]) == (3000, 1000)
    names = {told["places"][part["key"]]["zh"]: part["children"] for part in told["by"]["place"]}
    assert names["平江街道"] == 2
    assert sum(names.values()) == 5
    assert {part["key"]: part["children"] for part in told["by"]["hukou"]} == {"here": 3, "elsewhere": 2}
    assert {part["key"]: part["children"] for part in told["by"]["stage"]} == {"primary": 4, "senior": 1}
    assert "person" not in json.dumps(told)


def test_who_would_fall_out_is_told_by_the_rule_that_says_so(suzhou, children):
    policy, _ = changed(("any_of: [senior, vocational]", "any_of: [vocational]"))
    told = forecast(season=suzhou, policy=policy, against=Against(policy_of(suzhou), Text("", "")), on=ON)
    assert told["change"]["lost_by"] == [{"status": "ineligible", "rule": "points_missed", "children": 1}]


def test_on_a_later_payment_day_cover_begins_later_and_after_the_close_all_fall_out(yuzhong):
    school = organisation(area="500103")
    child(school, area="500103", hukou="500103")
    policy = policy_of(yuzhong)
    late = forecast(
        season=yuzhong, policy=policy, against=Against(policy, Text("", "")), on=ON, paid_on=date(2020, 2, 5)
    )
    assert late["groups"][0]["coverage_from"] == "2020-03-01"
    assert late["change"]["kinds"][-1] == {"kind": "same", "children": 1, "family_fen": 0, "others_fen": 0}
    over = forecast(season=yuzhong, policy=policy, on=ON, paid_on=date(2020, 12, 1))
    assert over["outside"] == [{"status": "closed", "rule": "paid_after_close", "children": 1}]
    assert "change" not in over


def test_a_policy_is_held_against_the_one_in_force_and_what_is_in_force_against_last_years(suzhou):
    policy, text = changed(("premium_fen: 24000", "premium_fen: 25000"))
    assert held_against(policy, text) == (
        policy_of(suzhou),
        Text("现行的 320500/2020", "320500/2020 as it is in force"),
    )
    assert held_against(policy_of(suzhou), versions.text_in_force("320500/2020")) is None
    next_year = moved(text, to=2021).text
    against = held_against(catalogue.policy_in(next_year, "policy.yaml"), next_year)
    assert against is not None
    assert against.said.zh == "320500/2020 的规则（移到 2021 年度）"
    assert against.policy.cover_from == date(2021, 1, 1)
    assert against.policy.tables.premium[0].premium_fen == 24000
    assert in_year(next_year, 2020).policy == "320500/2020"


def test_next_years_policy_is_reckoned_for_this_years_children(suzhou, children):
    text = moved(versions.text_in_force("320500/2020"), to=2021).text.replace(
        "premium_fen: 24000", "premium_fen: 28000"
    )
    policy = catalogue.policy_in(text, "policy.yaml")
    assert season_of(policy) == suzhou
    told = forecast(season=suzhou, policy=policy, against=held_against(policy, text), on=date(2020, 9, 1))
    assert told["children"] == 5
    assert {row["kind"]: row["children"] for row in told["change"]["kinds"]}["pay_more"] == 3


def test_a_version_that_was_published_is_what_a_proposal_is_held_against(suzhou):
    policy, text = changed(("premium_fen: 24000", "premium_fen: 25000"))
    PolicyVersion.objects.create(policy="320500/2020", number=1, text=text, digest=versions.digest_of(text), at=AT)
    later, later_text = changed(("premium_fen: 25000", "premium_fen: 26000"))
    assert held_against(later, later_text).policy == policy


def test_a_season_is_named_by_its_number_or_its_policy_and_another_is_refused(suzhou):
    assert season_named(str(suzhou.pk)) == season_named("320500/2020") == suzhou
    with pytest.raises(Refused, match="no such season"):
        season_named("320500/2031")
    with pytest.raises(Refused):
        season_of(catalogue.policy_of("500103/2020"))
    assert open_season(policy_id="500103/2020", at=AT) == season_of(catalogue.policy_of("500103/2020"))
