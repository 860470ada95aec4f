"""S10 in a real browser: who has no card, photos, a batch, and the card in the child's hands. 市民卡全程"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.browser.conftest import Season as Town
from tests.browser.test_access_for_all import grave, ill_formed
from tests.cards.building import accepted, paid, photo
from tests.cards.drawing import encoded, good_photo, portrait
from tests.enrolment.building import at
from tests.web.test_cards import filled
from yingbao.agents.models import Desk
from yingbao.cards.models import Batch, Card, Photo
from yingbao.collection.audit import INVARIANTS
from yingbao.enrolment.models import Season
from yingbao.jobs import cards as card_jobs
from yingbao.ledger.audit import examine
from yingbao.values import clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sound(page: Page, name: str) -> None:
    """Axe finds nothing grave and nothing runs off, at a desk and on a phone; pictures go where YINGBAO_SHOTS says."""
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        if folder := os.environ.get("YINGBAO_SHOTS"):
            page.screenshot(path=Path(folder) / f"cards-{name}-{size['width']}.png", full_page=True)
        assert grave(page) == []
        assert ill_formed(page) == []


def of_file(content: bytes, name: str) -> dict[str, object]:
    kind = "image/jpeg" if name.endswith("jpg") else "application/octet-stream"
    return {"name": name, "mimeType": kind, "buffer": content}


def test_from_the_list_of_those_without_a_card_to_the_card_in_the_childs_hands(season: Town, visit: Open):
    suzhou = Season.objects.get(policy="320500/2020")
    (one,) = paid(suzhou, season.school, name="许知远", grade=3)
    young, other = paid(suzhou, season.school, 2, name="许小妹", grade=1, class_name="3班")
    accepted(young, season.clerk)
    photo(other, season.clerk, doubts=("background",))
    clerk = visit(season.clerk).page
    clerk.goto("/cards/own/")
    expect(clerk.get_by_role("row", name="许知远")).to_contain_text("缺照片")
    sound(clerk, "list")
    clerk.get_by_role("link", name="许知远", exact=True).click()
    clerk.get_by_label("照片文件").set_input_files(of_file(encoded(portrait(), "GIF"), "photo.jpg"))
    clerk.get_by_label("家长已同意").check()
    clerk.get_by_role("button", name="上传并检查").click()
    expect(clerk.get_by_role("alert")).to_contain_text("内容是GIF")
    sound(clerk, "refused")
    clerk.get_by_label("照片文件").set_input_files(of_file(good_photo(), "photo.jpg"))
    clerk.get_by_label("家长已同意").check()
    clerk.get_by_role("button", name="上传并检查").click()
    picture = clerk.get_by_role("img", name="许知远的照片")
    expect(picture).to_have_js_property("naturalWidth", 358)
    sound(clerk, "photo")
    clerk.get_by_role("button", name="照片可用").click()
    expect(clerk.get_by_text("照片已通过。")).to_be_visible()

    centre = visit(season.desks[Desk.CARD]).page
    centre.goto("/cards/")
    sound(centre, "home")
    centre.get_by_role("link", name="审核照片").click()
    expect(centre.get_by_text("背景可能不够白")).to_be_visible()
    sound(centre, "photos")
    centre.get_by_text("退回重拍").click()
    centre.get_by_label("退回原因").select_option("background")
    centre.get_by_role("button", name="退回并通知家长").click()
    expect(centre.get_by_text("已退回，已通知家长重拍")).to_be_visible()
    assert Photo.objects.get(person=other.person).state == "rejected"
    centre.goto("/cards/batches/")
    sound(centre, "batches")
    centre.get_by_role("button", name="生成批次").click()
    expect(centre.get_by_role("heading", name="批次 320500-0001")).to_be_visible()
    with centre.expect_download() as taken:
        centre.get_by_role("button", name="下载送制文件").click()
    sent = Path(taken.value.path()).read_bytes()
    back = filled(sent, {1: ("成功", "1001", ""), 2: ("成功", "1002", "")})
    centre.get_by_label("结果文件").set_input_files(of_file(back, "结果.xlsx"))
    centre.get_by_role("button", name="上传结果").click()
    expect(centre.get_by_text("本批次已全部有结果")).to_be_visible()
    sound(centre, "batch")

    clock.set_to(at("2019-12-12"))
    assert card_jobs.turn(at=clock.now()) == 2
    clerk.goto("/cards/own/hand-out/")
    sound(clerk, "hand-out")
    clerk.get_by_role("checkbox", name="许知远").check()
    clerk.get_by_role("button", name="登记勾选的已发放").click()
    expect(clerk.get_by_text("已签收 1 张卡")).to_be_visible()
    clerk.goto(f"/cards/own/children/{one.person_id}/")
    expect(clerk.get_by_text("学校发卡")).to_be_visible()
    sound(clerk, "card")
    centre.goto("/cards/all/")
    sound(centre, "cards")
    centre.goto("/cards/holders/")
    sound(centre, "holders")
    assert Card.objects.get(person=one.person).state == "held"
    assert examine(INVARIANTS) == []


def test_a_sheet_to_sign_prints_with_its_names_and_without_buttons(season: Town, visit: Open):
    suzhou = Season.objects.get(policy="320500/2020")
    (one,) = paid(suzhou, season.school, name="许知远", grade=3)
    Card.objects.create(
        person=one.person, pooling_area="320500", batch=_batch(suzhou, season), line=1, state="ready",
        state_at=at("2019-11-01"), ready_on=at("2019-11-01").date(), last_digits="1001",
    )  # fmt: skip
    page = visit(season.clerk).page
    page.goto("/cards/own/hand-out/")
    page.emulate_media(media="print")
    expect(page.get_by_text("许知远")).to_be_visible()
    expect(page.get_by_role("columnheader", name="签收")).to_be_visible()
    expect(page.get_by_role("button", name="登记勾选的已发放")).to_be_hidden()
    assert io.BytesIO(page.pdf()).read(5) == b"%PDF-"


def _batch(suzhou: Season, season: Town) -> Batch:
    return Batch.objects.create(
        season=suzhou, pooling_area="320500", number=1, heads=1, made_by=season.clerk.user, made_at=at("2019-10-01")
    )
