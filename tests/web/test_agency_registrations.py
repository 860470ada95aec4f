"""The agency answers what schools ask for first-timers. 首次参保登记审核页面"""

from __future__ import annotations

import pytest
from django.test import Client

from tests.enrolment.building import AT, at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk
from yingbao.enrolment import registering
from yingbao.enrolment.models import Enrolment, RegistrationRequest
from yingbao.people.models import BasicRegistration, Look
from yingbao.values import clock

pytestmark = pytest.mark.django_db
PARK = "320571"


@pytest.fixture
def officer(school) -> Appointment:
    return clerk_of(organisation("insurance_agency"), Desk.AGENCY, "李主任")


@pytest.fixture
def client(officer, signed_in) -> Client:
    return signed_in(officer)


@pytest.fixture
def asked(school, suzhou, clerk) -> Enrolment:
    (one,) = listed(school, suzhou, child(school, name="顾子墨", hukou=PARK, registered=None))
    registering.ask_registration(enrolment=one, by=clerk, at=AT)
    return one


def url(one: Enrolment, act: str = "") -> str:
    return f"/agency/registrations/{one.person_id}/{act}"


def do(client: Client, one: Enrolment, act: str, **typed: str):
    shown = client.get(url(one))
    return client.post(url(one, act), {"seen": shown.context["seen"], **typed}, follow=True)


def test_what_schools_asked_for_comes_first_and_the_look_is_recorded(client, asked, school, suzhou):
    listed(school, suzhou, child(school, name="陆清和", registered=None))
    said = client.get("/agency/registrations/").content.decode()
    assert "顾子墨" in said
    assert "陆清和" not in said
    assert Look.objects.filter(what="list", count=1).exists()
    community = client.get("/agency/registrations/?show=community").content.decode()
    assert "陆清和" in community
    assert "户籍所在地的社区" in community


def test_one_childs_page_shows_the_data_the_papers_and_what_is_decided(client, asked):
    said = client.get(url(asked)).content.decode()
    for words in ("户口簿", "登记后：可以参保，家庭缴240元", "工业园区", "材料无误，登记"):
        assert words in said
    assert Look.objects.filter(what="page", person=asked.person).exists()


def test_the_agency_registers_and_the_school_can_confirm(client, asked, clerk, signed_in):
    do(client, asked, "approve")
    asked.refresh_from_db()
    assert asked.state == "determined"
    assert BasicRegistration.objects.get(person=asked.person).channel == "school"
    assert "确认参保</button>" in signed_in(clerk).get(f"/school/pupils/{asked.person_id}/").content.decode()


def test_sending_back_needs_a_reason_and_keeps_what_was_typed(client, asked):
    answer = do(client, asked, "send-back", why="papers", reason="")
    assert answer.status_code == 422
    assert 'value="papers" checked' in answer.content.decode()
    do(client, asked, "send-back", why="papers", reason="父亲户口簿")
    assert RegistrationRequest.objects.get().answer == "材料不齐，请补：父亲户口簿"


def test_a_wrong_hukou_is_put_right_and_the_child_handed_to_its_community(client, asked):
    answer = do(client, asked, "hand-on", hukou="月球区", reason="户口簿")
    assert answer.status_code == 422
    assert 'value="月球区"' in answer.content.decode()
    do(client, asked, "hand-on", hukou="吴中区", reason="户口簿上是吴中区")
    asked.refresh_from_db()
    asked.person.refresh_from_db()
    assert (asked.person.hukou, asked.registration, asked.state) == ("320506", "hukou_community", "draft")
    assert RegistrationRequest.objects.get().channel == "hukou_community"


def test_without_another_place_the_child_is_not_handed_on(client, asked):
    answer = do(client, asked, "hand-on", hukou="", reason="想转走")
    assert answer.status_code == 422
    assert "没有别的渠道可转" in answer.content.decode()
    assert RegistrationRequest.objects.get().state == "asked"


def test_of_two_officers_the_second_is_told_who_answered_and_keeps_what_was_typed(client, asked, officer, signed_in):
    mark = client.get(url(asked)).context["seen"]
    other = signed_in(clerk_of(officer.organisation, Desk.AGENCY, "赵科员"))
    do(other, asked, "approve")
    answer = client.post(url(asked, "send-back"), {"seen": mark, "why": "other", "reason": "缺材料"})
    assert answer.status_code == 409
    assert "已由赵科员办理" in answer.content.decode()
    assert "缺材料" in answer.content.decode()
    assert RegistrationRequest.objects.get().state == "registered"


def test_a_second_click_registers_nobody_twice(client, asked):
    mark = client.get(url(asked)).context["seen"]
    for _ in range(2):
        answer = client.post(url(asked, "approve"), {"seen": mark}, follow=True)
    assert "没有重复办理" in answer.content.decode()
    assert BasicRegistration.objects.filter(person=asked.person).count() == 1


def test_many_are_registered_in_two_steps_and_only_if_they_are_still_the_same(client, school, suzhou, clerk):
    made = listed(school, suzhou, *(child(school, hukou=PARK, registered=None) for _ in range(3)))
    assert registering.ask_all(season=suzhou, organisation=school, by=clerk, at=AT) == 3
    shown = client.post("/agency/registrations/approve", {"scope": "all"})
    assert "登记 3 名孩子的基本信息？" in shown.content.decode()
    keys = [request.pk for request in shown.context["chosen"]]
    officer = clerk_of(organisation("insurance_agency"), Desk.AGENCY)
    registering.send_back(request=RegistrationRequest.objects.get(pk=keys[0]), reason="缺", by=officer, at=AT)
    form = {"chosen": keys, "expected": shown.context["expected"]}
    stale = client.post("/agency/registrations/approve", form)
    assert stale.status_code == 409
    assert not BasicRegistration.objects.exists()
    client.post("/agency/registrations/approve", form | {"expected": stale.context["expected"]})
    assert BasicRegistration.objects.count() == 2
    assert sorted(Enrolment.objects.filter(pk__in=[one.pk for one in made]).values_list("state", flat=True)) == [
        "determined", "determined", "draft",
    ]  # fmt: skip


def test_after_the_close_nobody_is_registered_and_the_page_says_when_it_was_time(client, asked):
    clock.set_to(at("2019-12-02"))
    answer = do(client, asked, "approve")
    assert answer.status_code == 422
    assert "已过办理期限" in answer.content.decode()
    assert not BasicRegistration.objects.exists()


def test_a_search_for_a_whole_number_leads_to_the_child_and_stands_in_no_address(client, asked, school, suzhou):
    answer = client.post("/agency/registrations/find", {"q": "顾子"})
    assert answer.status_code == 303
    assert "顾" not in answer["Location"]
    assert "顾子墨" in client.get(answer["Location"]).content.decode()
    assert client.post("/agency/registrations/find", {"q": "没有此人"}, follow=True).context["total"] == 0


def test_ages_and_schools_narrow_the_list(client, asked, school):
    assert client.get(f"/agency/registrations/?school={school.pk}&age=6").context["total"] == 1
    assert client.get(f"/agency/registrations/?school={school.pk}&age=12").context["total"] == 0
    assert client.get("/agency/registrations/?school=x&age=y&find=9&page=-1").context["total"] == 1
