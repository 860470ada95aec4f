"""A program reads its children, their decisions, declarations, payments and numbers. 接口读取"""

from __future__ import annotations

import json

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.patient import Patient

from tests.collection.building import confirmed, owed, pay
from tests.enrolment.building import AT, child, organisation
from tests.web.api.conftest import Program
from tests.web.conftest import clerk_of, listed
from yingbao.agents.models import Desk, Organisation
from yingbao.collection.receipting import issue_all
from yingbao.declaration.freezing import freeze, submit
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import IdentityDocument, Look
from yingbao.sealing.sealed import unseal

pytestmark = pytest.mark.django_db


def test_children_come_in_pages_masked_and_each_page_is_a_look(suzhou: Season, school: Organisation, program: Program):
    people = [child(school, name=f"王小{sign}") for sign in "一二三四五"]
    listed(school, suzhou, *people)
    client = program(school, Desk.SCHOOL)
    seen, after = [], 0
    while after is not None:
        page = client.get(f"/api/v1/children?limit=2&after={after}").json()
        seen += [one["id"] for one in page["items"]]
        assert all("*" in one["number_masked"] for one in page["items"])
        after = page["next"]
    assert sorted(seen) == sorted(person.pk for person in people)
    assert sum(Look.objects.filter(organisation=school, what="list").values_list("count", flat=True)) == 5


def test_a_child_is_found_by_name_and_number_in_the_body_and_told_with_its_reasons(
    suzhou: Season, school: Organisation, program: Program
):
    person = child(school, name="陈启昂")
    listed(school, suzhou, person)
    client = program(school, Desk.SCHOOL)
    number = unseal(IdentityDocument.objects.get(person=person).number_cipher)
    sent = {"name": "陈启昂", "number": number.lower()}
    found = client.post("/api/v1/children/find", sent, content_type="application/json").json()
    assert found == {"id": person.pk}
    told = client.get(f"/api/v1/children/{person.pk}").json()
    assert (told["status"], told["premium_fen"]) == ("enrolled", told["self_paid_fen"])
    assert all(reason["clause"] for reason in told["reasons"])
    assert number not in json.dumps(told)
    wrong = {"name": "陈启明", "number": number}
    assert client.post("/api/v1/children/find", wrong, content_type="application/json").status_code == 404


