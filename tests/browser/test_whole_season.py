"""A whole season is paid for, in a real browser before real gateways and a real bank, and every fen agrees. 整季"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import season as acts
from tests.browser.conftest import Season
from tests.browser.season import CHILDREN, SUZHOU_ACCOUNT, YUZHONG_ACCOUNT, Windows, gateways, keep, press, windows
from tests.collection.signing import authority, signing
from tests.enrolment.building import AT, child, organisation
from tests.exchange.season import stands
from tests.simulators.running import Simulators
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.collection.audit import INVARIANTS
from yingbao.collection.models import Arrival, BankAccount, Receipt
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.models import Season as PlanYear
from yingbao.jobs import payments, receipts, refunds
from yingbao.ledger.audit import examine
from yingbao.values import clock

__all__ = ["authority", "gateways", "signing", "windows"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SUZHOU, YUZHONG = "320500", "500103"
TODAY, TOMORROW = AT, AT + timedelta(days=1, minutes=30)


@dataclass
class Story:
    """Who takes part, and where files are laid down."""

    open: Windows
    bank: Page
    gateways: Simulators
    folder: Path
    town: Season
    worker: Appointment
    tax: dict[str, Appointment]
    pages: dict[str, Page] = field(default_factory=dict)


@pytest.fixture
def story(season, windows, gateways, signing, tmp_path: Path) -> Story:
    """Two areas with an account each at the bank, a school's list and five children of Yuzhong."""
    for area, number in ((SUZHOU, SUZHOU_ACCOUNT), (YUZHONG, YUZHONG_ACCOUNT)):
        BankAccount.objects.create(
            pooling_area=area, holder="社会保险费待报解专户", number=number, bank="演示银行", bank_code="105305000018"
        )
    place = organisation("community", area=YUZHONG, name="七星岗社区")
    collector = organisation("tax_authority", area=YUZHONG, name="国家税务总局重庆市渝中区税务局")
    worker = clerk_of(place, Desk.COMMUNITY, "李社工")
    Organisation.objects.filter(kind="civil_affairs").update(name="苏州市民政局")
    acts.children_of_yuzhong(worker)
    tax = {SUZHOU: season.desks[Desk.TAX], YUZHONG: clerk_of(collector, Desk.TAX, "赵税务")}
    return Story(windows, windows(url=gateways.url), gateways, tmp_path, season, worker, tax)


def test_a_whole_season_is_paid_for_and_every_fen_agrees(story):
    a_school_declares_and_pays_by_transfer(story)
    another_school_pays_by_debit(story)
    two_families_pay_on_their_phones(story)
    a_worker_takes_a_card_at_the_counter(story)
    what_was_paid_twice_goes_back(story)
    the_next_day_bills_and_settlements_agree(story)
    families_and_the_school_hold_receipts_that_a_stranger_verifies(story)
    every_fen_agrees(story)


def a_school_declares_and_pays_by_transfer(story: Story) -> None:
    clerk, tax = story.open(story.town.clerk), story.open(story.tax[SUZHOU])
    acts.confirm_everybody(clerk)
    acts.declare(clerk, by="银行转账：", screen=True)
    acts.accept(tax, "枕波小学")
    clerk.reload()
    clerk.get_by_role("heading", name="下一步：转账缴费").wait_for()
    reference = clerk.locator(".reference").inner_text().strip()
    due = acts.in_yuan(clerk.locator(".big").first.inner_text())
    story.bank.goto("/bank")
    for label, said in (("他行付款户名", "枕波小学"), ("他行付款账号", "1102020409000123456"), ("附言", reference)):
        story.bank.get_by_label(label).fill(said)
    story.bank.get_by_label("收款账户").select_option(SUZHOU_ACCOUNT)
    story.bank.get_by_label("金额（元）").fill(due)
    press(story.bank, "转账")
    file = acts.bank_statement(story.bank, SUZHOU_ACCOUNT, "CSV", f"{TODAY:%Y-%m-%d}", story.folder)
    acts.upload(tax, "/tax/statements/", file, "上传并入账")
    clerk.reload()
    clerk.get_by_role("heading", name="已全部到账").wait_for()
    keep(clerk, "declaration-paid")
    story.pages |= {"clerk": clerk, SUZHOU: tax}


