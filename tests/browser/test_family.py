"""A guardian on a phone in a real browser: in by a code, the year, the letter, not to enrol and back. 家长手机"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.web.families import number_of
from yingbao.enrolment.models import Enrolment
from yingbao.families import codes
from yingbao.families.models import CodeRequest
from yingbao.messages.models import Message
from yingbao.people.models import Person
from yingbao.sealing import sealed
from yingbao.values import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ON_A_PHONE = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def code_for(page: Page, person: Person) -> None:
    """Ask on the page, let the job send, read the outbox, type it."""
    page.goto("/family/find")
    page.get_by_label("孩子姓名").fill(person.name)
    page.get_by_label("孩子的证件号码").fill(number_of(person))
    page.get_by_role("button", name="获取验证码").click()
    page.wait_for_url("**/family/code?ask=*")
    for row in CodeRequest.objects.filter(looked_up_at__isnull=True):
        codes.send(request=row.pk, at=clock.now())
    sent = Message.objects.filter(kind="family_code").order_by("-pk")[0]
    page.get_by_label("验证码").fill(json.loads(sealed.unseal(sent.secret_cipher))["code"])


def come_in(page: Page, person: Person) -> None:
    code_for(page, person)
    page.get_by_role("button", name="进入").click()
    page.get_by_label("我已阅读").check()
    page.get_by_role("button", name="同意并继续").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.name)


def thumbs(page: Page) -> list[str]:
    """What a thumb could miss: buttons lower than 44 pixels."""
    low = "bs => bs.filter(b => b.getBoundingClientRect().height < 44).map(b => b.textContent.trim())"
    return list(page.locator("main .button:visible:not(.small)").evaluate_all(low))


def test_a_guardian_without_javascript_sees_the_year_and_declines_and_comes_back(season, visit):
    person = Person.objects.get(name="汪晓雯")
    page = visit(**ON_A_PHONE, java_script_enabled=False).page
    come_in(page, person)
    expect(page.get_by_role("heading", name="可以参保，家庭不用缴费")).to_be_visible()
    expect(page.get_by_role("list", name="参保进度").get_by_role("listitem")).to_have_count(6)
    page.get_by_role("link", name="本年度不参保").click()
    page.get_by_label("自愿放弃本年度参保").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="确认不参保").click()
    expect(page.get_by_text("已登记为不参保")).to_be_visible()
    assert Enrolment.objects.get(person=person).state == "declined"
    page.get_by_role("button", name="还是要参保").click()
    assert Enrolment.objects.get(person=person).state == "determined"
    page.get_by_role("link", name="我的孩子").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="家长办事")).to_be_visible()


def test_every_family_page_fits_a_phone_and_has_no_grave_violation(season, visit):
    person = Person.objects.get(name="陈启昂")
    page = visit(**ON_A_PHONE).page
    wrong = []
    for address in ("/family/", "/family/find", "/calculator/", "/calculator/320500/2020/", "/pay/"):
        page.goto(address)
        wrong += [*grave(page), *ill_formed(page)]
    code_for(page, person)
    wrong += [*grave(page), *ill_formed(page)]
    page.get_by_role("button", name="进入").click()
    wrong += [*grave(page), *ill_formed(page)]
    page.get_by_label("我已阅读").check()
    page.get_by_role("button", name="同意并继续").click()
    page.wait_for_url("**/family/children/*/")
    child = page.url
    for part in ("", "letter", "receipts/", "leave", "correct", "erase", "held"):
        answer = page.goto(child + part)
        assert answer is not None
        assert len(answer.body()) < 100_000
        wrong += [*grave(page), *ill_formed(page), *(f"{page.url} {one}" for one in thumbs(page))]
        page.set_viewport_size({"width": 320, "height": 640})
        wrong += ill_formed(page)
        page.set_viewport_size(PHONE)
    for address in ("/family/", "/family/add"):
        page.goto(address)
        wrong += [*grave(page), *ill_formed(page), *(f"{page.url} {one}" for one in thumbs(page))]
    assert wrong == []
