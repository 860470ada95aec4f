"""Messages in a real browser: reminders confirmed, the outbox, the link to stop; no violation at either width. 消息"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import AT, organisation
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.jobs import work
from yingbao.messages import moving
from yingbao.messages.lifecycle import Act
from yingbao.messages.models import Message
from yingbao.messages.stopping import stopped, token_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def runs_off(page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_officer_has_families_reminded_and_a_family_says_that_it_is_enough(season, visit, size):
    page = visit(season.desks[Desk.AGENCY], viewport=size).page
    page.goto("/messages/reminders/")
    assert grave(page) == []
    page.get_by_role("link", name="看文字和人数").first.click()
    page.get_by_text("文字示例").wait_for()
    assert grave(page) == []
    assert not runs_off(page)
    page.get_by_role("button", name="确认发出").click()
    page.get_by_text("批量提醒").first.wait_for()
    work.run_waiting()
    message = Message.objects.filter(kind="to_pay", state="queued").earliest("pk")
    family = visit(viewport=size).page
    family.goto(f"/messages/stop/{token_of(message)}")
    assert grave(family) == []
    assert not runs_off(family)
    family.get_by_label("缴费与登记提醒").uncheck()
    family.get_by_role("button", name="保存").click()
    family.get_by_text("已保存").wait_for()
    assert grave(family) == []
    assert stopped(bytes(message.phone_index)) == {"reminder"}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_an_administrator_finds_a_failure_and_tries_it_again(season, visit, size):
    test_message = Message.objects.create(
        kind="to_pay", group="reminder", channel="sms", pooling_area="320500", phone_cipher=b"x",
        phone_index=bytes(32), phone_masked="138****0000", text="-", key="k", state="queued", next_at=AT,
        expires_at=AT.replace(day=20), queued_at=AT,
    )  # fmt: skip
    (claimed,) = moving.claim(channels=["sms"], at=AT)
    moving.move(message=claimed, act=Act.REFUSE, at=AT, said="通道拒绝：isv.MOBILE_NUMBER_ILLEGAL")
    page = visit(clerk_of(organisation("operations"), Desk.SYSTEM), viewport=size).page
    page.goto("/messages/")
    assert grave(page) == []
    assert not runs_off(page)
    page.get_by_role("button", name="重试 138****0000").click()
    page.get_by_text("已重新排队").wait_for()
    test_message.refresh_from_db()
    assert test_message.state == "queued"
    page.goto("/messages/mine")
    assert grave(page) == []
