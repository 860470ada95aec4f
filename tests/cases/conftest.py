"""A sub-district with a school and two communities, one far away, the agency, and a child. 个案测试基础"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.enrolment.building import AT, child, clerk, organisation
from yingbao.agents.models import Appointment, Organisation
from yingbao.enrolment.models import Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Person


class Town(NamedTuple):
    """Who is there, and who works there."""

    season: Season
    street: Organisation
    school: Organisation
    community: Organisation
    neighbour: Organisation
    """a community of the same division, younger"""
    far: Organisation
    """a community of another division"""
    agency: Organisation
    clerks: dict[int, Appointment]

    def by(self, place: Organisation) -> Appointment:
        return self.clerks[place.pk]


@pytest.fixture
def town(db: None) -> Town:
    season = open_season(policy_id="320500/2020", at=AT)
    street = organisation("sub_district", name="枕河街道", phone="65550101", contact="谢老师")
    school = organisation(name="枕波小学", parent=street)
    community = organisation("community", name="枕河社区", parent=street)
    neighbour = organisation("community", name="漱石里社区", parent=street)
    far = organisation("community", name="橘屿社区", division="320506")
    agency = organisation("insurance_agency", name="社保中心")
    places = (street, school, community, neighbour, far, agency)
    return Town(season, street, school, community, neighbour, far, agency, {place.pk: clerk(place) for place in places})


@pytest.fixture
def pupil(town: Town) -> Person:
    """A child on the school's roll and list."""
    person = child(town.school, name="陈启昂")
    list_and_determine(season=town.season, organisation=town.school, at=AT)
    return person


@pytest.fixture
def infant(town: Town) -> Person:
    """A child outside school, on nobody's list yet."""
    return child(name="查亦菲", born=AT.date().replace(year=2017))
