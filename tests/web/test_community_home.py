"""The first page, a sub-district's progress and calls, placing, and a community's declaration. 社区首页、街道进度"""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from tests.enrolment.building import AT, at, child, organisation
from tests.web.community_town import Town, infant, listed_at, town_of
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.declaration.models import Declaration
from yingbao.enrolment import actions
from yingbao.enrolment.models import Enrolment
from yingbao.values import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db) -> Town:
    return town_of()


@pytest.fixture
def client(town, signed_in) -> Client:
    return signed_in(town.worker)


@pytest.fixture
def street(town, signed_in) -> Client:
    return signed_in(clerk_of(town.street, Desk.COMMUNITY))


def test_every_number_of_the_day_leads_to_its_work(client, town):
    listed_at(town, infant(registered=None))
    listed_at(town, infant("俞安宁", born=date(2019, 9, 3)))
    listed_at(town, infant("林知微", born=date(2019, 10, 1), document="birth_certificate"))
    clock.set_to(at("2019-11-20"))
    page = client.get("/community/")
    figures = {one["name"].zh: one["n"] for one in page.context["figures"]}
    assert (figures["名单上的孩子"], figures["待登记"], figures["临时证件"]) == (3, 1, 1)
    assert figures["30 天内到期的新生儿"] == 1
    for one in page.context["figures"]:
        assert client.get(one["url"]).status_code == 200


def test_an_empty_list_says_what_to_do(client):
    said = client.get("/community/").content.decode()
    assert "名单还是空的" in said
    assert "/community/register/" in said
    assert "/community/register/" in client.get("/community/children/").content.decode()


def test_the_windows_of_both_cities_are_told(client, signed_in):
    assert "新生儿参保缴费期" in client.get("/community/").content.decode()
    other = signed_in(town_of("500103", "500103").worker)
    said = other.get("/community/").content.decode()
    assert "2019年12月20日" in said
    assert "2020年9月30日" in said


def test_a_sub_district_sees_its_schools_and_communities_and_whom_to_call(street, town):
    pupils = [child(town.school, name=f"学生{n}") for n in range(4)]
    rows = listed(town.school, town.season, *pupils)
    actions.confirm(enrolments=rows[:1], by=clerk_of(town.school, Desk.SCHOOL), at=AT)
    organisation(name="漱石小学", parent=town.street, phone="65559999", contact="李老师")
    page = street.get("/community/progress/")
    by_name = {row.organisation.name: row for row in page.context["rows"]}
    assert (by_name["枕波小学"].should, by_name["枕波小学"].undecided, by_name["枕波小学"].unpaid) == (4, 3, 1)
    assert page.context["total"].missing == 4
    called = {call.standing.organisation.name: [why.zh for why in call.why] for call in page.context["calls"]}
    assert called == {
        "枕波小学": ["3 名待确认", "已确认 1 名，还没有申报"],
        "漱石小学": ["还没有交花名册"],
    }
    said = page.content.decode()
    assert "65559999" in said
    assert "学生1" not in said


def test_the_drill_down_ends_at_the_own_tree(street, town):
    listed(town.school, town.season, child(town.school))
    own = street.get(f"/community/progress/{town.school.pk}/")
    assert own.status_code == 200
    assert "未确认" in own.content.decode()
    other = organisation(name="外街道小学", parent=organisation("sub_district"))
    for stranger in (other, town.agency, town.district):
        assert street.get(f"/community/progress/{stranger.pk}/").status_code == 404


def test_a_district_sees_its_sub_districts_as_sums_and_goes_down(town, signed_in):
    listed(town.school, town.season, child(town.school), child(town.school))
    above = signed_in(clerk_of(town.district, Desk.COMMUNITY))
    page = above.get("/community/progress/")
    (row,) = page.context["rows"]
    assert (row.organisation, row.should, row.bodies, row.without) == (town.street, 2, 3, 2)
    assert "65550101" in page.content.decode()
    assert "谢老师" in page.content.decode()
    assert above.get(f"/community/progress/{town.street.pk}/").context["rows"]
    assert above.get("/community/").status_code == 200


def test_children_on_no_list_or_there_by_default_are_dealt_out(street, town):
    loose = infant("华思彤")
    default = listed_at(town, infant("肖彤"))
    page = street.get("/community/placing/")
    assert {row["person"].name for row in page.context["rows"]} == {"华思彤", "肖彤"}
    keys = [str(loose.pk), str(default.person_id)]
    street.post("/community/placing/place", {"child": keys, "community": str(town.neighbour.pk)})
    assert set(Enrolment.objects.values_list("organisation", flat=True)) == {town.neighbour.pk}
    assert street.get("/community/placing/").context["rows"] == []


def test_nobody_is_placed_without_a_choice_or_from_a_stale_page_and_ticks_stay(street, town):
    loose = infant("华思彤")
    empty = street.post("/community/placing/place", {"child": [str(loose.pk)]})
    assert empty.status_code == 422
    assert empty.context["chosen"] == [loose.pk]
    gone = listed_at(town, infant("肖彤"), town.neighbour)
    stale = street.post(
        "/community/placing/place", {"child": [str(loose.pk), str(gone.person_id)], "community": str(town.community.pk)}
    )
    assert stale.status_code == 409
    assert Enrolment.objects.count() == 1


def test_a_community_has_nobody_to_place(client):
    assert "只有街道能分派" in client.get("/community/placing/").content.decode()


def test_a_community_declares_as_a_school_does(client, town):
    one = listed_at(town, infant())
    actions.confirm(enrolments=[one], by=town.worker, at=AT)
    page = client.get("/school/declaration/")
    assert f"/community/children/{one.person_id}/" in page.content.decode()
    client.post("/school/declaration/freeze", {"method": "transfer", "expected": page.context["expected"]})
    made = Declaration.objects.get()
    assert (made.organisation, made.heads, made.self_paid_fen) == (town.community, 1, 24000)
    client.post(f"/school/declaration/{made.pk}/submit")
    made.refresh_from_db()
    assert made.state == "submitted"
    shown = client.get(f"/school/declaration/{made.pk}/").content.decode()
    assert f"/community/children/{one.person_id}/" in shown
    for address in ("/school/mandate/", "/school/receipts/", f"/school/declaration/{made.pk}/form.pdf"):
        assert client.get(address).status_code == 200


def test_a_neighbouring_community_does_not_see_the_declaration(client, town, signed_in):
    one = listed_at(town, infant())
    actions.confirm(enrolments=[one], by=town.worker, at=AT)
    page = client.get("/school/declaration/")
    client.post("/school/declaration/freeze", {"method": "transfer", "expected": page.context["expected"]})
    stranger = signed_in(clerk_of(town.neighbour, Desk.COMMUNITY))
    assert stranger.get(f"/school/declaration/{Declaration.objects.get().pk}/").status_code == 404
