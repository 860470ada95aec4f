"""Who takes part in the walk of Suzhou's notice, and what its people do again and again. 苏州走查"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import LocatorAssertions, Page, expect

from tests.browser import season as acts
from tests.browser.season import SUZHOU_ACCOUNT, Windows, press
from tests.enrolment.building import at, organisation
from tests.simulators.running import Simulators
from tests.spreadsheet.assisted_lists import known
from tests.spreadsheet.rosters import resident_id
from tests.web.conftest import clerk_of
from yingbao.agents.models import Appointment, Desk
from yingbao.collection.models import BankAccount
from yingbao.enrolment.seasons import open_season
from yingbao.jobs import work
from yingbao.jobs.nightly import nightly
from yingbao.people.models import Person
from yingbao.values import clock

SCHOOL, SENIOR, STREET = "枕波小学", "枕河高级中学", "枕河街道"
LAST_DAY = "2019年11月30日"
WHOLE_YEAR = "2020年1月1日 至 2020年12月31日"
ANHUI, PARK, GUSU = "340102", "320571", "320508"
BEFORE = ("陈启昂", "汪晓雯", "韩若冰", "沈一鸣")
"""Registered in an earlier year; the others of the school come for the first time."""
NUMBERS = {
    name: resident_id(born=f"2012{month:02}04", division=division, serial=100 + month)
    for month, (name, division) in enumerate(
        [*((name, GUSU) for name in BEFORE), ("陆清和", GUSU), ("顾子墨", PARK), ("何嘉树", ANHUI), ("林知远", ANHUI),
         ("闻晚舟", ANHUI), ("程雨晴", ANHUI), ("高远", ANHUI)],
        start=1,
    )
}  # fmt: skip


@dataclass
class Story:
    """Who takes part, and where files are laid down."""

    open: Windows
    gateways: Simulators
    folder: Path
    desks: dict[str, Appointment]
    pages: dict[str, Page] = field(default_factory=dict)

    def at_desk(self, who: str) -> Page:
        """The window of somebody, signed in at the own desk."""
        if who not in self.pages:
            self.pages[who] = self.open(self.desks[who])
            self.pages[who].set_default_timeout(30_000)
        return self.pages[who]

    def anybody(self, *, phone: bool = False) -> Page:
        """A window of somebody who is not signed in."""
        page = self.open(phone=phone)
        page.set_default_timeout(30_000)
        return page


@pytest.fixture
def story(transactional_db, windows, gateways, signing, tmp_path: Path) -> Story:
    """The bodies that the notice names, somebody at each of their desks, and who was enrolled in earlier years."""
    acts.both_clocks(gateways, at("2019-08-31"))
    open_season(policy_id="320500/2020", at=at("2019-08-31"))
    street = organisation("sub_district", name=STREET, contact="谢老师", phone="65550101")
    places = {
        "school": organisation(name=SCHOOL, parent=street, stages=["primary"]),
        "senior": organisation(name=SENIOR, parent=street, stages=["senior"]),
        "community": organisation("community", name="枕河社区", parent=street),
        "agency": organisation("insurance_agency", name="苏州市社会保险基金管理中心"),
        "tax": organisation("tax_authority", name="国家税务总局苏州市税务局"),
        "points": organisation("points_office", name="苏州市积分办"),
        "civil": organisation("civil_affairs", name="苏州市民政局"),
        "disabled": organisation("disabled_federation", name="苏州市残联"),
        "education": organisation("education_bureau", name="苏州市教育局"),
    }
    desks = {
        "school": Desk.SCHOOL, "senior": Desk.SCHOOL, "community": Desk.COMMUNITY, "agency": Desk.AGENCY,
        "tax": Desk.TAX, "points": Desk.LIST_PROVIDER, "civil": Desk.LIST_PROVIDER, "disabled": Desk.LIST_PROVIDER,
        "education": Desk.EDUCATION,
    }  # fmt: skip
    names = dict(zip(desks, ("孙颖", "周敏", "沈洁", "李岚", "吴税", "丁一", "何民", "毕联", "陶育"), strict=True))
    BankAccount.objects.create(
        pooling_area="320500", holder="社会保险费待报解专户", number=SUZHOU_ACCOUNT, bank="演示银行",
        bank_code="105305000018",
    )  # fmt: skip
    for name in BEFORE:
        known(name, number=NUMBERS[name])
    seats = {key: clerk_of(place, desks[key], names[key]) for key, place in places.items()}
    return Story(windows, gateways, tmp_path, seats)


def morning(story: Story, day: str) -> None:
    """The night's work is done, and a day begins for everybody."""
    clock.set_to(at(day, 2))
    nightly(timestamp=0)
    acts.both_clocks(story.gateways, at(day, 9))


