"""A clerk brings a roster in with a real browser, by mouse and by keyboard, on a desk and on a phone. 花名册"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.test_access_for_all import grave
from tests.enrolment.building import organisation
from tests.spreadsheet.rosters import committed, pupil, workbook
from tests.web.conftest import clerk_of
from yingbao.jobs import work
from yingbao.people.models import SchoolRoll

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worker(season) -> Iterator[None]:
    """Runs the jobs that are asked for, as the worker's process does."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(0.2):
            work.run_waiting()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join(60)


@pytest.fixture
def file(season, tmp_path: Path) -> Path:
    """A roster with something of everything."""
    ours, changed, gone = (pupil(姓名=f"周{sign}") for sign in "甲乙丙")
    elsewhere = pupil(姓名="周丁")
    SchoolRoll.objects.all().delete()
    committed(season.school, season.clerk.user, [ours, changed, gone])
    other = organisation(name="沧浪实验小学", division="320506", phone="65550202")
    committed(other, clerk_of(other, "school").user, [elsewhere])
    moved = pupil(姓名="周戊")
    committed(other, clerk_of(other, "school").user, [moved], whole_file=False)
    SchoolRoll.objects.filter(person__name="周戊").update(school_year=2018)
    wrong = pupil(姓名="周己", 身份证号="320508201205041231")
    many = [pupil() for _ in range(60)]
    rows = [ours, changed | {"班级": "9班", "联系电话": "13900000002"}, wrong, elsewhere, moved, many[0], *many]
    path = tmp_path / "2019级花名册.xlsx"
    path.write_bytes(workbook(rows, above=["枕波小学花名册"]))
    return path


def upload(page: Page, file: Path) -> None:
    page.goto("/school/roster/")
    page.get_by_label("选择花名册").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()


def test_a_roster_is_uploaded_watched_reviewed_and_confirmed_without_touching_the_mouse(visit, season, worker, file):
    page = visit(season.clerk).page
    page.goto("/school/roster/")
    assert grave(page) == []
    upload(page, file)
    expect(page.get_by_role("heading", name="核对花名册")).to_be_visible()
    for view in ("有错误", "文件内重复", "两校同时在册", "转入", "新增", "有变化", "不在名单", "无变化"):
        chip = page.get_by_role("link", name=view)
        chip.focus()
        with page.expect_response(lambda answer: "show=" in answer.url):
            page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=view)).to_have_attribute("aria-current", "true")
        assert grave(page) == [], view
    page.get_by_role("link", name="新增").click()
    page.get_by_role("link", name="下一页").click()
    expect(page.get_by_text("2 / 2", exact=True)).to_be_visible()
    assert "page=2" in page.url
    page.get_by_role("button", name="确认导入 64 行").press("Enter")
    expect(page.get_by_role("heading", name="已导入 64 行")).to_be_visible()
    assert grave(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标错文件").click()
    assert download.value.suggested_filename == "2019级花名册-标错.xlsx"


def test_a_roster_on_a_phone_runs_off_neither_side(visit, season, worker, file):
    page = visit(season.clerk, viewport=PHONE).page
    upload(page, file)
    expect(page.get_by_role("heading", name="核对花名册")).to_be_visible()
    for address in (page.url, "/school/roster/", "/school/promotion/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert grave(page) == []


def test_while_nobody_works_the_page_waits_and_can_be_stopped(visit, season, file):
    page = visit(season.clerk).page
    upload(page, file)
    expect(page.get_by_text("正在排队")).to_be_visible()
    page.wait_for_timeout(1200)
    assert grave(page) == []
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("button", name="重新读取")).to_be_visible()
    assert grave(page) == []


def test_the_next_school_year_is_looked_at_and_confirmed(visit, season):
    SchoolRoll.objects.filter(left_on__isnull=True).update(school_year=2018)
    page = visit(season.clerk).page
    page.goto("/school/promotion/")
    assert grave(page) == []
    page.get_by_role("button", name="确认升级").click()
    expect(page.get_by_text("已升级")).to_be_visible()
    assert grave(page) == []
