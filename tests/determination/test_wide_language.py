"""What later notices say: every construct of the language decides as its words promise. 政策语言"""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.determination.children import CHILDREN, Facts, child, typed
from yingbao.determination import frame
from yingbao.determination.counter import Decision, determine_one
from yingbao.determination.explain import passed_over, reasons, walk
from yingbao.determination.facts import read_child
from yingbao.determination.frame import determine
from yingbao.policy.catalogue import policy_of
from yingbao.values.refusal import Refused

WIDE = policy_of(Path(__file__).parent / "wide.yaml")
TODAY = date(2026, 11, 2)
PUPIL = {"hukou": "320508", "school_stage": "primary", "birth_date": date(2018, 5, 5)}
BABY = {"hukou": "320508", "birth_date": date(2026, 11, 20), "paid_on": date(2027, 2, 1)}
JANUARY, DECEMBER = date(2027, 1, 1), date(2027, 12, 31)


def decided(**facts: Any) -> Decision:
    return determine_one(WIDE, child(**facts), TODAY)


def said(**facts: Any) -> str:
    one = child(**facts)
    return "".join(reason.sentence.zh for reason in reasons(WIDE, one, determine_one(WIDE, one, TODAY), TODAY))


@pytest.mark.parametrize(
    ("day", "time", "phase"),
    [
        (date(2026, 10, 1), "08:59", "closed"),
        (date(2026, 10, 1), "09:00", "open"),
        (date(2026, 10, 1), None, "open"),
        (date(2026, 11, 2), "03:00", "open"),
        (date(2026, 12, 20), "16:59", "open"),
        (date(2026, 12, 20), "17:00", "closed"),
        (date(2026, 12, 20), None, "open"),
        (date(2026, 12, 28), "08:30", "closed"),
        (date(2026, 12, 28), "11:59", "open"),
        (date(2026, 12, 28), "12:00", "closed"),
    ],
)
def test_a_window_opens_and_closes_in_the_course_of_a_day(day, time, phase):
    assert decided(**PUPIL, paid_on=day, paid_time=time).phase == phase


@pytest.mark.parametrize(
    ("written", "phase"), [("16:59:59", "open"), ("17:00:00", "closed"), (time(16, 59, 59), "open")]
)
def test_a_time_may_be_written_with_its_seconds(written, phase):
    read = read_child({"person_id": "A", "paid_time": written}, TODAY)["paid_time"]
    assert decided(**PUPIL, paid_on=date(2026, 12, 20), paid_time=read).phase == phase
    for wrong in ("16:59:60", "24:00:00", "16:59:5", "16:59:59:00", "4:59:59 PM"):
        with pytest.raises(Refused, match="paid_time"):
            read_child({"person_id": "A", "paid_time": wrong}, TODAY)


def test_a_registration_has_a_last_day_of_its_own():
    assert decided(**PUPIL, registered_on=date(2026, 11, 30)).registration is None
    assert decided(**PUPIL, registered_on=date(2026, 12, 1)).registration == "community"
    assert decided(**PUPIL).registration == "community"


@pytest.mark.parametrize(
    "belongs", [{"parent_hukou": ("340102", "320508")}, {"parent_employee_insured": True}, {"residence_permit": True}]
)
def test_one_of_several_conditions_is_enough(belongs):
    elsewhere = {**PUPIL, "hukou": "340102"}
    assert decided(**elsewhere, **belongs).agent == "school"
    assert decided(**elsewhere).status == "ineligible"


@pytest.mark.parametrize(
    ("facts", "premium", "own", "payer"),
    [
        ({}, 40_000, 40_000, None),
        ({"tier": 2}, 77_500 + 1_201, 77_500 + 1_201, None),  # 0.25 % of 4,802.00 yuan is 12.005 yuan
        ({"prepaid_years": 2}, 80_000, 80_000, None),
        ({"assistance": ("severely_disabled",)}, 40_000, 12_000, "fund"),
        ({"assistance": ("minimum_living_margin",)}, 40_000, 8_000, "fund"),
        ({"assistance": ("illness_poverty",)}, 40_000, 4_600, "treasury"),
        ({"assistance": ("orphan",)}, 40_000, 0, "treasury"),
        ({"assistance": ("severely_disabled", "minimum_living_margin")}, 40_000, 8_000, "fund"),
        ({"assistance": ("severely_disabled", "illness_poverty"), "tier": 2}, 78_701, 4_600, "treasury"),
        ({"assistance": ("minimum_living_margin",), "tier": 2}, 78_701, 15_740, "fund"),
    ],
)
def test_a_premium_has_parts_and_the_best_help_counts(facts, premium, own, payer):
    one = decided(**PUPIL, **facts)
    assert (one.premium_fen, one.self_paid_fen, one.paid_by) == (premium, own, payer)
    assert one.subsidised_fen == premium - own


