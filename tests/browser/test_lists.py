"""A body's officer hands in a list in a real browser, at the desk and on a phone. 救助名单"""

from __future__ import annotations

from datetime import date

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import AT
from tests.spreadsheet.assisted_lists import XLSX, committed, file_of, known, places, row
from tests.spreadsheet.rosters import resident_id
from yingbao.agents.models import Desk
from yingbao.jobs import work
from yingbao.people.bulk import NewDocument

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_list_is_handed_in_looked_at_settled_and_confirmed(season, visit, size):
    officer = season.desks[Desk.LIST_PROVIDER]
    people = [known(f"王{sign}") for sign in "一二三四"]
    committed(officer.organisation, officer.user, [row(each) for each in people], as_of=date(2019, 9, 1), at=AT)
    number = resident_id(born="20190504")
    known("王宝宝", number=number, documents=(NewDocument("birth_certificate", "A190000001"),))
    rows = [
        row(people[0]), row(people[1], 姓名="李二"), row(姓名="王宝宝", 证件号码=resident_id(born="20190504")),
        row(姓名="路人"), row(姓名="", 证件号码="1"), row(known("新来的")),
    ]  # fmt: skip
    page = visit(officer, viewport=size).page
    page.goto("/lists/")
    assert grave(page) == []
    page.set_input_files("#file", {"name": XLSX, "mimeType": "application/octet-stream", "buffer": file_of(rows)})
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_text("正在排队").wait_for()
    assert grave(page) == []
    work.run_waiting()
    page.get_by_role("button", name="确认生效").wait_for()
    for view in ("有错误", "将退出", "未匹配", "已匹配", "待核实"):
        page.get_by_role("link", name=view).click()
        page.locator(f".chips a[aria-current]:has-text('{view}')").wait_for()
        assert grave(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="李二 是同一人").click()
    page.get_by_text("已记下：李二是同一人。").wait_for()
    page.get_by_role("button", name="确认生效").click()
    page.get_by_text("正在排队").wait_for()
    work.run_waiting()
    page.get_by_role("heading", name="已生效").wait_for()
    assert grave(page) == []
    assert sorted(name for name, *_, last in places(officer.organisation) if last is None) == ["新来的", "王一", "王二"]
