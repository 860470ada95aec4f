"""Three administrators apart: one asks, another grants, and neither does business. 三员管理"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.enrolment.building import AT, organisation
from tests.web.conftest import PASSWORD, clerk_of
from yingbao.agents import tokens, totp
from yingbao.agents.models import (
    Appointment,
    AppointmentRequest,
    Desk,
    Organisation,
    Token,
    Totp,
    User,
    Visit,
)
from yingbao.enrolment.models import Season
from yingbao.trail.models import Event
from yingbao.web.front import guessing

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(suzhou: Season) -> Organisation:
    return organisation("operations", name="信息中心")


@pytest.fixture
def system(centre: Organisation) -> Appointment:
    return clerk_of(centre, Desk.SYSTEM, name="施文")


@pytest.fixture
def security(centre: Organisation) -> Appointment:
    return clerk_of(centre, Desk.SECURITY, name="汤敏")


def new_clerk(client: Client, place: Organisation, **more: str):
    filled = {"username": "xinghai-li", "name": "李老师", "organisation": place.name, "phone": "13812345678"}
    return client.post("/system/users/new", filled | {"desk": "school", "since": "2019-11-12", "until": ""} | more)


def test_two_administrators_together_let_a_clerk_in_and_neither_does_alone(school, system, security, signed_in):
    shown = new_clerk(signed_in(system), school)
    password = shown.context["password"]
    user = User.objects.get(username="xinghai-li")
    clerk = Client()
    assert clerk.post("/sign-in", {"username": user.username, "password": password})["Location"] == "/"
    new = {"old": password, "new": "window harbour 31", "again": "window harbour 31"}
    assert clerk.get("/")["Location"] == "/password"
    assert clerk.post("/password", new)["Location"] == "/"
    assert clerk.get("/").status_code == 403  # no desk yet
    asked = AppointmentRequest.objects.get()
    assert "李老师" in signed_in(security).get("/security/").content.decode()
    signed_in(security).post(f"/security/requests/{asked.pk}/grant")
    assert clerk.get("/", follow=True).redirect_chain == [("/school/", 302)]
    told = list(Event.objects.filter(about=f"user {user.pk}").order_by("pk").values_list("what", flat=True))
    assert [what for what in told if what != "sign_in"] == [
        "user_opened", "desk_requested", "password_changed", "desk_granted",
    ]  # fmt: skip
    assert "13812345678" not in str(list(User.objects.values())) + str(list(Event.objects.values()))


def test_a_second_click_opens_no_second_account_and_asks_for_no_second_desk(school, system, signed_in):
    client = signed_in(system)
    new_clerk(client, school)
    again = new_clerk(client, school)
    assert again.status_code == 422
    assert 'value="xinghai-li"' in again.content.decode()
    user = User.objects.get(username="xinghai-li")
    ask = {"organisation": school.name, "desk": "school", "since": "2019-11-12", "until": ""}
    told = client.post(f"/system/users/{user.pk}/ask", ask, follow=True)
    assert "没有重复申请" in told.content.decode()
    other = client.post(f"/system/users/{user.pk}/ask", ask | {"until": "2019-12-31"})
    assert other.status_code == 422
    assert "已有申请待批准" in other.content.decode()
    assert "2019-12-31" in other.content.decode()
    assert AppointmentRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"username": "320508201205041234"}, "证件号码"),
        ({"username": "有空格 的"}, "小写字母"),
        ({"organisation": "没有的学校"}, "没有查到这个机构"),
        ({"phone": "12"}, "不是有效的号码"),
        ({"name": " "}, "没有填姓名"),
        ({"desk": "tax"}, "没有“税务”岗位"),
        ({"since": "明天"}, "起始日期"),
        ({"until": "2019-11-01"}, "止期早于起期"),
    ],
)
def test_what_cannot_be_opened_is_told_and_everything_typed_comes_back(school, system, signed_in, change, said):
    answer = new_clerk(signed_in(system), school, **change)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert f'value="{change.get("name", "李老师")}"' in page
    assert not User.objects.filter(name="李老师").exists()


def test_several_organisations_that_fit_are_named(school, system, signed_in):
    organisation(name="星海第二学校")
    answer = new_clerk(signed_in(system), school, organisation="星海")
    assert "星海学校、星海第二学校" in answer.content.decode() or "星海第二学校、星海学校" in answer.content.decode()


def test_a_request_is_decided_once_and_the_second_administrator_is_told(school, system, security, centre, signed_in):
    new_clerk(signed_in(system), school)
    asked = AppointmentRequest.objects.get()
    other = clerk_of(centre, Desk.SECURITY)
    signed_in(security).post(f"/security/requests/{asked.pk}/refuse", {"because": "学校没有上报"})
    answer = signed_in(other).post(f"/security/requests/{asked.pk}/grant")
    assert answer.status_code == 409
    assert "已经处理过" in answer.content.decode()
    assert not Appointment.objects.filter(user__username="xinghai-li").exists()
    assert "学校没有上报" in signed_in(system).get("/system/").content.decode()


def test_a_refusal_without_a_reason_is_not_taken(school, system, security, signed_in):
    new_clerk(signed_in(system), school)
    asked = AppointmentRequest.objects.get()
    assert signed_in(security).post(f"/security/requests/{asked.pk}/refuse", {"because": " "}).status_code == 409
    asked.refresh_from_db()
    assert asked.decided_at is None


def test_an_administrator_gets_no_desk_of_business_and_the_page_says_why(school, system, security, centre, signed_in):
    other = clerk_of(centre, Desk.AUDIT)
    ask = {"organisation": school.name, "desk": "school", "since": "2019-11-12", "until": ""}
    User.objects.filter(pk=other.user_id).update(organisation=centre)
    refused = signed_in(system).post(f"/system/users/{other.user_id}/ask", ask)
    assert refused.status_code == 422
    assert "管理员不办业务" in refused.content.decode()
    assert not AppointmentRequest.objects.exists()


def test_what_came_to_stand_in_the_way_is_shown_before_anybody_grants(school, system, security, centre, signed_in):
    new_clerk(signed_in(system), school)
    asked = AppointmentRequest.objects.get()
    Appointment.objects.create(user=asked.user, organisation=centre, desk=Desk.AUDIT, since=date(2019, 1, 1))
    said = signed_in(security).get("/security/").content.decode()
    assert "现在不能批准" in said
    assert f"/security/requests/{asked.pk}/grant" not in said
    answer = signed_in(security).post(f"/security/requests/{asked.pk}/grant")
    assert answer.status_code == 409
    assert "管理员不办业务" in answer.content.decode()


def test_nobody_decides_about_the_own_desk(system, security, centre, signed_in):
    AppointmentRequest.objects.create(
        user=security.user,
        organisation=centre,
        desk="audit",
        since=date(2019, 11, 12),
        asked_by=system.user,
        asked_at=AT,
    )
    answer = signed_in(security).post(f"/security/requests/{AppointmentRequest.objects.get().pk}/grant")
    assert answer.status_code == 409
    assert "本人都不能审批" in answer.content.decode()


def test_who_is_disabled_is_out_at_once_and_may_come_back_later(clerk, system, signed_in):
    at_work = signed_in(clerk)
    assert at_work.get("/jobs/").status_code == 200
    signed_in(system).post(f"/system/users/{clerk.user_id}/disable")
    assert at_work.get("/jobs/").status_code == 302
    assert not Visit.objects.filter(user=clerk.user, ended_at__isnull=True).exists()
    signed_in(system).post(f"/system/users/{clerk.user_id}/enable")
    assert signed_in(clerk).get("/jobs/").status_code == 200


def test_who_loses_the_last_desk_is_out_at_once(clerk, security, signed_in):
    at_work = signed_in(clerk)
    assert at_work.get("/jobs/").status_code == 200
    signed_in(security).post(f"/security/appointments/{clerk.pk}/end")
    assert at_work.get("/jobs/").status_code == 302
    clerk.refresh_from_db()
    assert clerk.until == date(2019, 11, 11)


def test_a_desk_that_ends_by_its_date_ends_the_session_that_sat_there(clerk, signed_in):
    at_work = signed_in(clerk)
    assert at_work.get("/jobs/").status_code == 200
    Appointment.objects.filter(pk=clerk.pk).update(until=date(2019, 11, 11))
    assert at_work.get("/jobs/").status_code == 302


def test_a_reset_password_ends_the_sessions_and_must_be_changed_within_seven_days(clerk, system, signed_in):
    at_work = signed_in(clerk)
    assert at_work.get("/jobs/").status_code == 200
    password = signed_in(system).post(f"/system/users/{clerk.user_id}/password").context["password"]
    assert at_work.get("/jobs/").status_code == 302
    enter = {"username": clerk.user.username, "password": password}
    assert Client().post("/sign-in", enter)["Location"] == "/"
    User.objects.filter(pk=clerk.user_id).update(password_until=AT - timedelta(minutes=1))
    answer = Client().post("/sign-in", enter)
    assert answer.status_code == 422
    assert "已经过期" in answer.content.decode()


def test_nobody_disables_or_resets_the_own_account(system, signed_in):
    client = signed_in(system)
    assert client.post(f"/system/users/{system.user_id}/disable").status_code == 409
    assert client.post(f"/system/users/{system.user_id}/password").status_code == 409
    system.user.refresh_from_db()
    assert system.user.is_active


def test_a_stale_page_of_an_account_overwrites_nothing_and_loses_nothing_typed(clerk, school, system, signed_in):
    client = signed_in(system)
    mark = client.get(f"/system/users/{clerk.user_id}/").context["seen"]
    User.objects.filter(pk=clerk.user_id).update(name="王新名")
    filled = {"seen": mark, "name": "王旧页", "organisation": school.name, "phone": ""}
    answer = client.post(f"/system/users/{clerk.user_id}/change", filled)
    assert answer.status_code == 409
    assert 'value="王旧页"' in answer.content.decode()
    assert User.objects.get(pk=clerk.user_id).name == "王新名"
    fresh = client.get(f"/system/users/{clerk.user_id}/").context["seen"]
    assert client.post(f"/system/users/{clerk.user_id}/change", filled | {"seen": fresh}).status_code == 302


def test_accounts_are_found_by_post_and_the_word_stays_out_of_the_address(clerk, system, signed_in):
    client = signed_in(system)
    answer = client.post("/system/users/find", {"q": "王老师"})
    assert answer["Location"] == "/system/users/"
    assert [one.pk for one, _ in client.get("/system/users/").context["rows"]] == [clerk.user_id]
    client.post("/system/users/find", {"q": "查无此人"})
    assert "没有查到" in client.get("/system/users/").content.decode()
    assert len(client.get("/system/users/?all").context["rows"]) == 2


def test_another_citys_accounts_and_organisations_are_not_there(system, security, signed_in):
    far = clerk_of(organisation(area="500103"), Desk.SCHOOL)
    for client, path in ((signed_in(system), "/system/users/"), (signed_in(security), "/security/users/")):
        assert client.get(f"{path}{far.user_id}/").status_code == 404
        assert far.user.username not in client.get(path).content.decode()
    assert signed_in(system).get(f"/system/organisations/{far.organisation_id}/").status_code == 404


def test_who_sits_in_our_city_and_is_employed_elsewhere_is_seen_by_security_only(school, system, security, signed_in):
    guest = clerk_of(school, Desk.SCHOOL)
    User.objects.filter(pk=guest.user_id).update(organisation=organisation("insurance_agency", area="500103"))
    assert signed_in(security).get(f"/security/users/{guest.user_id}/").status_code == 200
    assert signed_in(system).get(f"/system/users/{guest.user_id}/").status_code == 404


@pytest.mark.parametrize("show", ["", "none", "several", "ending", "factor", "locked", "disabled"])
def test_the_matrix_counts_what_it_shows(clerk, other_school, security, signed_in, show):
    second = organisation("community")
    Appointment.objects.create(user=clerk.user, organisation=second, desk=Desk.COMMUNITY, since=date(2019, 1, 1))
    Appointment.objects.filter(pk=clerk.pk).update(until=date(2019, 11, 20))
    clerk_of(other_school, Desk.SCHOOL)
    context = signed_in(security).get("/security/users/", {"show": show}).context
    counted = {key: number for key, _, number in context["views"]}
    expected = {"": 3, "none": 0, "several": 1, "ending": 1, "factor": 3, "locked": 0, "disabled": 0}
    assert counted == expected
    assert len(context["rows"]) == expected[show]


def test_security_unlocks_who_guessed_too_often(clerk, security, signed_in):
    client = Client()
    for _ in range(8):
        client.post("/sign-in", {"username": clerk.user.username, "password": "wrong"})
    right = {"username": clerk.user.username, "password": PASSWORD}
    assert client.post("/sign-in", right).status_code == 429
    page = signed_in(security).get("/security/")
    assert list(page.context["locked"]) == [clerk.user]
    signed_in(security).post(f"/security/users/{clerk.user_id}/unlock")
    assert client.post("/sign-in", right).status_code == 302


def test_security_resets_a_lost_factor_and_nobody_resets_the_own(clerk, security, signed_in):
    for user in (clerk.user, security.user):
        secret = totp.new_secret()
        code = totp.pyotp.TOTP(secret).now()
        totp.add(user=user, secret=secret, code=code, at=timezone.now())
    client = signed_in(security)
    client.post(f"/security/users/{clerk.user_id}/factor")
    assert client.post(f"/security/users/{security.user_id}/factor").status_code == 409
    assert list(Totp.objects.values_list("user", flat=True)) == [security.user_id]


def test_the_second_step_is_locked_for_a_user_wherever_the_guesses_come_from(clerk, security, signed_in):
    for _ in range(guessing.MOST):
        guessing.missed(clerk.user, timezone.now())
    assert guessing.locked([clerk.user, security.user], timezone.now()) == {clerk.user_id}
    signed_in(security).post(f"/security/users/{clerk.user_id}/unlock")
    assert not guessing.is_stopped(clerk.user, timezone.now())


def test_an_organisation_is_set_up_renamed_closed_and_opened(school, system, signed_in):
    client = signed_in(system)
    filled = {
        "kind": "school", "code": "3205080001", "name": "枕河小学", "division": "320508", "parent": "",
        "stages": ["primary"], "contact": "谢老师", "phone": "65550101",
    }  # fmt: skip
    made = client.post("/system/organisations/new", filled)
    place = Organisation.objects.get(code="3205080001")
    assert made["Location"] == f"/system/organisations/{place.pk}/"
    again = client.post("/system/organisations/new", filled)
    assert again.status_code == 422
    assert "已有机构" in again.content.decode()
    mark = client.get(f"/system/organisations/{place.pk}/").context["seen"]
    client.post(f"/system/organisations/{place.pk}/change", filled | {"seen": mark, "name": "枕河实验小学"})
    place.refresh_from_db()
    assert place.name == "枕河实验小学"
    stale = client.post(f"/system/organisations/{place.pk}/change", filled | {"seen": mark, "name": "别的"})
    assert stale.status_code == 409
    client.post(f"/system/organisations/{place.pk}/close")
    place.refresh_from_db()
    assert not place.active
    client.post(f"/system/organisations/{place.pk}/open")
    place.refresh_from_db()
    assert place.active


@pytest.mark.parametrize(
    ("change", "said"),
    [({"division": "苏州"}, "6 位数字"), ({"stages": []}, "至少选一个学段"), ({"kind": "palace"}, "没有选机构类别"),
     ({"code": " "}, "没有填编码"), ({"parent": "星海学校"}, "上级机构不合适")],
)  # fmt: skip
def test_an_organisation_that_makes_no_sense_is_refused(school, system, signed_in, change, said):
    filled = {"kind": "school", "code": "X1", "name": "新校", "division": "320508", "stages": ["primary"]}
    answer = signed_in(system).post("/system/organisations/new", filled | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_school_that_is_closed_has_nobody_at_its_desk(clerk, system, signed_in):
    at_work = signed_in(clerk)
    assert at_work.get("/jobs/").status_code == 200
    signed_in(system).post(f"/system/organisations/{clerk.organisation_id}/close")
    assert at_work.get("/jobs/").status_code == 302


def test_a_token_is_issued_by_one_and_granted_by_the_other(school, system, security, signed_in):
    filled = {
        "organisation": school.name,
        "desk": "school",
        "scopes": ["roster"],
        "label": "校务",
        "expires": "2020-08-31",
    }
    made = signed_in(system).post("/system/tokens/new", filled)
    secret, token = made.context["secret"], Token.objects.get()
    assert secret in made.content.decode()
    assert secret not in signed_in(system).get("/system/tokens/").content.decode()
    later = AT + timedelta(hours=1)
    assert tokens.find(secret, later) is None
    signed_in(security).post(f"/security/tokens/{token.pk}/grant")
    assert tokens.find(secret, later) == token
    signed_in(system).post(f"/system/tokens/{token.pk}/revoke")
    assert tokens.find(secret, later) is None


@pytest.mark.parametrize(
    "change", [{"expires": ""}, {"expires": "2029-01-01"}, {"scopes": []}, {"desk": "card"}, {"label": " "}]
)
def test_a_token_that_cannot_be_issued_comes_back_with_what_was_typed(school, system, signed_in, change):
    filled = {
        "organisation": school.name,
        "desk": "school",
        "scopes": ["roster"],
        "label": "校务",
        "expires": "2020-08-31",
    }
    answer = signed_in(system).post("/system/tokens/new", filled | change)
    assert answer.status_code == 422
    assert f'value="{school.name}"' in answer.content.decode()
    assert not Token.objects.exists()
