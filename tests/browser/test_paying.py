"""A family pays on a phone, another by a code, a worker takes a card: real browser, real server, real gateways. 缴费"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.collection.orders import school_of_yuzhong
from tests.enrolment.building import AT, organisation
from tests.simulators.running import Simulators, running
from tests.web.conftest import PASSWORD, clerk_of
from tests.web.gateways import named
from yingbao.agents.models import Appointment, Desk
from yingbao.collection.models import Payment
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER, OTHER, NEW = "500103201205040013", "500103201205040021", "500103201205040039"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[Simulators]:
    with running(tmp_path_factory.mktemp("browser") / "home", speed=60) as simulators:
        yield simulators


@pytest.fixture
def gateways(started, live_server, settings) -> Iterator[Simulators]:
    settings.GATEWAYS = started.gateways_dir
    started.clock(AT.isoformat())
    started.control("platform", {"platform": live_server.url})
    yield started
    started.control("notices", method="DELETE")
    time.sleep(0.2)


@pytest.fixture
def worker(gateways) -> Appointment:
    """Two children enrolled before, one registered here for the first time, and who works at the counter."""
    season, school = open_season(policy_id="500103/2020", at=AT), school_of_yuzhong()
    place = organisation("community", area="500103", name="七星岗社区")
    one = clerk_of(place, Desk.COMMUNITY, "李社工")
    named(school, "张小明", NUMBER)
    named(school, "李华", OTHER)
    new = named(school, "周子涵", NEW, registered=None)
    list_and_determine(season=season, organisation=school, at=AT)
    actions.register(enrolment=Enrolment.objects.get(person=new), channel="community", by=one, at=AT)
    return one


def opened(chromium: Browser, url: str, *, phone: bool) -> Iterator[Page]:
    more = {"user_agent": IPHONE, "has_touch": True, "is_mobile": True} if phone else {}
    context = chromium.new_context(
        viewport=PHONE if phone else DESK, base_url=url, locale="zh-CN", reduced_motion="reduce", **more
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def phone(chromium, live_server, worker) -> Iterator[Page]:
    yield from opened(chromium, live_server.url, phone=True)


@pytest.fixture
def screen(chromium, live_server, worker) -> Iterator[Page]:
    yield from opened(chromium, live_server.url, phone=False)


def add(page: Page, name: str, number: str) -> None:
    page.get_by_label("孩子姓名").fill(name)
    page.get_by_label("孩子的证件号码").fill(number)
    page.get_by_role("button", name="下一步").or_(page.get_by_role("button", name="添加")).click()
    page.get_by_text(f"{name[0]}*").first.wait_for()


def seen(page: Page, picture: Path) -> None:
    """The page is for every eye and hand, and there is a picture of it."""
    page.screenshot(path=picture, full_page=True)
    assert [*grave(page), *ill_formed(page)] == []


@pytest.mark.parametrize("channel", ["微信支付", "支付宝"])
def test_a_family_pays_for_two_children_on_the_channels_page_and_comes_back(phone, channel, tmp_path: Path):
    phone.goto("/pay/")
    seen(phone, tmp_path / "1.png")
    add(phone, "张小明", NUMBER)
    add(phone, "李华", OTHER)
    phone.get_by_label("二档").first.check()
    phone.get_by_text("875元").wait_for()
    seen(phone, tmp_path / "2.png")
    phone.get_by_role("button", name=channel).click()
    phone.get_by_role("button", name="支付 Pay").click()
    phone.get_by_role("link", name="返回应保").click()
    phone.get_by_role("heading", name="缴费成功").wait_for()
    seen(phone, tmp_path / "3.png")
    assert Payment.objects.get().total_fen == 87500
    assert "张*明" in phone.content()
    assert NUMBER not in phone.content()


def test_a_family_at_a_desk_scans_a_code_and_the_page_changes_by_itself(screen, gateways, tmp_path: Path):
    screen.goto("/pay/")
    add(screen, "张小明", NUMBER)
    seen(screen, tmp_path / "1.png")
    screen.get_by_role("button", name="微信支付").click()
    screen.get_by_role("img", name="付款二维码").wait_for()
    seen(screen, tmp_path / "2.png")
    gateways.pay("wechat", Payment.objects.get().number)
    screen.get_by_role("heading", name="缴费成功").wait_for()
    seen(screen, tmp_path / "3.png")
    screen.goto("/pay/guide")
    seen(screen, tmp_path / "4.png")


def test_a_wrong_number_and_an_order_called_off_leave_nothing_behind(phone, tmp_path: Path):
    phone.goto("/pay/")
    phone.get_by_label("孩子姓名").fill("张小明")
    phone.get_by_label("孩子的证件号码").fill("500103201205049999")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("alert").get_by_text("没有查到可在线缴费的孩子").wait_for()
    seen(phone, tmp_path / "1.png")
    add(phone, "张小明", NUMBER)
    phone.get_by_role("button", name="微信支付").click()
    phone.get_by_role("button", name="取消 Cancel").click()
    phone.get_by_role("link", name="返回应保").click()
    seen(phone, tmp_path / "2.png")
    phone.get_by_role("button", name="取消订单").click()
    phone.get_by_role("heading", name="订单已关闭").wait_for()
    assert Payment.objects.get().state == "closed"


@pytest.mark.parametrize("small", [False, True])
def test_a_worker_takes_a_card_at_the_counter(screen, phone, small, worker, tmp_path: Path):
    page = phone if small else screen
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(worker.user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="现场收费").first.click()
    page.get_by_label("查找孩子").fill("周子涵")
    page.get_by_role("button", name="查找").click()
    seen(page, tmp_path / "1.png")
    page.get_by_role("button", name="收费 周子涵").click()
    page.get_by_text("刷卡", exact=True).click()
    page.get_by_label("终端号").fill("T0001")
    page.get_by_label("凭证号").fill("000123")
    page.get_by_label("签购单金额是").check()
    seen(page, tmp_path / "2.png")
    page.get_by_role("button", name="确认收款").click()
    page.get_by_role("heading", name="缴费成功").wait_for()
    seen(page, tmp_path / "3.png")
    with page.context.expect_page() as slip:
        page.get_by_role("button", name="打印凭条").click()
    slip.value.get_by_text("贰佰伍拾元整").wait_for()
    seen(slip.value, tmp_path / "4.png")
