"""A community's worker registers many children by a workbook, with a real browser, on desk and phone. 成批登记"""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Download, Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.spreadsheet.children import FILE, infant_row
from tests.spreadsheet.rosters import workbook
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.jobs import work
from yingbao.people.models import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(download: Download) -> openpyxl.Workbook:
    """A workbook that the browser has been given."""
    return openpyxl.load_workbook(io.BytesIO(download.path().read_bytes()))


def sent(page: Page, file: Path) -> None:
    """Upload a file and let its job run."""
    page.goto("/school/roster/")
    page.get_by_label("选择填好的登记表").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("status").wait_for()
    work.run_waiting()
    expect(page.get_by_role("heading", name="核对登记表")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_template_is_filled_sent_mended_and_sent_again_and_nobody_is_there_twice(
    visit, season, size, tmp_path: Path
):
    worker = season.desks[Desk.COMMUNITY]
    page = visit(worker, viewport=size).page
    page.goto("/community/register/")
    page.get_by_role("link", name="孩子多？用表格成批登记").click()
    assert grave(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    assert opened(download.value).sheetnames == ["儿童登记表", "填写示例", "填写说明"]
    before = Person.objects.count()
    rows = [infant_row(姓名="谈沐辰"), infant_row(), infant_row(监护人联系电话="")]
    file = tmp_path / FILE
    file.write_bytes(workbook(rows))

    sent(page, file)
    expect(page.get_by_text("没有一个监护人的电话")).to_be_visible()
    assert grave(page) == []
    page.get_by_role("button", name="确认登记 2 行").click()
    page.get_by_role("status").wait_for()
    work.run_waiting()
    expect(page.get_by_role("heading", name="已办完 2 行")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标错文件").click()
    sheet = opened(download.value).active
    assert "没有一个监护人的电话" in str(sheet.cell(4, sheet.max_column).value)

    file.write_bytes(workbook([*rows[:2], rows[2] | {"监护人联系电话": "13812345678"}]))
    sent(page, file)
    expect(page.get_by_text("登记 1 名孩子")).to_be_visible()
    expect(page.get_by_text("2 名孩子已在名单，不变")).to_be_visible()
    page.get_by_role("button", name="确认登记 3 行").click()
    page.get_by_role("status").wait_for()
    work.run_waiting()
    expect(page.get_by_role("heading", name="已办完 3 行")).to_be_visible()
    assert Person.objects.count() == before + 3
    assert Enrolment.objects.filter(organisation=worker.organisation).count() == 3
    page.goto("/community/children/")
    expect(page.get_by_role("link", name="谈沐辰")).to_be_visible()
