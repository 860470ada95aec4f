"""What everyone may read without signing in. 政策公开"""

from __future__ import annotations

import pytest
from django.test import Client

from yingbao.policy import catalogue
from yingbao.policy.fit import tables_of

pytestmark = pytest.mark.django_db
POLICIES = ["320500/2020", "500103/2020"]


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
    for policy in POLICIES:
        assert f"/policies/{policy}/" in said


@pytest.mark.parametrize("policy", ["320500/1999", "999999/2020", "..%2F..%2Fetc/2020", "320500-suzhou/2020"])
def test_an_unknown_policy_is_not_found(policy):
    assert Client().get(f"/policies/{policy}/").status_code == 404


def test_the_page_says_what_is_open_today():
    said = Client().get("/policies/320500/2020/").content.decode()
    assert said.index("积分入医办理期") < said.index("已结束") < said.index("现在可办") < said.index("未开始")
