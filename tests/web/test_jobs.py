"""A user's own long work on pages. 任务页面"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.enrolment.building import AT
from tests.web.conftest import clerk_of
from yingbao.agents.models import Appointment, Desk
from yingbao.jobs.models import Job

pytestmark = pytest.mark.django_db
ABOUT = {"zh": "读取花名册“一年级.xlsx”", "en": "Reading the roster 一年级.xlsx"}


@pytest.fixture
def client(clerk, signed_in) -> Client:
    return signed_in(clerk)


def job(of: Appointment, **more: object) -> Job:
    values = {"task": "roster.review", "about": ABOUT, "state": "running", "asked_at": AT} | more
    return Job.objects.create(owner=of.user, organisation=of.organisation, **values)


def test_a_running_job_shows_its_progress_and_asks_for_more(client, clerk):
    one = job(clerk, done=1200, total=2000)
    said = client.get(f"/jobs/{one.pk}/").content.decode()
    assert "1,200 / 2,000" in said
    assert 'hx-trigger="every 1s"' in said
    assert "取消任务" in said


def test_a_finished_job_asks_no_more_and_leads_to_its_result(client, clerk):
    one = job(clerk, state="done", result_url="/school/pupils/")
    said = client.get(f"/jobs/{one.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in said
    assert 'href="/school/pupils/"' in said
    assert "<html" not in said


def test_a_failed_job_says_why_and_offers_to_try_again(client, clerk):
    one = job(clerk, state="failed", message={"zh": "文件已损坏", "en": "The file is damaged"})
    said = client.get(f"/jobs/{one.pk}/").content.decode()
    assert "文件已损坏" in said
    assert "重试" in said


def test_cancelling_asks_the_job_to_stop_and_a_second_click_is_harmless(client, clerk):
    one = job(clerk)
    for _ in range(2):
        assert client.post(f"/jobs/{one.pk}/cancel")["Location"] == f"/jobs/{one.pk}/"
    one.refresh_from_db()
    assert (one.state, one.cancel_asked) == ("running", True)
    assert "正在停止" in client.get(f"/jobs/{one.pk}/").content.decode()


def test_a_failed_job_is_tried_again(client, clerk):
    one = job(clerk, state="failed", task="roster.review", arguments={"roster": 0})
    client.post(f"/jobs/{one.pk}/retry")
    one.refresh_from_db()
    assert one.state == "waiting"


def test_the_list_shows_ones_own_jobs_and_no_one_elses(client, clerk, school, other_school):
    job(clerk, about={"zh": "自己的", "en": "own"})
    job(clerk_of(school, Desk.SCHOOL), about={"zh": "同事的", "en": "a colleague's"})
    job(clerk_of(other_school, Desk.SCHOOL), about={"zh": "外校的", "en": "another school's"})
    said = client.get("/jobs/").content.decode()
    assert "自己的" in said
    assert "同事的" not in said
    assert "外校的" not in said


def test_a_colleagues_job_can_be_neither_seen_nor_stopped(client, school):
    theirs = job(clerk_of(school, Desk.SCHOOL))
    assert client.get(f"/jobs/{theirs.pk}/").status_code == 404
    assert client.post(f"/jobs/{theirs.pk}/cancel").status_code == 404
    theirs.refresh_from_db()
    assert not theirs.cancel_asked


def test_without_jobs_the_list_says_what_will_stand_there(client):
    assert "还没有任务" in client.get("/jobs/").content.decode()
