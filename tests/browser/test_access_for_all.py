"""Every page for every eye and hand: axe finds nothing serious, and nothing runs off a phone. 无障碍"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

from tests.browser.conftest import DESK, PHONE
from tests.enrolment.building import AT
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.jobs.models import Job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOMES = {
    Desk.COMMUNITY: "/community/", Desk.AGENCY: "/agency/", Desk.TAX: "/tax/", Desk.LIST_PROVIDER: "/lists/",
    Desk.EDUCATION: "/education/", Desk.CARD: "/cards/",
}  # fmt: skip
PUBLIC = [
    "/sign-in",
    "/sign-in?next=/jobs/",
    "/policies/",
    "/policies/320500/2020/",
    "/policies/500103/2020/",
    "/nowhere",
]


def examined(page: Page, tries: int = 5) -> list[dict]:
    """What axe finds; a page that renews itself while it is examined is examined again."""
    for _ in range(tries - 1):
        with contextlib.suppress(Error):
            return Axe().run(page).response["violations"]
        page.wait_for_timeout(300)
    return Axe().run(page).response["violations"]


def grave(page: Page) -> list[str]:
    """The serious and critical violations on the page."""
    found = examined(page)
    return [
        f"{page.url} {one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def pages_of_the_school(season, page: Page) -> Iterator[None]:
    """Every page that a school's clerk can come to, one after the other."""
    running = {"state": "running", "done": 10, "total": 200}
    for more in (
        running,
        {"state": "failed", "message": {"zh": "文件已损坏", "en": "The file is damaged"}},
        {"state": "done"},
    ):
        Job.objects.create(
            owner=season.clerk.user, organisation=season.school, task="roster.review", asked_at=AT,
            about={"zh": "读取花名册", "en": "Reading the roster"}, **more,
        )  # fmt: skip
    addresses = [
        "/school/",
        "/school/pupils/",
        "/school/pupils/?show=claimed",
        "/school/pupils/?class=primary.1.1班&find=1",
    ]
    addresses += ["/jobs/", *(f"/jobs/{job.pk}/" for job in Job.objects.all()), "/password", "/education/"]
    addresses += ["/school/roster/", "/school/promotion/"]
    for name in ("陈启昂", "程雨晴", "葛一诺", "汪晓雯", "两校同学"):
        addresses.append(f"/school/pupils/{Enrolment.objects.get(person__name=name).person_id}/")
    addresses.append(f"/school/pupils/{Enrolment.objects.filter(state='declined').get().person_id}/")
    for address in addresses:
        page.goto(address)
        yield
    page.goto(f"/school/pupils/{Enrolment.objects.get(person__name='陈启昂').person_id}/")
    for summary in page.locator("main details > summary").all():
        summary.click()
    yield
    page.locator("details.act button.danger").first.click()
    yield
    page.goto("/school/pupils/")
    page.locator("#scope").select_option("all")
    page.locator(".bar button.button").click()
    yield


def all_pages(season, visit, *, english: bool, **more: object) -> Iterator[Page]:
    """Every page there is, as everyone who can open it."""
    page = visit(season.clerk, **more).page
    if english:
        page.get_by_role("button", name="English").click()
    for _ in pages_of_the_school(season, page):
        yield page
    for desk, address in HOMES.items():
        page = visit(season.desks[desk], **more).page
        if english:
            page.get_by_role("button", name="English").click()
        page.goto(address)
        yield page
    page = visit(**more).page
    for address in PUBLIC:
        page.goto(address)
        yield page


WAYS_TO_SEE = {
    "desk, Chinese": (False, {"viewport": DESK}),
    "desk, English": (True, {"viewport": DESK}),
    "phone, Chinese": (False, {"viewport": PHONE}),
    "phone, English": (True, {"viewport": PHONE}),
    "dark": (False, {"color_scheme": "dark"}),
}


@pytest.mark.parametrize("way", WAYS_TO_SEE)
def test_no_page_has_a_grave_violation_or_runs_over_its_edge(season, visit, way):
    english, more = WAYS_TO_SEE[way]
    wrong, seen = [], 0
    for page in all_pages(season, visit, english=english, **more):
        seen += 1
        wrong += [*grave(page), *ill_formed(page)]
        if more.get("viewport") == PHONE:
            page.set_viewport_size({"width": 320, "height": 640})
            wrong += ill_formed(page)
            page.set_viewport_size(PHONE)
    assert wrong == []
    assert seen > 25


def ill_formed(page: Page) -> list[str]:
    """What every page must have, and that it fits its window."""
    wrong = []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        wrong.append(f"{page.url} is wider than {page.evaluate('window.innerWidth')}")
    if page.locator("h1").count() != 1 or page.get_by_role("main").count() != 1:
        wrong.append(f"{page.url} has not one heading and one main part")
    if page.locator("html").get_attribute("lang") not in ("en", "zh-CN"):
        wrong.append(f"{page.url} does not say its language")
    return wrong
