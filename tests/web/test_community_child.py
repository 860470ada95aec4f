"""One child's page at the community, the list, newborns, and handing a decision to an officer. 儿童页面"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.enrolment.building import AT, at, child, organisation
from tests.people.conftest import resident_id
from tests.web.community_town import Town, infant, listed_at, town_of
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.cases.models import Case
from yingbao.determination.signs import Limit
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import newborn_last_day, newborn_limit, policy_of
from yingbao.people.models import IdentityDocument, Look
from yingbao.values import clock
from yingbao.web.school.pupil import seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db) -> Town:
    return town_of()


@pytest.fixture
def client(town, signed_in) -> Client:
    return signed_in(town.worker)


def act(client: Client, one: Enrolment, what: str, **more: str):
    one.refresh_from_db()
    return client.post(f"/community/children/{one.person_id}/{what}", {"seen": seen(one)} | more)


def test_the_page_says_what_was_decided_why_and_what_comes_next(client, town):
    one = listed_at(town, infant(registered=None))
    said = client.get(f"/community/children/{one.person_id}/").content.decode()
    for words in ("可以参保，家庭缴240元", "登记基本信息", "枕河社区", "138****0000"):
        assert words in said
    assert Look.objects.filter(person=one.person, what="page").exists()


def test_a_first_timer_is_registered_and_goes_on_to_the_counter(client, town):
    one = listed_at(town, infant(registered=None))
    answer = act(client, one, "register")
    assert answer["Location"] == "/community/counter/"
    one.refresh_from_db()
    assert one.state == "determined"
    assert [row.enrolment.pk for row in client.get("/community/counter/").context["chosen"]] == [one.pk]


def test_confirm_decline_withdraw_and_reopen_walk_the_same_edges_as_at_a_school(client, town):
    one = listed_at(town, infant())
    act(client, one, "confirm")
    act(client, one, "withdraw", why="mistake")
    act(client, one, "reopen")
    act(client, one, "decline", why="family")
    one.refresh_from_db()
    assert (one.state, one.reason) == ("declined", "家长书面放弃")


def test_a_second_worker_who_declines_too_is_told_who_did_and_keeps_the_reason(client, town, signed_in):
    one = listed_at(town, infant())
    old = seen(one)
    form = {"seen": old, "why": "other", "reason": "家长电话里说的"}
    url = f"/community/children/{one.person_id}/decline"
    client.post(url, form)
    assert "没有重复办理" in client.post(url, form, follow=True).content.decode()
    second = signed_in(clerk_of(town.worker.organisation, Desk.COMMUNITY, "沈干部"))
    late = second.post(url, form | {"reason": "家长到窗口来过"})
    assert late.status_code == 409
    said = late.content.decode()
    assert "已经办过这一步" in said
    assert "家长到窗口来过" in said


def test_a_second_click_is_harmless_and_a_stale_page_keeps_what_was_typed(client, town):
    one = listed_at(town, infant())
    old = seen(one)
    act(client, one, "confirm")
    again = client.post(f"/community/children/{one.person_id}/confirm", {"seen": old}, follow=True)
    assert "没有重复办理" in again.content.decode()
    stale = client.post(
        f"/community/children/{one.person_id}/withdraw", {"seen": old, "why": "other", "reason": "家长改了主意"}
    )
    assert stale.status_code == 409
    assert "家长改了主意" in stale.content.decode()
    one.refresh_from_db()
    assert one.state == "confirmed"


def test_a_form_without_a_reason_comes_back_with_the_place_marked(client, town):
    one = listed_at(town, infant())
    answer = act(client, one, "decline")
    assert answer.status_code == 422
    assert "why" in answer.context["wrong"]


def test_a_neighbours_child_and_a_school_pupil_are_not_found(client, town):
    theirs = listed_at(town, infant(), town.neighbour)
    pupil = child(town.school, name="在校生")
    listed(town.school, town.season, pupil)
    for person in (theirs.person_id, pupil.pk):
        assert client.get(f"/community/children/{person}/").status_code == 404
        assert client.post(f"/community/children/{person}/confirm", {"seen": "x"}).status_code == 404


def test_a_first_timer_of_a_school_is_seen_where_it_registers_and_only_registered_there(signed_in):
    town = town_of("500103", "500103")
    client = signed_in(town.worker)
    pupil = child(town.school, registered=None, area="500103", hukou="500103")
    (one,) = listed(town.school, town.season, pupil)
    assert client.get(f"/community/children/{pupil.pk}/").status_code == 200
    assert client.post(f"/community/children/{pupil.pk}/decline", {"seen": seen(one)}).status_code == 404
    assert act(client, one, "register")["Location"] == "/community/counter/"
    assert "来本社区登记的首次参保学生" not in client.get("/community/children/").content.decode()


def test_where_the_school_collects_its_pupil_is_the_schools_again_once_registered(client, town):
    pupil = child(town.school, name="陆清和", registered=None)
    (one,) = listed(town.school, town.season, pupil)
    assert "接着由“枕波小学”办理" in client.get(f"/community/children/{pupil.pk}/").content.decode()
    mark = {"seen": seen(one)}
    answer = client.post(f"/community/children/{pupil.pk}/register", mark)
    assert answer["Location"] == "/community/children/"
    again = client.post(f"/community/children/{pupil.pk}/register", mark, follow=True)
    assert "没有重复办理" in again.content.decode()
    assert "接着由“枕波小学”确认参保" in again.content.decode()


def test_the_list_is_searched_by_post_filtered_confirmed_and_exported(client, town):
    one = listed_at(town, infant("查亦菲"))
    listed_at(town, infant("肖彤"))
    assert client.get("/community/children/").context["listing"].total == 2
    found = client.post("/community/children/search", {"q": "chayifei"}, follow=True)
    assert "查亦菲" not in found.request["QUERY_STRING"]
    assert client.get("/community/children/?show=ready").context["listing"].total == 2
    first = client.post("/community/children/confirm", {"scope": "chosen", "chosen": str(one.pk)})
    client.post("/community/children/confirm",
                {"scope": "chosen", "chosen": str(one.pk), "expected": first.context["expected"]})  # fmt: skip
    one.refresh_from_db()
    assert one.state == "confirmed"
    assert client.post("/community/children/export").status_code == 200
    assert Look.objects.filter(what="export", count=2).exists()


def test_a_birth_certificate_gives_way_to_the_number_and_leaves_the_work_list(client, town):
    one = listed_at(town, infant(born=date(2019, 10, 1), document="birth_certificate"))
    assert one in client.get("/community/newborns/").context["provisional"]
    wrong = act(client, one, "document", kind="resident_id", number="320508201910010011")
    assert wrong.status_code == 422
    assert "number" in wrong.context["wrong"]
    act(client, one, "document", kind="resident_id", number=resident_id(date(2019, 10, 1), 12))
    assert IdentityDocument.objects.get(person=one.person, replaced_at=None).kind == "resident_id"
    assert client.get("/community/newborns/").context["provisional"] == []


def test_somebody_elses_number_is_not_taken_for_a_newborn(client, town):
    one = listed_at(town, infant(born=date(2019, 10, 1), document="birth_certificate"))
    number = resident_id(date(2019, 10, 1), 12)
    other = listed_at(town, infant("别人", born=date(2019, 10, 1), document="birth_certificate"))
    act(client, other, "document", kind="resident_id", number=number)
    answer = act(client, one, "document", kind="resident_id", number=number)
    assert answer.status_code == 422
    assert "别人" not in answer.content.decode()


def test_a_newborn_has_until_the_same_day_of_the_third_month(client, town):
    listed_at(town, infant("俞安宁", born=date(2019, 11, 30)))
    clock.set_to(at("2020-02-27"))
    page = client.get("/community/newborns/")
    (row,) = page.context["unpaid"]
    assert (str(row["until"].day), row["until"].days) == ("2020-02-29", 2)
    assert "还有 2 天" in page.content.decode()
    clock.set_to(at("2020-03-01"))
    assert client.get("/community/newborns/").context["late"]


def test_yuzhong_has_no_way_of_its_own_for_newborns(signed_in):
    town = town_of("500103", "500103")
    page = signed_in(town.worker).get("/community/newborns/")
    assert "没有新生儿的单独办法" in page.content.decode()


def test_deadlines_follow_the_policy_alone(town):
    policy = policy_of(town.season)
    assert newborn_limit(policy) == Limit(months=3, days=0)
    assert newborn_last_day(policy, date(2020, 10, 5), AT.date()).day == date(2020, 12, 31)
    assert newborn_last_day(policy, date(2019, 8, 1), AT.date()) is None
    assert newborn_last_day(policy, None, AT.date()) is None


def test_a_newborn_paid_in_december_is_for_an_officer_and_goes_to_the_agency_as_a_case(client, town, signed_in):
    moment = at("2020-12-05")
    person = infant(born=date(2020, 11, 1))
    one = listed_at(town, person)
    clock.set_to(moment)
    determine_people(season=town.season, person_ids=[person.pk], as_of=moment.date(), at=moment)
    one.refresh_from_db()
    assert one.status == "refer"
    assert "交医保经办机构决定" in client.get(f"/community/children/{person.pk}/").content.decode()
    assert client.post(f"/community/children/{person.pk}/refer", {"question": ""}).status_code == 422
    answer = client.post(f"/community/children/{person.pk}/refer", {"question": "11月出生，12月来缴费"})
    case = Case.objects.get()
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert (case.kind, case.to_organisation) == ("refer", town.agency)
    officer = signed_in(clerk_of(town.agency, Desk.AGENCY))
    assert case.number in officer.get("/cases/").content.decode()


def test_the_whole_number_is_shown_for_a_reason_that_is_recorded(client, town):
    one = listed_at(town, infant())
    assert act(client, one, "number").status_code == 422
    assert act(client, one, "number", reason="核对户口簿").status_code == 200
    assert Look.objects.filter(what="full_number", reason="核对户口簿").exists()


def test_the_sub_district_works_on_its_communities_children(town, signed_in):
    one = listed_at(town, infant())
    client = signed_in(clerk_of(town.street, Desk.COMMUNITY))
    assert client.get("/community/children/").context["listing"].total == 1
    act(client, one, "confirm")
    one.refresh_from_db()
    assert one.state == "confirmed"
    far = signed_in(clerk_of(organisation("sub_district", division="320506"), Desk.COMMUNITY))
    assert far.get(f"/community/children/{one.person_id}/").status_code == 404
