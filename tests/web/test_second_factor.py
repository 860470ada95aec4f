"""Two steps at the door, my security, and a form whose session ended. 二次验证与继续提交"""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.web.conftest import PASSWORD, clerk_of
from yingbao.agents import recovery, totp
from yingbao.agents.models import Appointment, Desk, RecoveryCode, Totp, User, Visit
from yingbao.trail.models import Event
from yingbao.web.front import guessing
from yingbao.web.models import Typed

pytestmark = pytest.mark.django_db


def with_totp(user: User) -> pyotp.TOTP:
    """An authenticator that the user set up some minutes ago."""
    secret, then = totp.new_secret(), timezone.now() - timedelta(minutes=5)
    phone = pyotp.TOTP(secret)
    totp.add(user=user, secret=secret, code=phone.at(then), at=then)
    return phone


def first_step(client: Client, user: User, **more: str):
    return client.post("/sign-in", {"username": user.username, "password": PASSWORD, **more})


def test_the_password_alone_opens_nothing_once_a_factor_is_set_up(clerk):
    phone, client = with_totp(clerk.user), Client()
    assert first_step(client, clerk.user, next="/jobs/")["Location"] == "/sign-in/second"
    assert client.get("/jobs/").status_code == 302
    answer = client.post("/sign-in/second", {"code": phone.now()})
    assert answer["Location"] == "/jobs/"
    assert client.get("/jobs/").status_code == 200
    assert Visit.objects.get(user=clerk.user).factor == "totp"


def test_a_code_is_good_once(clerk):
    phone, client, other = with_totp(clerk.user), Client(), Client()
    code = phone.now()
    first_step(client, clerk.user)
    assert client.post("/sign-in/second", {"code": code}).status_code == 302
    first_step(other, clerk.user)
    answer = other.post("/sign-in/second", {"code": code})
    assert answer.status_code == 422
    assert "每个数字只能用一次" in answer.content.decode()


def test_a_recovery_code_is_good_once_and_for_its_owner_only(clerk, other_school):
    with_totp(clerk.user)
    stranger = clerk_of(other_school, Desk.SCHOOL).user
    with_totp(stranger)
    code = recovery.renew(user=clerk.user)[2]
    for user, status in ((stranger, 422), (clerk.user, 302), (clerk.user, 422)):
        client = Client()
        first_step(client, user)
        assert client.post("/sign-in/second", {"recovery": f" {code.upper()} "}).status_code == status
    assert code[2:].replace("-", "") not in str(list(RecoveryCode.objects.values()))


def test_five_wrong_codes_close_the_second_step_for_the_user_everywhere(clerk):
    phone = with_totp(clerk.user)
    for turn in range(guessing.MOST):
        client = Client(REMOTE_ADDR=f"10.0.0.{turn}")
        first_step(client, clerk.user)
        last = client.post("/sign-in/second", {"code": "000000"})
    assert last.status_code == 429
    fresh = Client(REMOTE_ADDR="10.0.1.1")
    first_step(fresh, clerk.user)
    assert fresh.post("/sign-in/second", {"code": phone.now()}).status_code == 429
    assert Event.objects.filter(what="locked_out", about=f"user {clerk.user_id}").count() == 1


def test_the_second_step_is_not_open_without_the_first(clerk):
    with_totp(clerk.user)
    assert Client().get("/sign-in/second")["Location"] == "/sign-in"
    client = Client()
    first_step(client, clerk.user)
    User.objects.filter(pk=clerk.user_id).update(is_active=False)
    assert client.get("/sign-in/second")["Location"] == "/sign-in"


