"""A tax officer's day in a real browser: every page whole, open to all, and acted upon. 税务的一天"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import AT, at, clerk
from tests.web import tax_season as day
from yingbao.collection.models import Refund
from yingbao.collection.refunding import send_back
from yingbao.enrolment.seasons import open_season

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/tax/", "/tax/refunds/", "/tax/alarms/", "/tax/days/2019-11-11/", "/tax/close/", "/tax/bodies/",
    "/tax/bodies/?paid_by=treasury", "/tax/sums/",
]  # fmt: skip


@pytest.fixture
def town(transactional_db):
    """Everything waits at once."""
    season = open_season(policy_id="320500/2020", at=AT)
    town = day.busy(season)
    for place in (0, 1, 2):
        day.twice(town, place)
    for place, way in ((3, "wechat"), (4, "wechat"), (5, "alipay"), (6, "card")):
        day.paid(town.owed[place], 100 + place, way=way, payer="李敏")
    due = town.owed[0].due_fen
    day.billed(*(day.line(number, due) for number in (0, 10, 20, 103)), day.line(999, due))
    day.transferred(town, 3 * due)
    arrival = day.transferred(town, due, 2, day="2019-11-06")
    send_back(arrival=arrival, reason="unidentified", note="付款人来函要求退回", by=town.second, at=at("2019-11-09"))
    send_back(
        arrival=day.transferred(town, due, 3, day="2019-11-07"), reason="unidentified", note="重复汇款",
        by=town.officer, at=at("2019-11-09"),
    )  # fmt: skip
    day.declared(town, season)
    day.alarmed()
    clerk(town.officer.organisation)
    return town


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_of_the_tax_day_is_whole_and_open_to_all(town, visit, size):
    page = visit(town.officer, viewport=size).page
    own = Refund.objects.filter(requested_by=town.officer.user).get()
    others = Refund.objects.filter(reason="duplicate").first()
    for address in [*PAGES, f"/tax/refunds/{own.pk}/", f"/tax/refunds/{others.pk}/"]:
        page.goto(address)
        assert grave(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_refunds_are_approved_a_difference_explained_and_an_alarm_settled(town, visit, size):
    page = visit(town.officer, viewport=size).page
    page.goto("/tax/refunds/?state=requested")
    assert page.locator("input[name=refund]").count() == 4
    for box in page.locator("input[name=refund]").all()[:2]:
        box.check()
    page.get_by_role("button", name="批准勾选的").click()
    page.get_by_text("已批准 2 笔退费").wait_for()
    page.goto("/tax/days/2019-11-11/")
    page.get_by_label("说明").first.fill("渠道次日补入账单")
    page.get_by_role("button", name="说明差异").first.click()
    page.get_by_text("已说明差异。").wait_for()
    page.goto("/tax/alarms/?kind=forged")
    page.get_by_label("处理结果").fill("已核对，来源不明，未入账")
    page.get_by_role("button", name="已处理").click()
    page.get_by_text("已处理：收到一条未通过核验的微信通知").wait_for()
