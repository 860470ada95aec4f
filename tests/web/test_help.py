"""Help stands where people get stuck: the directory, the help lines, the questions they have. 帮助"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.enrolment.building import AT, organisation
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk, Organisation
from yingbao.agents.organising import organise_directory
from yingbao.enrolment.seasons import open_season
from yingbao.policy import catalogue
from yingbao.policy.directory import directory_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def yuzhong(db):
    season = open_season(policy_id="500103/2020", at=AT)
    path = catalogue.find("500103/2020")
    organise_directory(directory_of(catalogue.policy_of(path), path))
    return season


def test_everyone_finds_all_sub_districts_with_contact_phone_and_schools(yuzhong):
    answer = Client().get("/help/?area=500103")
    said = answer.content.decode()
    rows = answer.context["sub_districts"]
    assert len(rows) == 11
    assert sum(len(row["schools"]) for row in rows) == 61
    for row in rows:
        assert row["one"].contact in said
        assert f"tel:{row['one'].phone}" in said


def test_a_school_is_found_by_a_part_of_its_name_with_whom_to_call(yuzhong):
    answer = Client().get("/help/?area=500103&school=巴蜀小")
    assert [one.name for one in answer.context["found"]] == ["巴蜀小学"]
    assert "丁琳" in answer.content.decode()
    assert "63500181" in answer.content.decode()
    assert "没有名称里带" in Client().get("/help/?area=500103&school=不存在").content.decode()
    nothing = Client().get("/help/?area=500103&school=<script>").content.decode()
    assert "<script>" not in nothing.replace('<script src="', "")


def test_a_closed_school_and_one_of_another_place_are_not_found(yuzhong):
    Organisation.objects.filter(name="巴蜀小学").update(active=False)
    organisation(name="巴蜀小学苏州分校")
    assert Client().get("/help/?area=500103&school=巴蜀小").context["found"] == []


def test_who_enrols_is_told_in_the_policys_own_words_with_the_clause(suzhou):
    said = Client().get("/help/").content.decode()
    assert "归学校还是社区办" in said
    assert "12333" in said
    assert "社区" in said
    assert "由学校或社区统一申报" in said


def test_where_families_pay_themselves_the_guide_is_at_hand(yuzhong):
    assert "/pay/guide" in Client().get("/help/?area=500103").content.decode()


def test_where_the_notice_names_no_lines_no_sentence_sends_anybody_to_them(yuzhong):
    answer = Client().get("/help/?area=500103")
    said = answer.content.decode()
    assert "咨询电话" not in said
    assert "找本页列出的街道联系人" in said
    assert "{whom}" not in said
    assert "街道联系人" in said


def test_where_it_names_them_the_sentence_points_to_this_page(suzhou):
    assert "打本页的咨询电话" in Client().get("/help/").content.decode()


def test_desks_without_help_lines_are_told_the_body_above_and_the_agency(yuzhong, signed_in):
    street = Organisation.objects.filter(kind="sub_district", pooling_area="500103").order_by("pk").first()
    committee = organisation("community", area="500103", name="石灰市居委会", parent=street)
    agency = organisation("insurance_agency", area="500103", name="渝中经办", contact="罗老师", phone="63001122")
    clerk = signed_in(clerk_of(committee, Desk.COMMUNITY))
    for page in ("/community/", "/cases/whose/"):
        said = clerk.get(page).content.decode()
        assert "去哪里问" in said
        assert street.contact in said
        assert street.phone in said
        assert "63001122" in said
    officer = signed_in(clerk_of(agency, Desk.AGENCY))
    said = officer.get("/agency/").content.decode()
    assert "/help/?area=500103" in said
    assert "63001122" not in said


def test_no_season_and_a_strange_area_are_answered_too(db):
    assert "还没有开放" in Client().get("/help/?area=999999").content.decode()


def test_a_clerk_sees_the_help_of_the_own_area_first(suzhou, yuzhong, school, signed_in):
    desk = signed_in(clerk_of(school, Desk.SCHOOL))
    assert desk.get("/help/").context["area"] == "320500"
    assert desk.get("/help/?area=500103").context["area"] == "500103"


def test_the_sign_in_page_and_a_refusal_tell_whom_to_call(suzhou, school, signed_in):
    said = Client().get("/sign-in").content.decode()
    assert "/help/" in said
    assert "tel:12333" in said
    nobody = clerk_of(school, Desk.SCHOOL)
    desk = signed_in(nobody)
    nobody.delete()
    assert "卡住了" in desk.get("/school/").content.decode()


def test_the_page_is_small_enough_for_a_slow_phone(yuzhong):
    assert len(Client().get("/help/?area=500103").content) < 100_000
