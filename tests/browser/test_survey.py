"""C8 in a browser: from the questionnaire to the district's sum, on a desk and on a phone. 问卷全程"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.browser.conftest import PHONE, Open
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import organisation
from tests.survey.building import AREA, NOW, pupils
from tests.web.conftest import clerk_of
from tests.web.families import enter
from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import open_season
from yingbao.survey.models import Answer, Sum
from yingbao.survey.summing import by_street, total
from yingbao.values import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def clean(page) -> None:
    """Nothing serious that axe knows."""
    assert grave(page) == []


@pytest.fixture
def town(transactional_db: None):
    clock.set_to(NOW)
    season = open_season(policy_id=f"{AREA}/2020", at=NOW)
    street = organisation("sub_district", area=AREA, name="解放碑街道")
    school = organisation(area=AREA, name="临江路小学", parent=street)
    officer = clerk_of(organisation("insurance_agency", area=AREA, name="渝中区医疗保障局"), Desk.AGENCY, name="罗军")
    people = pupils(school, 4)
    return {
        "season": season, "officer": officer, "street": clerk_of(street, Desk.COMMUNITY, name="谭明"),
        "clerk": clerk_of(school, Desk.SCHOOL, name="冉红"), "people": people,
        "education": clerk_of(organisation("education_bureau", area=AREA), Desk.EDUCATION, name="雷艳"),
    }  # fmt: skip


def test_a_questionnaire_goes_from_the_agency_to_families_and_back_as_sums(town, visit: Open, live_server):
    desk = visit(town["officer"]).page
    desk.goto("/survey/agency/")
    clean(desk)
    desk.get_by_role("button", name="新建问卷").click()
    clean(desk)
    desk.get_by_role("link", name="手机预览").click()
    desk.get_by_label("还没有参加").check()
    desk.get_by_text("为什么还没有参保或缴费").wait_for()
    clean(desk)
    desk.get_by_role("link", name="去发布").click()
    clean(desk)
    desk.get_by_role("button", name="发布").click()
    desk.get_by_role("heading", name="还没有报送的学校 1 所").wait_for()
    clean(desk)

    answered_on_a_phone(town, visit, live_server)
    typed_and_reported(town, visit)
    reviewed_and_summed(town, visit)

    desk.reload()
    desk.get_by_text("第1次").first.wait_for()
    assert desk.get_by_role("row", name="合计").inner_text().split()[-3:] == ["4", "3", "1"]
    survey = Sum.objects.get().survey
    assert total(by_street(survey).values()).heads("where", "here") == 2
    seen = visit(town["education"]).page
    seen.goto("/survey/counts/")
    clean(seen)
    assert "帮忙" not in seen.content()


def answered_on_a_phone(town, visit: Open, live_server) -> None:
    """A family answers; questions appear as they are called for."""
    person = town["people"][0]
    client = Client()
    enter(client, person)
    phone = visit(viewport=PHONE).page
    phone.context.add_cookies(
        [{"name": "family", "value": client.cookies["family"].value, "url": f"{live_server.url}/family/"}]
    )
    phone.goto("/family/survey")
    clean(phone)
    for group, choice in (("在哪里参加", "还没有参加"), ("为什么还没有", "家里有困难"), ("需要学校帮忙", "是")):
        with phone.expect_response(lambda answer: answer.request.method == "POST"):
            phone.get_by_role("group", name=group).get_by_label(choice, exact=True).check()
    phone.get_by_label("需要什么帮助").fill("不会用手机缴费")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    phone.get_by_role("button", name="提交").click()
    phone.get_by_text("已提交，谢谢").wait_for()
    clean(phone)
    assert Answer.objects.get().said["why"] == ["money"]


def typed_and_reported(town, visit: Open) -> None:
    """The school types two in by keyboard alone, and reports."""
    page = visit(town["clerk"]).page
    page.goto("/survey/school/")
    clean(page)
    page.get_by_role("link", name="一年级 1班", exact=True).click()
    clean(page)
    rows = page.locator("table.typing tbody tr").filter(has=page.locator("input"))
    for number in range(2):
        rows.nth(number).locator("input:not([type=hidden])").first.focus()
        for word in ("1", "1", "1", "", "", "2", ""):
            page.keyboard.type(word)
            page.keyboard.press("Tab")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存 2 份").wait_for()
    page.get_by_role("link", name="返回").click()
    page.get_by_role("button", name="报送给解放碑街道").click()
    page.get_by_text("已报送。街道审核后").wait_for()
    clean(page)


def reviewed_and_summed(town, visit: Open) -> None:
    """The sub-district accepts and sums."""
    page = visit(town["street"]).page
    page.goto("/survey/street/")
    clean(page)
    page.get_by_role("table").get_by_role("link", name="临江路小学").click()
    clean(page)
    assert "不会用手机缴费" not in page.content()
    page.get_by_role("button", name="审核通过").click()
    page.goto("/survey/street/")
    page.get_by_role("button", name="汇总上报").click()
    page.get_by_text("第1次汇总已上报").wait_for()
    clean(page)
