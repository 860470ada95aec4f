"""The notice of Yuzhong for 2020, walked from before its first day to after its last, each at their own desk. 渝中走查

Every step names the rows of MISSION.md that it walks. docs/walks/yuzhong-2020.md shows the same with pictures and says
what the programs of those rows do not do yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import season as acts
from tests.browser.season import Windows, keep, press, windows
from tests.browser.test_family import come_in
from tests.enrolment.building import at, organisation
from tests.people.conftest import resident_id
from tests.simulators.running import Simulators, running
from tests.web.conftest import clerk_of
from tests.web.gateways import named
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.agents.organising import organise_bodies
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import BankAccount
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.jobs import nightly
from yingbao.ledger.audit import examine
from yingbao.people.models import Person

__all__ = ["windows"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AREA = "500103"
PUPILS = ("张小明", "李华", "王小雨", "陈乐", "周子涵", "罗一鸣", "何静", "彭雨")
"""Enrolled before; each is paid for on another day of the season, and the last two by nobody."""
NOT_HERE = ("谭渝生", resident_id(date(2012, 8, 9), 21, "510104"))


@dataclass
class Story:
    """Who takes part, at which desks."""

    open: Windows
    gateways: Simulators
    agency: Appointment
    education: Appointment
    school: Appointment | None = None
    street: Appointment | None = None
    worker: Appointment | None = None

    def on(self, day: str, hour: int = 10) -> None:
        """The clock of platform and channels goes on to this day, and the night's work is done."""
        acts.both_clocks(self.gateways, at(day, hour))
        nightly.nightly(timestamp=0)

    def phone(self) -> Page:
        """A family's phone, seen for the first time."""
        return self.open(phone=True)


@pytest.fixture
def story(transactional_db, windows, live_server, settings, tmp_path: Path) -> Iterator[Story]:
    """The district's bodies and its bank account; no school, no season, and two channels beside the server."""
    with running(tmp_path / "gateways", live_server.url, speed=60) as simulators:
        settings.GATEWAYS = simulators.gateways_dir
        account = {"number": acts.YUZHONG_ACCOUNT, "name": acts.YUZHONG_HOLDER, "kind": "authority", "home": True}
        simulators.control("bank/accounts", account)
        BankAccount.objects.create(
            pooling_area=AREA, holder=acts.YUZHONG_HOLDER, number=acts.YUZHONG_ACCOUNT, bank="演示银行",
            bank_code="105305000018",
        )  # fmt: skip
        bodies = organise_bodies(AREA)
        agency = clerk_of(bodies["insurance_agency"], Desk.AGENCY, "区医保局 江老师")
        education = clerk_of(bodies["education_bureau"], Desk.EDUCATION, "区教委 冉老师")
        yield Story(windows, simulators, agency, education)
        simulators.control("notices", method="DELETE")


def test_the_season_of_yuzhong_2020_from_its_first_day_to_its_last(story):
    the_agency_takes_in_the_directory_and_opens_the_season(story)
    nobody_pays_before_september(story)
    the_first_day_is_open(story)
    every_way_to_pay_has_its_guide(story)
    two_families_pay_in_the_open_period(story)
    a_first_timer_registers_and_pays_at_the_community(story)
    the_bureaus_see_what_is_late(story)
    a_family_reads_the_letter(story)
    a_hard_case_goes_to_the_bureau_and_comes_back_answered(story)
    sub_district_and_district_see_who_has_not_reported(story)
    the_figures_are_those_of_the_children(story)
    who_pays_later_is_covered_later(story)
    after_june_the_subsidy_is_added(story)
    the_last_day_is_the_last(story)
    assert examine(INVARIANTS) == []


def the_agency_takes_in_the_directory_and_opens_the_season(story: Story) -> None:
    """C11 附2: 11 sub-districts with contact and phone, and their 61 schools, for everybody to find."""
    story.on("2019-08-30")
    page = story.open(story.agency)
    page.goto("/agency/organisations/directory")
    press(page, "看差异")
    press(page, "确认导入")
    expect(page.get_by_role("status").first).to_contain_text("61 所学校")
    page.goto("/agency/seasons/")
    press(page, "按这些期限开启")
    page.goto("/agency/organisations/?kind=sub_district")
    expect(page.locator("tbody tr")).to_have_count(11)
    row = page.get_by_role("row").filter(has_text="七星岗街道")
    expect(row).to_contain_text("马玉姣")
    expect(row).to_contain_text("63727509")
    keep(page, "yuzhong-c11-directory")
    people_come_to_work(story)
    family = story.phone()
    family.goto(f"/help/?area={AREA}&school=中华路小学")
    expect(family.get_by_role("main")).to_contain_text("马玉姣")
    expect(family.get_by_text("街道联系人 11 个")).to_be_visible()
    keep(family, "yuzhong-c11-help")


