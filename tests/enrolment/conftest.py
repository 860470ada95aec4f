"""Two seasons, a school of each city, a community, and who works there. 参保测试基础"""

from __future__ import annotations

import pytest

from tests.enrolment.building import AT, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import open_season


@pytest.fixture
def suzhou(db: None) -> Season:
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def yuzhong(db: None) -> Season:
    return open_season(policy_id="500103/2020", at=AT)


@pytest.fixture
def school(suzhou: Season) -> Organisation:
    return organisation(name="星海学校")


@pytest.fixture
def community(suzhou: Season) -> Organisation:
    return organisation("community", name="桂花社区")


@pytest.fixture
def by(school: Organisation) -> Appointment:
    return clerk(school)


@pytest.fixture
def worker(community: Organisation) -> Appointment:
    return clerk(community)
