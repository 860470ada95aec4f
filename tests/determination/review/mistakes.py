"""An analyst's mistakes in the two files of 2020, and what each has to be told. 分析员的差错"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.policy.files import SUZHOU, YUZHONG


class Mistake(NamedTuple):
    """Passages of a good file that are replaced, and the finding: gravity, line, words, the child's facts."""

    changes: dict[str, str]
    severity: str
    at: str
    """a passage of the spoiled file on whose line the finding stands"""
    what: str
    child: dict[str, str] = {}
    """facts that the example child has, among others"""
    file: Path = SUZHOU


LATE = "    first: 2019-12-21\n    last: 2020-09-30"
NEXT_YEAR = {
    "policy: 320500/2020": "policy: 320500/2021",
    "plan_year: 2020": "plan_year: 2021",
    "cover_from: 2020-01-01": "cover_from: 2021-01-01",
    "cover_to: 2020-12-31": "cover_to: 2021-12-31",
}

DAYS = {
    "two days between the windows": Mistake(
        {LATE: "    first: 2019-12-23\n    last: 2020-09-30"},
        "warning",
        "id: paid_after_close",
        "2019-12-21 to 2019-12-22: in no window",
        {"paid_on": "2019-12-21"},
        YUZHONG,
    ),
    "a day on which only newborns could have paid": Mistake(
        {"first: 2019-12-01\n    last: 2020-12-31": "first: 2019-12-02\n    last: 2020-12-31"},
        "warning",
        "id: paid_after_close",
        "2019-12-01: in no window; no child of community_not_at_school",
        {"paid_on": "2019-12-01", "school_stage": "none"},
    ),
    "windows that overlap": Mistake(
        {"last: 2019-12-20": "last: 2019-12-25"},
        "warning",
        "when: [in_late_period]",
        "2019-12-21 to 2019-12-25 belong to paid_in_open_period and to paid_late",
        {"paid_on": "2019-12-21"},
        YUZHONG,
    ),
    "a window inside another": Mistake(
        {LATE: "    first: 2019-10-21\n    last: 2019-11-30"},
        "error",
        "id: paid_late",
        "every child for whom it holds is taken by paid_in_open_period",
        {"paid_on": "2019-11-02"},
        YUZHONG,
    ),
    "days before the season that count as closed": Mistake(
        {"until: 2019-08-31": "until: 2019-07-31"},
        "warning",
        "id: paid_after_close",
        "On 2019-08-31 and before nobody can pay yet, but paid_after_close calls it closed",
        {"paid_on": "2019-08-31"},
    ),
    "days after the season that count as not yet open": Mistake(
        {"phase: closed": "phase: not_open"},
        "warning",
        "id: paid_after_close",
        "From 2020-10-01 on nobody can pay any more, but paid_after_close calls it not_open",
        {"paid_on": "2020-10-01"},
        YUZHONG,
    ),
    "pupils who can pay on no day": Mistake(
        {"when: [in_declaration]": "when: [in_declaration, community_child]"},
        "error",
        "\n  phase:",
        "The children of roll_city_hukou, roll_without_hukou",
        {"school_stage": "primary"},
    ),
    "payments on whatever day is left": Mistake(
        {"phase: closed": "phase: late"},
        "warning",
        "ended on 30 September 2020.\n      phase: late",
        "takes payments on every day that is left",
        {"paid_on": "2020-10-01"},
        YUZHONG,
    ),
    "a premium after cover has ended": Mistake(
        {"last: 2020-09-30": "last: 2021-03-31"},
        "warning",
        "starts: after_days",
        "On 2021-01-01 a premium is still taken, though cover ends on 2020-12-31",
        {"paid_on": "2021-01-01"},
        YUZHONG,
    ),
    "payments whose wait ends after the year": Mistake(
        {"last: 2020-09-30": "last: 2020-11-30"},
        "warning",
        "starts: after_days",
        "paid on 2020-10-03 or later, cover would begin after the year's end, 2020-12-31",
        {"paid_on": "2020-10-03"},
        YUZHONG,
    ),
    "a wait that no year is long enough for": Mistake(
        {"days: 90": "days: 360"},
        "error",
        "starts: after_days",
        "Whenever a child of cover_after_90_days pays, cover would begin after the year's end",
        {"paid_on": "2020-03-01"},
        YUZHONG,
    ),
    "late payment covered from the year's start": Mistake(
        {"by: [paid_in_open_period]": "by: [paid_in_open_period, paid_late]"},
        "warning",
        "Paid in the open period, the child is covered from 1 January 2020 for the whole year.\n"
        "      when: [open_payment]\n      starts: year_start",
        "paid late on 2020-03-01, the child is covered from 2020-01-01, before the payment",
        {"paid_on": "2020-03-01"},
        YUZHONG,
    ),
    "a row of cover for children who never pay": Mistake(
        {"by: [paid_as_newborn]": "by: [paid_after_close]"},
        "error",
        "when: [newborn_route]",
        "newborn_from_next_month is never reached: no child who comes to cover",
    ),
}

