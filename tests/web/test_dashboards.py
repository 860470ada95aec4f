"""A dashboard reads sums, and never the children: ten times as many of them are no more work for it. 统计页面"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.enrolment.building import at, child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.values import clock

pytestmark = pytest.mark.django_db

OF_CHILDREN = {
    "people_person", "people_schoolroll", "people_guardian", "people_identitydocument", "enrolment_enrolment",
    "enrolment_step", "collection_obligation", "collection_allocation", "declaration_declarationline",
}  # fmt: skip
"""Tables that grow with the children of a city."""


@pytest.fixture
def places(suzhou, school):
    street = organisation("sub_district", name="平江街道", division="320508")
    school.parent = street
    school.save()
    listed(school, suzhou, *(child(school) for _ in range(3)))
    return {
        Desk.EDUCATION: organisation("education_bureau"), Desk.COMMUNITY: street,
        Desk.AGENCY: organisation("insurance_agency"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("desk", "name"),
    [
        (Desk.EDUCATION, "education-home"),
        (Desk.EDUCATION, "education-school"),
        (Desk.EDUCATION, "reports"),
        (Desk.COMMUNITY, "community-progress"),
        (Desk.AGENCY, "reports"),
    ],
)
def test_what_supervises_asks_no_table_that_grows_with_the_children(desk, name, places, signed_in, school):
    client = signed_in(clerk_of(places[desk], desk))
    address = reverse(name, args=[school.pk] if name == "education-school" else [])
    client.get(address)  # brings up to date what changed since
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    read = {table for query in asked.captured_queries for table in re.findall(r'"?([a-z]+_[a-z]+)"?', query["sql"])}
    assert read & {"enrolment_bodystanding", "supervision_report"}
    assert read & OF_CHILDREN == set()


def test_the_words_below_the_curve_are_all_of_one_day_and_say_since_when_nothing_changed(places, signed_in):
    client, address = signed_in(clerk_of(places[Desk.AGENCY], Desk.AGENCY)), reverse("agency-home")
    today = client.get(address).content.decode()
    assert "截至2019年11月12日：应参保 3 人" in today
    assert "以来没有变动" not in today
    clock.set_to(at("2019-11-20"))
    later = client.get(address).content.decode()
    assert "截至2019年11月20日：应参保 3 人，已参保 0 人（2019年11月12日以来没有变动）；离截止还有 10 天" in later
