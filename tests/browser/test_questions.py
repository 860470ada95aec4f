"""C7 in a real browser: a school asks, the bureau answers, the answer is published, a family finds it. 疑难问题"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import organisation
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk, Organisation
from yingbao.cases.models import Case, GeneralAnswer, Helped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "转学来的孩子去年在本市参过保，今年还要积分吗？"


def sound(page) -> None:
    """No violation of the rules of access, and nothing runs off the side."""
    assert grave(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_a_schools_question_comes_back_answered_and_helps_a_family(season, visit):
    street = Organisation.objects.get(kind="sub_district")
    agency = season.desks[Desk.AGENCY].organisation
    school = visit(season.clerk).page
    school.goto("/cases/ask")
    sound(school)
    school.get_by_label("哪一类").select_option("registration")
    school.get_by_label("问题", exact=True).fill(f"{WORDS}身份证320508201205060011")
    school.get_by_role("button", name="送出").click()
    school.get_by_text("像证件号").wait_for()
    sound(school)
    school.get_by_label("问题", exact=True).fill(WORDS)
    school.get_by_role("button", name="送出").click()
    school.get_by_text("问题已送到“枕河街道”").wait_for()
    sound(school)
    case = Case.objects.get()

    worker = visit(clerk_of(street, Desk.COMMUNITY), viewport=PHONE).page
    worker.goto("/cases/")
    sound(worker)
    worker.get_by_role("link", name=case.number).click()
    worker.get_by_text("转给别的单位答复").click()
    worker.get_by_label("转给", exact=True).select_option(label=agency.name)
    worker.get_by_label("附一句说明").fill("请经办机构定")
    worker.get_by_role("button", name="转交").click()
    worker.get_by_text("已转交").wait_for()
    sound(worker)
    worker.goto("/cases/sums")
    sound(worker)

    officer = visit(season.desks[Desk.AGENCY]).page
    officer.goto(f"/cases/{case.pk}/")
    officer.get_by_label("答复（提问人会看到）").fill("以前在本市登记过的，续保不用再积分。")
    officer.get_by_role("button", name="答复", exact=True).click()
    officer.get_by_role("link", name="改写后公开这条答复").click()
    sound(officer)
    officer.get_by_label("问题（一句话）").fill("去年参过保，今年还要积分吗？")
    officer.get_by_label("依据（文号和条款）").fill("苏社基〔2019〕68号 四(三)")
    officer.get_by_role("button", name="公开").click()
    officer.get_by_text("已公开").wait_for()
    sound(officer)

    school.reload()
    school.get_by_text("续保不用再积分").first.wait_for()
    sound(school)
    family = visit(viewport=PHONE).page
    family.goto("/help/")
    family.get_by_role("link", name="查公开答复").click()
    sound(family)
    family.get_by_label("要查什么").fill("续保 积分")
    family.get_by_role("button", name="查", exact=True).click()
    family.get_by_text("以前在本市登记过的").wait_for()
    sound(family)
    family.get_by_role("button", name="有用").first.click()
    family.get_by_text("谢谢，已记下").wait_for()
    assert Helped.objects.get().answer == GeneralAnswer.objects.get()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_of_questions_can_be_used_by_everyone(season, visit, size):
    organisation("education_bureau", name="教育局")
    page = visit(season.desks[Desk.EDUCATION], viewport=size).page
    for address in ("/cases/", "/cases/ask", "/cases/sums", "/cases/answers/", "/cases/answers/new", "/help/answers/"):
        page.goto(address)
        sound(page)
