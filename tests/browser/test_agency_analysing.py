"""An analyst at the agency's desk in a real browser: next year begun, read, tried on a list, reckoned. 政策分析"""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from yingbao.agents.models import Desk
from yingbao.enrolment.models import PolicyProposal
from yingbao.jobs.work import run_waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A school's list as a clerk has it."""
    path = tmp_path / "名单.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        rows = (
            ["编号", "出生日期", "年级", "户籍所在地", "是否续保"],
            ["A1", "2012-05-04", "三年级", "姑苏区", "是"],
            ["A2", "2013-05-04", "二年级", "安徽省阜阳市颍上县", "否"],
        )
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return path


def begun(page, *more: tuple[str, str]) -> None:
    """A change of this year's policy is written and kept."""
    page.goto("/agency/policies/new?of=320500/2020")
    box = page.get_by_label("政策文本（YAML）")
    text = box.input_value()
    for old, new in (("premium_fen: 24000", "premium_fen: 28000"), *more):
        assert old in text
        text = text.replace(old, new)
    box.fill(text)
    page.get_by_label("为什么修订").fill("标准调整")
    page.get_by_label("依据（文号、条款）").fill("新通知 三")
    page.get_by_role("button", name="检查并保存").click()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_proposal_is_read_tried_and_reckoned_and_every_page_is_for_everybody(season, visit, listed, size):
    page = visit(season.desks[Desk.AGENCY], viewport=size).page
    page.goto("/agency/policies/new?template=1")
    assert "核对 / check" in page.get_by_label("政策文本（YAML）").input_value()
    wrong = [*grave(page), *ill_formed(page)]
    begun(page)
    page.get_by_role("link", name="逐条看、看检查").click()
    assert page.get_by_role("heading", name="检查发现", exact=True).is_visible()
    wrong += [*grave(page), *ill_formed(page)]
    page.go_back()
    page.get_by_role("link", name="用名单试算").click()
    page.get_by_label("名单", exact=True).set_input_files(listed)
    page.get_by_label("学校所在区县代码").fill("320508")
    page.get_by_role("button", name="试算").click()
    assert "家庭缴280元" in page.locator("main").inner_text()
    wrong += [*grave(page), *ill_formed(page)]
    page.get_by_role("link", name="回到修订").click()
    page.get_by_role("button", name="全员测算").click()
    run_waiting()
    page.reload()
    wrong += [*grave(page), *ill_formed(page)]
    page.get_by_role("link", name="看全部测算").click()
    assert "家庭多缴" in page.locator("main").inner_text()
    page.locator("main details > summary").first.click()
    wrong += [*grave(page), *ill_formed(page)]
    with page.expect_download() as download:
        page.get_by_role("link", name="下载工作簿").click()
    assert download.value.suggested_filename.startswith("figures-320500-2020")
    assert wrong == []


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_what_the_check_finds_and_a_list_without_its_schools_place_are_told_to_everybody(season, visit, listed, size):
    page = visit(season.desks[Desk.AGENCY], viewport=size).page
    begun(page, ("last: 2019-11-30", "last: 2019-11-20"))
    page.get_by_role("heading", name="检查发现").wait_for()
    wrong = [*grave(page), *ill_formed(page)]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_role("link", name="用名单试算").click()
    page.get_by_label("名单", exact=True).set_input_files(listed)
    page.get_by_role("button", name="试算").click()
    page.get_by_text("却没有写学校在哪里").wait_for()
    assert [*wrong, *grave(page), *ill_formed(page)] == []


def test_all_of_it_works_without_a_script(season, visit, listed):
    page = visit(season.desks[Desk.AGENCY], java_script_enabled=False).page
    begun(page)
    one = PolicyProposal.objects.latest("pk")
    page.goto(f"/agency/policies/{one.pk}/try")
    page.get_by_label("名单", exact=True).set_input_files(listed)
    page.get_by_role("button", name="试算").click()
    page.get_by_text("却没有写学校在哪里").wait_for()
    page.get_by_label("名单", exact=True).set_input_files(listed)
    page.get_by_label("学校所在区县代码").fill("320508")
    page.get_by_role("button", name="试算").click()
    assert "可以参保" in page.locator("main").inner_text()
    page.goto(f"/agency/policies/{one.pk}/")
    page.get_by_role("button", name="全员测算").click()
    run_waiting()
    page.reload()
    page.get_by_role("link", name="看全部测算").click()
    assert page.get_by_role("heading", name="全员测算").is_visible()
