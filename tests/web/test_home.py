"""The school's first page: days left, what comes next, numbers that lead into the list. 学校首页"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.determining import refresh
from yingbao.enrolment.seasons import open_season
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(clerk, signed_in) -> Client:
    return signed_in(clerk)


def test_a_new_school_is_sent_to_upload_its_roster_first(client):
    answer = client.get("/school/")
    assert answer.context["next"]["step"].id == "roster"
    assert "还没有本学年的花名册" in answer.content.decode()


def test_the_days_to_the_deadline_are_counted_in_china(client):
    assert client.get("/school/").context["days"] == 18
    clock.set_to(at("2019-11-30", 23))
    assert "今天" in client.get("/school/").content.decode()
    clock.set_to(at("2019-12-01", 0))
    assert "年度申报缴费期已经结束" in client.get("/school/").content.decode()


def test_what_comes_next_follows_the_work(client, clerk, school, suzhou):
    (one,) = listed(school, suzhou, child(school))
    assert client.get("/school/").context["next"]["step"].id == "confirmation"
    confirm(enrolments=[one], by=clerk, at=AT)
    steps = {each["step"].id: each["step"].state for each in client.get("/school/").context["steps"]}
    assert (steps["confirmation"], steps["declaration"], steps["payment"]) == ("done", "next", "later")
    assert client.get("/school/").context["next"]["way"]["url"] == "/school/declaration/"


def test_after_the_deadline_a_school_is_not_sent_to_confirm_or_to_declare(client, school, suzhou):
    listed(school, suzhou, child(school), child(school, name="李红"))
    assert "去确认" in client.get("/school/").content.decode()
    assert "先确认参保" in client.get("/school/declaration/").content.decode()
    clock.set_to(at("2019-12-02"))
    refresh(season=suzhou, as_of=date(2019, 12, 2), at=at("2019-12-02"))
    page = client.get("/school/")
    assert page.context["next"] is None
    assert "期限已过，2名没有参保" in page.content.decode()
    declaring = client.get("/school/declaration/").content.decode()
    assert "申报期限已过" in declaring
    for said in (page.content.decode(), declaring):
        assert "show=ready" not in said.replace('href="/school/pupils/?show=ready"><b>0</b>', "")
        assert "去确认" not in said
        assert "先确认参保" not in said


def test_every_number_leads_to_a_list_of_just_as_many(client, school, suzhou):
    listed(
        school, suzhou, child(school), child(school, registered=None), child(school, phone=None),
        child(school, assisted="orphan"), child(school, hukou="340100", registered=None),
    )  # fmt: skip
    said = client.get("/school/").content.decode()
    figures = re.findall(r'class="figure[^"]*" href="([^"]+)"><b>([0-9,]+)</b>', said)
    assert len(figures) == 9
    for address, number in figures:
        assert client.get(address).context["listing"].total == int(number), address


def test_the_help_lines_of_the_policy_stand_where_clerks_get_stuck(client):
    said = client.get("/school/").content.decode()
    assert "12333" in said
    assert "69820471" in said


def test_a_school_in_yuzhong_reads_who_to_ask_in_its_sub_district(db, signed_in):
    open_season(policy_id="500103/2020", at=AT)
    above = organisation("sub_district", area="500103", name="解放碑", contact="谢芸", phone="63806685")
    school = organisation(area="500103", parent=above)
    said = signed_in(clerk_of(school, Desk.SCHOOL)).get("/school/").content.decode()
    assert "谢芸" in said
    assert "63806685" in said
    assert "家长缴费" in said
