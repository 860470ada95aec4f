"""What everyone may read without signing in. 政策公开"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from yingbao.policy import catalogue
from yingbao.policy.fit import tables_of
from yingbao.web.front.cities import by_city, readable

pytestmark = pytest.mark.django_db
POLICIES = ["320500/2020", "500103/2020", "500103/2025", "321200/2025", "320100/2025"]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_policy_is_read_whole_in_both_languages_without_signing_in(policy, language):
    client = Client()
    client.cookies["django_language"] = language
    answer = client.get(f"/policies/{policy}/")
    said = answer.content.decode()
    assert answer.status_code == 200
    for _, rules in tables_of(catalogue.policy_of(policy)):
        for rule in rules:
            assert f'id="{rule.id}"' in said
    assert "{premium}" not in said
    assert "{coverage_from}" not in said


def test_the_page_of_suzhou_has_the_published_facts():
    said = Client().get("/policies/320500/2020/").content.decode()
    for fact in ("苏社基〔2019〕68号", "2019年9月1日 至 2019年11月30日", "240元", "低保边缘", "12366", "三香路188号"):
        assert fact in said


def test_the_page_of_yuzhong_lists_its_sub_districts_and_schools():
    said = Client().get("/policies/500103/2020/").content.decode()
    for fact in ("解放碑", "63806685", "人和街小学", "2019年12月20日", "重庆税务"):
        assert fact in said


def test_all_policies_are_listed():
    said = Client().get("/policies/").content.decode()
    for known in catalogue.available():
        assert said.count(f"/policies/{known.policy}/") == 1


def test_of_each_city_the_year_that_can_be_paid_stands_first_and_the_others_newest_first():
    said = Client().get("/policies/").content.decode()
    suzhou = [said.index(f"/policies/320500/{year}/") for year in (2020, 2026, 2025, 2023, 2021)]
    assert suzhou == sorted(suzhou)
    assert said.index("/policies/500103/2021/") < said.index("/policies/320100/2025/")


@pytest.mark.parametrize(
    ("today", "first", "state"),
    [
        (date(2020, 12, 25), {"320500": 2021, "500103": 2021}, {"320500": "newborn", "500103": "open"}),
        (date(2024, 11, 15), {"320500": 2025, "500103": 2025, "321200": 2025, "320100": 2025}, {"320100": "open"}),
        (date(2024, 5, 1), {"320500": 2025, "500103": 2024, "321200": 2025}, {"321200": "next", "500103": "open"}),
        (date(2027, 5, 1), {"320500": 2026, "500103": 2026}, {"320500": "over", "321200": "over"}),
    ],
)
def test_which_year_counts_now_follows_the_day(today, first, state):
    cities = {city.now.policy.pooling_area: city.now for city in by_city(readable(), today)}
    assert {area: cities[area].policy.plan_year for area in first} == first
    assert {area: cities[area].state for area in state} == state


def test_what_is_provisional_is_marked_in_the_list_and_beside_its_rule():
    client = Client()
    assert client.get("/policies/").content.decode().count("暂定") > 10
    said = client.get("/policies/321200/2025/").content.decode()
    assert "有内容暂定，以当地通知为准" in said
    assert "由哪项资金资助未知" in said
    rule = said[said.index('id="family_pays_a_fifth"') : said.index('id="paid_by_family"')]
    assert "暂定" in rule
    certain = said[said.index('id="premium_pupil"') : said.index('id="premium_child"')]
    assert "暂定" not in certain
    assert "暂定" not in client.get("/policies/320500/2020/").content.decode()


@pytest.mark.parametrize("policy", ["320500/1999", "999999/2020", "..%2F..%2Fetc/2020", "320500-suzhou/2020"])
def test_an_unknown_policy_is_not_found(policy):
    assert Client().get(f"/policies/{policy}/").status_code == 404


def test_the_page_says_what_is_open_today():
    said = Client().get("/policies/320500/2020/").content.decode()
    assert said.index("积分入医办理期") < said.index("已结束") < said.index("现在可办") < said.index("未开始")


def test_the_wait_stands_below_the_cover_with_who_never_waits():
    said = Client().get("/policies/500103/2025/").content.decode()
    wait = said[said.index('id="waiting"') :]
    assert "固定等待 3 个月" in wait
    assert "也至少等待 6 个月" in wait
    assert "不设等待期：按新生儿办法缴费" in wait
    assert 'id="waiting"' not in Client().get("/policies/320500/2020/").content.decode()
