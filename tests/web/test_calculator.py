"""Anybody tries the rules; nothing is stored, nothing stands in the address. 试算"""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from yingbao.enrolment.models import Enrolment
from yingbao.people.models import Person
from yingbao.policy.catalogue import available

pytestmark = pytest.mark.django_db
PUPIL = {
    "birth_date": "2012-05-04", "hukou": "苏州市姑苏区", "school_division": "姑苏区", "school_stage": "primary",
    "registered_before": "yes",
}  # fmt: skip
ADDRESS = "/calculator/320500/2020/"


def said(answer) -> str:
    return answer.content.decode()


def test_every_city_and_year_can_be_tried():
    page = said(Client().get("/calculator/"))
    assert all(f'href="/calculator/{one.policy}/"' in page for one in available())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ["可以参保，家庭缴240元", "2020年1月1日", "学校代办"]),
        ({"assistance": "orphan"}, ["可以参保，家庭缴0元", "财政"]),
        ({"hukou": "安徽省合肥市蜀山区", "registered_before": ""}, ["不能参保", "自动放弃"]),
        ({"paid_on": "2019-12-01"}, ["已结束", "不再受理"]),
        ({"paid_on": "2019-08-31"}, ["未开始"]),
        ({"school_stage": "none", "school_division": "", "registered_before": ""}, ["社区代办", "户籍所在地的社区"]),
    ],
)  # fmt: skip
def test_decision_and_reasons_come_with_their_clauses(changed, words):
    answer = Client().post(ADDRESS, PUPIL | changed)
    assert answer.status_code == 200
    for each in (*words, "苏社基〔2019〕68号", 'class="clause"'):
        assert each in said(answer)


def test_a_slip_is_told_beside_its_field_and_all_that_was_typed_stays():
    answer = Client().post(ADDRESS, PUPIL | {"birth_date": "2012-02-30", "hukou": "苏州", "assistance": "orphan"})
    page = said(answer)
    assert answer.status_code == 422
    assert "看不出日期" in page
    assert "看不出是哪个区" in page
    assert 'value="2012-02-30"' in page
    assert 'value="苏州"' in page
    assert 'value="orphan" checked' in page
    assert 'id="result"' not in page


def test_nothing_is_stored_and_nothing_stands_in_the_address(suzhou):
    before = (Person.objects.count(), Enrolment.objects.count(), Session.objects.count())
    answer = Client().post(ADDRESS, PUPIL)
    assert answer.request["QUERY_STRING"] == ""
    assert (Person.objects.count(), Enrolment.objects.count(), Session.objects.count()) == before
    assert "no-store" in answer["Cache-Control"]


def test_a_city_or_year_that_is_not_there_is_not_found():
    assert Client().get("/calculator/999999/2020/").status_code == 404
    assert Client().get("/calculator/320500/1999/").status_code == 404


def test_yuzhong_asks_for_the_tier_and_not_for_points():
    page = said(Client().get("/calculator/500103/2020/"))
    assert 'name="tier"' in page
    assert 'name="points_admitted_on"' not in page
    answer = said(Client().post("/calculator/500103/2020/", {
        "birth_date": "2012-05-04", "school_division": "重庆市渝中区", "school_stage": "primary", "tier": "2",
        "registered_before": "yes"}))  # fmt: skip
    assert "可以参保，家庭缴625元" in answer


def test_a_provisional_year_says_so_and_marks_the_reasons_that_rest_on_it():
    answer = said(Client().post("/calculator/320100/2025/", {
        "birth_date": "2012-05-04", "hukou": "安徽省合肥市蜀山区", "school_division": "江苏省南京市玄武区",
        "school_stage": "primary", "registered_before": "yes", "paid_on": "2024-11-11"}))  # fmt: skip
    assert "可以参保，家庭缴1510元" in answer
    assert "结果仅供参考，以当地通知为准" in answer
    roll, whole = answer.index("#roll_in_city"), answer.index("#premium_whole")
    assert "暂定" in answer[roll - 120 : roll]
    assert "暂定" not in answer[whole - 120 : whole]
    assert "仅供参考" not in said(Client().get(ADDRESS)).split("<form")[0]


def test_a_policy_that_cannot_be_read_is_neither_listed_nor_tried(tmp_path, monkeypatch):
    (tmp_path / "320500-suzhou").mkdir()
    (tmp_path / "320500-suzhou" / "2020.yaml").write_text("policy: 320500/2020\n", encoding="utf-8")
    monkeypatch.setenv("YINGBAO_POLICIES", str(tmp_path))
    assert "还没有可以试算的政策" in said(Client().get("/calculator/"))
    assert Client().get(ADDRESS).status_code == 404