def people_come_to_work(story: Story) -> None:
    """A school, its sub-district and a community have clerks; the school has its list of pupils."""
    school = Organisation.objects.get(pooling_area=AREA, name="中华路小学")
    place = organisation("community", area=AREA, name="七星岗社区", parent=school.parent)
    story.school = clerk_of(school, Desk.SCHOOL, "中华路小学 蒋老师")
    story.street = clerk_of(school.parent, Desk.COMMUNITY, "马玉姣")
    story.worker = clerk_of(place, Desk.COMMUNITY, "七星岗社区 李社工")
    for number, name in enumerate(PUPILS, 1):
        named(school, name, number_of(name), phone=f"1380000{number:04}")
    named(None, *NOT_HERE, hukou="510104", registered=None)
    list_and_determine(season=Season.objects.get(pooling_area=AREA), organisation=school, at=at("2019-08-30"))


def number_of(name: str) -> str:
    """A pupil's identity number."""
    return resident_id(date(2012, 5, 4), PUPILS.index(name) + 1, AREA)


def nobody_pays_before_september(story: Story) -> None:
    """C1 一(一): on 31 August the rules say that it is too early, and no family can begin."""
    story.on("2019-08-31")
    family = story.phone()
    family.goto("/pay/")
    family.get_by_text("现在没有在办理期限内的年度").wait_for()
    says(calculated(family, "2019-08-31"), "一(一)", "2019年9月1日开始，现在还不能缴费")


def calculated(page: Page, day: str, *, tier: str = "一档") -> Page:
    """What the public calculator says of a pupil here who pays on that day. 算一算"""
    page.goto(f"/calculator/{AREA}/2020/")
    typed = {"孩子出生日期": "2012-05-04", "哪天缴费": day, "孩子户籍": "渝中区", "学校所在地": "渝中区"}
    for label, said in typed.items():
        page.get_by_label(label).fill(said)
    page.get_by_label("在哪个学段").select_option("primary")
    page.get_by_label("以前在这里参加过居民医保").check()
    page.get_by_label(tier).check()
    press(page, "算一算")
    page.get_by_role("status").wait_for()
    return page


def says(page: Page, *words: str) -> None:
    """All of this stands in the calculator's answer."""
    for word in words:
        expect(page.locator(".verdict")).to_contain_text(word)


def the_first_day_is_open(story: Story) -> None:
    """C1 一(一): from 1 September to 20 December, both days included; late until 30 September 2020."""
    story.on("2019-09-01", hour=1)
    family = story.phone()
    family.goto("/pay/")
    family.get_by_text("缴费年度").wait_for()
    family.goto(f"/policies/{AREA}/2020/")
    when = family.get_by_role("region", name="期限")
    for words in ("2019年9月1日 至 2019年12月20日", "2019年12月21日 至 2020年9月30日", "现在可办"):
        expect(when).to_contain_text(words)
    keep(family, "yuzhong-c1-windows")


def every_way_to_pay_has_its_guide(story: Story) -> None:
    """C10 附1: WeChat, Alipay and the city's app step by step, and a code that leads to the page to pay."""
    story.on("2019-09-16")
    family = story.phone()
    family.goto("/pay/guide")
    for way in ("微信", "支付宝", "渝快办", "社区居委会现场缴费"):
        expect(family.get_by_role("heading", name=way).first).to_be_visible()
    expect(family.get_by_text("为本人或代他人缴费").first).to_be_visible()
    expect(family.get_by_role("img", name="家长缴费页面的二维码")).to_be_visible()
    keep(family, "yuzhong-c10-guide")


def two_families_pay_in_the_open_period(story: Story) -> None:
    """C2 一(二), C3 一(三), C4 一(四): tier one 250 and tier two 625, for one's own or for another; the whole year."""
    story.on("2019-09-16")
    mother = story.phone()
    come_in(mother, Person.objects.get(name="张小明"))
    own = mother.url
    press(mother, "现在缴费")
    expect(mother.get_by_label("一档 250元")).to_be_visible()
    mother.get_by_label("二档 625元").check()
    expect(mother.locator(".payee-total")).to_contain_text("625元")
    keep(mother, "yuzhong-c2-tiers", top=".payee")
    press(mother, "微信支付")
    acts.pay_and_come_back(mother, "缴费成功")
    mother.goto(own)
    is_covered(mother, "2020-01-01", "625元")
    keep(mother, "yuzhong-c4-open")
    neighbour = story.phone()
    acts.choose_child_at(neighbour, "李华", number_of("李华"), payer="邻居代缴")
    keep(neighbour, "yuzhong-c3-for-another", top=".payee")
    press(neighbour, "支付宝")
    acts.pay_and_come_back(neighbour, "缴费成功")


