"""What a clerk reads when a policy is printed."""

from __future__ import annotations

import pytest

from tests.policy.files import DIRECTORY, SUZHOU, YUZHONG
from yingbao.policy.describe import describe
from yingbao.policy.directory import load_directory
from yingbao.policy.fit import tables_of
from yingbao.policy.load import load
from yingbao.policy.outcomes import in_general, outcome
from yingbao.values.text import Language


def test_a_clerk_reads_the_windows_sums_payers_and_contacts_of_suzhou_in_chinese():
    said = describe(load(SUZHOU), "zh")
    for passage in (
        "苏社基〔2019〕68号",
        "年度申报缴费期: 2019-09-01 至 2019-11-30（二）",
        "240元",
        "财政全额补助",
        "低保、低保边缘、特困供养、孤儿、临救大病、重点优抚、建档立卡、困难残疾学生",
        "民政部门、总工会、残联",
        "不纳入：高中、中职",
        "7周岁以上",
        "12333, 69820471",
        "三香路188号",
        "发放告家长书: 2019-09-11 至 2019-09-30",
    ):
        assert passage in said, passage


def test_the_same_is_there_in_english():
    said = describe(load(YUZHONG), "en", load_directory(DIRECTORY))
    for passage in (
        "open period: 2019-09-01 to 2019-12-20 (clause 一(一))",
        "1175 yuan",
        "from the payment day plus 90 days to 2020-12-31",
        "deployment: by 2019-09-30",
        "解放碑 · 谢芸 63806685 · 7 schools",
        "without a number",
    ):
        assert passage in said, passage


@pytest.mark.parametrize("path", [SUZHOU, YUZHONG], ids=["suzhou", "yuzhong"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_is_told_with_its_clause_outcome_and_sentence(path, language: Language):
    policy = load(path)
    said = describe(policy, language)
    assert "{" not in said
    assert "None" not in said
    for _, rows in tables_of(policy):
        for rule in rows:
            assert f"[{rule.id}]" in said
            assert outcome(rule, policy).said(language) in said
            assert in_general(rule).said(language) in said


def test_a_sentence_that_waits_for_a_childs_facts_names_them_meanwhile():
    premium = load(SUZHOU).tables.premium[0]
    assert in_general(premium).zh == "2020年度学生（少儿）缴费标准为每人240元。"
