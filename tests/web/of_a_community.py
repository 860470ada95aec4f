"""A community with a child, a case and a declaration of its own, for the table of who may open what. 社区的对象"""

from __future__ import annotations

from typing import Any

from tests.enrolment.building import AT, child, organisation
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.cases.handing import ask
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import open_enrolments
from yingbao.people.models import Person


def child_of(place: Organisation, season: Season) -> Enrolment:
    """A child outside school on a community's own list."""
    person = child(area=season.pooling_area, hukou=place.division, born=AT.date().replace(year=2017))
    open_enrolments(season=season, organisation=place, at=AT, person_ids=[person.pk])
    determine_people(season=season, person_ids=[person.pk], as_of=AT.date(), at=AT)
    return Enrolment.objects.select_related("person", "season", "organisation").get(person=person)


def case_of(place: Organisation, season: Season, person: Person, of: Appointment) -> int:
    """A case that a body asked; it lies with a community."""
    to = organisation("community", area=season.pooling_area, division="320507")
    seat = Appointment(user=of.user, organisation=place, desk=of.desk)
    return ask(person=person, season=season, kind=RESPONSIBLE, question="由谁办理", to=to, by=seat, at=AT).pk


def own_things(seat: Appointment, season: Season) -> dict[str, Any]:
    """What a community's worker may open beside the pages without an object; nothing at other desks."""
    if seat.desk != Desk.COMMUNITY:
        return {}
    one = child_of(seat.organisation, season)
    return {
        "child": one.person_id, "body below": seat.organisation.pk,
        "case": case_of(seat.organisation, season, one.person, seat),
    }  # fmt: skip
