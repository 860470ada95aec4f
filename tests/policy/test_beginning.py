"""A new policy begins as a file that loads, and never in the place of another one. 新政策起草"""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.policy.files import SUZHOU, YUZHONG
from yingbao.determination.review.findings import findings_of_text
from yingbao.policy import catalogue, model, rules, schema
from yingbao.policy.beginning import begun, called, keep, place_of, template
from yingbao.policy.load import load, load_text
from yingbao.policy.moving import MARK
from yingbao.policy.refused import PolicyRefused
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(["321200", "320100", "500103", "110101", "650100"]), st.integers(2004, 2095))
def test_the_template_loads_for_any_city_and_year_and_leaves_no_trace_of_the_example(area, year):
    first = begun(f"{area}/{year}")
    policy = load_text(first.text, "x.yaml")
    assert (policy.policy, policy.plan_year) == (f"{area}/{year}", year)
    assert (policy.cover_from.year, policy.windows["open"].first.year) == (year, year - 1)
    assert "示例市" not in first.text
    assert '"000000"' not in first.text
    assert first.marked == first.text.count(f"  {MARK}") > 10


def test_the_template_is_a_policy_itself_and_explains_each_of_its_parts_in_both_languages():
    assert load_text(template(), "template.yaml").policy == "000000/2027"
    for part in ("source", "areas", "windows", "criteria", "entitlement", "phase", "registration", "premium", "subsidy",
                 "cover", "channel", "subsidy_payers", "list_providers"):  # fmt: skip
        lines = template().splitlines()
        at = next(number for number, line in enumerate(lines) if line.strip().startswith(f"{part}:"))
        assert " / " in lines[at] + lines[at - 1] + lines[at - 2] + lines[at - 3], part


def test_a_city_is_called_as_asked_and_else_as_the_list_of_divisions_has_it():
    assert called("321200") == Text("泰州市", "Taizhou")
    assert called("321200", "海陵") == Text("海陵", "Hailing")
    assert called("321200", "taizhou-shi") == Text("泰州市", "Taizhou Shi")
    assert called("500103") == Text("渝中区", "Yuzhong")
    with pytest.raises(Refused):
        called("321200", "泰州: {市}")
    assert called("320500") == Text("苏州市", "Suzhou")
    assert place_of("321200/2027").parts[-2:] == ("321200-taizhou", "2027.yaml")
    assert place_of("320500/2027", "whatever").parts[-2:] == ("320500-suzhou", "2027.yaml")


def test_another_citys_policy_becomes_this_citys_with_its_names_and_places_marked():
    text = begun("321200/2027", last=catalogue.text_of(YUZHONG)).text
    policy = load_text(text, "x.yaml")
    assert (policy.policy, policy.directory) == ("321200/2027", None)
    marked = [line.split("#")[0].strip() for line in text.splitlines() if "500103 的" in line]
    assert {"name:", 'divisions: ["500103"]', "payment_routes:", "phases:"} <= set(marked)


@pytest.mark.parametrize(
    ("policy", "said"), [("泰州/2027", "321200/2027"), ("999999/2027", "六位"), ("321200/1999", "如 2027")]
)
def test_what_is_no_city_and_year_is_refused_with_what_would_be_one(policy, said):
    with pytest.raises(Refused) as raised:
        begun(policy)
    assert said in raised.value.said("zh")


def test_last_years_file_has_to_be_in_order_before_it_is_moved():
    with pytest.raises(PolicyRefused):
        begun("320500/2021", last=catalogue.text_of(SUZHOU).replace("24000", "two hundred"))


def test_what_is_there_is_never_overwritten_and_what_cannot_be_written_is_said(tmp_path):
    path = tmp_path / "new" / "2027.yaml"
    keep(begun("321200/2027").text, path)
    assert load(path).plan_year == 2027
    with pytest.raises(Refused, match="already"):
        keep("x", path)
    assert load(path).plan_year == 2027
    with pytest.raises(Refused, match="cannot be written"):
        keep("x", path / "below" / "2027.yaml")


def whole() -> str:
    """The template with all that it keeps for other notices put to use."""
    return re.sub(r"^#:", "", template(), flags=re.M)


