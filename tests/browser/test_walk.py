"""A clerk's day in a real browser: with the mouse, with the keyboard alone, and without scripts. 浏览器走查"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.enrolment.building import AT
from yingbao.enrolment.models import Enrolment
from yingbao.jobs.models import Job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def state_of(name: str) -> str:
    return Enrolment.objects.get(person__name=name).state


def test_a_clerk_signs_in_finds_a_child_and_confirms_it(season, visit):
    page = visit(season.clerk).page
    expect(page.get_by_role("heading", level=1)).to_contain_text("2020 年度")
    page.get_by_role("link", name="待确认").first.click()
    page.get_by_label("查找").fill("陈启")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_role("link", name="陈启昂").click()
    page.get_by_role("button", name="确认参保").click()
    expect(page.get_by_role("status")).to_contain_text("已确认参保")
    expect(page.get_by_text("孙颖").last).to_be_visible()
    assert state_of("陈启昂") == "confirmed"


def test_filters_change_the_list_alone_and_going_back_brings_the_old_one(season, visit):
    page = visit(season.clerk).page
    page.goto("/school/pupils/")
    page.evaluate("window.untouched = true")
    page.get_by_role("link", name="免缴").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert page.url.endswith("?show=exempt")
    assert page.evaluate("window.untouched")
    page.go_back()
    expect(page.locator("#list tbody tr")).to_have_count(50)
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("第 2 / 2 页")).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") != "HTML"


def test_a_whole_class_is_confirmed_in_three_clicks(season, visit):
    page = visit(season.clerk).page
    page.goto("/school/pupils/?class=primary.2.2班")
    page.get_by_label("确认参保").select_option("all")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("确认 39 名学生参保？")
    expect(page.get_by_text("9,360元")).to_be_visible()
    page.get_by_role("button", name="确认 39 名").click()
    expect(page.get_by_role("status").first).to_contain_text("已确认 39 名")
    assert Enrolment.objects.filter(state="confirmed").count() == 59


def test_a_mistake_in_a_form_is_told_beside_the_field_and_nothing_typed_is_lost(season, visit):
    page = visit(season.clerk).page
    page.goto(f"/school/pupils/{Enrolment.objects.get(person__name='陈启昂').person_id}/")
    page.get_by_text("登记为不参保").first.click()
    page.locator("#decline-reason").fill("家长还在考虑")
    page.get_by_role("button", name="登记为不参保").click()
    expect(page.get_by_text("请选一个原因。").last).to_be_visible()
    expect(page.locator("#decline-reason")).to_have_value("家长还在考虑")
    page.get_by_label("家长书面放弃").check()
    page.get_by_role("button", name="登记为不参保").click()
    expect(page.get_by_role("status")).to_contain_text("已登记为不参保")
    assert Enrolment.objects.get(person__name="陈启昂").reason == "家长书面放弃：家长还在考虑"


def test_a_running_job_moves_on_the_screen_by_itself(season, visit):
    job = Job.objects.create(
        owner=season.clerk.user, organisation=season.school, task="roster.review", state="running", done=10, total=200,
        about={"zh": "读取花名册", "en": "Reading the roster"}, asked_at=AT,
    )  # fmt: skip
    page = visit(season.clerk).page
    page.goto(f"/jobs/{job.pk}/")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "10")
    Job.objects.filter(pk=job.pk).update(done=150)
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "150")
    Job.objects.filter(pk=job.pk).update(state="done", done=200, result_url="/school/pupils/")
    expect(page.get_by_role("link", name="查看结果")).to_be_visible()


def test_the_session_ends_in_mid_work_and_the_clerk_comes_back_to_the_page(season, visit):
    page = visit(season.clerk).page
    page.goto("/school/pupils/?show=exempt")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("link", name="首次参保").first.click()
    page.wait_for_url(re.compile("/sign-in"))
    page.get_by_label("用户名").fill(season.clerk.user.username)
    page.get_by_label("密码").fill("corridor lantern 7")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/school/pupils/"))


def test_everything_works_without_scripts(season, visit):
    page = visit(season.clerk, java_script_enabled=False).page
    page.goto("/school/pupils/")
    page.get_by_label("查找").fill("汪")
    page.get_by_label("班级").select_option(label="一年级 1班")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="确认 1 名").click()
    assert state_of("汪晓雯") == "confirmed"


def press_until(page: Page, wanted: str, *, key: str = "Tab", most: int = 120) -> None:
    """Tab on until the focus is on what says this."""
    for _ in range(most):
        page.keyboard.press(key)
        said = page.evaluate("(document.activeElement.innerText || document.activeElement.id || '').trim()")
        if said == wanted:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", wanted
            return
    raise AssertionError(f"the keyboard never reaches {wanted}")


def test_the_keyboard_alone_leads_from_the_door_to_a_confirmed_child(season, visit):
    page = visit().page
    page.goto("/sign-in")
    # The page puts the keyboard there by itself; a person sees the ring before typing.
    expect(page.locator("#username")).to_be_focused()
    page.keyboard.type(season.clerk.user.username)
    page.keyboard.press("Tab")
    page.keyboard.type("corridor lantern 7")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/school/$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/school/pupils/")
    press_until(page, "陈启昂")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/pupils/[0-9]+/$"))
    press_until(page, "确认参保")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已确认参保")
    assert state_of("陈启昂") == "confirmed"
