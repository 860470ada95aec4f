"""The agency sees who needs to be on a points list and is not. 积分入医页面"""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.test import Client

from tests.enrolment.building import child, organisation
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Appointment, Desk
from yingbao.people.models import Look
from yingbao.web.agency import points

pytestmark = pytest.mark.django_db
FAR = {"hukou": "340100", "registered": None}


@pytest.fixture
def officer(school) -> Appointment:
    organisation("points_office")
    return clerk_of(organisation("insurance_agency"), Desk.AGENCY)


@pytest.fixture
def client(officer, signed_in) -> Client:
    return signed_in(officer)


@pytest.fixture
def town(school, other_school, suzhou) -> None:
    listed(
        school, suzhou,
        child(school, name="没办生", **FAR),
        child(school, name="晚了生", points=date(2019, 9, 11), **FAR),
        child(school, name="办好生", points=date(2019, 8, 1), **FAR),
        child(school, name="续保生", hukou="340100"),
        child(school, name="父母本市", parent_hukou="320508", **FAR),
    )  # fmt: skip
    other_school.stages = ["senior"]
    other_school.save()
    listed(other_school, suzhou, child(other_school, name="高中生", stage="senior", **FAR))


def test_who_needs_points_and_has_none_is_counted_by_school_and_nobody_else(client, town, school):
    shown = client.get("/agency/points/")
    assert {row["one"].person.name for row in shown.context["rows"]} == {"没办生", "晚了生"}
    assert [(each["one"], each["count"]) for each in shown.context["schools"]] == [(school, 2)]
    said = shown.content.decode()
    assert "不在期内" in said
    assert Look.objects.filter(what="list", count=2).exists()


def test_the_workbook_holds_the_same_children_masked(client, town, school):
    answer = client.post("/agency/points/missing.xlsx", {"school": school.pk})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert {row[2] for row in rows[1:]} == {"没办生", "晚了生"}
    assert all("*" in row[3] for row in rows[1:])
    assert Look.objects.filter(what="export", count=2).exists()


def test_a_school_of_another_city_or_a_guess_narrows_nothing(client, town):
    far = organisation(area="500103")
    for guess in (far.pk, "x", "9" * 20):
        assert client.get(f"/agency/points/?school={guess}").context["total"] == 2


def test_where_no_points_are_needed_the_page_says_so(signed_in, yuzhong_officer):
    assert "不需要积分入医" in signed_in(yuzhong_officer).get("/agency/points/").content.decode()


@pytest.fixture
def yuzhong_officer(db) -> Appointment:
    from tests.enrolment.building import AT
    from yingbao.enrolment.seasons import open_season

    open_season(policy_id="500103/2020", at=AT)
    return clerk_of(organisation("insurance_agency", area="500103"), Desk.AGENCY)


def test_pages_of_a_city_go_on_from_school_to_school_and_miss_nobody(client, town, school, suzhou, monkeypatch):
    later = organisation(name="后面的学校")
    listed(later, suzhou, *(child(later, name=f"后面{number}", **FAR) for number in range(3)))
    monkeypatch.setattr(points, "PAGE_SIZE", 2)
    first = client.get("/agency/points/").context
    assert (first["total"], first["pages"]) == (5, 3)
    seen = [line["one"].person.name for number in (1, 2, 3) for line in lines_of(client, number)]
    assert len(seen) == len(set(seen)) == 5
    assert set(seen[:2]) == {"没办生", "晚了生"}


def lines_of(client, number):
    return client.get(f"/agency/points/?page={number}").context["rows"]


def test_how_far_admitted_children_have_come_is_counted_when_asked(client, town):
    assert client.get("/agency/points/").context["became"] == []
    assert "?became=1#became" in client.get("/agency/points/").content.decode()
    assert client.get("/agency/points/?became=1").context["became"][0].heads == 1
