"""The Suzhou file says what 苏社基〔2019〕68号 says."""

from __future__ import annotations

from datetime import date

from tests.policy.files import SUZHOU
from yingbao.policy.fit import tables_of
from yingbao.policy.load import load

POLICY = load(SUZHOU)


def test_the_notice_is_named_with_what_it_rests_on():
    assert POLICY.policy == "320500/2020"
    assert POLICY.pooling_area == "320500"
    assert POLICY.source.number == "苏社基〔2019〕68号"
    assert len(POLICY.source.basis) == 5


def test_the_city_is_every_code_from_3205_and_the_urban_districts_are_four():
    assert POLICY.areas["city"].divisions == ["3205*"]
    assert POLICY.areas["urban"].divisions == ["320505", "320506", "320507", "320508"]


def test_the_windows_are_those_of_the_notice():
    windows = {name: (window.first, window.last, window.clause) for name, window in POLICY.windows.items()}
    assert windows == {
        "points": (date(2019, 6, 1), date(2019, 9, 10), "四(三)"),
        "declaration": (date(2019, 9, 1), date(2019, 11, 30), "二"),
        "newborn": (date(2019, 12, 1), date(2020, 12, 31), "五(三)"),
    }
    assert (POLICY.cover_from, POLICY.cover_to) == (date(2020, 1, 1), date(2020, 12, 31))


def test_the_premium_is_240_yuan_for_everyone():
    assert [rule.premium_fen for rule in POLICY.tables.premium] == [240_00]


def test_the_treasury_pays_the_whole_for_eight_categories_with_city_hukou():
    exempt, rest = POLICY.tables.subsidy
    assert (exempt.paid_by, exempt.part, exempt.when) == ("treasury", "whole", ["hukou_city", "assisted"])
    assert (rest.paid_by, rest.part) == (None, "none")
    assert POLICY.criteria["assisted"].any_of == [
        "minimum_living",
        "minimum_living_margin",
        "destitute",
        "orphan",
        "temporary_relief",
        "preferential_treatment",
        "registered_poor",
        "disabled_hardship",
    ]
    assert [provider.name.zh for provider in POLICY.list_providers] == ["民政部门", "总工会", "残联"]


def test_every_reason_to_be_enrolled_or_not_has_its_own_rule():
    assert [(rule.id, rule.agent, rule.clause) for rule in POLICY.tables.entitlement] == [
        ("roll_city_hukou", "school", "一"),
        ("roll_without_hukou", "school", "四(二)"),
        ("roll_parent_city_hukou", "school", "四(二)"),
        ("roll_registered_before", "school", "四(三)"),
        ("roll_senior_stage", "school", "四(三)"),
        ("roll_points_admitted", "school", "四(三)"),
        ("points_missed", None, "四(三)"),
        ("community_not_at_school", "community", "一"),
        ("community_studies_elsewhere", "community", "一"),
        ("roll_elsewhere_in_city", None, "一"),
        ("not_at_school_of_age", None, "一"),
        ("not_covered", None, "一"),
    ]


def test_first_timers_are_registered_through_four_channels():
    assert [rule.registration for rule in POLICY.tables.registration] == [
        None,
        "hukou_community",
        "points",
        "school",
        "community",
    ]


def test_a_newborn_is_covered_from_the_next_month_and_in_december_an_officer_decides():
    assert [rule.starts for rule in POLICY.tables.cover] == ["refer", "next_month", "year_start"]
    newborn = next(rule for rule in POLICY.tables.phase if rule.phase == "newborn")
    assert newborn.when == ["community_child", "in_newborn_window", "three_months_old"]
    assert POLICY.criteria["three_months_old"].months_from_birth == 3


def test_the_senior_stage_is_outside_the_points_procedure():
    points = POLICY.points_admission
    assert points is not None
    assert (points.window, points.exempt_stages) == ("points", ["senior", "vocational"])


def test_letters_go_out_in_mid_and_late_september_and_all_is_done_by_the_end_of_november():
    spans = {phase.id: (phase.starts, phase.deadline) for phase in POLICY.phases}
    assert spans["letters"] == (date(2019, 9, 11), date(2019, 9, 30))
    assert spans["declaration"] == (date(2019, 9, 1), date(2019, 11, 30))
    assert spans["points_procedure"] == (date(2019, 6, 1), date(2019, 9, 10))
    assert all(phase.owners and phase.tasks for phase in POLICY.phases)


def test_schools_pay_by_transfer_or_by_debit_under_an_agreement():
    assert [(route.id, route.for_) for route in POLICY.payment_routes] == [
        ("bank_transfer", "school"),
        ("direct_debit", "school"),
        ("community_counter", "community"),
    ]


def test_a_card_needs_a_photo_from_seven_years_and_is_ready_after_a_month():
    card = POLICY.card
    assert card is not None
    assert (card.photo_from_age, card.ready_after_months) == (7, 1)
    assert card.photos_to is not None
    assert "A33" in card.photos_to.zh
    assert card.collect_at is not None
    assert "三香路188号" in card.collect_at.zh


def test_all_published_numbers_and_addresses_are_there():
    phones = {line.about.zh: line.phones for line in POLICY.help_lines if line.phones}
    assert phones == {
        "参保登记": ["12333", "69820471"],
        "申报缴费": ["12366"],
        "待遇报销结付": ["12333", "67575023"],
        "医疗救助和大病保险": ["12333", "69820515"],
        "社会保障·市民卡": ["962026"],
    }
    addresses = [line.address for line in POLICY.help_lines if line.address]
    assert addresses == ["平泷路251号城市生活广场6楼", "三香路188号"]
    assert [line.url for line in POLICY.help_lines if line.url] == ["http://szsbzx.jsszhrss.gov.cn"]


def test_every_rule_has_a_clause_of_the_notice():
    clauses = {"一", "二", "三", "四(一)", "四(二)", "四(三)", "四(四)", "四(五)", "四(六)", "四(七)"}
    clauses |= {"五(一)", "五(二)", "五(三)"}
    for _, rows in tables_of(POLICY):
        assert {rule.clause for rule in rows} <= clauses
