"""Whose child, handing it over, the inbox, and the slip that the family takes along. 个案页面"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.enrolment.building import AT, at, organisation
from tests.people.conftest import resident_id
from tests.web.community_town import Town, infant, town_of
from tests.web.conftest import clerk_of
from yingbao.agents.models import Desk
from yingbao.cases import handing, responsible
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.cases.models import Case
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.people.actions import add_person
from yingbao.people.bulk import NewDocument, NewPerson
from yingbao.people.models import Look, Person
from yingbao.people.rolls import enter_roll
from yingbao.values import clock
from yingbao.web.cases.shown import seen

pytestmark = pytest.mark.django_db
NUMBER = resident_id(date(2012, 5, 6), 12)


@pytest.fixture
def town(db) -> Town:
    return town_of()


@pytest.fixture
def client(town, signed_in) -> Client:
    return signed_in(town.worker)


@pytest.fixture
def school(town, signed_in) -> Client:
    return signed_in(clerk_of(town.school, Desk.SCHOOL))


@pytest.fixture
def pupil(town) -> Person:
    person = add_person(
        person=NewPerson(name="陈启昂", hukou="320508", documents=(NewDocument("resident_id", NUMBER),)),
        by=None, at=AT,
    )  # fmt: skip
    enter_roll(person=person, school=town.school, school_year=2019, stage="primary", grade=1,
               entered_on=date(2019, 9, 1), by=None, at=AT)  # fmt: skip
    list_and_determine(season=town.season, organisation=town.school, at=AT)
    return person


def find(client: Client, name: str = "陈启昂", number: str = NUMBER):
    return client.post("/cases/whose/find", {"name": name, "number": number})


def asked(town: Town, person: Person, *, by=None) -> Case:
    return handing.ask(
        person=person, season=town.season, kind=RESPONSIBLE, question="请核实", to=town.community,
        by=by or clerk_of(town.school, Desk.SCHOOL), at=AT,
    )  # fmt: skip


def act(client: Client, case: Case, what: str, **more: str):
    case.refresh_from_db()
    return client.post(f"/cases/{case.pk}/{what}", {"seen": seen(case)} | more)


def test_the_body_its_phone_and_the_clause_are_told_and_nothing_of_the_child(client, pupil):
    said = find(client).content.decode()
    for words in ("由“枕波小学”办理", "65550101", "谢老师", "苏社基〔2019〕68号", "由所在学校或托幼机构代办参保"):
        assert words in said
    for words in ("2012", "一年级", "138****"):
        assert words not in said.replace(NUMBER, "")
    assert Look.objects.get(what="whose").person == pupil


@pytest.mark.parametrize(("name", "number"), [("张三", NUMBER), ("陈启昂", "320508201205060011")])
def test_a_wrong_name_and_a_wrong_number_get_the_same_answer(client, pupil, name, number):
    page = find(client, name, number)
    assert "没有姓名和号码都相符的孩子" in page.content.decode()
    assert page.context["typed"] == {"name": name, "number": number}


def test_where_the_notice_has_no_number_none_is_printed(signed_in, school):
    far = organisation("community", area="500103", name="石灰市居委会")
    open_season(policy_id="500103/2020", at=AT)
    number = resident_id(date(2017, 3, 1), 7)
    add_person(
        person=NewPerson(name="余佳", birth_date=date(2017, 3, 1), hukou="500103",
                         documents=(NewDocument("resident_id", number),)),
        by=None, at=AT,
    )  # fmt: skip
    said = find(signed_in(clerk_of(far, Desk.COMMUNITY)), "余佳", number).content.decode()
    assert "石灰市居委会" in said
    assert "None" not in said


def test_an_empty_field_is_answered_beside_it_and_costs_no_look(client):
    page = find(client, "", "")
    assert set(page.context["wrong"]) == {"name", "number"}
    assert not Look.objects.filter(what="whose").exists()


def test_after_so_many_looks_a_day_the_door_is_closed(client, pupil, monkeypatch):
    monkeypatch.setattr(responsible, "MOST_A_DAY", 1)
    assert find(client).status_code == 200
    assert find(client).status_code == 422


def test_a_number_stands_in_no_address(client, pupil):
    assert client.get("/cases/whose/find", {"number": NUMBER}).status_code == 405


def test_the_child_is_handed_to_its_school_with_a_slip_for_the_family(client, pupil, town):
    token = find(client).context["token"]
    empty = client.post("/cases/whose/ask", {"token": token, "question": ""})
    assert empty.status_code == 422
    numbered = client.post("/cases/whose/ask", {"token": token, "question": f"孩子的号码 {NUMBER}"})
    assert numbered.status_code == 422
    assert NUMBER in numbered.content.decode()
    answer = client.post("/cases/whose/ask", {"token": token, "question": "家长到社区来问"}, follow=True)
    case = Case.objects.get()
    assert case.to_organisation == town.school
    assert case.number in answer.content.decode()
    slip = client.get(f"/cases/{case.pk}/slip").content.decode()
    for words in (case.number, "枕波小学", "65550101", "陈**"):
        assert words in slip
    for words in ("陈启昂", "320****", "2012"):
        assert words not in slip


def test_a_look_that_is_an_hour_old_or_somebody_elses_hands_over_nothing(client, pupil, signed_in, town, monkeypatch):
    token = find(client).context["token"]
    other = signed_in(clerk_of(town.neighbour, Desk.COMMUNITY))
    assert other.post("/cases/whose/ask", {"token": token, "question": "x"}).status_code == 409
    monkeypatch.setattr("yingbao.web.cases.whose.TOKEN_SECONDS", -1)
    stale = client.post("/cases/whose/ask", {"token": token, "question": "我写了很多"})
    assert stale.status_code == 409
    assert not Case.objects.exists()


def test_a_child_on_nobodys_list_is_taken_onto_ours_at_once(client, town):
    person = add_person(
        person=NewPerson(name="查亦菲", birth_date=date(2017, 3, 1), hukou="320508",
                         documents=(NewDocument("resident_id", resident_id(date(2017, 3, 1), 5)),)),
        by=None, at=AT,
    )  # fmt: skip
    page = find(client, "查亦菲", resident_id(date(2017, 3, 1), 5))
    assert "列入本社区名单" in page.content.decode()
    answer = client.post("/cases/whose/take", {"token": page.context["token"]})
    assert answer["Location"] == f"/community/children/{person.pk}/"
    assert Enrolment.objects.get(person=person).organisation == town.community


def test_a_pupil_of_the_school_that_asks_is_not_offered_to_be_accepted_and_goes_back(client, town, pupil):
    case = asked(town, pupil)
    said = client.get(f"/cases/{case.pk}/").content.decode()
    assert "接收，由我们办" not in said
    assert "孩子的学籍在“枕波小学”。它就是提出单位，请写明情况退回。" in said
    assert "枕波小学" not in [body.name for body in client.get(f"/cases/{case.pk}/").context["bodies"]]
    forged = act(client, case, "pass-on", to="枕波小学", reason="你们的")
    assert forged.status_code == 422
    assert "你们的" in forged.content.decode()
    act(client, case, "return", reason="孩子在枕波小学就读")
    case.refresh_from_db()
    assert case.state == "returned"


def test_the_page_keeps_the_first_day_and_says_by_when_it_is_taken_up(client, town):
    case = asked(town, infant())
    clock.set_to(at("2019-11-20"))
    act(client, case, "pass-on", to=town.neighbour.name, reason="户籍在漱石里")
    said = client.get(f"/cases/{case.pk}/").content.decode()
    assert "超期 3 天" in said
    assert "接收期限" in said
    case.refresh_from_db()
    assert case.to_organisation == town.neighbour
    assert str(case.due_on) == "2019-11-17"


def test_the_receiver_finds_it_in_the_inbox_accepts_and_settles(client, town):
    case = asked(town, infant())
    assert case.number in client.get("/cases/").content.decode()
    act(client, case, "accept")
    assert Enrolment.objects.get().organisation == town.community
    assert act(client, case, "settle", reason="").status_code == 422
    act(client, case, "settle", reason="已登记参保")
    case.refresh_from_db()
    assert (case.state, case.answer) == ("settled", "已登记参保")
    assert case.number in client.get("/cases/?show=settled").content.decode()


def test_a_second_click_and_a_stale_page_change_nothing_and_keep_what_was_typed(client, town):
    case = asked(town, infant())
    old = seen(case)
    act(client, case, "accept")
    stale = client.post(f"/cases/{case.pk}/return", {"seen": old, "reason": "写了半天的理由"})
    assert stale.status_code == 409
    assert "写了半天的理由" in stale.content.decode()
    assert case.steps.count() == 2


def test_two_officers_decide_the_same_case_and_one_of_them_is_told(client, town, signed_in):
    case = asked(town, infant())
    colleague = signed_in(clerk_of(town.community, Desk.COMMUNITY, "另一位"))
    case.refresh_from_db()
    mark = seen(case)
    assert client.post(f"/cases/{case.pk}/return", {"seen": mark, "reason": "不在本社区"}).status_code == 302
    second = colleague.post(f"/cases/{case.pk}/accept", {"seen": mark})
    assert second.status_code == 409
    assert not Enrolment.objects.exists()


def test_turned_away_twice_it_says_so_and_lies_with_the_sub_district(client, school, town, signed_in):
    case = asked(town, infant())
    act(client, case, "return", reason="不在本社区")
    act(school, case, "send-again", reason="户口本在，确实是", to="")
    said = client.post(
        f"/cases/{case.pk}/pass-on",
        {"seen": seen(Case.objects.get()), "reason": "是漱石里社区的", "to": "漱石里社区"}, follow=True,
    ).content.decode()  # fmt: skip
    assert "自动上报给“枕河街道”决定" in said
    street = signed_in(clerk_of(town.street, Desk.COMMUNITY))
    assert case.number in street.get("/cases/").content.decode()


def test_a_body_that_is_not_called_so_is_answered_beside_the_field(client, town):
    case = asked(town, infant())
    answer = act(client, case, "pass-on", reason="转走", to="没有这个单位")
    assert answer.status_code == 422
    assert "to" in answer.context["wrong"]
    assert "没有这个单位" in answer.content.decode()


def test_a_school_that_accepts_chooses_a_grade(client, school, town):
    person = infant("林小满", born=date(2013, 1, 1))
    case = handing.ask(person=person, season=town.season, kind=RESPONSIBLE, question="在贵校就读", to=town.school,
                       by=town.worker, at=AT)  # fmt: skip
    assert act(school, case, "accept").status_code == 422
    act(school, case, "accept", seat="primary.1", class_name="3班")
    one = Enrolment.objects.get(person=person)
    assert one.organisation == town.school
    assert school.get(f"/cases/{case.pk}/").status_code == 200


def test_what_is_overdue_is_shown_to_both_and_to_those_above(client, school, town, signed_in):
    case = asked(town, infant())
    clock.set_to(at("2019-11-25"))
    street = signed_in(clerk_of(town.street, Desk.COMMUNITY))
    officer = signed_in(clerk_of(town.agency, Desk.AGENCY))
    for reader in (client, school, street, officer):
        page = reader.get("/cases/?show=overdue").content.decode()
        assert case.number in page, page[page.index("<main") :][:900]
        assert "超期 8 天" in page


def test_a_body_that_has_no_part_in_it_sees_nothing(town, signed_in):
    case = asked(town, infant("独一无二"))
    stranger = signed_in(clerk_of(organisation("community", division="320506"), Desk.COMMUNITY))
    assert "独一无二" not in stranger.get("/cases/?show=all").content.decode()
    for address in (f"/cases/{case.pk}/", f"/cases/{case.pk}/slip"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"/cases/{case.pk}/accept", {"seen": seen(case)}).status_code == 404
