"""A school declares and the tax desk decides, in a real browser, at both widths. 浏览器中的申报"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.enrolment.building import AT
from yingbao.agents.models import Desk
from yingbao.collection.models import BankAccount, Obligation
from yingbao.declaration.models import Declaration
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_list_goes_from_the_school_to_the_tax_desk_and_back(season, visit, size):
    BankAccount.objects.create(
        pooling_area="320500", holder="国家税务总局苏州市税务局", number="6222000011112222333", bank="苏州银行城区支行"
    )
    confirm(enrolments=Enrolment.objects.filter(person__name="汪晓雯"), by=season.clerk, at=AT)
    wrong: list[str] = []

    school = visit(season.clerk, viewport=size).page
    school.goto("/school/")
    school.get_by_role("link", name="去申报").click()
    wrong += grave(school) + ill_formed(school)
    school.get_by_role("link", name="本次申报：免缴").click()
    school.get_by_text("孤儿").first.wait_for()
    school.get_by_role("button", name="锁定名单").click()
    school.get_by_role("heading", name="下一步：核对后提交税务部门").wait_for()
    wrong += grave(school) + ill_formed(school)
    school.get_by_role("button", name="提交税务部门").click()
    school.get_by_role("heading", name="已提交，等待税务部门受理").wait_for()
    one = Declaration.objects.get()

    tax = visit(season.desks[Desk.TAX], viewport=size).page
    tax.goto("/tax/declarations/")
    wrong += grave(tax) + ill_formed(tax)
    tax.get_by_role("link", name="枕波小学").click()
    wrong += grave(tax) + ill_formed(tax)
    tax.get_by_label("不予受理的原因：汪晓雯").fill("名单有误")
    tax.get_by_role("button", name="记下本页的不予受理").click()
    tax.get_by_text("拟不予受理 1 名：").wait_for()
    tax.get_by_role("button", name="部分受理").click()
    tax.get_by_text("已部分受理。").wait_for()
    wrong += grave(tax) + ill_formed(tax)
    tax.goto("/tax/declarations/compare?kind=refused")
    tax.get_by_text("名单有误").wait_for()
    wrong += grave(tax) + ill_formed(tax)

    school.goto(f"/school/declaration/{one.pk}/")
    school.locator(".reference").get_by_text(one.reference).click()
    assert school.evaluate("getSelection().toString()").strip() == one.reference
    school.get_by_text("名单有误").wait_for()
    wrong += grave(school) + ill_formed(school)
    assert Obligation.objects.count() == 20
    assert wrong == []