def test_the_template_shows_every_word_of_the_language_once_and_loads_with_all_of_them():
    policy = load_text(whole(), "template.yaml")
    assert policy.waiting is not None
    assert (policy.several_subsidies, len(policy.rewards), len(policy.unconfirmed)) == ("best", 1, 1)
    shown = {*re.findall(r"([a-z_]+):", whole()), *re.findall(r"\b([a-z_]+)\b", whole())}
    kinds = (model.Policy, model.Window, rules.Criterion, rules.PremiumPart, rules.PremiumRule, rules.SubsidyRule,
             rules.CoverRule, rules.Waiting, rules.WaitingFloor, rules.Reward, rules.Unconfirmed)  # fmt: skip
    words = {name for kind in kinds for name in kind.__struct_encode_fields__}
    assert words - shown - {"card"} == set()
    for named in (rules.StartsAt, rules.Phase, rules.Agent, rules.Registration, rules.Channel):
        assert set(get_args(named)) - shown == set(), named
    assert set(get_args(rules.Fact)) - shown == set()


@pytest.mark.parametrize("text", [begun("321200/2027").text, re.sub(r"^#:", "", begun("321200/2029").text, flags=re.M)])
def test_the_check_finds_nothing_in_a_policy_that_was_just_begun_but_that_nobody_has_looked_at_it(text):
    found = [each for each in findings_of_text(text, "x.yaml") if each.severity != "hint"]
    marked = [number for number, line in enumerate(text.splitlines(), 1) if "# 核对 / check" in line]
    assert [(each.severity, each.line) for each in found] == [("warning", marked[0])]
    assert f"{len(marked)} lines are marked" in found[0].said("en")
    assert f"第 {'、'.join(map(str, marked[:5]))} 行等" in found[0].said("zh")


def test_a_policy_of_which_every_line_was_looked_at_is_told_nothing():
    text = re.sub(r" +# 核对 / check.*$", "", begun("321200/2027").text, flags=re.M)
    assert [each.what.en for each in findings_of_text(text, "x.yaml") if each.severity != "hint"] == []


@pytest.mark.parametrize("city", ["320500/2020", "500103/2020"])
def test_how_2020_reads_a_payment_before_birth_is_not_carried_into_later_years(city):
    last = catalogue.text_of(catalogue.find(city))
    assert load_text(last, "policy.yaml").paid_before_birth == "decide"
    text = begun(f"{city.split('/')[0]}/2027", last=last).text
    assert "readings of" not in text
    assert load_text(text, "policy.yaml").paid_before_birth == "refer"


def form_of(path):
    """The form that a file names to editors."""
    return path.parent / re.fullmatch(r"# yaml-language-server: \$schema=(.*)", path.read_text().splitlines()[0])[1]


def test_a_file_outside_the_policies_has_its_form_beside_it_and_names_it_there(tmp_path):
    path = tmp_path / "work" / "2027.yaml"
    assert keep(template(), path) == path.parent / "policy.schema.json"
    assert form_of(path).read_text("utf-8") == schema.text()
    form_of(path).write_text("{}")
    assert keep(template(), path.parent / "2028.yaml") is None
    assert form_of(path.parent / "2028.yaml").read_text() == "{}"
    listed = "# yaml-language-server: $schema=../directory.schema.json\nx: 1\n"
    assert keep(listed, path.parent / "directory.yaml", kind="directory") == path.parent / "directory.schema.json"
    assert keep("policy: 1\n", tmp_path / "bare" / "a.yaml") is None
    assert [each.name for each in (tmp_path / "bare").iterdir()] == ["a.yaml"]


def test_among_the_policies_one_form_above_the_cities_serves_them_all(tmp_path, monkeypatch):
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path))
    first, second = (tmp_path / city / "2027.yaml" for city in ("321200-taizhou", "321100-zhenjiang"))
    assert keep(template(), first) == tmp_path / "policy.schema.json"
    assert keep(template(), second) is None
    assert form_of(first).resolve() == form_of(second).resolve() == tmp_path / "policy.schema.json"


def test_a_file_that_is_there_already_gets_no_form_beside_it(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("mine")
    with pytest.raises(Refused):
        keep(template(), path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]