def another_school_pays_by_debit(story: Story) -> None:
    school = organisation(name="枕河中学（演示）")
    listed(
        school, PlanYear.objects.get(pooling_area=SUZHOU), *[child(school, name=f"赵小{sign}") for sign in "甲乙丙丁"]
    )
    clerk, tax = story.open(clerk_of(school, Desk.SCHOOL, "周老师")), story.pages[SUZHOU]
    clerk.goto("/school/mandate/")
    paper = {"number": "XY2019-001", "signed_on": "2019-10-08", "bank": "演示银行", "account": "32050161000000100012"}
    for name, said in paper.items():
        clerk.fill(f"#{name}", said)
    press(clerk, "提交核验")
    colleague = story.open(clerk_of(story.tax[SUZHOU].organisation, Desk.TAX, "吴复核"))
    colleague.goto("/tax/mandates/")
    press(colleague, "与原件一致，核验通过")
    colleague.get_by_text("已核验，可用于扣款。").wait_for()
    acts.confirm_everybody(clerk)
    acts.declare(clerk, by="电子扣款：")
    tax.goto("/tax/")
    keep(tax, "tax-home")
    acts.accept(tax, school.name)
    tax.goto("/tax/debits/")
    press(tax, "生成批次")
    message = acts.downloaded(tax, lambda: press(tax, "pain.008"), story.folder)
    story.bank.goto("/bank")
    story.bank.get_by_label("代扣文件").set_input_files(message)
    story.bank.get_by_label("入账账户").select_option(SUZHOU_ACCOUNT)
    press(story.bank, "提交代扣")
    result = story.bank.get_by_role("link", name="pain.002", exact=True).first
    told = acts.downloaded(story.bank, result.click, story.folder)
    acts.upload(tax, "/tax/debits/", told, "上传")
    clerk.reload()
    clerk.get_by_role("heading", name="已全部到账").wait_for()


def two_families_pay_on_their_phones(story: Story) -> None:
    """A mother for two of hers by WeChat; a grandmother for the child next door by Alipay."""
    mother, grandmother = story.open(phone=True), story.open(phone=True)
    mother.goto("/pay/")
    for name in ("张小明", "李华"):
        acts.choose_child(mother, name, CHILDREN[name])
    keep(mother, "pay")
    mother.get_by_label("二档").first.check()
    expect(mother.locator(".payee-total")).to_contain_text("875元")
    mother.get_by_label("缴费人").fill("王女士")
    keep(mother, "pay-confirm", top=".payee:nth-of-type(2)")
    press(mother, "微信支付")
    acts.pay_and_come_back(mother, "缴费成功")
    keep(mother, "pay-done")
    acts.choose_child_at(grandmother, "王小雨", CHILDREN["王小雨"], payer="外婆")
    press(grandmother, "支付宝")
    acts.pay_and_come_back(grandmother, "缴费成功")
    story.pages |= {"mother": mother, "grandmother": grandmother}


def a_worker_takes_a_card_at_the_counter(story: Story) -> None:
    page = story.open(story.worker)
    page.get_by_role("link", name="现场收费").first.click()
    page.get_by_label("查找孩子").fill("周子涵")
    press(page, "查找")
    press(page, "收费 周子涵")
    page.get_by_text("刷卡", exact=True).click()
    page.get_by_label("终端号").fill("T0001")
    page.get_by_label("凭证号").fill("000123")
    page.get_by_label("签购单金额是").check()
    keep(page, "counter", top=".payee")
    press(page, "确认收款")
    page.get_by_role("heading", name="缴费成功").wait_for()
    with page.context.expect_page() as slip:
        press(page, "打印凭条")
    slip.value.get_by_text("贰佰伍拾元整").wait_for()
    keep(slip.value, "slip")


def what_was_paid_twice_goes_back(story: Story) -> None:
    """Father and aunt order before either has paid: the second payment is refunded, and nobody had to ask."""
    father, aunt = story.open(phone=True), story.open(phone=True)
    for page, payer, way in ((father, "爸爸", "微信支付"), (aunt, "姑姑", "支付宝")):
        acts.choose_child_at(page, "陈乐", CHILDREN["陈乐"], payer=payer)
        press(page, way)
        page.get_by_role("button", name="支付 Pay").wait_for()
    acts.pay_and_come_back(aunt, "缴费成功")
    acts.pay_and_come_back(father, "款项已收到，有重复缴费")
    tax = story.open(story.tax[YUZHONG])
    tax.goto("/tax/refunds/")
    row = tax.get_by_role("row").filter(has_text="重复缴费")
    expect(row).to_contain_text("平台自动")
    keep(tax, "refunds")
    row.get_by_role("link").first.click()
    keep(tax, "refund")
    tax.get_by_role("button", name=re.compile("^批准退回")).click()
    refunds.send_refunds(timestamp=0)
    done = tax.get_by_text("已退回付款人")
    for _ in range(100):
        tax.reload()
        if done.count():
            break
        tax.wait_for_timeout(200)
    expect(done).to_be_visible()
    story.pages[YUZHONG] = tax


