"""A real browser in front of the real server, and a school that is half-way through its season. 浏览器测试基础"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.enrolment.building import AT, child, enter, organisation
from tests.web.conftest import PASSWORD, clerk_of, listed
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.enrolment.actions import confirm, decline
from yingbao.enrolment.seasons import open_season
from yingbao.values import clock

# The browser's own loop runs in this thread, and Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox", "--headless=new", "--disable-background-networking", "--disable-gpu",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
# A poor line, asked for by YINGBAO_TEST_POOR_LINE=1: a test that looks before the page has come fails on it each time,
# and not one time in a thousand. Latency in ms, the two speeds in bytes a second.
POOR_LINE = {"offline": False, "latency": 120, "downloadThroughput": 60_000, "uploadThroughput": 60_000}
PATIENCE_MS = 30_000
"""so long a page may take on a machine that has other work, until what is expected is there"""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    clock.set_to(AT)
    yield
    clock.run_true()


@pytest.fixture(scope="session", autouse=True)
def _an_act_ends_when_its_page_has_come() -> Iterator[None]:
    """A click waits until an answer begins; what is read next would now and then be half a page."""
    expect.set_options(timeout=PATIENCE_MS)
    with pytest.MonkeyPatch.context() as patched:
        for act in ("click", "dblclick", "press"):
            patched.setattr(Locator, act, _whole(getattr(Locator, act)))
        yield


def _whole(act: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(act)
    def acted(self: Locator, *more: object, **options: object) -> None:
        act(self, *more, **options)
        if not self.page.is_closed():
            self.page.wait_for_load_state("domcontentloaded")

    return acted


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Season(NamedTuple):
    """A school with its clerk, and somebody at every other desk."""

    school: Organisation
    clerk: Appointment
    desks: dict[str, Appointment]


@pytest.fixture
def season(transactional_db: None) -> Season:
    suzhou = open_season(policy_id="320500/2020", at=AT)
    street = organisation("sub_district", name="枕河街道", contact="谢老师", phone="65550101")
    school = organisation(name="枕波小学", parent=street)
    clerk = clerk_of(school, Desk.SCHOOL, name="孙颖")
    many = [child(school, name=f"王小{sign}", class_name="2班", grade=2) for sign in "一二三四五六七八九十" * 6]
    some = [
        child(school, name="陈启昂"), child(school, name="蔡志强", phone=None),
        child(school, name="汪晓雯", assisted="orphan"),
        child(school, name="程雨晴", hukou="340100", registered=None), child(school, name="葛一诺", registered=None),
        child(school, name="古丽娜尔·艾合买提"), child(school, name="吕俊杰", hukou="", document="passport"),
    ]  # fmt: skip
    rows = listed(school, suzhou, *some, *many)
    confirm(enrolments=rows[-20:], by=clerk, at=AT)
    decline(enrolment=rows[-30], reason="已参加职工医保", by=clerk, at=AT)
    other = organisation(name="沧浪小学", division="320506")
    shared = child(other, name="两校同学")
    listed(other, suzhou, shared)
    enter(shared, school, contested=True)
    kinds = {
        Desk.COMMUNITY: "community", Desk.AGENCY: "insurance_agency", Desk.TAX: "tax_authority",
        Desk.LIST_PROVIDER: "civil_affairs", Desk.EDUCATION: "education_bureau", Desk.CARD: "card_centre",
    }  # fmt: skip
    names = {Desk.TAX: "国家税务总局苏州市税务局"}
    places = {desk: organisation(kind, name=names.get(desk, desk)) for desk, kind in kinds.items()}
    return Season(school, clerk, {desk: clerk_of(place, desk) for desk, place in places.items()})


class Visit(NamedTuple):
    """A page, and what went wrong behind it."""

    page: Page
    complaints: list[str]


Open = Callable[..., Visit]


@pytest.fixture
def visit(chromium: Browser, live_server) -> Iterator[Open]:
    """Open a browser window; at the end no script complained and no request left the server."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(message: ConsoleMessage) -> None:
        # A form that is sent back, or a page that is refused, is told by its status; the browser notes each.
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    def open_(appointment: Appointment | None = None, **more: object) -> Visit:
        context = chromium.new_context(base_url=live_server.url, **({"viewport": DESK} | more))
        contexts.append(context)
        context.on("console", complain)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on(
            "request",
            lambda sent: None if sent.url.startswith((live_server.url, "data:")) else complaints.append(sent.url),
        )
        page = context.new_page()
        if os.environ.get("YINGBAO_TEST_POOR_LINE"):
            context.new_cdp_session(page).send("Network.emulateNetworkConditions", POOR_LINE)
        if appointment is not None:
            sign_in(page, appointment)
        return Visit(page, complaints)

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(page: Page, appointment: Appointment) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(appointment.user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
