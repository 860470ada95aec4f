"""The first pages of the other desks: numbers and dates, no single child. 各岗位首页"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import open_season

pytestmark = pytest.mark.django_db
HOMES = {
    Desk.COMMUNITY: ("/community/", "sub_district"),
    Desk.AGENCY: ("/agency/", "insurance_agency"),
    Desk.TAX: ("/tax/", "tax_authority"),
    Desk.LIST_PROVIDER: ("/lists/", "civil_affairs"),
    Desk.CARD: ("/cards/", "card_centre"),
}


@pytest.mark.parametrize("desk", list(HOMES))
def test_every_desk_sees_its_season_and_no_single_child(desk, school, suzhou, signed_in):
    listed(school, suzhou, child(school, name="独特姓名"))
    address, kind = HOMES[desk]
    said = signed_in(clerk_of(organisation(kind), desk)).get(address).content.decode()
    assert "2019年11月30日" in said
    assert "18 <small>天" in said
    assert "独特姓名" not in said


def test_the_card_centre_sees_heads_of_its_own_city_only(school, other_school, suzhou, signed_in):
    listed(school, suzhou, child(school), child(school, hukou="340100", registered=None))
    listed(other_school, suzhou, child(other_school))
    yuzhong = open_season(policy_id="500103/2020", at=AT)
    far = organisation(area="500103", name="渝中某校")
    listed(far, yuzhong, child(far, area="500103", hukou="500103"))
    answer = signed_in(clerk_of(organisation("card_centre"), Desk.CARD)).get("/cards/")
    assert (answer.context["total"].listed, answer.context["total"].covered) == (3, 0)


def test_a_sub_district_sees_the_schools_below_it_and_no_others(school, other_school, suzhou, signed_in):
    above = organisation("sub_district")
    school.parent = above
    school.save()
    said = signed_in(clerk_of(above, Desk.COMMUNITY)).get("/community/progress/").content.decode()
    assert school.name in said
    assert other_school.name not in said


def test_a_list_provider_sees_no_school_at_all(school, suzhou, signed_in):
    listed(school, suzhou, child(school))
    said = signed_in(clerk_of(organisation("civil_affairs"), Desk.LIST_PROVIDER)).get("/lists/").content.decode()
    assert school.name not in said


def test_no_school_of_another_city_is_seen(school, suzhou, signed_in):
    open_season(policy_id="500103/2020", at=AT)
    far = organisation(area="500103", name="渝中某校")
    answer = signed_in(clerk_of(organisation("education_bureau"), Desk.EDUCATION)).get("/education/")
    assert far.name not in answer.content.decode()


def test_where_no_season_is_open_the_page_says_who_opens_it(db, signed_in):
    answer = signed_in(clerk_of(organisation("education_bureau"), Desk.EDUCATION)).get("/education/")
    assert answer.status_code == 409
    assert "请医保经办机构先开启本年度参保季" in answer.content.decode()
