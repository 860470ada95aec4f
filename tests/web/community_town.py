"""A sub-district with a community, a neighbour and a school, and who works there. 社区测试基础"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tests.enrolment.building import AT, child, organisation
from tests.people.conftest import resident_id
from tests.web.conftest import clerk_of
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import open_enrolments
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Person


class Town(NamedTuple):
    """Who is there."""

    season: Season
    district: Organisation
    street: Organisation
    community: Organisation
    neighbour: Organisation
    school: Organisation
    agency: Organisation
    worker: Appointment


def town_of(area: str = "320500", division: str = "320508") -> Town:
    """A town of one of the two cities."""
    season = open_season(policy_id=f"{area}/2020", at=AT)
    here = {"area": area, "division": division}
    district = organisation("district", name="姑苏区", **here)
    street = organisation("sub_district", name="枕河街道", parent=district, phone="65550101", contact="谢老师", **here)
    community = organisation("community", name="枕河社区", parent=street, **here)
    neighbour = organisation("community", name="漱石里社区", parent=street, **here)
    school = organisation(name="枕波小学", parent=street, **here)
    agency = organisation("insurance_agency", name="社保中心", area=area)
    worker = clerk_of(community, Desk.COMMUNITY, "沈社工")
    return Town(season, district, street, community, neighbour, school, agency, worker)


def listed_at(town: Town, person: Person, place: Organisation | None = None) -> Enrolment:
    """A child on a community's own list, decided for today."""
    place = place or town.community
    open_enrolments(season=town.season, organisation=place, at=AT, person_ids=[person.pk])
    determine_people(season=town.season, person_ids=[person.pk], as_of=AT.date(), at=AT)
    return Enrolment.objects.select_related("person", "season", "organisation").get(person=person)


def infant(name: str = "查亦菲", **more) -> Person:
    """A child outside school, registered in an earlier year unless it is said otherwise."""
    return child(name=name, **({"born": date(2017, 3, 1)} | more))


def typed(**more: str) -> dict[str, str]:
    """A form that is filled in rightly, but for what is said."""
    return {
        "name": "谈沐辰", "kind": "resident_id", "number": resident_id(date(2018, 5, 6), 12), "birth_date": "",
        "sex": "", "hukou": "姑苏区", "school": "", "one_relation": "mother", "one_name": "谈静",
        "one_phone": "13812345678", "one_hukou": "320508",
    } | more  # fmt: skip
