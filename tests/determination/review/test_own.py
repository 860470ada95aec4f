"""A policy that passes by its own division is told with a child of that division."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from tests.policy.files import SUZHOU
from yingbao.determination.counter import determine_one
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings, findings_of_text
from yingbao.policy.beginning import begun
from yingbao.policy.catalogue import policy_in
from yingbao.policy.model import Area, Policy
from yingbao.values.text import Text

HUKOU = "    fact: hukou\n    within: city"
SCHOOL = "    fact: school_division\n    within: city"
CITY = 'divisions: ["330126"]'


def told(changes: dict[str, str], text: str = "") -> list[Finding]:
    """What is said, but as a hint and but of lines not looked at, of a template in which passages are replaced."""
    found = findings_of_text(spoiled(changes, text), "policy.yaml")
    return [each for each in found if each.severity != "hint" and "not yet held against" not in each.said("en")]


def spoiled(changes: dict[str, str], text: str = "") -> str:
    text = text or begun("330126/2027").text
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("changes", "stage", "also"),
    [
        ({HUKOU: HUKOU.replace("within", "outside")}, "none", "The sentence says"),
        ({CITY: 'divisions: ["330127"]'}, "primary", "The area"),
        ({CITY: 'divisions: ["3302*"]'}, "primary", "The area"),
    ],
)
def test_a_policy_that_passes_by_its_own_division_is_told_with_a_child_of_it(changes, stage, also):
    found = told(changes)
    assert {each.severity for each in found} == {"warning"}
    refused = found[-1]
    assert "is not eligible: not_covered" in refused.said("en")
    assert refused.example is not None
    assert (refused.example["hukou"], refused.example["school_stage"]) == ("330126", stage)
    decision = determine_one(policy_in(spoiled(changes), "policy.yaml"), refused.example, date(2026, 12, 1))
    assert (decision.status, decision.agent) == ("ineligible", None)
    assert len(found) == 2
    assert found[0].what.en.startswith(also)


@pytest.mark.parametrize(
    ("changes", "operator"),
    [
        ({SCHOOL: SCHOOL.replace("within", "outside")}, "outside"),
        ({"{zh: 户籍在本市, en: the hukou is in the city}\n": "{zh: 户籍在外地, en: elsewhere}\n"}, "within"),
        ({"{zh: 学籍在本市的学校或幼儿园,": "{zh: 学籍不在本市的学校或幼儿园,"}, "within"),
    ],
)  # fmt: skip
def test_a_sentence_that_says_the_other_side_of_an_area_is_told(changes, operator):
    assert [each.where[0::2] for each in told(changes)] == [("criteria", operator)]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {CITY: 'divisions: ["3301*"]'},
        {"{zh: 学籍在本市的学校或幼儿园,": "{zh: 学籍在本市的外国语学校或幼儿园,"},
        {"policy: 330126/2027": "policy: 330100/2027"},
    ],
)
def test_areas_that_reach_the_division_or_say_that_they_lie_elsewhere_are_left_in_peace(changes):
    assert told(changes) == []


def test_a_city_may_name_its_districts_one_by_one_and_a_policy_may_be_for_pupils_alone():
    assert told({'divisions: ["3205*"]': 'divisions: ["320505", "320581"]'}, SUZHOU.read_text("utf-8")) == []
    policy = policy_in(begun("330126/2027").text, "policy.yaml")
    rows = policy.tables.entitlement
    pupils = msgspec.structs.replace(policy.tables, entitlement=[rows[0], rows[-1]])
    assert of_the_division(msgspec.structs.replace(policy, tables=pupils)) == []


@pytest.mark.parametrize(("name", "many"), [("外地", 0), ("主城区", 1)])
def test_an_area_elsewhere_says_so_in_its_name(name: str, many: int):
    policy = policy_in(begun("330126/2027").text, "policy.yaml")
    far = Area(name=Text(zh=name, en="an area"), divisions=["110*"])
    assert len(of_the_division(msgspec.structs.replace(policy, areas={**policy.areas, "far": far}))) == many


def of_the_division(policy: Policy) -> list[Finding]:
    return [each for each in findings(policy) if "own division" in each.said("en")]
