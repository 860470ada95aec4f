"""Bank money in a real browser: statement, suspense, agreements, debits, advice, at both widths. 银行收款"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE
from tests.browser.season import keep
from tests.browser.test_access_for_all import grave
from tests.collection import bank
from tests.collection.bank import ON, declared, mandate, owed
from tests.enrolment.building import organisation
from tests.exchange.bank import messages
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Season
from yingbao.jobs import work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def looks_right(page: Page) -> None:
    """Nothing grave for assistive technology, and nothing wider than the window."""
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def statement_of(*lines) -> dict[str, object]:
    """A file to upload."""
    rows = [messages.cells(each, bank.NUMBER) for each in messages.balanced(lines)]
    content = messages.csv_of([messages.HEADER, *rows])
    return {"name": "工行对账单20191112.csv", "mimeType": "text/csv", "buffer": content}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_statement_is_taken_and_what_it_left_in_suspense_is_settled(season, visit, size):
    suzhou = Season.objects.get()
    school = organisation(name="平江路实验小学")
    known, unknown = declared(suzhou, 2), declared(suzhou, 3, school=school)
    bank.account()
    lines = [
        messages.line(
            sum(one.due_fen for one in owed(known)), text=f"保费 {known.reference}", booked_on=ON, serial="A1"
        ),
        messages.line(2 * owed(unknown)[0].due_fen, text="平江路实验 两名学生医保", booked_on=ON, serial="A2"),
        messages.line(1_200, text="账户管理费", booked_on=ON, serial="A3", direction="out"),
    ]
    page = visit(season.desks[Desk.TAX], viewport=size).page
    page.goto("/tax/statements/")
    looks_right(page)
    page.set_input_files("#file", statement_of(*lines))
    page.get_by_role("button", name="上传并入账").click()
    page.get_by_text("正在排队").wait_for()
    looks_right(page)
    work.run_waiting()
    page.get_by_role("link", name="看每一笔的去向").click()
    page.get_by_text("待说明支出").first.wait_for()
    looks_right(page)
    page.goto("/tax/suspense/")
    looks_right(page)
    keep(page, "tax-suspense")
    page.get_by_role("link", name="星海学校").first.click()
    page.get_by_text("付款人或附言中有单位名称").wait_for()
    looks_right(page)
    boxes = page.locator("input[name=child]")
    boxes.nth(0).check()
    boxes.nth(2).check()
    page.get_by_role("button", name="匹配勾选的学生").click()
    page.get_by_text("已匹配 2 名学生。").wait_for()
    looks_right(page)
    page.get_by_text("匹配错了？").click()
    page.get_by_role("button", name="撤销全部匹配").click()
    page.get_by_text("款项回到暂收。").first.wait_for()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_agreement_is_entered_verified_and_debited(season, visit, size):
    suzhou = Season.objects.get()
    page = visit(season.clerk, viewport=size).page
    page.goto("/school/mandate/")
    looks_right(page)
    fields = {
        "number": "XY2019-001",
        "signed_on": "2019-10-08",
        "bank": "演示银行桃园支行",
        "account": "6222020200099887766",
    }
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.get_by_role("button", name="提交核验").click()
    page.get_by_text("已录入，等待税务部门核验。").wait_for()
    looks_right(page)
    bank.account()
    other = organisation(name="枕河中学")
    mandate(other, "XY2")
    declared(suzhou, 3, method="debit", school=other)
    tax = visit(season.desks[Desk.TAX], viewport=size).page
    tax.goto("/tax/mandates/")
    looks_right(tax)
    tax.get_by_role("button", name="与原件一致，核验通过").click()
    tax.get_by_text("已核验，可用于扣款。").wait_for()
    tax.goto("/tax/debits/")
    looks_right(tax)
    tax.get_by_role("button", name="生成批次").click()
    tax.get_by_role("heading", name="下一步：下载文件送银行").wait_for()
    looks_right(tax)
    with tax.expect_download() as file:
        tax.get_by_role("button", name="pain.008").click()
    assert file.value.suggested_filename.endswith(".xml")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_school_says_whom_its_transfer_is_for(season, visit, size):
    school = organisation(name="平江路实验小学")
    declaration = declared(Season.objects.get(), 3, school=school)
    page = visit(clerk_of(school, Desk.SCHOOL), viewport=size).page
    page.goto(f"/school/declaration/{declaration.pk}/advice")
    looks_right(page)
    page.locator("input[name=child]").first.check()
    page.get_by_role("button", name="保存说明").click()
    page.get_by_text("已说明：1 名学生").wait_for()
    looks_right(page)
