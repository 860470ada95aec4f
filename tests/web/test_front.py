"""Signing in, going back to where one was, desks, languages, error pages. 登录与首页"""

from __future__ import annotations

import time
from datetime import date
from types import SimpleNamespace

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import get_resolver

from tests.enrolment.building import organisation
from tests.web.addresses import EXPECTED
from tests.web.conftest import PASSWORD, clerk_of
from yingbao.agents.models import Appointment, Desk, User
from yingbao.values import clock
from yingbao.web.opening import opens, page_of

pytestmark = pytest.mark.django_db


def enter(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", {"username": username, "password": password, **more})


def test_a_clerk_signs_in_and_sits_at_the_own_desk(clerk):
    client = Client()
    answer = enter(client, clerk.user.username)
    assert answer.status_code == 302
    assert client.get("/", follow=True).redirect_chain == [("/school/", 302)]


def test_a_wrong_password_is_told_beside_the_form_and_the_name_stays(clerk):
    answer = enter(Client(), clerk.user.username, "wrong")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "用户名或密码不对" in page
    assert f'value="{clerk.user.username}"' in page


def test_after_eight_wrong_passwords_the_page_says_how_long_to_wait_and_whom_to_ask(clerk):
    client = Client()
    answers = [enter(client, clerk.user.username, "wrong") for _ in range(9)]
    assert answers[-1].status_code == 429
    assert "15 分钟后再试" in answers[-1].content.decode()
    assert enter(client, clerk.user.username).status_code == 429
    assert PASSWORD not in str(list(AccessAttempt.objects.values()))


def test_signing_in_leads_back_to_the_page_that_was_wanted(clerk):
    client = Client()
    asked = client.get("/jobs/")
    assert asked["Location"] == "/sign-in?next=/jobs/"
    assert 'name="next" value="/jobs/"' in client.get(asked["Location"]).content.decode()
    assert enter(client, clerk.user.username, next="/jobs/")["Location"] == "/jobs/"


ELSEWHERE = ["https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_signing_in_never_leads_to_another_site(clerk, elsewhere):
    assert enter(Client(), clerk.user.username, next=elsewhere)["Location"] == "/"


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(clerk):
    answer = Client().post("/jobs/1/cancel", headers={"referer": "http://testserver/jobs/1/"})
    assert answer["Location"] == "/sign-in?next=http%3A//testserver/jobs/1/"


def test_a_partial_request_after_the_session_ended_moves_the_whole_page(clerk):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/jobs/"}
    answer = Client().get("/jobs/", headers=headers)
    assert answer["HX-Redirect"] == "/sign-in?next=http%3A//testserver/jobs/"


def test_a_session_ends_after_twelve_hours_even_at_work(clerk, signed_in):
    client = signed_in(clerk)
    assert client.get("/jobs/").status_code == 200
    session = client.session
    session["since"] = int(time.time()) - 12 * 3600 - 1
    session.save()
    assert client.get("/jobs/").status_code == 302


def test_a_disabled_user_is_out_at_once(clerk, signed_in):
    client = signed_in(clerk)
    assert client.get("/jobs/").status_code == 200
    User.objects.filter(pk=clerk.user_id).update(is_active=False)
    assert client.get("/jobs/").status_code == 302


def test_signing_out_takes_a_post_and_ends_the_session(clerk, signed_in):
    client = signed_in(clerk)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert client.get("/jobs/").status_code == 302


def test_a_user_without_a_desk_is_told_whom_to_ask(suzhou, signed_in):
    user = User.objects.create_user(username="nobody", name="李老师", password=PASSWORD)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/")
    assert answer.status_code == 403
    assert "请找区医保经办机构" in answer.content.decode()


def test_an_appointment_that_ended_yesterday_opens_nothing(clerk, signed_in):
    Appointment.objects.filter(pk=clerk.pk).update(until=date(2019, 11, 11))
    assert signed_in(clerk).get("/").status_code == 403


def test_a_user_with_two_desks_switches_between_them(clerk, signed_in):
    bureau = organisation("education_bureau", name="教育局")
    second = Appointment.objects.create(
        user=clerk.user, organisation=bureau, desk=Desk.EDUCATION, since=date(2019, 1, 1)
    )
    client = signed_in(clerk)
    refused = client.get("/education/")
    assert refused.status_code == 403
    assert f'value="{second.pk}"' in refused.content.decode()
    client.post("/desk", {"appointment": str(second.pk)})
    assert client.get("/", follow=True).redirect_chain == [("/education/", 302)]


def test_nobody_sits_down_at_another_ones_desk(clerk, other_school, signed_in):
    theirs = clerk_of(other_school, Desk.SCHOOL)
    client = signed_in(clerk)
    client.post("/desk", {"appointment": str(theirs.pk)})
    assert "沧浪学校" not in client.get("/jobs/").content.decode()


def test_a_first_password_has_to_be_changed_before_anything_else(clerk, signed_in):
    User.objects.filter(pk=clerk.user_id).update(must_change_password=True)
    client = signed_in(clerk)
    assert client.get("/jobs/")["Location"] == "/password"
    new = {"old": PASSWORD, "new": "window harbour 31", "again": "window harbour 31"}
    assert client.post("/password", new | {"again": "other"}).status_code == 422
    assert client.post("/password", new | {"new": "123456", "again": "123456"}).status_code == 422
    assert client.post("/password", new | {"old": "?"}).status_code == 422
    assert client.post("/password", new)["Location"] == "/"
    assert client.get("/jobs/").status_code == 200


def test_pages_speak_chinese_until_english_is_chosen(clerk):
    client = Client(headers={"accept-language": "en-GB,en"})
    assert 'lang="zh-CN"' in client.get("/sign-in").content.decode()
    answer = client.post("/language", {"language": "en"}, headers={"referer": "http://testserver/sign-in"})
    assert answer["Location"] == "http://testserver/sign-in"
    assert '<html lang="en">' in client.get("/sign-in").content.decode()
    client.post("/language", {"language": "tlh"})
    assert '<html lang="en">' in client.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    ("shown_at", "leads_to"),
    [
        ("/pay/add", "/pay/"),
        ("/pay/order", "/pay/"),
        ("/agency/corrections/5/grant", "/agency/corrections/5/"),
        ("/agency/requests/5/answer", "/agency/requests/5/"),
        ("/family/children/4/pay", "/family/children/4/"),
        ("/family/find", "http://testserver/family/find"),
        ("/nowhere/at/all", "/"),
    ],
)
def test_the_other_language_is_spoken_on_a_page_that_opens_also_after_a_refused_form(shown_at, leads_to, db):
    answer = Client().post("/language", {"language": "en"}, headers={"referer": f"http://testserver{shown_at}"})
    assert answer["Location"] == leads_to


def test_every_address_that_only_takes_a_form_is_known_as_such_and_leads_to_a_page_that_opens():
    known = get_resolver().reverse_dict
    assert set(EXPECTED) <= set(known)
    for name, page in EXPECTED.items():
        for pattern in known.getlist(name):
            (path, parameters), *_ = pattern[0]
            address = "/" + path % dict.fromkeys(parameters, "1")
            assert opens(address) == (page.method == "get"), name
            assert page_of(address) == "/" or opens(page_of(address)), name


@pytest.mark.parametrize("address", ["/pay/order", "/pay/add", "/language"])
def test_opening_an_address_that_only_takes_a_form_gives_a_page_with_a_way_out(address, db):
    answer = Client().get(address)
    page = answer.content.decode()
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "没有办理任何事" in page
    assert f'href="{page_of(address)}"' in page


def test_a_program_that_opens_such_an_address_of_the_interface_gets_no_page(db):
    assert "<html" not in Client().delete("/api/v1/openapi.json").content.decode()


def test_pages_with_personal_data_are_not_kept_by_the_browser(clerk, signed_in):
    assert signed_in(clerk).get("/jobs/")["Cache-Control"] == "no-store"


def test_the_moved_clock_is_shown_and_the_true_one_is_not():
    assert "演示" in Client().get("/sign-in").content.decode()
    clock.run_true()
    assert "演示" not in Client().get("/sign-in").content.decode()


def test_an_unknown_address_is_told_in_both_languages():
    answer = Client().get("/nowhere")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()
    assert "There is no such page" in answer.content.decode()


def test_a_form_without_its_token_is_told_kindly(clerk):
    client = Client(enforce_csrf_checks=True)
    answer = enter(client, clerk.user.username)
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_too_large_a_form_is_told_kindly(clerk, signed_in):
    answer = signed_in(clerk).post("/sign-in", {"username": "x" * 6_000_000})
    assert answer.status_code == 413
    assert "一次提交的内容太多" in answer.content.decode()


def test_the_health_page_answers_without_signing_in():
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_every_page_forbids_scripts_styles_and_frames_from_elsewhere():
    policy = Client().get("/sign-in")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    page = Client().get("/sign-in").content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert page.count("<script") == page.count("<script src=")


def test_what_is_too_large_is_refused_before_any_of_it_is_read(clerk, signed_in):
    def unread(*_: object) -> bytes:
        raise AssertionError("the body was read")

    for client, size in ((Client(), 6 * 1024 * 1024), (signed_in(clerk), 61 * 1024 * 1024)):
        body = SimpleNamespace(read=unread, readline=unread)
        answer = client.generic(
            "POST", "/sign-in", "", "multipart/form-data; boundary=x",
            **{"CONTENT_LENGTH": str(size), "wsgi.input": body},
        )  # fmt: skip
        assert answer.status_code == 413
        assert "一次提交的内容太多" in answer.content.decode()
