"""An officer opens the next year from the last in a real browser, at a desk and on a phone. 参保季结转"""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import at
from tests.enrolment.next_year import policies_in, write_next_year
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.jobs import work
from yingbao.values import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("window", [DESK, PHONE])
def test_an_officer_reckons_opens_and_finds_the_work_that_is_left(season, visit, window, tmp_path):
    clock.set_to(at("2020-09-02"))
    with policies_in(write_next_year(tmp_path)):
        page = visit(season.desks[Desk.AGENCY], viewport=window).page
        page.goto("/agency/seasons/")
        page.get_by_role("link", name="由上一季开启").click()
        page.get_by_role("button", name="试算").click()
        page.get_by_text("正在排队").wait_for()
        assert grave(page) == []
        work.run_waiting()
        page.get_by_role("heading", name="开启后会怎样").wait_for()
        assert grave(page) == []
        page.get_by_role("button", name=re.compile("开启并结转")).click()
        page.get_by_text("参保季已开启").wait_for()
        work.run_waiting()
        page.get_by_role("heading", name="接下来的工作").wait_for()
        assert grave(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
        page.get_by_text("还没有核对新学年花名册的学校").wait_for()
    assert Enrolment.objects.filter(season__plan_year=2021).exists()