def test_facts_that_are_sent_are_decided_and_nothing_is_stored(suzhou: Season, school: Organisation, program: Program):
    facts = {"birth_date": "2011-05-06", "hukou": "320508", "school_division": "320508", "school_stage": "primary",
             "registered_before": True, "paid_on": "2019-11-30"}  # fmt: skip
    client = program(school, Desk.SCHOOL)
    before = Enrolment.objects.count()
    body = {"policy": "320500/2020", "facts": facts}
    told = client.post("/api/v1/determine", body, content_type="application/json").json()
    assert told["decision"]["status"] == "enrolled"
    assert told["decision"]["coverage_from"] == "2020-01-01"
    assert {reason["clause"] for reason in told["reasons"]} >= {"二"} or told["reasons"]
    assert Enrolment.objects.count() == before
    late = {**body, "facts": facts | {"paid_on": "2019-12-01"}}
    told = client.post("/api/v1/determine", late, content_type="application/json").json()
    assert told["decision"]["status"] == "closed"
    wrong = {**body, "facts": facts | {"birth_date": "last May"}}
    answer = client.post("/api/v1/determine", wrong, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["mend"]["zh"]


def test_what_was_paid_is_told_to_the_school_and_the_tax_authority_with_its_receipt(
    suzhou: Season, school: Organisation, program: Program
):
    (obligation,) = owed(suzhou, confirmed(suzhou, school))
    pay(obligation)
    issue_all(pooling_area="320500", at=AT)
    collector = organisation("tax_authority")
    for place, desk in ((school, Desk.SCHOOL), (collector, Desk.TAX)):
        (told,) = program(place, desk).get("/api/v1/payments").json()["items"]
        assert told["child"] == obligation.person_id
        assert told["amount_fen"] == obligation.due_fen
        assert told["receipt"]
    elsewhere = organisation(name="沧浪学校")
    assert program(elsewhere, Desk.SCHOOL).get("/api/v1/payments").json()["items"] == []


def test_a_declaration_is_not_there_for_the_tax_authority_until_it_is_submitted(
    suzhou: Season, school: Organisation, program: Program
):
    confirmed(suzhou, school)
    clerk = clerk_of(school, Desk.SCHOOL)
    declaration = freeze(season=suzhou, organisation=school, method="transfer", by=clerk, at=AT)
    tax = program(organisation("tax_authority"), Desk.TAX)
    own = program(school, Desk.SCHOOL)
    assert [one["reference"] for one in own.get("/api/v1/declarations").json()["items"]] == [declaration.reference]
    assert tax.get("/api/v1/declarations").json()["items"] == []
    submit(declaration=declaration, by=clerk, at=AT)
    (told,) = tax.get("/api/v1/declarations").json()["items"]
    assert told["heads"] == 1
    (line,) = tax.get(f"/api/v1/declarations/{told['id']}/lines").json()["items"]
    assert line["self_paid_fen"] == told["self_paid_fen"]


def test_numbers_of_a_season_add_up_and_name_also_the_school_without_children(
    suzhou: Season, school: Organisation, other_school: Organisation, program: Program
):
    listed(school, suzhou, child(school), child(school))
    told = program(organisation("education_bureau"), Desk.EDUCATION).get("/api/v1/statistics").json()
    by_name = {one["name"]: one["states"] for one in told["agents"]}
    assert by_name[other_school.name] == {}
    assert sum(by_name[school.name].values()) == 2 == sum(told["total"].values())


def test_patient_and_coverage_are_what_the_standard_defines(suzhou: Season, school: Organisation, program: Program):
    organisation("insurance_agency", name="苏州市社会保险基金管理中心")
    person = child(school, name="古丽娜尔·艾合买提")
    (enrolment,) = listed(school, suzhou, person)
    client = program(school, Desk.SCHOOL)
    answer = client.get(f"/api/v1/fhir/Patient/{person.pk}")
    assert answer["Content-Type"] == "application/fhir+json"
    patient = Patient.model_validate_json(answer.content)
    assert patient.name[0].text == "古丽娜尔·艾合买提"
    assert patient.birthDate == person.birth_date
    coverage = Coverage.model_validate_json(client.get(f"/api/v1/fhir/Coverage/{enrolment.pk}").content)
    assert coverage.status == "draft"
    assert coverage.beneficiary.reference == f"Patient/{person.pk}"
    assert coverage.payor[0].display == "苏州市社会保险基金管理中心"
    bundle = Bundle.model_validate_json(client.get(f"/api/v1/fhir/Coverage?beneficiary=Patient/{person.pk}").content)
    assert bundle.total == 1
    number = unseal(IdentityDocument.objects.get(person=person).number_cipher)
    assert number not in answer.content.decode()
    assert client.get("/api/v1/fhir/Coverage?beneficiary=Patient/x").status_code == 404


def test_coverage_is_active_once_the_money_is_there(suzhou: Season, school: Organisation, program: Program):
    (obligation,) = owed(suzhou, confirmed(suzhou, school))
    pay(obligation)
    enrolment = Enrolment.objects.get(pk=obligation.enrolment_id)
    answer = program(school, Desk.SCHOOL).get(f"/api/v1/fhir/Coverage/{enrolment.pk}")
    coverage = Coverage.model_validate_json(answer.content)
    assert coverage.status == "active"
    assert coverage.period.start.isoformat() == "2020-01-01"
    assert coverage.costToBeneficiary[0].valueMoney.currency == "CNY"
