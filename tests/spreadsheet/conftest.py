"""A season in Suzhou, two schools and their clerks. 花名册测试基础"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, clerk, organisation
from yingbao.agents.models import Organisation, User
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import open_season


@pytest.fixture
def season(db: None) -> Season:
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def school(season: Season) -> Organisation:
    return organisation(name="星海学校")


@pytest.fixture
def other_school(season: Season) -> Organisation:
    return organisation(name="沧浪学校", division="320506")


@pytest.fixture
def by(school: Organisation) -> User:
    return clerk(school).user


@pytest.fixture
def other_clerk(other_school: Organisation) -> User:
    return clerk(other_school).user
