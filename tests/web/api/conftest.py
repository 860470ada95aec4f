"""Programs with tokens. 接口测试基础"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from tests.enrolment.building import AT, organisation
from tests.web.conftest import clerk_of
from yingbao.agents import tokens
from yingbao.agents.models import Desk, Organisation, OrganisationKind

Program = Callable[..., Client]


def token_for(place: Organisation, desk: str, *scopes: str, days: int = 30) -> str:
    """A secret that works at once: issued by one administrator, granted by another."""
    office = organisation(OrganisationKind.OPERATIONS, area=place.pooling_area)
    system, security = clerk_of(office, Desk.SYSTEM), clerk_of(office, Desk.SECURITY)
    wanted = scopes or sorted(tokens.SCOPES[Desk(desk)])
    token, secret = tokens.issue(
        organisation=place, desk=Desk(desk), scopes=wanted, label="教务系统", expires_at=AT + timedelta(days=days),
        by=system, at=AT - timedelta(days=1),
    )  # fmt: skip
    tokens.grant(token=token, by=security, at=AT - timedelta(days=1))
    return secret


@pytest.fixture
def program() -> Program:
    """A client that sends an organisation's token."""

    def made(place: Organisation, desk: str, *scopes: str) -> Client:
        return Client(headers={"authorization": f"Bearer {token_for(place, desk, *scopes)}"})

    return made
