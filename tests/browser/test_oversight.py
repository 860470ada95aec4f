"""Audit, education and help in a browser: nothing grave, nothing runs off a phone, no number is left. 监督"""

from __future__ import annotations

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave, ill_formed
from tests.enrolment.building import AT, organisation
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.people.looks import looked
from yingbao.trail.chaining import extend
from yingbao.trail.events import note

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def auditor(season):
    for number in range(60):
        looked(user=season.clerk.user, organisation=season.school, what="list", count=100 + number, at=AT)
    looked(user=season.clerk.user, organisation=season.school, what="full_number", reason="核对户口簿", at=AT)
    note(what="sign_in_failed", user=season.clerk.user, organisation=season.school, at=AT)
    extend(at=AT, patience_seconds=0)
    return clerk_of(organisation("operations", name="信息中心"), Desk.AUDIT, "赵审计")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_of_oversight_or_help_has_a_grave_violation_or_runs_over_its_edge(season, auditor, visit, size):
    wrong = []
    pages = {
        auditor: [
            "/audit/", "/audit/trail/", "/audit/trail/?kind=event&what=sign_in_failed", "/audit/trail/?kind=change",
            "/audit/trail/?kind=step&from=2019-01-01", "/audit/unusual/",
        ],
        season.desks[Desk.EDUCATION]: ["/education/", f"/education/schools/{season.school.pk}/"],
        None: ["/help/", "/help/?school=枕波", "/help/?school=nowhere", "/sign-in"],
    }  # fmt: skip
    for who, addresses in pages.items():
        page = visit(who, viewport=size).page
        for address in addresses:
            answer = page.goto(address)
            wrong += [] if answer.status == 200 else [f"{address} {answer.status}"]
            wrong += [f"{address} is large"] if len(answer.body()) > 100_000 else []
            wrong += [*grave(page), *ill_formed(page)]
    assert wrong == []


def test_an_auditor_searches_for_a_child_and_the_number_stays_out_of_the_address(auditor, visit):
    page = visit(auditor).page
    page.goto("/audit/")
    page.get_by_role("link", name="去查询").click()
    page.get_by_label("孩子的证件号码").fill("320508201205040011")
    page.get_by_role("button", name="查询").click()
    assert "要写明事由" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("孩子的证件号码").input_value() == "320508201205040011"
    page.get_by_label("事由").fill("家长投诉")
    page.get_by_role("button", name="查询").click()
    page.wait_for_url("**/audit/trail/?**find=1**")
    assert "320508201205040011" not in page.url
    assert "320508201205040011" not in page.content()
    assert "没有查到" in page.get_by_role("main").inner_text()