def test_a_child_born_in_autumn_pays_both_years_and_is_covered_from_birth():
    one = decided(**BABY)
    assert (one.phase, one.premium_fen, one.coverage_from, one.coverage_to) == (
        "newborn", 78_000, date(2026, 11, 20), DECEMBER,
    )  # fmt: skip
    assert decided(**{**BABY, "birth_date": date(2027, 1, 5)}).premium_fen == 40_000
    after = BABY["birth_date"] + timedelta(days=90)
    assert decided(**{**BABY, "paid_on": after}).phase == "newborn"
    assert decided(**{**BABY, "paid_on": after + timedelta(days=1)}).phase == "late"


def test_age_may_count_on_a_day_of_its_own_and_cover_may_be_half_a_year():
    six, five = date(2020, 9, 1), date(2020, 9, 2)
    half = decided(**{**PUPIL, "birth_date": six}, prepaid_years=2)
    assert (half.coverage_from, half.coverage_to) == (date(2026, 9, 1), date(2027, 6, 30))
    assert decided(**{**PUPIL, "birth_date": five}, prepaid_years=2).coverage_from == JANUARY


@pytest.mark.parametrize(
    ("missed", "repaired", "begins"),
    [
        (0, 0, JANUARY),
        (1, 0, date(2027, 4, 1)),
        (2, 0, date(2027, 5, 1)),
        (2, 1, date(2027, 4, 1)),
        (2, 2, date(2027, 4, 1)),
        (3, 1, date(2027, 5, 1)),
        (4, 0, date(2027, 7, 1)),
        (4, 4, date(2027, 7, 1)),
        (5, 0, date(2027, 8, 1)),
        (5, 1, date(2027, 7, 1)),
        (5, 3, date(2027, 7, 1)),
        (9, 0, date(2027, 12, 1)),
    ],
)
def test_the_national_wait_grows_with_the_missed_years_and_shrinks_with_the_repaired(missed, repaired, begins):
    """国办发〔2024〕38号: three months, one more for each further missed year, a floor of six after four."""
    facts = {**PUPIL, "lapsed_years": missed, "repaired_years": repaired}
    assert decided(**facts).coverage_from == begins
    months = (begins.year - 2027) * 12 + begins.month - 1
    assert (f"等{months}个月" in said(**facts)) == bool(missed)


def test_a_wait_beyond_the_year_is_for_an_officer_to_decide():
    assert decided(**PUPIL, lapsed_years=10).status == "refer"
    assert decided(**PUPIL, lapsed_years=9_999).status == "refer"
    assert decided(**PUPIL, paid_on=date(2027, 9, 30)).coverage_from == date(2027, 12, 30)
    assert decided(**PUPIL, paid_on=date(2027, 10, 1)).status == "refer"


def test_who_never_waits_does_not_wait():
    assert decided(**PUPIL, lapsed_years=6, assistance=("orphan",)).coverage_from == JANUARY
    assert decided(**PUPIL, paid_on=date(2027, 3, 3), assistance=("orphan",)).coverage_from == date(2027, 3, 3)
    assert decided(**PUPIL, paid_on=date(2027, 3, 3)).coverage_from == date(2027, 6, 3)


def test_unbroken_years_raise_the_ceiling_and_the_reasons_say_so():
    assert "限额" not in said(**PUPIL, continuous_years=4)
    assert "限额提高1000元" in said(**PUPIL, continuous_years=5)
    assert "限额提高3000元" in said(**PUPIL, continuous_years=30)
    assert "限额" not in said(**{**PUPIL, "hukou": "340102"}, continuous_years=30)


