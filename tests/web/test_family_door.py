"""The families' door: strangers guess, parents mistype, phones change, tabs and shared phones. 家长登录"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.enrolment.building import AT, child, organisation
from tests.web.conftest import clerk_of, listed
from tests.web.families import ask, enter, last_code, number_of
from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import open_season
from yingbao.families.models import Binding, CodeRequest, Consent, FamilySession
from yingbao.messages.models import Message
from yingbao.people.models import Look
from yingbao.sealing import sealed
from yingbao.trail.models import Event
from yingbao.values import clock, identity

pytestmark = pytest.mark.django_db
VALID = identity.with_check_character("32050820120504001")


def said(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def xiaoming(school, suzhou):
    person = child(school, name="张小明", phone="13812345678")
    listed(school, suzhou, person)
    return person


def test_a_guardian_comes_in_agrees_and_sees_the_child(xiaoming):
    client = Client()
    asked = ask(client, "张小明", number_of(xiaoming))
    assert asked.status_code == 302
    assert number_of(xiaoming) not in asked["Location"]
    inside = client.post("/family/code", {"ask": "1", "code": last_code()})
    assert inside["Location"] == "/family/consent"
    assert "张*明" in said(client.get("/family/consent"))
    done = client.post("/family/consent", {"agree": "yes", "version": "2019-1"}, follow=True)
    assert "张小明" in said(done)
    assert "可以参保" in said(done)
    consent = Consent.objects.get()
    assert (consent.person, consent.purpose, consent.version, consent.given) == (
        xiaoming,
        "phone_access",
        "2019-1",
        True,
    )
    assert number_of(xiaoming) not in said(done)
    assert "13812345678" not in said(done)


def test_nothing_of_the_child_is_shown_before_the_guardian_agrees(xiaoming):
    client = Client()
    enter(client, xiaoming, agree=False)
    refused = client.post("/family/consent", {"version": "2019-1"})
    assert refused.status_code == 422
    assert "还没有勾选同意" in said(refused)
    assert "张小明" not in said(client.get("/family/"))
    assert not Binding.objects.exists()
    assert client.post("/family/consent", {"agree": "yes", "version": "2018-1"}).status_code == 422


def test_the_answer_is_the_same_sentence_and_the_same_work_for_everybody(xiaoming):
    client, work = Client(), []
    client.post("/family/find", {"name": "别人", "number": "X99999999"})
    cases = [("张小明", number_of(xiaoming)), ("张晓明", number_of(xiaoming)), ("张小明", VALID)]
    for name, number in cases:
        with CaptureQueriesContext(connection) as done:
            answer = client.post("/family/find", {"name": name, "number": number})
        work.append([re.sub("[0-9]+", "", query["sql"])[:40] for query in done])
        page = said(client.get(answer["Location"]))
        assert "如果姓名和号码与学校、社区登记的一致" in page
        assert "138*" not in page
    assert work[0] == work[1] == work[2]
    assert not Message.objects.exists()


def test_a_stranger_who_guesses_is_stopped_and_told_the_same_for_a_child_who_is_not(xiaoming):
    for number in (number_of(xiaoming), VALID):
        for which in range(4):
            answer = Client().post("/family/find", {"name": f"猜{which}", "number": number})
        assert answer.status_code == 429
        assert "查询次数太多" in said(answer)
        assert "15 分钟后再试" in said(answer)
        assert "今天" not in said(answer)


def test_a_parents_evening_on_one_network_is_let_in_and_what_counts_is_not_told(school, suzhou):
    for which in range(30):
        person = child(school, name=f"学生{which}", phone=f"138000{which:05}")
        enter(Client(), person)
    assert Binding.objects.count() == 30
    assert ask(Client(), "学生0", VALID).status_code == 302


def test_who_came_by_name_number_or_code_is_recorded_without_any_of_them(xiaoming):
    client = Client()
    enter(client, xiaoming)
    client.get(f"/family/children/{Binding.objects.get().pk}/")
    rows = list(Event.objects.filter(what__startswith="family_").order_by("pk").values_list("what", "about"))
    assert rows == [("family_entered", f"person {xiaoming.pk}"), ("family_looked", f"person {xiaoming.pk}")]
    for page in ("/family/", f"/family/children/{Binding.objects.get().pk}/leave"):
        client.get(page)
    assert Event.objects.filter(what="family_looked").count() == 3
    for row in Event.objects.values_list():
        for secret in ("张小明", number_of(xiaoming), "13812345678"):
            assert secret not in str(row)


def test_each_citys_help_is_found_by_who_is_not_signed_in(suzhou):
    open_season(policy_id="500103/2020", at=AT)
    page = said(Client().get("/family/find"))
    assert "/help/?area=320500" in page
    assert "/help/?area=500103" in page


def test_a_guessed_code_opens_nothing_and_says_no_more_than_that(xiaoming):
    client = Client()
    ask(client, "张小明", number_of(xiaoming))
    code = last_code()
    for which in range(5):
        wrong = client.post("/family/code", {"ask": "1", "code": f"{(int(code) + which + 1) % 10**6:06}"})
        assert wrong.status_code == 422
    late = client.post("/family/code", {"ask": "1", "code": code})
    assert said(wrong).count("验证码不对，或已经过期") == said(late).count("验证码不对，或已经过期") == 1
    assert not FamilySession.objects.exists()


def test_after_a_wrong_code_the_other_language_leads_back_to_the_same_question(xiaoming):
    client = Client()
    ask(client, "张小明", number_of(xiaoming))
    wrong = "000000" if last_code() != "000000" else "111111"
    refused = client.post("/family/code", {"ask": "1", "code": wrong})
    action = re.search(r'action="(/family/code[^"]*)"', refused.content.decode())[1]
    turned = client.post("/language", {"language": "en"}, HTTP_REFERER=f"http://testserver{action}", follow=True)
    assert turned.redirect_chain[-1][0].endswith(action)
    assert "Enter the code" in turned.content.decode()


def test_a_code_read_on_the_phone_opens_nothing_in_another_browser(xiaoming):
    ask(Client(), "张小明", number_of(xiaoming))
    thief = Client()
    ask(thief, "张小明", VALID)
    assert thief.post("/family/code", {"ask": "1", "code": last_code()}).status_code == 422


@pytest.mark.parametrize(
    ("name", "number", "about"),
    [
        ("", VALID, "请填写孩子的姓名"),
        ("张小明", "", "请填写孩子的证件号码"),
        ("张小明", VALID[:-1], "位"),
        ("张小明", "123", "号码太短，这里只有3位"),
        ("张小明", "1234567", "号码太短"),
        ("张小明", "A12", "号码太短"),
        ("张小明", VALID[:-1] + ("1" if VALID[-1] != "1" else "2"), "校验码不符"),
    ],
)
def test_a_parents_slip_is_told_kindly_and_what_was_typed_stays(suzhou, name, number, about):
    answer = Client().post("/family/find", {"name": name, "number": number})
    assert answer.status_code == 422
    assert about in said(answer)
    assert f'value="{number}"' in said(answer)
    assert not CodeRequest.objects.exists()


def test_full_width_digits_blanks_and_a_small_x_are_no_slip(school, suzhou):
    number = next(
        one for which in range(99) if (one := identity.with_check_character(f"320508201205{which:02}001")[:17])
        and (one := identity.with_check_character("32050820120504" + f"{which:03}")).endswith("X")
    )  # fmt: skip
    person = child(school, name="李四光", document=None)
    cipher, index, masked = sealed.number(number)
    person.documents.create(
        kind="resident_id", number_cipher=cipher, number_index=index, number_masked=masked, added_at=AT
    )
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number[:6])
    ask(Client(), " 李四光　", f"{wide} {number[6:14]} {number[14:].lower()}")
    assert Message.objects.count() == 1


def test_two_tabs_with_different_children_each_open_their_own(school, suzhou):
    one, other = child(school, name="张小明", phone="13800000001"), child(school, name="李华", phone="13800000002")
    client = Client()
    ask(client, one.name, number_of(one))
    first = last_code()
    ask(client, other.name, number_of(other))
    second = last_code()
    assert client.post("/family/code", {"ask": "1", "code": second}).status_code == 422
    assert client.post("/family/code", {"ask": "1", "code": first})["Location"] == "/family/consent"
    assert "张*明" in said(client.get("/family/consent"))
    assert client.post("/family/code", {"ask": "2", "code": second})["Location"] == "/family/consent"
    assert "李*" in said(client.get("/family/consent"))
    assert FamilySession.objects.filter(ended_at__isnull=True).count() == 1


def test_a_second_click_on_the_code_leads_to_where_the_first_did(xiaoming):
    client = Client()
    ask(client, "张小明", number_of(xiaoming))
    code = last_code()
    client.post("/family/code", {"ask": "1", "code": code})
    assert client.post("/family/code", {"ask": "1", "code": code})["Location"] == "/family/"


def test_a_second_child_of_the_same_phone_is_bound_without_another_code(school, suzhou, xiaoming):
    sister = child(school, name="张小红", phone="13812345678")
    client = Client()
    enter(client, xiaoming)
    added = client.post("/family/add", {"name": "张小红", "number": number_of(sister)})
    assert added["Location"] == "/family/consent"
    client.post("/family/consent", {"agree": "yes", "version": "2019-1"})
    page = said(client.get("/family/"))
    assert "张小明" in page
    assert "张小红" in page
    assert Binding.objects.filter(kind="guardian").count() == 2
    assert Message.objects.count() == 1


def test_a_child_nobody_knows_and_one_with_another_phone_get_the_same_answer(school, suzhou, xiaoming):
    stranger = child(school, name="陌生", phone="13900000000")
    client = Client()
    enter(client, xiaoming)
    answers = [
        client.post("/family/add", {"name": "陌生", "number": number}) for number in (number_of(stranger), VALID)
    ]
    told = [said(answer).partition('role="alert"')[2].partition("<form")[0] for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert told[0] == told[1]


def test_half_an_hour_without_use_ends_the_visit(xiaoming):
    client = Client()
    enter(client, xiaoming)
    clock.set_to(AT + timedelta(minutes=31))
    answer = client.get("/family/", follow=True)
    assert "张小明" not in said(answer)
    assert client.get("/family/add").status_code == 302


def test_on_a_shared_phone_nothing_is_left_after_signing_out(xiaoming):
    client = Client()
    binding = enter(client, xiaoming)
    client.post("/family/out")
    assert client.get(f"/family/children/{binding.pk}/")["Location"] == "/family/find"
    assert "张小明" not in said(client.get("/family/"))
    assert FamilySession.objects.get().ended_at is not None


def test_a_cookie_somebody_made_up_opens_nothing(xiaoming):
    client = Client()
    client.cookies["family"] = "abc:def"
    assert client.get("/family/add").status_code == 302


def test_the_binding_ends_when_the_school_registers_another_phone(xiaoming):
    client = Client()
    binding = enter(client, xiaoming)
    cipher, index, masked = sealed.phone("13911112222")
    xiaoming.guardians.update(phone_cipher=cipher, phone_index=index, phone_masked=masked)
    assert client.get(f"/family/children/{binding.pk}/").status_code == 404
    binding.refresh_from_db()
    assert binding.ended_because == "phone_changed"
    assert not Consent.objects.order_by("-pk")[0].given
    assert "本机还没有绑定孩子" in said(client.get("/family/"))


def test_unbinding_takes_the_consent_back_and_a_second_click_is_harmless(xiaoming):
    client = Client()
    binding = enter(client, xiaoming)
    for expected in (302, 404):
        assert client.post(f"/family/children/{binding.pk}/unbind").status_code == expected
    assert list(Consent.objects.order_by("pk").values_list("given", flat=True)) == [True, False]
    again = Client()
    asked = ask(again, "张小明", number_of(xiaoming))
    assert asked.status_code == 302
    assert again.post("/family/code", {"ask": "1", "code": last_code()})["Location"] == "/family/consent"


def test_who_came_before_comes_back_with_the_code_alone(xiaoming):
    enter(Client(), xiaoming)
    client = Client()
    ask(client, "张小明", number_of(xiaoming))
    assert client.post("/family/code", {"ask": "1", "code": last_code()})["Location"] == "/family/"
    assert "张小明" in said(client.get("/family/"))


def test_staff_and_family_in_one_browser_do_not_become_each_other(xiaoming, school, signed_in):
    client = signed_in(clerk_of(organisation("tax_authority"), Desk.TAX))
    enter(client, xiaoming)
    assert "张小明" in said(client.get("/family/"))
    client.post("/sign-out")
    assert "张小明" in said(client.get("/family/"))
    client.post("/family/out")
    assert "张小明" not in said(client.get("/family/"))
    assert not Look.objects.exists()
