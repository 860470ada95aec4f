"""A sum, a share or a wait in a sentence is the one that its row decides by, or it is told."""

from __future__ import annotations

import pytest

from tests.policy.files import YUNHE, changed
from yingbao.determination.review.finding import Finding
from yingbao.determination.review.findings import findings_of_text
from yingbao.determination.review.told import shares_in, sums_in

SUM_ZH, SUM_EN = "低保对象，财政缴300元，家庭缴{own}", "the treasury pays 300 yuan, the family {own}"
HALF_ZH, HALF_EN = "财政缴一半，家庭缴{own}", "the treasury pays half, the family {own}"
LATE_ZH = "未在集中缴费期缴费，等待{wait}个月后享受待遇"
LATE_EN = "Not paid in the open period; cover begins after a wait of {wait} month(s)."
PREMIUM_ZH, PREMIUM_EN = "个人缴费标准为{premium}", "for a pupil or child for 2027 is {premium}"
PARTS = """parts:
        - {name: {zh: 个人缴费, en: premium}, fen: 41000}
        - {name: {zh: 长护险, en: care}, rate: "0.25%", of_fen: 4000000}"""
WAITING = "      starts: payment_day\n      waits: true"


def found(changes: dict[str, str]) -> list[Finding]:
    return [each for each in findings_of_text(changed(YUNHE, changes), "policy.yaml") if each.severity != "hint"]


@pytest.mark.parametrize(
    ("changes", "row", "words"),
    [
        ({"pays_fen: 30000": "pays_fen: 26000"}, "zh", "names 300 yuan, but 260 yuan are paid and 150 yuan left"),
        ({SUM_EN: "the treasury pays 280 yuan, the family {own}"}, "en", "names 280 yuan"),
        ({SUM_ZH: "低保对象，财政缴300元，家庭缴120元", SUM_EN: "300 yuan are paid"}, "zh", "names 120 yuan"),
        ({SUM_ZH: "低保对象，财政缴80%，家庭缴{own}"}, "zh", "The sentence says 80%"),
        ({'pays_share: "50%"': 'pays_share: "5%"'}, "zh", "The sentence says 50%, treasury_pays_a_share comes to 5%"),
        ({HALF_ZH: "财政缴八成，家庭缴{own}"}, "zh", "The sentence says 80%"),
        ({HALF_EN: "the treasury pays 80 %, the family {own}"}, "en", "The sentence says 80%"),
        ({"财政缴纳。": "财政缴50%。"}, "zh", "The sentence says 50%, paid_by_treasury comes to 0%, 100%"),
        ({PREMIUM_ZH: "个人缴费标准为400元", PREMIUM_EN: "is 410 yuan"}, "zh", "No sum in the sentence is"),
        ({PREMIUM_ZH: "个人缴费标准为410元", PREMIUM_EN: "is 400 yuan"}, "en", "No sum in the sentence is"),
        ({PREMIUM_ZH: "缴310元，另缴90元，共{premium}"}, "zh", "No sum in the sentence is the premium, 410 yuan"),
        (
            {"premium_fen: 41000": PARTS, PREMIUM_ZH: "缴410元和长护险120元，共{premium}"},
            "zh",
            "120 yuan, which is no part",
        ),
        ({"premium_fen: 41000": PARTS, PREMIUM_ZH: "另按25%缴长护险，共{premium}"}, "zh", "The sentence says 25%"),
    ],
)
def test_a_sum_or_a_share_in_a_sentence_that_the_row_contradicts_is_told(changes, row, words):
    told = [(each.severity, each.where[-1], each.said("en")) for each in found(changes)]
    assert [(severity, where) for severity, where, said in told if words in said] == [("warning", row)], told


@pytest.mark.parametrize(
    "changes",
    [
        {SUM_ZH: "低保对象，410元中财政缴300元，家庭缴110元", SUM_EN: "300 of 410 yuan are paid, 110 yuan left"},
        {SUM_ZH: "低保对象，家庭年收入低于24000元的，财政缴300元，家庭缴{own}"},
        {HALF_ZH: "财政缴50%（205元），家庭缴{own}"},
        {HALF_ZH: "财政缴百分之五十，家庭缴五成（{own}）"},
        {PREMIUM_ZH: "缴费标准为{premium}，财政另补助700元"},
        {PREMIUM_ZH: "缴310元，另缴100元，共{premium}"},
        {"premium_fen: 41000": PARTS, PREMIUM_ZH: "缴410元，另按0.25%缴长护险100元，共510元，即{premium}"},
    ],
)
def test_the_same_money_said_otherwise_is_left_in_peace(changes):
    assert [each.said("en") for each in found(changes)] == []


