"""Passkeys by a real ceremony, codes from an authenticator, and a form that outlives its session. 账户与会话"""

from __future__ import annotations

import base64
import re

import pyotp
import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.test_access_for_all import grave, ill_formed
from tests.enrolment.building import AT, organisation
from tests.web.conftest import PASSWORD, clerk_of
from yingbao.agents import recovery
from yingbao.agents.models import Appointment, AppointmentRequest, Desk, Passkey, User, Visit
from yingbao.enrolment.models import Enrolment

pytestmark = pytest.mark.django_db(transaction=True)


def virtual_key(page: Page) -> tuple[CDPSession, str]:
    """A device of the browser's own making, whose owner always consents."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def give_password(page: Page, appointment: Appointment) -> None:
    page.goto("/sign-in")
    page.get_by_label("用户名").fill(appointment.user.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def add_key(page: Page) -> None:
    page.goto("/account/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("给它起个名字").fill("办公室电脑")
    page.get_by_role("button", name="添加").click()
    page.get_by_role("heading", name="请现在抄下恢复码").wait_for()


def test_a_passkey_is_made_and_signs_in_and_a_copy_of_it_does_not(visit: Open, season):
    page = visit(season.clerk).page
    devtools, device = virtual_key(page)
    add_key(page)
    assert Passkey.objects.get().label == "办公室电脑"
    page.goto("/")
    page.locator("details.me summary").click()
    page.get_by_role("button", name="退出").click()
    copied = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"][0]
    give_password(page, season.clerk)
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url("**/school/")
    assert Passkey.objects.get().sign_count > copied["signCount"]
    assert Visit.objects.filter(factor="passkey").exists()

    # Somebody else's device with a copy of the key, as it was before it was used here.
    thief = visit().page
    other, theirs = virtual_key(thief)
    give_password(thief, season.clerk)
    other.send("WebAuthn.addCredential", {"authenticatorId": theirs, "credential": copied})
    thief.get_by_role("button", name="用通行密钥登录").click()
    thief.get_by_text("通行密钥没有通过").wait_for()
    assert "sign-in" in thief.url


def test_a_device_that_does_not_consent_leaves_the_other_ways_open(visit: Open, season):
    page = visit(season.clerk).page
    devtools, device = virtual_key(page)
    add_key(page)
    code = page.locator("code.copy").first.inner_text()
    page.context.clear_cookies()
    give_password(page, season.clerk)
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    devtools.send("WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": credential_of(device)})
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("设备没有确认").wait_for()
    page.get_by_text("手机或密钥不在身边").click()
    page.get_by_label("恢复码").fill(code)
    page.get_by_role("button", name="用恢复码登录").click()
    page.wait_for_url("**/school/")


def credential_of(device: str) -> str:
    """The only key there is, as the browser's tools name it."""
    return base64.b64encode(bytes(Passkey.objects.get().credential)).decode()


def test_without_scripts_the_authenticator_signs_in(visit: Open, season):
    page = visit(java_script_enabled=False).page
    give_password(page, season.clerk)
    page.goto("/account/totp")
    secret = re.sub(r"\s", "", page.locator("code.copy").inner_text())
    page.get_by_label("6 位数字").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="启用").click()
    expect(page.locator("code.copy")).to_have_count(recovery.NUMBER)
    codes = page.locator("code.copy").all_inner_texts()
    page.context.clear_cookies()
    give_password(page, season.clerk)
    expect(page.get_by_label("验证器上的 6 位数字")).to_be_visible()
    page.get_by_text("手机或密钥不在身边").click()
    page.get_by_label("恢复码").fill(codes[4])
    page.get_by_role("button", name="用恢复码登录").click()
    page.wait_for_url("**/school/")


def test_a_reason_typed_when_the_session_had_ended_is_sent_after_signing_in(visit: Open, season):
    page = visit(season.clerk).page
    one = Enrolment.objects.filter(person__name="王小二").first()
    page.goto(f"/school/pupils/{one.person_id}/")
    page.get_by_text("登记为不参保").first.click()
    page.locator("#decline-reason").fill("家长还在考虑")
    page.get_by_label("家长书面放弃").check()
    Session.objects.all().delete()
    page.get_by_role("button", name="登记为不参保").click()
    page.get_by_text("刚才填写的内容已替您保存").wait_for()
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("用户名").fill(season.clerk.user.username)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("heading", name="您填写的内容还在").wait_for()
    page.get_by_role("button", name="继续提交").click()
    page.wait_for_url(lambda url: "resume" not in url)
    one.refresh_from_db()
    assert (one.state, one.reason) == ("declined", "家长书面放弃：家长还在考虑")


def administrators() -> dict[str, Appointment]:
    centre = organisation("operations", name="信息中心")
    return {desk: clerk_of(centre, desk, name=name) for desk, name in ((Desk.SYSTEM, "施文"), (Desk.SECURITY, "汤敏"))}


def test_two_administrators_give_a_new_clerk_a_desk_on_their_pages(visit: Open, season):
    seats = administrators()
    system = visit(seats[Desk.SYSTEM]).page
    system.goto("/system/")
    system.get_by_role("link", name="开户").click()
    system.get_by_label("姓名").fill("何静")
    system.get_by_label("用户名").fill("zhenbo-hejing")
    system.get_by_label("所在单位").fill("枕波")
    system.get_by_label("岗位").select_option("school")
    system.get_by_role("button", name="开户").click()
    password = system.locator("code.reference").inner_text()
    security = visit(seats[Desk.SECURITY]).page
    security.goto("/security/")
    security.get_by_role("button", name="批准 何静").click()
    security.get_by_text("已批准 何静 任职").wait_for()
    clerk = visit().page
    clerk.goto("/sign-in")
    clerk.get_by_label("用户名").fill("zhenbo-hejing")
    clerk.get_by_label("密码").fill(password)
    clerk.get_by_role("button", name="登录").click()
    clerk.get_by_role("heading", name="修改密码").wait_for()
    clerk.get_by_label("现在的密码").fill(password)
    clerk.get_by_label("新密码", exact=True).fill("window harbour 31")
    clerk.get_by_label("再输一次新密码").fill("window harbour 31")
    clerk.get_by_role("button", name="修改").click()
    clerk.wait_for_url("**/school/")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_administrators_pages_are_open_to_everybody(visit: Open, season, size):
    seats = administrators()
    clerk = season.clerk.user
    User.objects.filter(pk=clerk.pk).update(organisation=season.school)
    AppointmentRequest.objects.create(
        user=clerk, organisation=season.school, desk=Desk.SCHOOL, since=season.clerk.since,
        asked_by=seats[Desk.SYSTEM].user, asked_at=AT,
    )  # fmt: skip
    pages = {
        Desk.SYSTEM: [
            "/system/", "/system/users/", "/system/users/new", f"/system/users/{clerk.pk}/", "/system/organisations/",
            "/system/organisations/new", f"/system/organisations/{season.school.pk}/", "/system/tokens/",
            "/system/tokens/new", "/account/", "/account/totp", "/account/passkeys/add",
        ],
        Desk.SECURITY: ["/security/", "/security/users/", f"/security/users/{clerk.pk}/"],
    }  # fmt: skip
    for desk, addresses in pages.items():
        page = visit(seats[desk], viewport=size).page
        for address in addresses:
            page.goto(address)
            assert grave(page) + ill_formed(page) == []
