"""The Yuzhong files say what the district's notice and its two annexes say."""

from __future__ import annotations

from datetime import date

from tests.policy.files import DIRECTORY, YUZHONG
from yingbao.policy.directory import directory_of, load_directory
from yingbao.policy.load import load

POLICY = load(YUZHONG)


def test_the_notice_has_no_number_and_three_issuers():
    assert POLICY.source.number is None
    assert POLICY.source.issuers == ["渝中区医疗保障局", "渝中区税务局", "渝中区教育委员会"]
    assert POLICY.source.basis == ["渝医保发〔2019〕63号"]


def test_the_windows_are_those_of_the_notice():
    windows = {name: (window.first, window.last) for name, window in POLICY.windows.items()}
    assert windows == {
        "open": (date(2019, 9, 1), date(2019, 12, 20)),
        "late": (date(2019, 12, 21), date(2020, 9, 30)),
    }


def test_after_june_each_tier_grows_by_the_government_subsidy():
    sums = [(rule.when, rule.premium_fen) for rule in POLICY.tables.premium]
    assert sums == [
        (["second_half", "tier_two"], 625_00 + 550_00),
        (["second_half"], 250_00 + 550_00),
        (["tier_two"], 625_00),
        ([], 250_00),
    ]
    assert POLICY.criteria["second_half"].from_ == date(2020, 7, 1)


def test_no_one_else_pays_a_part():
    assert [(rule.paid_by, rule.part) for rule in POLICY.tables.subsidy] == [(None, "none")]
    assert POLICY.subsidy_payers == {}


def test_a_pupil_here_belongs_to_the_school_and_another_child_with_hukou_here_to_the_community():
    assert [(rule.id, rule.agent) for rule in POLICY.tables.entitlement] == [
        ("roll_in_district", "school"),
        ("hukou_in_district", "community"),
        ("hukou_of_age", None),
        ("not_covered", None),
    ]


def test_cover_begins_with_the_year_the_next_month_or_after_ninety_days():
    assert [(rule.starts, rule.days) for rule in POLICY.tables.cover] == [
        ("year_start", None),
        ("next_month", None),
        ("next_month", None),
        ("after_days", 90),
    ]


def test_a_first_timer_registers_and_pays_at_the_committee_and_a_renewal_pays_online():
    assert [rule.registration for rule in POLICY.tables.registration] == [None, "community"]
    assert [rule.channel for rule in POLICY.tables.channel] == ["online", "community"]


def test_the_season_has_four_phases_with_owners_and_deadlines():
    assert [(phase.id, phase.deadline) for phase in POLICY.phases] == [
        ("deployment", date(2019, 9, 30)),
        ("publicity", date(2019, 10, 10)),
        ("coordination", date(2019, 10, 30)),
        ("statistics", date(2019, 11, 10)),
    ]
    assert all(phase.owners and phase.tasks for phase in POLICY.phases)


def test_families_have_three_ways_to_pay_online_and_one_on_the_spot():
    assert [(route.id, route.for_) for route in POLICY.payment_routes] == [
        ("wechat", "family"),
        ("alipay", "family"),
        ("city_app", "family"),
        ("committee_counter", "community"),
    ]
    assert all(len(route.steps) >= 2 for route in POLICY.payment_routes)


def test_the_directory_has_eleven_sub_districts_and_sixty_one_schools():
    directory = directory_of(POLICY, YUZHONG)
    assert directory == load_directory(DIRECTORY)
    counts = [(each.name, len(each.schools)) for each in directory.sub_districts]
    assert counts == [
        ("解放碑", 7),
        ("七星岗", 9),
        ("大溪沟", 6),
        ("菜园坝", 5),
        ("朝天门", 6),
        ("两路口", 5),
        ("南纪门", 5),
        ("石油路", 2),
        ("上清寺", 7),
        ("化龙桥", 4),
        ("大坪", 5),
    ]
    assert len({school.name for school in directory.schools}) == 61


def test_every_sub_district_has_a_contact_and_a_phone_of_its_own():
    directory = load_directory(DIRECTORY)
    assert len({each.contact for each in directory.sub_districts}) == 11
    assert len({each.phone for each in directory.sub_districts}) == 11
    first = directory.sub_districts[0]
    assert (first.contact, first.phone) == ("谢芸", "63806685")


def test_stages_are_read_from_the_names_of_schools():
    stages = {school.name: school.stages for school in load_directory(DIRECTORY).schools}
    assert stages["聋哑学校"] == stages["区培智学校"] == ["special"]
    assert stages["区职业教育中心（A校区）"] == stages["区职业教育中心（B校区）"] == ["vocational"]
    assert stages["大同实验学校"] == ["primary", "junior"]
    for name, taught in stages.items():
        if name.endswith("幼儿园"):
            assert taught == ["kindergarten"], name
        if name.endswith("小学"):
            assert taught == ["primary"], name
        if name.endswith("中学"):
            assert taught == ["junior", "senior"], name
