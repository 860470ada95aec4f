"""A community's day in a browser: register, take the premium, hand a family over. 社区的一天"""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.enrolment.building import AT
from tests.people.conftest import resident_id
from tests.web.community_town import Town, infant, listed_at, town_of
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.cases import handing
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.collection.audit import INVARIANTS
from yingbao.enrolment.models import Enrolment
from yingbao.ledger.audit import examine

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db) -> Town:
    return town_of("500103", "500103")


def fill_in(page: Page, number: str) -> None:
    page.get_by_label("姓名").first.fill("谈沐辰")
    page.get_by_label("证件类型").select_option("resident_id")
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("户籍所在地").first.fill("渝中区")
    page.get_by_label("关系").first.select_option("mother")
    page.get_by_label("手机").first.fill("13812345678")


def test_a_first_timer_is_registered_chooses_a_tier_pays_by_card_and_takes_a_slip(town, visit):
    page = visit(town.worker, viewport=PHONE).page
    page.goto("/community/")
    page.get_by_role("link", name="登记孩子").first.click()
    fill_in(page, "500103201805060011")
    page.get_by_role("button", name="核对，看结果").click()
    expect(page.locator("#number-wrong")).to_be_visible()
    expect(page.get_by_label("姓名").first).to_have_value("谈沐辰")
    page.get_by_label("证件号码").fill(resident_id(date(2018, 5, 6), 12, "500103"))
    page.get_by_role("button", name="核对，看结果").click()
    expect(page.get_by_role("heading", name="可以参保，家庭缴250元")).to_be_visible()
    assert not Enrolment.objects.exists()
    page.get_by_role("button", name="登记，接着收费").click()
    page.get_by_label("二档").check()
    expect(page.locator(".payee-total")).to_contain_text("625")
    if page.get_by_text("刷卡").is_visible() and not page.get_by_label("终端号").is_visible():
        page.get_by_text("刷卡").click()
    page.get_by_label("终端号").fill("T0001")
    page.get_by_label("凭证号").fill("000123")
    page.get_by_label("签购单金额是").check()
    page.get_by_role("button", name="确认收款").click()
    expect(page.get_by_role("heading", name="缴费成功")).to_be_visible()
    expect(page.get_by_role("button", name="打印凭条")).to_be_visible()
    assert Enrolment.objects.get().state == "paid"
    assert examine(INVARIANTS) == []


def test_a_family_is_handed_over_and_the_school_sees_it_through(town, visit):
    person = infant("林小满", area="500103", hukou="500103", born=date(2013, 1, 1))
    case = handing.ask(person=person, season=town.season, kind=RESPONSIBLE, question="说在贵校就读", to=town.school,
                       by=town.worker, at=AT)  # fmt: skip
    page = visit(clerk_of(town.school, Desk.SCHOOL, "孙颖")).page
    page.goto("/cases/")
    page.get_by_role("link", name=case.number).click()
    page.get_by_label("孩子还不在本校学籍上").select_option("primary.1")
    page.get_by_role("button", name="接收，由我们办").click()
    page.get_by_label("结果").fill("已列入一年级名单")
    page.get_by_role("button", name="办结", exact=True).click()
    expect(page.get_by_role("heading", name="已办结：已列入一年级名单")).to_be_visible()
    page.get_by_role("link", name="打印告知单给家长").click()
    assert "林小满" not in page.content()
    expect(page.get_by_text("林**")).to_be_visible()


def pages_of(town: Town, visit, **more):
    """Every page of the desk, below and above, with something on it."""
    one = listed_at(town, infant(area="500103", hukou="500103", registered=None))
    newborn = listed_at(town, infant("俞安宁", area="500103", hukou="500103", document="birth_certificate"))
    asker = clerk_of(town.school, Desk.SCHOOL)
    case = handing.ask(
        person=newborn.person,
        season=town.season,
        kind=RESPONSIBLE,
        question="请核实",
        to=town.community,
        by=asker,
        at=AT,
    )
    page = visit(town.worker, **more).page
    for address in ("/community/", "/community/children/", f"/community/children/{one.person_id}/",
                    f"/community/children/{newborn.person_id}/", "/community/register/", "/community/newborns/",
                    "/cases/", f"/cases/{case.pk}/", f"/cases/{case.pk}/slip", "/cases/whose/", "/school/declaration/",
                    "/school/mandate/", "/school/receipts/"):  # fmt: skip
        page.goto(address)
        yield page
    page.goto("/community/register/")
    page.get_by_role("button", name="核对，看结果").click()
    yield page
    fill_in(page, resident_id(date(2018, 5, 6), 12, "500103"))
    page.get_by_role("button", name="核对，看结果").click()
    yield page
    page = visit(clerk_of(town.street, Desk.COMMUNITY), **more).page
    for address in ("/community/", "/community/progress/", f"/community/progress/{town.school.pk}/",
                    "/community/placing/", "/community/children/"):  # fmt: skip
        page.goto(address)
        yield page


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_of_the_desk_has_a_grave_violation_or_runs_over_its_edge(town, visit, window):
    wrong, shown = [], 0
    for page in pages_of(town, visit, viewport=window):
        shown += 1
        wrong += [*grave(page), *ill_formed(page)]
    assert wrong == []
    assert shown == 20