def test_a_wait_that_was_forgotten_is_an_error_with_the_line_of_the_sentence():
    told = found({WAITING: "      starts: payment_day"})
    assert [(each.severity, each.where) for each in told] == [("error", ("tables", "cover", 1, "because", "zh"))]
    assert "{wait}，规则却没有 waits: true" in told[0].said("zh")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {LATE_ZH: "等待2个月后享受待遇", LATE_EN: "Cover waits."},
            "a wait of 2 months, the row says months: 3, months: 6",
        ),
        (
            {LATE_ZH: "等待三个月后享受待遇", LATE_EN: "Cover waits.", WAITING: "      starts: next_day"},
            "the row says none",
        ),
        (
            {
                LATE_ZH: "等待60日后享受待遇",
                LATE_EN: "Cover waits.",
                WAITING: "      starts: after_days\n      days: 90",
            },
            "a wait of 60 days, the row says days: 90",
        ),
        (
            {LATE_ZH: "等待期满后享受待遇", LATE_EN: "Cover waits.", WAITING: "      starts: payment_day"},
            "speaks of a wait, the row has none",
        ),
        (
            {LATE_ZH: "从第二个月1日起享受", LATE_EN: "Cover.", WAITING: "      starts: month_after\n      months: 3"},
            "a wait of 2 months, the row says months: 3",
        ),
    ],
)
def test_a_wait_in_words_that_is_not_the_rows_is_told(changes, words):
    told = [each.said("en") for each in found(changes)]
    assert len(told) == 1, told
    assert words in told[0]


@pytest.mark.parametrize(
    "changes",
    [
        {LATE_ZH: "等待3个月后享受待遇", LATE_EN: "Cover waits."},
        {LATE_ZH: "等待期满后享受待遇", LATE_EN: "Cover waits."},
        {LATE_ZH: "等待三个月后享受", LATE_EN: "Cover waits.", WAITING: "      starts: after_days\n      days: 90"},
        {LATE_ZH: "从第三个月的1日起", LATE_EN: "Cover.", WAITING: "      starts: month_after\n      months: 3"},
        {LATE_ZH: "补缴不设等待期", LATE_EN: "Cover.", WAITING: "      starts: next_day"},
    ],
)
def test_the_same_wait_said_otherwise_is_left_in_peace(changes):
    assert [each.said("en") for each in found(changes)] == []


def test_sums_and_shares_are_read_as_a_clerk_reads_them():
    assert sums_in("缴1,025.50元，超过2万元的部分，每年3万元", "zh") == [102550, 3000000]
    assert sums_in("it pays 1,025.5 yuan, with an income below 20,000 yuan", "en") == [102550]
    assert shares_in("缴两成，八成五由财政缴，第三成员，占0.25%，一半") == [0.25, 20.0, 85.0, 50.0]


TREASURY = "      paid_by: treasury\n      part: whole"
A_SUM = "      paid_by: treasury\n      pays_fen: 40000"


@pytest.mark.parametrize("sentence", ["家庭不缴费，由财政缴纳", "属于免缴对象，由财政缴纳"])
def test_a_family_told_that_it_pays_nothing_is_left_nothing_to_pay(sentence: str):
    said = {"家庭不缴费，由财政缴纳": sentence}
    told = [each.said("en") for each in found({TREASURY: A_SUM, **said})]
    assert ["by paid_by_treasury it pays at least 10 yuan" in each for each in told] == [True]
    assert found(said) == []


@pytest.mark.parametrize("sentence", ["财政缴400元，家庭缴10元", "孩子不属于免缴对象，由财政缴一部分"])
def test_a_family_told_that_it_pays_a_part_may_be_left_that_part(sentence: str):
    assert found({TREASURY: A_SUM, "孩子属于全额资助对象，家庭不缴费，由财政缴纳": sentence}) == []
