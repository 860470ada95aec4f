"""A machine reads the interface's own description and tries whatever it allows, as each desk. 接口模糊测试"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from tests.enrolment.building import child, organisation
from tests.web.api.conftest import token_for
from tests.web.conftest import listed
from yingbao.agents.models import Desk

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = {Desk.AGENCY: "insurance_agency", Desk.TAX: "tax_authority", Desk.EDUCATION: "education_bureau"}
CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, ignored_auth,
)  # fmt: skip


@pytest.mark.parametrize("desk", [Desk.SCHOOL, *KINDS])
def test_no_request_breaks_the_server_or_passes_without_a_token(live_server, suzhou, school, desk: Desk):
    listed(school, suzhou, child(school))
    place = school if desk == Desk.SCHOOL else organisation(KINDS[desk])
    headers = {"Authorization": f"Bearer {token_for(place, desk)}"}
    schema = schemathesis.openapi.from_url(f"{live_server.url}/api/v1/openapi.json")
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=5, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        holds()
        tried += 1
    assert tried > 10
