"""Receipts in a real browser, at a desk and on a phone: handed out, corrected, verified by anyone. 票据"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.collection.building import confirmed, owed
from tests.collection.signing import COLLECTOR, authority, paid, receipted, signing
from tests.enrolment.building import at
from yingbao.agents.models import Desk
from yingbao.collection.models import Receipt
from yingbao.collection.papers import paper_of
from yingbao.collection.releasing import reverse
from yingbao.enrolment.models import Season
from yingbao.jobs import work

__all__ = ["authority", "signing"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sound(page: Page, name: str) -> None:
    """Axe finds nothing grave, nothing runs off the window; a picture is kept if YINGBAO_SHOTS says where."""
    if folder := os.environ.get("YINGBAO_SHOTS"):
        width = page.evaluate("window.innerWidth")
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    assert grave(page) == []
    assert ill_formed(page) == []


def aside(deed: Callable[[], object]) -> None:
    """Do it in a thread of its own: this one has the browser's loop, and signing wants to begin one."""

    def done() -> None:
        try:
            deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(done).result()


@pytest.fixture
def receipts(season, signing) -> list[Receipt]:
    """Two classes with receipts, and children who have none for every reason there is."""
    suzhou, school = Season.objects.get(), season.school
    type(school).objects.filter(kind="tax_authority").update(name=COLLECTOR)
    made = [*receipted(suzhou, school, 3, name="欧阳静"), *receipted(suzhou, school, 2, name="李雷", class_name="3班")]
    returned = receipted(suzhou, school, name="退回同学")[0].allocation.arrival
    reverse(arrival=returned, key="return:1", returned_fen=returned.amount_fen, at=at("2019-11-18"))
    paid(suzhou, school, name="待开同学")
    owed(suzhou, confirmed(suzhou, school, name="古丽娜尔·艾合买提"))
    owed(suzhou, confirmed(suzhou, school, name="免缴同学", assisted="orphan"))
    return made


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_school_takes_its_receipts_as_one_zip(season, receipts, visit, size, tmp_path):
    page = visit(season.clerk, viewport=size).page
    page.goto("/school/receipts/")
    sound(page, "school")
    page.get_by_role("button", name="下载全校票据").click()
    page.get_by_role("heading", name="制作").wait_for()
    aside(work.run_waiting)
    page.get_by_role("link", name="查看结果").wait_for()
    sound(page, "school-job")
    with page.expect_download() as taken:
        page.get_by_role("link", name="查看结果").click()
    taken.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert len(archive.namelist()) == 5


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_collector_finds_and_replaces_a_receipt(season, receipts, visit, size):
    page = visit(season.desks[Desk.TAX], viewport=size).page
    page.goto("/tax/receipts/")
    sound(page, "tax-list")
    page.get_by_label("票据号码").fill(receipts[0].number)
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name=receipts[0].number).click()
    page.get_by_text("换开（作废并重新开具）").click()
    sound(page, "tax-receipt")
    page.get_by_label("缴款人改为").fill("李女士")
    page.get_by_label("换开理由").fill("缴款人有误")
    page.get_by_role("button", name="换开").click()
    page.get_by_text("已换开").wait_for()
    page.get_by_role("link", name=receipts[0].number).click()
    page.get_by_text("缴款人有误").wait_for()
    sound(page, "tax-void")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_anyone_verifies_by_number_code_and_file(receipts, visit, size):
    page = visit(viewport=size).page
    page.goto("/verify/")
    sound(page, "verify")
    page.get_by_label("票据号码").fill(receipts[0].number)
    page.get_by_label("校验码").fill("ZZZZZZZZ")
    page.get_by_role("button", name="查验").click()
    page.get_by_text("没有查到这张票据").wait_for()
    sound(page, "verify-unknown")
    page.goto(f"/verify/{receipts[0].number}/{receipts[0].check_code}")
    page.get_by_text("票据真实有效").wait_for()
    sound(page, "verify-valid")
    aside(lambda: paper_of(receipt=receipts[0], at=at("2019-11-12")))
    pdf = bytes(receipts[0].paper.pdf)
    page.set_input_files("#file", {"name": "票据.pdf", "mimeType": "application/pdf", "buffer": pdf})
    page.get_by_role("button", name="核对文件").click()
    page.get_by_text("正是平台签发的那一份").wait_for()
    page.set_input_files("#file", {"name": "票据.pdf", "mimeType": "application/pdf", "buffer": pdf[:-9]})
    page.get_by_role("button", name="核对文件").click()
    page.get_by_text("不是平台签发的文件").wait_for()
    sound(page, "verify-altered")
