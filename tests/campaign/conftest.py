"""A season of each city with a school, its sub-district and its bureaus. 任务测试基础"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import open_season


@pytest.fixture
def season(db: None) -> Season:
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def street(season: Season) -> Organisation:
    return organisation("sub_district", name="枕河街道")


@pytest.fixture
def school(street: Organisation) -> Organisation:
    return organisation(name="枕波小学", parent=street)


@pytest.fixture
def by(school: Organisation) -> Appointment:
    return clerk(school)


@pytest.fixture
def agency(season: Season) -> Appointment:
    return clerk(organisation("insurance_agency"))