def test_half_way_ends_when_the_password_changes_or_ten_minutes_pass(clerk):
    with_totp(clerk.user)
    client = Client()
    first_step(client, clerk.user)
    session = client.session
    session["half_way"] = [*session["half_way"][:2], session["half_way"][2] - 601, ""]
    session.save()
    assert client.get("/sign-in/second")["Location"] == "/sign-in"
    first_step(client, clerk.user)
    clerk.user.set_password("another long word")
    clerk.user.save()
    assert client.get("/sign-in/second")["Location"] == "/sign-in"


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "null", "{", '{"id": 3}', '{"id": "AA", "type": "public-key"}', "x" * 30_000]
)
def test_an_answer_that_is_no_passkeys_is_refused_and_breaks_nothing(clerk, answer):
    with_totp(clerk.user)
    client = Client()
    first_step(client, clerk.user)
    client.get("/sign-in/second")
    assert client.post("/sign-in/second", {"answer": answer}).status_code == 422


def test_where_it_is_required_a_factor_is_set_up_before_anything_else(clerk, settings):
    settings.SECOND_FACTOR = True
    client = Client()
    first_step(client, clerk.user)
    assert client.get("/jobs/")["Location"] == "/account/"
    assert "请先设置" in client.get("/account/").content.decode()
    page = client.get("/account/totp")
    secret = page.context["secret"].replace(" ", "")
    assert client.post("/account/totp", {"code": "12345"}).status_code == 422
    assert client.get("/account/totp").context["secret"].replace(" ", "") == secret
    done = client.post("/account/totp", {"code": pyotp.TOTP(secret).now()})
    assert len(done.context["codes"]) == recovery.NUMBER
    assert client.get("/jobs/").status_code == 200
    assert secret not in str(list(Totp.objects.values())) + str(list(Event.objects.values()))


def test_a_password_of_somebody_else_comes_before_the_factor(clerk, settings):
    settings.SECOND_FACTOR = True
    User.objects.filter(pk=clerk.user_id).update(must_change_password=True)
    client = Client()
    first_step(client, clerk.user)
    assert client.get("/jobs/")["Location"] == "/password"
    assert client.get("/account/")["Location"] == "/password"


def test_an_unattended_screen_changes_no_factor(clerk, signed_in):
    with_totp(clerk.user)
    client = signed_in(clerk)
    answer = client.post("/account/totp/remove")
    assert answer["Location"].startswith("/account/confirm?next=")
    assert Totp.objects.exists()
    assert client.post("/account/confirm", {"password": "wrong"}).status_code == 422
    assert client.post("/account/confirm", {"password": PASSWORD, "next": "/account/"})["Location"] == "/account/"
    client.post("/account/totp/remove")
    assert not Totp.objects.exists()
    assert not RecoveryCode.objects.exists()


def test_setting_up_a_factor_ends_the_sessions_that_began_without(clerk, signed_in):
    before, client = signed_in(clerk), Client()
    assert before.get("/jobs/").status_code == 200
    first_step(client, clerk.user)
    secret = client.get("/account/totp").context["secret"].replace(" ", "")
    client.post("/account/totp", {"code": pyotp.TOTP(secret).now()})
    assert before.get("/jobs/").status_code == 302
    assert client.get("/jobs/").status_code == 200


def test_a_user_ends_a_session_somewhere_else(clerk, signed_in):
    lost, here = signed_in(clerk), signed_in(clerk)
    lost.get("/jobs/")
    here.get("/jobs/")
    visit = Visit.objects.order_by("pk").first()
    shown = here.get("/account/").context["visits"]
    assert [one["this"] for one in shown] == [True, False] or [one["this"] for one in shown] == [False, True]
    here.post(f"/account/sessions/{visit.pk}/end")
    assert lost.get("/jobs/").status_code == 302
    assert here.get("/jobs/").status_code == 200


def end_session(client: Client) -> None:
    """As thirty minutes away do."""
    Session.objects.filter(session_key=client.session.session_key).delete()


TYPED = {"reason": "家长要求\n改名", "seen": "abc", "password": "never kept", "class": ["1", "2"]}


def send(client: Client, path: str = "/jobs/7/cancel"):
    return client.post(path, TYPED, headers={"referer": "http://testserver/jobs/"})


