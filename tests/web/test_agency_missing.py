"""The agency's reasons lead to the bodies that have such children, the most first, down to the school. 未参保分布"""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.enrolment.building import AT, child, clerk, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.enrolment.actions import confirm
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.standing import MISSING

pytestmark = pytest.mark.django_db
NAME = "欧阳不可见"


@pytest.fixture
def town(suzhou):
    """Two sub-districts: one with two schools of three and one child, one with a school of five."""
    near, far = (organisation("sub_district", name=name) for name in ("枕河街道", "望亭街道"))
    schools = [
        organisation(name=name, parent=parent, phone="65550101")
        for name, parent in (("甲小学", near), ("乙小学", near), ("丙小学", far))
    ]
    for school, heads in zip(schools, (3, 1, 5), strict=True):
        rows = listed(school, suzhou, *(child(school, name=NAME) for _ in range(heads)))
        confirm(enrolments=rows[:1], by=clerk(school), at=AT)
    Enrolment.objects.filter(organisation=schools[1]).update(state="paid")
    return near, far, schools


@pytest.fixture
def client(town, signed_in):
    return signed_in(clerk_of(organisation("insurance_agency"), Desk.AGENCY))


def rows(answer) -> list[tuple[str, int]]:
    return [(row.node.name, row.heads) for row in answer.context["rows"]]


def test_a_reason_on_the_first_page_leads_to_where_its_children_are_the_most_first(client, town):
    home = client.get(reverse("agency-home")).content.decode()
    assert f"{reverse('agency-missing')}?why=unconfirmed" in home
    page = client.get(f"{reverse('agency-missing')}?why=unconfirmed")
    assert rows(page) == [("望亭街道", 4), ("枕河街道", 2)]
    near = client.get(f"{reverse('agency-missing')}?why=unconfirmed&under={town[0].pk}")
    assert rows(near) == [("甲小学", 2)]
    assert reverse("agency-organisation", args=[town[2][0].pk]) in near.content.decode()
    assert "65550101" in near.content.decode()
    assert NAME not in page.content.decode() + near.content.decode()


def test_every_reason_at_every_place_is_the_sum_of_its_rows(client, town):
    for why in MISSING:
        for under in ("", *(str(place.pk) for place in (*town[:2], *town[2]))):
            page = client.get(reverse("agency-missing"), {"why": why, "under": under})
            assert sum(heads for _, heads in rows(page)) == page.context["heads"]


def test_a_reason_that_there_is_not_and_a_place_elsewhere_are_not_found(client):
    elsewhere = organisation("district", area="500103")
    for asked in ({"why": "x"}, {"why": "unpaid", "under": elsewhere.pk}, {"why": "unpaid", "under": "-1"}):
        assert client.get(reverse("agency-missing"), asked).status_code == 404
    assert client.get(reverse("agency-missing")).context["why"] == "unconfirmed"
