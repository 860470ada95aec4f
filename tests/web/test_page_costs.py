"""What a page may cost: questions to the database and bytes, whoever looks and however much there is. 页面开销

No test is timed. How long pages take at a million children is measured by bench/pages.py.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.enrolment.building import child, organisation
from tests.web.community_town import infant, listed_at, town_of
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk
from yingbao.web.community import progress
from yingbao.web.school import listing

pytestmark = pytest.mark.django_db
MOST_BYTES = 100_000
HOMES = {
    "school-home": 18, "pupils": 26, "community-home": 26, "children": 27, "counter": 10, "above": 21, "progress": 22,
    "placing": 22, "agency-home": 30, "agency-registrations": 17, "agency-points": 18, "tax-home": 28,
    "education-home": 22, "reports": 13,
}  # fmt: skip
"""page → the most questions to the database that it may ask; of the million-children database it asks as many"""


@pytest.fixture
def town(db):
    return town_of()


@pytest.fixture
def places(town):
    return {
        "school-home": (Desk.SCHOOL, town.school), "pupils": (Desk.SCHOOL, town.school),
        "community-home": (Desk.COMMUNITY, town.community), "children": (Desk.COMMUNITY, town.community),
        "counter": (Desk.COMMUNITY, town.community), "above": (Desk.COMMUNITY, town.street),
        "progress": (Desk.COMMUNITY, town.street), "placing": (Desk.COMMUNITY, town.street),
        "agency-home": (Desk.AGENCY, town.agency), "agency-registrations": (Desk.AGENCY, town.agency),
        "agency-points": (Desk.AGENCY, town.agency), "reports": (Desk.AGENCY, town.agency),
        "tax-home": (Desk.TAX, organisation("tax_authority")),
        "education-home": (Desk.EDUCATION, organisation("education_bureau")),
    }  # fmt: skip


def asked_by(client, page: str) -> int:
    """How many questions the second look at a page asks."""
    address = reverse({"above": "community-home", "progress": "community-progress"}.get(page, page))
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert len(answer.content) < MOST_BYTES
    return len(asked)


@pytest.mark.parametrize("page", HOMES)
def test_a_page_asks_few_questions_and_no_more_of_them_for_more_children(page, town, places, signed_in):
    desk, place = places[page]
    client = signed_in(clerk_of(place, desk))
    listed(town.school, town.season, *(child(town.school, name=f"学生{n}") for n in range(3)))
    listed_at(town, infant("童一")), infant("童二")
    few = asked_by(client, page)
    listed(town.school, town.season, *(child(town.school, name=f"新生{n}") for n in range(9)))
    for n in range(6):
        listed_at(town, infant(f"新童{n}"))
        infant(f"未列{n}")
    assert asked_by(client, page) <= few
    assert few <= HOMES[page]


def test_a_sub_district_of_many_bodies_is_read_in_pages(town, signed_in, monkeypatch):
    monkeypatch.setattr(progress, "ROWS_ON_A_PAGE", 4)
    for n in range(7):
        organisation(name=f"学校{n}", parent=town.street, code=f"S{n}")
    client, address = signed_in(clerk_of(town.street, Desk.COMMUNITY)), reverse("community-progress")
    listed(town.school, town.season, child(town.school))
    first, last = client.get(address), client.get(address + "?page=3")
    assert [len(page.context["rows"]) for page in (first, last)] == [4, 2]
    assert first.context["rows"][0].organisation == town.school
    assert first.context["total"].bodies == last.context["total"].bodies == 10
    assert {call.standing.organisation for call in first.context["calls"]} <= {
        row.organisation for row in first.context["rows"]
    }


def test_a_long_list_does_not_ask_each_child_for_what_it_needs(town, signed_in, monkeypatch):
    monkeypatch.setattr(listing, "MANY", 2)
    for n in range(3):
        listed_at(town, infant(f"童{n}", phone=None))
    client = signed_in(clerk_of(town.street, Desk.COMMUNITY))
    page = client.get(reverse("children"))
    counts = {view["key"]: view["count"] for view in page.context["listing"].offered}
    assert (counts[""], counts["needs"], counts["data"]) == (3, None, None)
    assert client.get(reverse("children") + "?show=data").context["listing"].total == 3


def test_a_session_is_written_when_it_changed_or_is_a_minute_older(town, signed_in):
    client, address = signed_in(clerk_of(town.school, Desk.SCHOOL)), reverse("roster-upload")
    client.get(address)

    def written() -> bool:
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return any(one["sql"].startswith('UPDATE "django_session"') for one in asked.captured_queries)

    assert not written()
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=28))
    assert written()
    assert not written()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(address).status_code == 302


def test_what_changed_inside_a_session_is_kept_though_nobody_said_so(town, signed_in):
    client = signed_in(clerk_of(town.school, Desk.SCHOOL))
    client.get(reverse("roster-upload"))
    session = client.session
    session["deep"] = {"list": [1]}
    session.save()
    again = type(session)(session.session_key)
    again["deep"]["list"].append(2)
    again.save()
    assert type(session)(session.session_key)["deep"] == {"list": [1, 2]}
