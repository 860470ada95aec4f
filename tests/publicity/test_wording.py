"""The small language of letters: known fields only, and every mistake told with its mend. 模板语言"""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yingbao.policy import catalogue
from yingbao.publicity.standard import standard
from yingbao.publicity.wording import FIELDS, LONGEST, filled, read, remark
from yingbao.values.refusal import Refused

WHOLE = "{核定结果}\n{理由}\n{办理步骤}"
CLASS = "{各类金额}\n{重要日期}\n{缴费指南}"


def refusal(text: str, kind: str = "child") -> Refused:
    with pytest.raises(Refused) as told:
        read(text, kind)
    return told.value


@pytest.mark.parametrize("policy", ["320500/2020", "500103/2020"])
@pytest.mark.parametrize("kind", ["child", "class"])
def test_the_standard_wording_of_every_policy_can_be_read_as_it_is(policy, kind):
    assert read(standard(catalogue.policy_of(policy), kind), kind)


def test_a_field_with_a_typing_error_is_refused_with_its_line_and_what_was_meant():
    told = refusal(f"您好\n家庭缴{{家廷缴费}}\n{WHOLE}")
    assert told.where == "第2行"
    assert "家廷缴费" in told.what.zh
    assert "{家庭缴费}" in told.mend.zh


@pytest.mark.parametrize("text", ["{", "}", "{年度", "年度}", "{{年度}}", "{}"])
def test_braces_without_a_partner_or_without_a_name_are_refused(text):
    assert refusal(f"{text}\n{WHOLE}").where == "第1行"


@pytest.mark.parametrize("part", ["{核定结果}", "{理由}", "{办理步骤}"])
def test_a_letter_without_its_sum_its_reason_or_its_steps_is_refused(part):
    assert part[1:-1] in refusal(WHOLE.replace(part, "")).what.zh
    assert part[1:-1] in refusal(WHOLE.replace(part, f"【需缴费】{part}")).what.zh


def test_a_whole_part_stands_alone_and_once():
    assert "单独占一行" in refusal(f"见{{学校附言}}\n{WHOLE}").what.zh
    assert "两次" in refusal(f"{WHOLE}\n{{理由}}").what.zh


def test_a_class_letter_that_asks_for_a_childs_data_is_refused_as_that():
    assert "孩子的信息" in refusal(f"{{孩子}}家长\n{CLASS}", "class").what.zh
    assert "孩子的信息" in refusal(f"{CLASS}\n{{核定结果}}", "class").what.zh


def test_an_unknown_mark_is_refused_with_those_there_are():
    assert "免缴" in refusal(f"【免交】您好\n{WHOLE}").mend.zh


def test_a_wording_that_no_letter_can_hold_is_refused():
    assert refusal("字" * (LONGEST + 1)).where == "全文"
    assert refusal("\n" * 41 + WHOLE).where == "全文"
    assert refusal("字" * 401 + "\n" + WHOLE).where == "第1行"


def test_a_marked_line_stands_only_for_the_children_it_is_for():
    lines = read(f"【需缴费】缴{{家庭缴费}}\n【免缴】不用缴\n{WHOLE}", "child")
    values = dict.fromkeys(FIELDS["child"], "甲")
    assert [one.text for one in filled(lines, values, frozenset({"需缴费"})) if one.text] == ["缴甲"]
    assert [one.text for one in filled(lines, values, frozenset({"免缴"})) if one.text] == ["不用缴"]


@given(st.text(max_size=30))
def test_a_value_is_never_read_as_a_field_again(value):
    lines = read(f"家长：{{孩子}}\n{WHOLE}", "child")
    found = filled(lines, dict.fromkeys(FIELDS["child"], value), frozenset())
    assert found[0].text == f"家长：{value}"


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_refused_and_nothing_else(text):
    with suppress(Refused):
        assert read(text, "child")


def test_a_remark_too_long_or_with_unseen_characters_is_refused():
    assert remark("  交给\n班主任 ", 10) == "交给 班主任"
    for text in ("字" * 11, "交给\u202e班主任"):
        with pytest.raises(Refused) as told:
            remark(text, 10)
        assert told.value.where == "附言"
