"""One child as HL7 FHIR R4: Patient, and the year's Coverage. FHIR 接口

Resources after https://hl7.org/fhir/R4/patient.html and coverage.html. The identity number is left out and said to be
masked (data-absent-reason), as on every screen.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from yingbao.agents.models import Organisation, OrganisationKind, Scope
from yingbao.enrolment.lifecycle import ENDED, State
from yingbao.enrolment.models import Enrolment
from yingbao.web.api.caller import Called, opens
from yingbao.web.api.children import SEE_CHILDREN, whole
from yingbao.web.api.shapes import REFUSALS, Number

OPENS = opens(Scope.COVERAGE, SEE_CHILDREN)
router = Router(tags=["FHIR R4"])
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
PERSON, ENROLMENT, AGENT = (f"urn:yingbao:{kind}" for kind in ("person", "enrolment", "organisation"))
IN_FORCE = frozenset({State.PAID, State.EXEMPT, State.COVERED})
Json = dict[str, Any]


@router.get("/fhir/Patient/{pk}", **OPENS, response={200: Json, **REFUSALS}, summary="Patient")
def patient(request: Called, pk: Number) -> HttpResponse:
    """The child as a Patient. 患者资源"""
    one = _latest(request, pk)
    request.auth.saw("page", person=one.person)
    return _answered(patient_of(one))


@router.get("/fhir/Coverage/{pk}", **OPENS, response={200: Json, **REFUSALS}, summary="Coverage")
def coverage(request: Called, pk: Number) -> HttpResponse:
    """An enrolment as a Coverage, by its own number. 保障资源"""
    one = get_object_or_404(whole(request.auth.enrolments()), pk=pk)
    request.auth.saw("page", person=one.person)
    return _answered(coverage_of(one, _insurer(one)))


@router.get("/fhir/Coverage", **OPENS, response={200: Json, **REFUSALS}, summary="Coverage?beneficiary=")
def coverages(request: Called, beneficiary: Query[str]) -> HttpResponse:
    """All years of one child, newest first, as a searchset Bundle. 保障资源检索"""
    number = beneficiary.removeprefix("Patient/")
    known = number.isascii() and number.isdigit() and len(number) < 19
    person = _latest(request, int(number) if known else 0).person
    found = whole(request.auth.enrolments()).filter(person=person).order_by("-plan_year", "-pk")
    entries = [
        {"fullUrl": f"{ENROLMENT}:{one.pk}", "resource": coverage_of(one, _insurer(one)), "search": {"mode": "match"}}
        for one in found
    ]
    request.auth.saw("page", person=person)
    return _answered({"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries})


def patient_of(one: Enrolment) -> Json:
    """A FHIR R4 Patient. 患者资源"""
    person = one.person
    masked = {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
    told: Json = {
        "resourceType": "Patient",
        "id": str(person.pk),
        "identifier": [
            {"system": PERSON, "value": str(person.pk)},
            {"use": "official", "type": {"text": "居民身份证号码等证件号码"}, "_value": masked},
        ],
        "active": person.merged_into_id is None,
        "name": [{"use": "official", "text": person.name_original or person.name}],
        "gender": person.sex or "unknown",
        "managingOrganization": _reference(one.organisation),
    }
    return told | ({"birthDate": person.birth_date.isoformat()} if person.birth_date else {})


def coverage_of(one: Enrolment, insurer: Organisation | None) -> Json:
    """A FHIR R4 Coverage: active from the day the money or the exemption stands. 保障资源"""
    told: Json = {
        "resourceType": "Coverage",
        "id": str(one.pk),
        "identifier": [{"system": ENROLMENT, "value": str(one.pk)}],
        "status": _status(one),
        "type": {"text": "城乡居民基本医疗保险（insutype 390）"},
        "beneficiary": {"reference": f"Patient/{one.person_id}", "display": one.person.name},
        "payor": [_reference(insurer) if insurer else {"display": one.season.pooling_area}],
        "class": [
            {
                "type": {"text": "参保年度 plan year"},
                "value": str(one.plan_year),
                "name": f"{one.season.policy} · {one.organisation.name}",
            }
        ],
        "costToBeneficiary": [
            {"type": {"text": "个人缴费 premium"}, "valueMoney": {"value": one.self_paid_fen / 100, "currency": "CNY"}}
        ],
    }
    period = {name: day.isoformat() for name, day in (("start", one.coverage_from), ("end", one.coverage_to)) if day}
    return told | ({"period": period} if period else {})


def _status(one: Enrolment) -> str:
    if one.state in ENDED:
        return "cancelled"
    return "active" if one.state in IN_FORCE else "draft"


def _latest(request: Called, person: int) -> Enrolment:
    known = whole(request.auth.enrolments()).filter(person=person).order_by("-plan_year", "-pk").first()
    return known or get_object_or_404(Enrolment.objects.none())


def _insurer(one: Enrolment) -> Organisation | None:
    return Organisation.objects.filter(
        pooling_area=one.season.pooling_area, kind=OrganisationKind.INSURANCE_AGENCY
    ).first()


def _reference(of: Organisation) -> Json:
    return {"identifier": {"system": AGENT, "value": of.code}, "display": of.name}


def _answered(resource: Json) -> HttpResponse:
    return HttpResponse(json.dumps(resource, ensure_ascii=False), content_type="application/fhir+json")