def test_the_family_part_stands_in_the_sentence():
    assert "家庭缴80元" in said(**PUPIL, assistance=("minimum_living_margin",))


MANY = st.lists(
    st.builds(
        lambda base, more: {**base, **more},
        CHILDREN,
        st.fixed_dictionaries(
            {
                "paid_on": st.dates(date(2026, 9, 20), date(2028, 1, 10)),
                "birth_date": st.one_of(st.none(), st.dates(date(2008, 1, 1), date(2028, 1, 1))),
                "hukou": st.sampled_from(["320508", "340102", None]),
                "lapsed_years": st.integers(0, 70),
                "repaired_years": st.integers(0, 70),
            }
        ),
    ),
    min_size=1,
    max_size=20,
)


@given(children=MANY)
@settings(max_examples=40, deadline=None)
def test_more_combinations_than_a_code_can_hold_are_gathered_on_the_way(children: list[Facts]):
    usual = determine(WIDE, typed(children), TODAY)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(frame, "MOST_CODES", 6)
        assert determine(WIDE, typed(children), TODAY).equals(usual)


@given(children=MANY)
@settings(max_examples=150, deadline=None)
def test_frame_counter_and_walk_decide_the_same(children: list[Facts]):
    found = determine(WIDE, typed(children), TODAY).to_pylist()
    for one, row in zip(children, found, strict=True):
        alone = determine_one(WIDE, one, TODAY)
        assert row == {**{name: getattr(alone, name) for name in row}, "because": ";".join(alone.because)}
        walked = [each.rule.id for each in walk(WIDE, read_child(one, TODAY))]
        assert [rule for rule in walked if rule in alone.because] == list(alone.because)
        assert alone.premium_fen == alone.self_paid_fen + alone.subsidised_fen
        if alone.status == "enrolled":
            assert alone.coverage_from is not None
            assert alone.coverage_to is not None
            assert alone.coverage_from <= alone.coverage_to


def test_none_of_several_conditions_is_told_one_by_one():
    facts = child(**{**PUPIL, "hukou": "340102"})
    over = {each.rule: each.failed for each in passed_over(WIDE, facts, TODAY)}
    assert over["by_belonging"].zh.endswith("父母一方户籍：未知，父母参加职工医保：否，有居住证：否")
    baby = child(**{**BABY, "paid_on": date(2027, 3, 1)})
    late = {each.rule: each.failed for each in passed_over(WIDE, baby, TODAY)}
    assert "出生日：2026年11月20日" in late["as_newborn"].zh


def test_what_is_unconfirmed_is_said_to_be_provisional_to_the_family():
    assert "二档787.01元（暂定）" in said(**PUPIL, tier=2)
    assert "暂定" not in said(**PUPIL)


@pytest.mark.parametrize(
    ("city", "hukou", "paid", "status"),
    [
        ("500103/2025", "500103", date(2025, 1, 2), "refer"),
        ("320100/2025", "320102", date(2025, 1, 2), "refer"),
        ("320500/2026", "320508", date(2026, 1, 2), "closed"),
    ],
)
def test_a_payment_before_birth_enrols_nobody_and_says_so(city, hukou, paid, status):
    policy, one = policy_of(city), child(hukou=hukou, birth_date=date(paid.year, 9, 20), paid_on=paid)
    decision = determine_one(policy, one, TODAY)
    assert (decision.status, decision.premium_fen, decision.coverage_from) == (status, 0, None)
    assert decision.phase != "newborn"
    said = [each.sentence.zh.removesuffix("（暂定）") for each in reasons(policy, one, decision, TODAY)]
    assert ("缴费日早于出生日，请核对这两个日期；由经办人员决定。" in said) == (status == "refer")
    born = determine_one(policy, one | {"birth_date": paid}, TODAY)
    assert (born.status, born.phase) == ("enrolled", "newborn")


def test_the_readings_of_2020_leave_a_payment_before_birth_to_the_tables():
    for city, hukou in (("320500/2020", "320508"), ("500103/2020", "500103")):
        one = child(hukou=hukou, birth_date=date(2019, 12, 20), paid_on=date(2019, 11, 30))
        assert determine_one(policy_of(city), one, TODAY).status == "enrolled"