def test_what_was_typed_comes_back_to_the_same_user_in_the_same_browser(clerk, signed_in):
    client = signed_in(clerk)
    client.get("/jobs/")
    end_session(client)
    sent = send(client)
    assert sent["Location"].startswith("/sign-in?next=")
    assert "家长要求" not in str(list(Typed.objects.values()))
    assert "保存 15 分钟" in client.get(sent["Location"]).content.decode()
    assert first_step(client, clerk.user)["Location"] == "/resume"
    page = client.get("/resume").content.decode()
    assert 'action="/jobs/7/cancel"' in page
    assert 'value="家长要求\n改名"' in page
    assert "never kept" not in page
    assert len(re.findall('name="class"', page)) == 2
    assert client.post("/jobs/7/cancel", TYPED).status_code == 404  # the job is not there, but the form has come
    assert not Typed.objects.exists()
    assert client.get("/resume")["Location"] == "/"


def test_what_was_typed_comes_back_to_nobody_else(clerk, other_school, signed_in):
    client, stranger = signed_in(clerk), clerk_of(other_school, Desk.SCHOOL).user
    client.get("/jobs/")
    end_session(client)
    send(client)
    assert first_step(client, stranger)["Location"] == "/"
    assert client.get("/resume")["Location"] == "/"
    elsewhere = Client()
    assert first_step(elsewhere, clerk.user)["Location"] == "/"
    client.post("/sign-out")
    assert first_step(client, clerk.user)["Location"] == "/resume"


def test_it_is_forgotten_after_a_quarter_of_an_hour_or_when_it_is_not_wanted(clerk, signed_in):
    client = signed_in(clerk)
    client.get("/jobs/")
    end_session(client)
    send(client)
    Typed.objects.update(kept_at=timezone.now() - timedelta(minutes=16))
    assert first_step(client, clerk.user)["Location"] == "/"
    end_session(client)
    send(client)
    first_step(client, clerk.user)
    assert client.post("/resume/drop")["Location"] == "http://testserver/jobs/"
    assert not Typed.objects.exists()


def test_a_stranger_leaves_nothing_in_the_database(clerk, signed_in):
    send(Client())
    client = Client()
    client.cookies["sessionid"], client.cookies["visit"] = "x" * 32, "1:guessed:signature"
    send(client)
    assert not Typed.objects.exists()


def test_another_page_that_was_asked_for_meanwhile_does_not_lose_it(clerk, signed_in):
    client = signed_in(clerk)
    client.get("/jobs/")
    end_session(client)
    assert client.get("/jobs/").status_code == 302  # such as a page that asks for progress; the session's cookie goes
    send(client)
    assert first_step(client, clerk.user)["Location"] == "/resume"


def test_no_more_than_five_forms_of_a_user_are_kept(clerk, signed_in):
    client = signed_in(clerk)
    client.get("/jobs/")
    end_session(client)
    for _ in range(8):
        send(client)
    assert Typed.objects.count() == 5


def test_a_large_file_after_the_session_ended_is_no_matter_of_size(clerk, signed_in):
    client = signed_in(clerk)
    client.get("/jobs/")
    end_session(client)
    answer = client.post("/school/roster/", {"file": "x" * 6_000_000})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_the_address_of_a_session_and_the_browser_are_told_in_two_words(clerk):
    client = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120"})
    first_step(client, clerk.user)
    client.get("/jobs/")
    assert Visit.objects.get().browser == "Edge · Windows"


def test_sessions_of_long_ago_are_forgotten(clerk, signed_in):
    client = signed_in(clerk)
    client.get("/jobs/")
    Visit.objects.create(user=clerk.user, session_key="old", began_at=timezone.now() - timedelta(days=2))
    first_step(Client(), clerk.user)
    assert not Visit.objects.filter(session_key="old").exists()
    assert Visit.objects.filter(user=clerk.user).exists()


def test_a_user_without_a_desk_may_still_set_up_a_factor(suzhou, signed_in):
    user = User.objects.create_user(username="nobody", name="李老师", password=PASSWORD)
    client = Client()
    first_step(client, user)
    assert client.get("/account/").status_code == 200
    assert not Appointment.objects.filter(user=user).exists()
