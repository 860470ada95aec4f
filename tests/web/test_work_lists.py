"""From a reason why children are missing to these children; counts that go no further than needed. 工作名单"""

from __future__ import annotations

import pytest

from tests.enrolment.building import child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment.models import Enrolment
from yingbao.web.school.listing import counted_up_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(school, signed_in):
    return signed_in(clerk_of(school, Desk.SCHOOL))


def reasons(answer) -> dict[str, int]:
    return {one["key"]: one["n"] for one in answer.context["listing"].missing}


def test_a_schools_reasons_lead_to_the_children_that_they_count(school, other_school, suzhou, desk):
    owing, *_ = listed(school, suzhou, *(child(school, name=name) for name in ("欠费生", "未定生", "未定二")))
    listed(other_school, suzhou, child(other_school, name="他校生"))
    Enrolment.objects.filter(pk=owing.pk).update(state="declared")
    child(school, name="没列入")
    answer = desk.get("/school/pupils/")
    assert reasons(answer) == {"unconfirmed": 2, "unpaid": 1}
    assert 'href="/school/pupils/?line=unpaid"' in answer.content.decode()
    said = desk.get("/school/pupils/?line=unpaid")
    assert [row.enrolment.pk for row in said.context["listing"].rows] == [owing.pk]
    assert desk.get("/school/pupils/?line=unconfirmed").context["listing"].total == 2
    assert desk.get("/school/pupils/?line=insured").context["listing"].total == 3


def test_a_sub_district_reaches_its_communities_children_and_no_schools(school, suzhou, signed_in):
    above = organisation("sub_district", name="山塘街道")
    community = organisation("community", name="桂花社区", parent=above)
    school.parent = above
    school.save()
    listed(school, suzhou, child(school, name="在校生"))
    Enrolment.objects.create(
        season=suzhou, person=child(name="在家童"), plan_year=2020, organisation=community, state="determined",
        status="enrolled", state_at=suzhou.opened_at,
    )  # fmt: skip
    answer = signed_in(clerk_of(above, Desk.COMMUNITY)).get("/community/children/?line=unconfirmed")
    assert reasons(answer) == {"unconfirmed": 1}
    said = answer.content.decode()
    assert "在家童" in said
    assert "在校生" not in said


def test_what_others_have_is_counted_up_to_a_bound(school, suzhou):
    listed(school, suzhou, *(child(school, name=f"学生{number}") for number in range(4)))
    rows = Enrolment.objects.order_by("person__name")
    assert counted_up_to(rows, 4) == {"n": 4, "more": False}
    assert counted_up_to(rows, 3) == {"n": 3, "more": True}