def in_words(day: str) -> str:
    """A day as pages say it. 日期"""
    one = date.fromisoformat(day)
    return f"{one.year}年{one.month}月{one.day}日"


def is_covered(page: Page, since: str, paid: str) -> None:
    """The family's page says from when, always to the year's last day, and what was paid. 待遇期"""
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text(f"{in_words(since)} 至 2020年12月31日")
    expect(verdict).to_contain_text(paid)


def a_first_timer_registers_and_pays_at_the_community(story: Story) -> None:
    """C3 一(三): a new child registers at the residents' committee and pays there, by card, WeChat or Alipay."""
    story.on("2019-09-20")
    page = story.open(story.worker)
    page.get_by_role("link", name="登记孩子").first.click()
    page.get_by_label("姓名").first.fill("谈沐辰")
    page.get_by_label("证件类型").select_option("resident_id")
    page.get_by_label("证件号码").fill(resident_id(date(2018, 5, 6), 12, AREA))
    page.get_by_label("户籍所在地").first.fill("渝中区")
    page.get_by_label("关系").first.select_option("mother")
    page.get_by_label("手机").first.fill("13812345678")
    press(page, "核对，看结果")
    page.get_by_role("heading", name="可以参保，家庭缴250元").wait_for()
    press(page, "登记，接着收费")
    for way in ("微信支付", "支付宝"):
        expect(page.get_by_role("button", name=way)).to_be_visible()
    if not page.get_by_label("终端号").is_visible():
        page.get_by_text("刷卡", exact=True).click()
    page.get_by_label("终端号").fill("T0001")
    page.get_by_label("凭证号").fill("000123")
    page.get_by_label("签购单金额是").check()
    keep(page, "yuzhong-c3-counter", top=".payee")
    press(page, "确认收款")
    page.get_by_role("heading", name="缴费成功").wait_for()


def the_bureaus_see_what_is_late(story: Story) -> None:
    """C5 二, C6 二(二): who owns each of the four phases, until when, and which day has passed."""
    story.on("2019-10-11")
    owners = {"工作部署": ("2019-09-30", "区税务局"), "宣传发动": ("2019-10-10", "学校和幼儿园"),
              "协调配合": ("2019-10-30", "街道"), "数据统计": ("2019-11-10", "街道社保所")}  # fmt: skip
    for who in (story.agency, story.education):
        page = story.open(who)
        phases = page.get_by_role("region", name="各阶段和负责单位")
        for name, (day, owner) in owners.items():
            line = phases.get_by_role("listitem").filter(has_text=name)
            for words in (in_words(day), owner, "已到期" if day < "2019-10-11" else "进行中"):
                expect(line).to_contain_text(words)
        if who is story.agency:
            keep(page, "yuzhong-c5-phases", top="[aria-labelledby=phases]")


def a_family_reads_the_letter(story: Story) -> None:
    """C6 二(二): sums, ways, cover and steps stand in the letter that every family has on its own page."""
    family = story.phone()
    come_in(family, Person.objects.get(name="彭雨"))
    family.get_by_role("link", name="告家长书").click()
    letter = family.get_by_role("main")
    for words in ("渝中区", "250元", "2020年1月1日", "2020年12月31日", "微信"):
        expect(letter).to_contain_text(words)
    keep(family, "yuzhong-c6-letter")


def a_hard_case_goes_to_the_bureau_and_comes_back_answered(story: Story) -> None:
    """C7 二(三): a school hands on what it cannot decide, the bureau answers, and the school reads the answer."""
    story.on("2019-10-22")
    school, bureau = story.open(story.school), story.open(story.agency)
    school.goto("/cases/whose/")
    school.get_by_label("姓名").fill(NOT_HERE[0])
    school.get_by_label("证件号码").fill(NOT_HERE[1])
    press(school, "查询")
    school.get_by_label("要对方办什么").fill("家长说已转入本校，学籍还在外区，请核实能否在渝中参保")
    school.get_by_role("button", name="转给").click()
    number = school.locator("h1 ~ .lead code").first.inner_text()
    bureau.goto("/cases/")
    bureau.get_by_role("link", name=number).click()
    press(bureau, "接收，由我们办")
    bureau.get_by_label("结果").fill("学籍转入渝中后即可参保，不限户籍；请学校先办转学")
    bureau.get_by_role("button", name="办结", exact=True).click()
    school.reload()
    school.get_by_role("heading", name="已办结：学籍转入渝中后即可参保").wait_for()
    keep(school, "yuzhong-c7-answered")