def hand_in(page: Page, address: str, data: bytes, name: str, *, kind: str = "") -> None:
    """A file is uploaded, read by the worker, and taken as it is."""
    page.goto(address)
    if kind:
        page.get_by_label(kind).check()
    page.set_input_files("#file", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    press(page, "上传并核对")
    page.get_by_text("正在排队").wait_for()
    work.run_waiting()
    confirmed = page.get_by_role("button", name=re.compile("^确认(生效|导入)"))
    confirmed.wait_for()


def confirm_list(page: Page) -> None:
    """Having looked, the officer confirms, and the worker does it."""
    page.get_by_role("button", name=re.compile("^确认(生效|导入)")).click()
    page.get_by_text("正在排队").wait_for()
    work.run_waiting()
    page.get_by_role("heading", name=re.compile("已生效|已导入")).wait_for()


def page_of(page: Page, desk: str, name: str) -> None:
    """The page of one child at a desk."""
    page.goto(f"/{desk}/{Person.objects.get(name=name).pk}/")
    page.get_by_role("heading", name=name, level=1).wait_for()


def verdict(page: Page) -> LocatorAssertions:
    """What was decided, as the page says first."""
    return expect(page.locator("section.verdict").first)


def try_the_rules(page: Page, **typed: str) -> None:
    """A pupil of the urban districts in the public calculator; what is typed makes the difference."""
    usual = {"birth_date": "2012-05-04", "hukou": "苏州市姑苏区", "school_division": "姑苏区"}
    page.goto("/calculator/320500/2020/")
    for name, said in (usual | typed).items():
        (page.locator(f"#{name}").select_option if name == "school_stage" else page.locator(f"#{name}").fill)(said)
    press(page, "算一算")


def type_child(page: Page, name: str, *, born: date, serial: int = 77) -> None:
    """A worker copies a child from the household register and has it checked."""
    page.goto("/community/register/")
    page.get_by_label("姓名").first.fill(name)
    page.get_by_label("证件类型").select_option("resident_id")
    page.get_by_label("证件号码").fill(resident_id(born=f"{born:%Y%m%d}", division=GUSU, serial=serial))
    page.get_by_label("户籍所在地").first.fill("姑苏区")
    page.get_by_label("关系").first.select_option("mother")
    page.get_by_label("手机").first.fill("13812345678")
    press(page, "核对，看结果")


def row_of(name: str, category: str, **more: str) -> dict[str, str]:
    """A row of a body's list."""
    return {"姓名": name, "证件号码": NUMBERS[name], "救助类别": category, "起始日期": "2019-01-01"} | more


def pay_by_transfer(story: Story, reference: str, due: str) -> None:
    """The school's bank transfers; the collector takes the statement in."""
    bank = story.open(url=story.gateways.url)
    bank.goto("/bank")
    for label, said in (("他行付款户名", SCHOOL), ("他行付款账号", "1102020409000123456"), ("附言", reference)):
        bank.get_by_label(label).fill(said)
    bank.get_by_label("收款账户").select_option(SUZHOU_ACCOUNT)
    bank.get_by_label("金额（元）").fill(due)
    press(bank, "转账")
    file = acts.bank_statement(bank, SUZHOU_ACCOUNT, "CSV", f"{clock.today():%Y-%m-%d}", story.folder)
    acts.upload(story.at_desk("tax"), "/tax/statements/", file, "上传并入账")
