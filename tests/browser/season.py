"""What the story of a whole season stands on: windows, gateways beside the server, and clicks that recur. 整季走查"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.conftest import DESK, PHONE, sign_in
from tests.collection.orders import school_of_yuzhong
from tests.enrolment.building import AT
from tests.simulators.running import Simulators, running
from tests.web.gateways import named
from yingbao.agents.models import Appointment
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.jobs import work
from yingbao.values import clock

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
SUZHOU_ACCOUNT, YUZHONG_ACCOUNT = "32050161000000088001", "50010361000000088002"
YUZHONG_HOLDER = "渝中区税务局（演示）社会保险费待报解专户"
CHILDREN = {
    "张小明": "500103201205040019", "李华": "500103201205040027", "王小雨": "500103201205040035",
    "陈乐": "500103201205040043", "周子涵": "500103201205040051",
}  # fmt: skip
Windows = Callable[..., Page]


@pytest.fixture
def gateways(live_server, settings, tmp_path: Path) -> Iterator[Simulators]:
    """Two channels and a bank in a process of their own; the channels pay out to the authority of Yuzhong."""
    with running(tmp_path / "gateways", live_server.url, speed=600) as simulators:
        settings.GATEWAYS = simulators.gateways_dir
        both_clocks(simulators, AT)
        account = {"number": YUZHONG_ACCOUNT, "name": YUZHONG_HOLDER, "kind": "authority", "home": True}
        simulators.control("bank/accounts", account)
        yield simulators
        simulators.control("notices", method="DELETE")


@pytest.fixture
def windows(chromium: Browser, live_server) -> Iterator[Windows]:
    """Open a window, of somebody at a desk or of a family's phone; at the end no script complained."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.location}: {message.text}")

    def open_(appointment: Appointment | None = None, *, phone: bool = False, url: str = live_server.url) -> Page:
        more = {"user_agent": IPHONE, "has_touch": True, "is_mobile": True} if phone else {}
        context = chromium.new_context(
            base_url=url, viewport=PHONE if phone else DESK, locale="zh-CN", reduced_motion="reduce", **more
        )
        contexts.append(context)
        context.on("console", complain)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        page = context.new_page()
        page.set_default_timeout(20_000)
        if appointment is not None:
            sign_in(page, appointment)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints, complaints


def children_of_yuzhong(worker: Appointment) -> None:
    """Five children whose families pay by phone or at the counter; the last is registered there for the first time."""
    plan, school = open_season(policy_id="500103/2020", at=AT), school_of_yuzhong()
    *before, new = CHILDREN
    for name in before:
        named(school, name, CHILDREN[name])
    fresh = named(school, new, CHILDREN[new], registered=None)
    list_and_determine(season=plan, organisation=school, at=AT)
    actions.register(enrolment=Enrolment.objects.get(person=fresh), channel="community", by=worker, at=AT)


def both_clocks(simulators: Simulators, moment: datetime) -> None:
    """The platform's clock and the gateways' show this moment and run on."""
    clock.set_to(moment)
    simulators.clock(moment.isoformat())


def keep(page: Page, name: str, *, top: str = "body") -> None:
    """A picture at both widths for docs/screens, from `top` on, if YINGBAO_SCREENS names a folder. 截屏"""
    if folder := os.environ.get("YINGBAO_SCREENS"):
        before = page.viewport_size
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.evaluate("(top) => document.querySelector(top).scrollIntoView()", top)
            page.screenshot(path=Path(folder) / f"{name}-{size['width']}.png", caret="initial")
        page.set_viewport_size(before)


def aside(deed: Callable[[], object]) -> None:
    """Do it in a thread of its own: this one has the browser's loop, and signing wants to begin one."""

    def done() -> None:
        try:
            deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(done).result()


def downloaded(page: Page, click: Callable[[], object], folder: Path) -> Path:
    """The file that a click brings, under its own name."""
    with page.expect_download() as taken:
        click()
    path = folder / taken.value.suggested_filename
    taken.value.save_as(path)
    return path


def press(page: Page, name: str) -> None:
    """The button with this name."""
    page.get_by_role("button", name=name).click()


def in_yuan(text: str) -> str:
    """The sum in a text, without its commas: `14,160元` is `14160`."""
    found = re.search(r"[0-9][0-9,]*(\.[0-9]{2})?", text)
    assert found, text
    return found.group().replace(",", "")


def confirm_everybody(page: Page) -> None:
    """The clerk confirms all who are ready. 确认参保"""
    page.goto("/school/pupils/?show=ready")
    page.get_by_label("确认参保").select_option("all")
    press(page, "下一步")
    page.get_by_role("button", name=re.compile(r"^确认 \d+ 名$")).click()
    expect(page.get_by_role("status").first).to_contain_text("已确认")


def declare(page: Page, *, by: str, screen: bool = False) -> None:
    """The clerk freezes the list and hands it in. 申报"""
    page.goto("/school/declaration/")
    page.get_by_text(by).click()
    if screen:
        keep(page, "school-declaration")
    press(page, "锁定名单")
    press(page, "提交税务部门")
    page.get_by_role("heading", name="已提交，等待税务部门受理").wait_for()


def accept(page: Page, school: str) -> None:
    """The officer accepts the school's list whole. 受理"""
    page.goto("/tax/declarations/")
    page.get_by_role("link", name=school).click()
    page.get_by_role("button", name=re.compile("^受理（")).click()
    page.get_by_text("已受理。应缴已核定").wait_for()


def bank_statement(bank: Page, account: str, form: str, since: str, folder: Path) -> Path:
    """The statement of an account from that day on, from the bank's own page. 下载对账单"""
    bank.goto(f"/bank/accounts/{account}?from={since}")
    return downloaded(bank, lambda: bank.get_by_role("link", name=form, exact=True).click(), folder)


def upload(page: Page, address: str, path: Path, button: str) -> None:
    """A bank's file is uploaded, and the job takes it whole. 上传银行文件"""
    page.goto(address)
    page.set_input_files("#file", path)
    press(page, button)
    page.get_by_text("正在排队").wait_for()
    work.run_waiting()
    page.locator(".verdict.good").wait_for()


def choose_child(page: Page, name: str, number: str) -> None:
    """A family names a child to pay for. 添加孩子"""
    page.get_by_label("孩子姓名").fill(name)
    page.get_by_label("孩子的证件号码").fill(number)
    page.get_by_role("button", name="下一步").or_(page.get_by_role("button", name="添加")).click()
    page.get_by_text(f"{name[0]}*").first.wait_for()


def choose_child_at(page: Page, name: str, number: str, *, payer: str) -> None:
    """Somebody opens the page to pay for one child, its own or another family's. 代缴"""
    page.goto("/pay/")
    choose_child(page, name, number)
    page.get_by_label("缴费人").fill(payer)


def pay_and_come_back(page: Page, says: str) -> None:
    """On the channel's own page: 支付, then the way back to a page that says what came of it. 支付"""
    press(page, "支付 Pay")
    page.get_by_role("link", name="返回应保").click()
    page.get_by_role("heading", name=says).wait_for()