def sub_district_and_district_see_who_has_not_reported(story: Story) -> None:
    """C8 二(四): a sub-district and the bureau see which schools have handed in nothing."""
    story.on("2019-11-05")
    street = story.open(story.street)
    street.goto("/community/progress/")
    expect(street.get_by_role("row").filter(has_text="金马小学")).to_contain_text("还没有名单")
    bureau = story.open(story.education)
    expect(bureau.locator(".figures")).to_contain_text("60")
    expect(bureau.locator(".figures")).to_contain_text("所学校没有名单")
    bureau.get_by_role("region", name="没有名单的学校").get_by_role("link").first.wait_for()
    keep(bureau, "yuzhong-c8-not-reported")


def the_figures_are_those_of_the_children(story: Story) -> None:
    """C8 二(四), C9 三: per school and sub-district against who should be covered; sums are those of their parts."""
    street = story.open(story.street)
    street.goto("/community/progress/")
    expect(street.get_by_role("heading", name="应保 9 名，已落实 3 名，还差 6 名")).to_be_visible()
    for column, total in (("应保", 9), ("已落实", 3)):
        parts = street.locator(f'tbody td[data-label="{column}"]').all_inner_texts()
        assert sum(int(part) for part in parts) == total
    rows = street.locator("tbody tr")
    assert [rows.filter(has_text=name).count() for name in ("中华路小学", "七星岗社区")] == [1, 1]
    keep(street, "yuzhong-c9-progress")
    bureau = story.open(story.education)
    row = bureau.get_by_role("row").filter(has_text="七星岗街道").first
    expect(row).to_contain_text(str(len(PUPILS)))


def who_pays_later_is_covered_later(story: Story) -> None:
    """C4 一(四): late December, January or February, and from 1 March after ninety days."""
    for name, day, since in (
        ("王小雨", "2019-12-25", "2020-01-01"), ("陈乐", "2020-01-15", "2020-02-01"),
        ("周子涵", "2020-03-02", "2020-05-31"),
    ):  # fmt: skip
        story.on(day)
        family = story.phone()
        come_in(family, Person.objects.get(name=name))
        pays(family, "250元")
        is_covered(family, since, "250元")
        keep(family, f"yuzhong-c4-{day}")
    says(calculated(family, "2020-02-29"), "2020年3月1日 至 2020年12月31日", "250元")
    says(calculated(family, "2020-03-01"), "2020年5月30日 至 2020年12月31日", "一(四)")


def pays(page: Page, sum_: str) -> None:
    """From the child's page to the channel and back to it. 缴费"""
    child = page.url
    press(page, "现在缴费")
    expect(page.locator(".payee-total")).to_contain_text(sum_)
    press(page, "微信支付")
    acts.pay_and_come_back(page, "缴费成功")
    page.goto(child)


def after_june_the_subsidy_is_added(story: Story) -> None:
    """C2 一(二): until 30 June 250 and 625; from 1 July each with the year's subsidy of 550."""
    story.on("2020-07-01")
    family = story.phone()
    says(calculated(family, "2020-06-30", tier="二档"), "625元")
    come_in(family, Person.objects.get(name="罗一鸣"))
    child = family.url
    press(family, "现在缴费")
    expect(family.get_by_label("二档 1,175元")).to_be_visible()
    expect(family.get_by_text("另加当年财政补助550元")).to_be_visible()
    keep(family, "yuzhong-c2-after-june", top=".payee")
    family.goto(child)
    pays(family, "800元")
    is_covered(family, "2020-09-29", "800元")
    keep(family, "yuzhong-c4-2020-07-01")


def the_last_day_is_the_last(story: Story) -> None:
    """C1 一(一): on 30 September 2020 a family may still begin; the day after, nobody."""
    story.on("2020-09-30")
    family = story.phone()
    come_in(family, Person.objects.get(name="何静"))
    expect(family.get_by_role("button", name="现在缴费")).to_be_visible()
    expect(family.locator(".verdict")).to_contain_text("2020年9月30日（北京时间） 今天")
    story.on("2020-10-01")
    family.goto("/pay/")
    family.get_by_text("现在没有在办理期限内的年度").wait_for()
    says(calculated(family, "2020-10-01"), "已于2020年9月30日结束")
    keep(family, "yuzhong-c1-closed")
    assert Enrolment.objects.filter(state__in=["paid", "covered"]).count() == 7