ROWS = {
    "a row behind two that take its children together": Mistake(
        {"fact: paid_on\n    until: 2019-12-31": "fact: paid_on\n    until: 2020-03-31"},
        "error",
        "id: cover_from_next_month",
        "every child for whom it holds is taken by cover_whole_year, cover_after_late_december",
        {},
        YUZHONG,
    ),
    "criteria that exclude each other": Mistake(
        {"when: [school_urban, on_roll, senior_stage]": "when: [school_urban, not_at_school, senior_stage]"},
        "error",
        "when: [school_urban, not_at_school, senior_stage]",
        "roll_senior_stage is never reached: not_at_school",
        {"school_stage": "none"},
    ),
    "areas that have nothing in common": Mistake(
        {"when: [hukou_urban, not_at_school, of_age]": "when: [school_urban, school_elsewhere, of_age]"},
        "error",
        "when: [school_urban, school_elsewhere, of_age]",
        "exclude each other",
    ),
    "tables that cannot both have decided so": Mistake(
        {"when: [newborn_route, december_2020]": "when: [newborn_route, school_is_agent, december_2020]"},
        "error",
        "when: [newborn_route, school_is_agent, december_2020]",
        "newborn_route (the payment is a newborn's), school_is_agent",
        {"paid_on": "2020-12-01"},
    ),
    "a tier that nobody can choose": Mistake(
        {"fact: tier\n    is: 2": "fact: tier\n    is: 3"},
        "error",
        "  tier_two:",
        "The criterion tier_two (tier two is chosen) holds for no child",
        {},
        YUZHONG,
    ),
    "a payment day that no phase takes": Mistake(
        {"fact: paid_on\n    from: 2020-07-01": "fact: paid_on\n    from: 2020-10-01"},
        "error",
        "when: [second_half, tier_two]",
        "no child who comes to premium, eligible and able to pay, has second_half",
        {"tier": "2"},
        YUZHONG,
    ),
}

REST = {
    "a stage that was forgotten": Mistake(
        {
            "any_of: [kindergarten, primary, junior, senior, vocational, special]": (
                "any_of: [kindergarten, primary, junior, senior, vocational]"
            ),
        },
        "warning",
        "\n  entitlement:",
        "A child at the stage special school is not eligible",
        {"school_stage": "special"},
        YUZHONG,
    ),
    "everyone enrolled": Mistake(
        {"so this notice does not cover the child.\n      agent: null": "so they all are.\n      agent: community"},
        "warning",
        "so they all are.\n      agent: community",
        "not_covered, enrols everyone who is left",
        {"school_division": "340102"},
    ),
    "ages between two rows": Mistake(
        {"fact: age\n    below: 18": "fact: age\n    below: 16"},
        "warning",
        "id: not_covered",
        "birth date 2002-01-02 to 2004-01-01 lies between the rows",
        {"birth_date": "2004-01-01", "school_stage": "none"},
    ),
}

SLIPS = {
    "yuan for fen": Mistake(
        {"premium_fen: 24000": "premium_fen: 240"}, "error", "premium_fen: 240", "if 240 yuan is meant, write 24000"
    ),
    "twice times a hundred": Mistake(
        {"premium_fen: 24000": "premium_fen: 2400000"}, "error", "premium_fen: 2400000", "is 24000 yuan"
    ),
    "an odd sum": Mistake({"premium_fen: 24000": "premium_fen: 24005"}, "warning", "premium_fen: 24005", "240.05 yuan"),
    "a sum in words of last year": Mistake(
        {"每人{premium}": "每人230元", "premium for a pupil or child for 2020 is {premium}": "premium"},
        "warning",
        "每人230元",
        "No sum in the sentence is the premium, 240 yuan",
    ),
    "a division that does not exist": Mistake({'"320507"': '"320577"'}, "warning", '"320577"', "no division 320577"),
    "last year's words": Mistake(NEXT_YEAR, "warning", "zh: 苏州市区学生（少儿）", "says plan year 2020"),
    "last year's window": Mistake(
        NEXT_YEAR, "warning", "clause: 二\n    first: 2019-09-01", "2019-11-30 lies more than a year before cover"
    ),
    "another day in the sentence": Mistake(
        {"缴费日在2019年9月1日之前": "缴费日在2019年10月1日之前"},
        "warning",
        "缴费日在2019年10月1日之前",
        "The sentence names 2019年10月1日",
    ),
    "another span in the sentence": Mistake(
        {"缴费日在出生3个月内": "缴费日在出生六个月内"}, "warning", "出生六个月内", "says 6, months_from_birth is 3"
    ),
    "another age in the sentence": Mistake(
        {"2020年1月1日未满18周岁": "2020年1月1日未满16周岁"}, "warning", "未满16周岁", "says 16 years, the number is 18"
    ),
    "an age the wrong way round": Mistake(
        {"fact: age\n    below: 18": "fact: age\n    at_least: 18"},
        "warning",
        "zh: 2020年1月1日未满18周岁",
        "point in opposite directions",
    ),
    "cover of another year": Mistake(
        {"cover_from: 2020-01-01\ncover_to: 2020-12-31": "cover_from: 2018-01-01\ncover_to: 2020-12-31"},
        "warning",
        "cover_from: 2018-01-01",
        "does not belong to plan year 2020",
    ),
}  # fmt: skip

MISTAKES = DAYS | ROWS | REST | SLIPS
