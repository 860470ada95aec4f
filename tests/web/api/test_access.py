"""Every operation of the interface against no token, a wrong one, each scope and each desk. 接口权限"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.enrolment.building import AT, child, organisation
from tests.web.api.conftest import Program, token_for
from tests.web.conftest import clerk_of, listed
from yingbao.agents import tokens
from yingbao.agents.models import Desk, Organisation, Token, User
from yingbao.enrolment.models import Season
from yingbao.people.models import Look
from yingbao.values import clock
from yingbao.web.api import caller
from yingbao.web.api.entry import api
from yingbao.web.api.guide import operations

pytestmark = pytest.mark.django_db
PLACES = {
    Desk.SCHOOL: "school", Desk.AGENCY: "insurance_agency", Desk.TAX: "tax_authority",
    Desk.COMMUNITY: "community", Desk.EDUCATION: "education_bureau",
}  # fmt: skip
STRANGERS = ({}, {"authorization": "Bearer yb_guess"}, {"authorization": ""})
OPERATIONS = [(one["method"], one["path"], one["scope"]) for one in operations()]


def call(client: Client, method: str, path: str, number: int = 2**60, body: object = None):
    path = re.sub(r"\{\w+\}", str(number), path)
    return client.get(path) if method == "GET" else client.post(path, body or {}, content_type="application/json")


def test_every_operation_names_its_scope_and_desks_in_the_description():
    for methods in api.get_openapi_schema()["paths"].values():
        for told in methods.values():
            assert told["x-scope"]
            assert told["x-desks"]
            assert told["security"]


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_without_a_token_every_operation_asks_for_one(suzhou: Season, method: str, path: str, scope: str):
    for headers in STRANGERS:
        answer = call(Client(headers=headers), method, path)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)
def test_a_token_opens_only_what_its_scope_and_desk_allow(suzhou: Season, method: str, path: str, scope: str):
    desks = api.get_openapi_schema()["paths"][path][method.lower()]["x-desks"]
    for desk, kind in PLACES.items():
        place = organisation(kind, name=f"{desk}的单位")
        for other in sorted(tokens.SCOPES[desk]):
            client = Client(headers={"authorization": f"Bearer {token_for(place, desk, other)}"})
            allowed = other == scope and desk in desks
            assert (call(client, method, path).status_code == 403) is not allowed, (desk, other)


def test_a_session_of_a_signed_in_clerk_opens_no_operation(suzhou: Season, school: Organisation, signed_in):
    client = signed_in(clerk_of(school, Desk.SCHOOL))
    assert {call(client, method, path).status_code for method, path, _ in OPERATIONS} == {401}


def test_another_schools_child_and_roster_are_not_there(
    suzhou: Season, school: Organisation, other_school: Organisation, program: Program
):
    person = child(other_school)
    (enrolment,) = listed(other_school, suzhou, person)
    client = program(school, Desk.SCHOOL)
    for method, path, _ in OPERATIONS:
        if "{pk}" not in path:
            continue
        number = enrolment.pk if "Coverage" in path else person.pk
        assert call(client, method, path, number, {"seen": "x"}).status_code == 404, path
    assert client.get(f"/api/v1/fhir/Coverage?beneficiary={person.pk}").status_code == 404
    assert not Look.objects.filter(person=person).exists()


def test_a_token_revoked_expired_or_of_a_closed_school_opens_nothing(suzhou: Season, school: Organisation):
    secret = token_for(school, Desk.SCHOOL, days=2)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/children").status_code == 200
    clock.set_to(AT + timedelta(days=3))
    assert client.get("/api/v1/children").status_code == 401
    clock.set_to(AT)
    Organisation.objects.filter(pk=school.pk).update(active=False)
    assert client.get("/api/v1/children").status_code == 401
    Organisation.objects.filter(pk=school.pk).update(active=True)
    tokens.revoke(token=Token.objects.get(organisation=school), by=clerk_of(school, Desk.SCHOOL), at=AT)
    assert client.get("/api/v1/children").status_code == 401


def test_the_guide_names_every_operation_and_the_description_is_one_link_away(suzhou: Season):
    page = Client().get("/api/").content.decode()
    assert all(path in page for _, path, _ in OPERATIONS)
    assert Client().get("/api/v1/openapi.json").json()["openapi"].startswith("3.")


def test_calls_are_counted_in_the_database_for_all_processes_together(program, school, monkeypatch):
    monkeypatch.setattr(caller, "CALLS", 3)
    client, other = program(school, "school"), program(school, "school")
    answers = [client.get("/api/v1/children").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert other.get("/api/v1/children").status_code == 200
    assert sorted(Token.objects.values_list("calls", flat=True)) == [1, 5]


def test_a_look_by_a_program_names_the_body_and_the_program(program, school):
    program(school, "school").get("/api/v1/children")
    assert User.objects.get(username__startswith="interface-").name == f"{school.name}·教务系统"
