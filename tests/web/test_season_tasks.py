"""The season's tasks on the pages: each desk its own, one click, second clicks, stale pages, what is typed is kept."""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.campaign.doing import finish, mark_of
from yingbao.campaign.models import Assignment, SeasonTask
from yingbao.campaign.opening import open_tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(suzhou, school) -> Assignment:
    open_tasks(season=suzhou, at=AT)
    return Assignment.objects.get(organisation=school, task__word="hand_out_letters")


def test_a_school_sees_its_late_task_on_its_first_page_and_marks_it_in_one_click(one, clerk, signed_in):
    client = signed_in(clerk)
    page = client.get("/school/").content.decode()
    assert "逾期 43 天" in page
    assert "各阶段和负责单位" in page
    answer = client.post(f"/season/own/{one.pk}/done", {"seen": mark_of(one), "note": "12 个班"}, follow=True)
    assert "已标记完成" in answer.content.decode()
    one.refresh_from_db()
    assert (one.state, one.note, one.done_by) == ("done", "12 个班", clerk.user)
    assert "12 个班" in client.get("/season/").content.decode()
    assert client.post(f"/season/own/{one.pk}/done", {"seen": "open.0"}).status_code == 302
    story = client.get(f"/season/own/{one.pk}/").content.decode()
    assert "撤回完成" in story
    client.post(f"/season/own/{one.pk}/undo", {"seen": mark_of(one), "note": "还有两班"})
    one.refresh_from_db()
    assert one.state == "open"
    assert "还有两班" in client.get(f"/season/own/{one.pk}/").content.decode()


def test_a_stale_page_is_refused_and_keeps_what_was_typed(one, clerk, school, signed_in):
    seen = mark_of(one)
    finish(assignment=one.pk, note="", seen=seen, by=clerk_of(school, Desk.SCHOOL, name="赵老师"), at=AT)
    answer = signed_in(clerk).post(f"/season/own/{one.pk}/done", {"seen": seen, "note": "我发的"})
    assert answer.status_code == 409
    assert "赵老师" in answer.content.decode()


def test_the_agency_sees_how_far_everyone_is_down_to_the_school_and_who_did_what(one, clerk, signed_in, suzhou):
    finish(assignment=one.pk, note="各班已发", seen=mark_of(one), by=clerk, at=AT)
    officer = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    open_tasks(season=suzhou, at=AT)
    client = signed_in(officer)
    season = client.get("/season/").content.decode()
    assert "0 / 1 完成" in season
    assert "1 自报完成，平台没有看到" in season
    page = client.get(f"/season/tasks/{one.task_id}/").content.decode()
    assert "各班已发" in page
    assert "星海学校" in page
    report = SeasonTask.objects.get(word="report_enrolment")
    assert "12月1日起" in client.get("/agency/").content.decode()
    assert client.get(f"/season/tasks/{report.pk}/").status_code == 200


def test_a_mark_by_hand_is_told_with_what_the_platform_sees_at_the_school_and_above(
    one, clerk, school, suzhou, signed_in
):
    rows = listed(school, suzhou, child(school), child(school))
    assert len(rows) == 2
    finish(assignment=one.pk, note="各班已发", seen=mark_of(one), by=clerk, at=AT)
    officer = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    tax = clerk_of(organisation("tax_authority"), Desk.TAX)
    for seat, url in (
        (clerk, "/season/"), (clerk, f"/season/own/{one.pk}/"), (officer, f"/season/tasks/{one.task_id}/"),
        (officer, f"/season/own/{one.pk}/"), (tax, f"/season/tasks/{one.task_id}/"),
    ):  # fmt: skip
        assert "自报完成，平台看到 0/2" in signed_in(seat).get(url).content.decode(), url
    assert "由各单位自己标记" in signed_in(officer).get("/season/").content.decode()


def test_a_school_sees_nothing_of_another_one(one, other_school, suzhou, signed_in):
    open_tasks(season=suzhou, at=AT)
    stranger = signed_in(clerk_of(other_school, Desk.SCHOOL))
    assert stranger.get(f"/season/own/{one.pk}/").status_code == 404
    assert stranger.post(f"/season/own/{one.pk}/done", {"seen": mark_of(one)}).status_code == 404
    page = stranger.get(f"/season/tasks/{one.task_id}/").content.decode()
    assert "星海学校" not in page
    assert stranger.get(f"/season/tasks/{one.task_id}/?under={one.organisation_id}").status_code == 404
    assert stranger.get(f"/season/tasks/{one.task_id}/?under=x").status_code == 404


@pytest.mark.parametrize(
    ("kind", "desk", "home"),
    [
        ("community", Desk.COMMUNITY, "/community/"), ("sub_district", Desk.COMMUNITY, "/community/"),
        ("insurance_agency", Desk.AGENCY, "/agency/"), ("tax_authority", Desk.TAX, "/tax/"),
        ("education_bureau", Desk.EDUCATION, "/education/"), ("card_centre", Desk.CARD, "/cards/"),
        ("civil_affairs", Desk.LIST_PROVIDER, "/lists/"),
    ],
)  # fmt: skip
def test_every_desk_has_the_timeline_on_its_first_page(kind, desk, home, suzhou, signed_in):
    seat = clerk_of(organisation(kind), desk)
    open_tasks(season=suzhou, at=AT)
    page = signed_in(seat).get(home).content.decode()
    assert "各阶段和负责单位" in page
    assert "今天 2019年11月12日" in page
    assert ("通知要本单位办的" in page) == (kind in ("community", "insurance_agency", "tax_authority"))


@pytest.mark.parametrize(
    ("desk", "home"), [(Desk.SYSTEM, "/system/"), (Desk.SECURITY, "/security/"), (Desk.AUDIT, "/audit/")]
)
def test_administrators_have_the_timeline_as_well_and_a_way_to_the_seasons_page(desk, home, suzhou, signed_in):
    open_tasks(season=suzhou, at=AT)
    client = signed_in(clerk_of(organisation("operations"), desk))
    page = client.get(home).content.decode()
    assert "各阶段和负责单位" in page
    assert 'href="/season/"' in page
    season = client.get("/season/")
    assert season.status_code == 200
    assert "标记" not in season.content.decode().partition("</h1>")[2].replace("由各单位自己标记", "")


def test_before_the_first_season_an_administrator_works_as_ever(db, signed_in):
    for desk, home in ((Desk.SYSTEM, "/system/"), (Desk.SECURITY, "/security/"), (Desk.AUDIT, "/audit/")):
        assert signed_in(clerk_of(organisation("operations"), desk)).get(home).status_code == 200