def the_next_day_bills_and_settlements_agree(story: Story) -> None:
    acts.both_clocks(story.gateways, TOMORROW)
    payments.fetch_bills(timestamp=0)
    for area, account, form, meaning in (
        (SUZHOU, SUZHOU_ACCOUNT, "Excel", "扣款入账"), (YUZHONG, YUZHONG_ACCOUNT, "camt.053.001.08", "渠道结算"),
    ):  # fmt: skip
        tax = story.pages[area]
        file = acts.bank_statement(story.bank, account, form, f"{TODAY:%Y-%m-%d}", story.folder)
        acts.upload(tax, "/tax/statements/", file, "上传并入账")
        tax.get_by_role("link", name="看每一笔的去向").click()
        tax.locator("tbody").get_by_text(meaning).first.wait_for()
        keep(tax, "tax-statement")
        tax.goto(f"/tax/days/{TODAY:%Y-%m-%d}/")
        expect(tax.get_by_role("heading", level=1)).to_contain_text("一致")
        expect(tax.locator(".tag.bad")).to_have_count(0)
        keep(tax, "tax-day")


def families_and_the_school_hold_receipts_that_a_stranger_verifies(story: Story) -> None:
    acts.aside(lambda: receipts.keep_up(at=clock.now(), seconds=60))
    mother, clerk = story.pages["mother"], story.pages["clerk"]
    mother.get_by_role("link", name="电子票据").click()
    keep(mother, "pay-receipts")
    save = mother.get_by_role("link", name=re.compile("^下载 张"))
    paper = acts.downloaded(mother, save.click, story.folder)
    stranger, printed = story.open(phone=True), Receipt.objects.get(obligation__person__name="张小明")
    stranger.goto("/verify/")
    stranger.get_by_label("票据号码").fill(printed.number)
    stranger.get_by_label("校验码").fill(printed.check_code)
    press(stranger, "查验")
    stranger.get_by_text("票据真实有效").wait_for()
    keep(stranger, "receipt-verify")
    stranger.set_input_files("#file", paper)
    press(stranger, "核对文件")
    stranger.get_by_text("正是平台签发的那一份").wait_for()
    clerk.goto("/school/receipts/")
    keep(clerk, "receipts")
    clerk.get_by_role("link", name="一年级 1班").click()
    count = int(acts.in_yuan(clerk.get_by_role("button", name="下载本班票据").inner_text()))
    pack = acts.downloaded(clerk, lambda: press(clerk, "下载本班票据"), story.folder)
    with zipfile.ZipFile(pack) as archive:
        assert len(archive.namelist()) == count > 0


def every_fen_agrees(story: Story) -> None:
    """The book, the bank, the channels, the pages and every invariant say the same."""
    for area, number in ((SUZHOU, SUZHOU_ACCOUNT), (YUZHONG, YUZHONG_ACCOUNT)):
        account = BankAccount.objects.get(number=number)
        kept = {one["key"]: one["balance_fen"] for one in story.gateways.control("bank/accounts", method="GET")}
        assert stands(area, f"bank:{account.pk}") == kept[number] > 0
        assert [stands(area, name) for name in ("suspense", "overpaid", "channel:wechat", "channel:alipay")] == [0] * 4
        tax = story.pages[area]
        tax.goto("/tax/sums/")
        expect(tax.locator(".note.success")).to_contain_text("总账：家庭应收未收 0元")
        tax.goto("/tax/suspense/")
        tax.get_by_text("没有待处理的款项").wait_for()
    applied = Arrival.objects.filter(refunded_fen=0).values_list("amount_fen", "allocated_fen")
    assert all(amount == used for amount, used in applied)
    assert Receipt.objects.filter(voided_at__isnull=True).count() == Enrolment.objects.filter(state="paid").count()
    assert examine(INVARIANTS) == []
