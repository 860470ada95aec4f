"""A policy changes in a real browser: one officer writes it, another publishes it. 政策修订"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import AT
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.enrolment import versions
from yingbao.enrolment.models import Enrolment, PolicyProposal, PolicyVersion
from yingbao.jobs.work import run_waiting

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fits(page) -> bool:
    """Whether nothing runs off the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_one_officer_writes_it_another_publishes_it_and_children_are_decided_anew(season, visit):
    agency = season.desks[Desk.AGENCY].organisation
    maker, checker = visit(season.desks[Desk.AGENCY]).page, visit(clerk_of(agency, Desk.AGENCY, "严丽")).page
    maker.goto("/agency/policies/")
    maker.get_by_role("link", name="起草修订", exact=True).click()
    text = versions.text_in_force("320500/2020")
    wrong = text.replace("premium_fen: 24000", "premium_fen: 二百五")
    maker.get_by_label("为什么修订").fill("标准调整")
    maker.get_by_label("依据（文号、条款）").fill("新通知 三")
    maker.get_by_label("政策文本（YAML）").fill(wrong)
    maker.get_by_role("button", name="检查并保存").click()
    line = wrong[: wrong.index("二百五")].count("\n") + 1
    assert f"第 {line} 行" in maker.get_by_role("alert").inner_text()
    assert "二百五" in maker.get_by_label("政策文本（YAML）").input_value()
    assert maker.get_by_label("为什么修订").input_value() == "标准调整"
    maker.get_by_label("政策文本（YAML）").fill(text.replace("premium_fen: 24000", "premium_fen: 25000"))
    maker.get_by_role("button", name="检查并保存").click()
    maker.get_by_role("button", name="试算影响").click()
    run_waiting()
    maker.reload()
    assert grave(maker) == []
    maker.get_by_role("button", name="提交复核").click()
    expect(maker.get_by_role("button", name="复核并发布")).to_have_count(0)
    checker.goto("/agency/")
    checker.get_by_role("link", name="政策修订待复核").click()
    assert grave(checker) == []
    checker.get_by_role("button", name="复核并发布").click()
    assert "第 2 版已发布生效" in checker.get_by_role("status").first.inner_text()
    run_waiting()
    assert PolicyVersion.objects.get(number=2).published_by.name == "严丽"
    sums = set(Enrolment.objects.filter(state="determined", status="enrolled").values_list("premium_fen", flat=True))
    assert sums == {25000}


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_every_page_of_the_agencys_policies_and_organisations_is_for_everybody(season, visit, size):
    page = visit(season.desks[Desk.AGENCY], viewport=size).page
    text = versions.text_in_force("320500/2020").replace("last: 2019-11-30", "last: 2019-12-07")
    proposal = PolicyProposal.objects.create(
        policy="320500/2020", text=text, digest=versions.digest_of(text), reason="延期", clause="二",
        made_by=season.desks[Desk.AGENCY].user, made_at=AT,
    )  # fmt: skip
    for address in (
        "/agency/",
        "/agency/policies/",
        "/agency/policies/new",
        f"/agency/policies/{proposal.pk}/",
        f"/agency/policies/{proposal.pk}/edit",
        "/agency/seasons/",
        "/agency/organisations/",
        "/agency/organisations/directory",
        f"/agency/organisations/{season.school.pk}/",
        "/agency/declarations/",
        f"/agency/declarations/?agent={season.school.pk}",
        "/agency/close/",
    ):
        page.goto(address)
        assert grave(page) == []
        assert fits(page), address
        assert len(page.content().encode()) < 100_000


def test_a_school_is_closed_with_a_second_click_and_its_children_are_found_at_the_other(season, visit):
    page = visit(season.desks[Desk.AGENCY]).page
    page.goto(f"/agency/organisations/{season.school.pk}/")
    page.get_by_text("办理停办移交").click()
    page.get_by_label("接收单位").select_option(label="沧浪小学")
    page.get_by_label("依据").fill("教育局批复")
    page.get_by_role("button", name="停办并移交").dblclick()
    # Of two answers the second replaces the page of the first.
    page.get_by_role("heading", level=1).filter(has_text="已停办").wait_for()
    assert (
        not Enrolment.objects.filter(organisation=season.school).exclude(state__in=["declined", "withdrawn"]).exists()
    )
