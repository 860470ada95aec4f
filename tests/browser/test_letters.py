"""Letters in a real browser: made and taken, handed out, corrected; an officer words them. 告家长书"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.browser.test_receipts import aside
from tests.paper.papers import words
from yingbao.agents.models import Desk
from yingbao.jobs import work
from yingbao.publicity.models import HandOut

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sound(page: Page) -> None:
    """Axe finds nothing grave, nothing runs off the window."""
    assert grave(page) == []
    assert ill_formed(page) == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_clerk_makes_a_classs_letters_hands_them_out_and_sees_who_is_missing(season, visit, size, tmp_path):
    page = visit(season.clerk, viewport=size).page
    page.goto("/letters/")
    sound(page)
    page.get_by_label("一年级 1班").check()
    page.get_by_role("button", name="制作信").click()
    aside(work.run_waiting)
    page.goto("/letters/")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    file = tmp_path / "letters.pdf"
    download.value.save_as(file)
    assert all(name in words(file.read_bytes()) for name in ("陈启昂", "古丽娜尔", "汪晓雯"))
    page.get_by_role("link", name="一年级 1班").click()
    page.get_by_label("蔡志强").check()
    page.get_by_role("button", name="登记：除勾选的都领到了").click()
    expect(page.get_by_role("status")).to_contain_text("已登记 1 个班")
    page.goto("/letters/children?class=primary.1.1班&show=missing")
    expect(page.get_by_role("link", name="蔡志强")).to_be_visible()
    expect(page.get_by_text("没有登记手机")).to_be_visible()
    sound(page)
    page.get_by_text("登记错了，撤销").click()
    page.get_by_label("原因").fill("记错班级")
    page.get_by_role("button", name="撤销这次登记").click()
    assert HandOut.objects.count() == 2
    page.goto("/letters/publicity/")
    sound(page)
    page.get_by_label("方式", exact=True).select_option("class_group")
    page.get_by_label("缴费标准").check()
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("家长群").first).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_officer_is_told_of_a_typing_error_and_then_puts_the_words_to_work(season, visit, size):
    page = visit(season.desks[Desk.AGENCY], viewport=size).page
    page.goto("/letters/progress")
    expect(page.get_by_text("还没发", exact=True).first).to_be_visible()
    sound(page)
    page.get_by_role("link", name="信函模板").click()
    sound(page)
    text = page.get_by_label("一行一段").input_value()
    page.get_by_label("一行一段").fill(text + "\n请{孩字}带好水杯")
    page.get_by_label("改了什么").fill("加一句")
    page.get_by_role("button", name="启用为新版本").click()
    expect(page.get_by_role("alert")).to_contain_text("{孩子}")
    page.get_by_label("一行一段").fill(text + "\n请{孩子}带好水杯")
    page.get_by_role("button", name="启用为新版本").click()
    expect(page.get_by_role("status")).to_contain_text("第 1 版已启用")
    sound(page)
