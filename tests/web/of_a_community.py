"""A community with a child, a case and a declaration of its own, for the table of who may open what. 社区的对象"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tests.enrolment.building import AT, child, organisation
from tests.web.cards import cards_of
from yingbao.agents.models import Appointment, Desk, Organisation
from yingbao.cases.handing import ask, opened
from yingbao.cases.kinds import RESPONSIBLE
from yingbao.cases.models import Case, GeneralAnswer
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import open_enrolments
from yingbao.people.models import Person
from yingbao.spreadsheet.models import Roster


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


def question_to(to: Organisation, season: Season, of: Appointment) -> int:
    """A question that a school asked of a body above, and that was answered there."""
    school = organisation(area=season.pooling_area)
    seat = Appointment(user=of.user, organisation=school, desk=Desk.SCHOOL)
    with transaction.atomic():
        one = opened(
            Case(
                kind="policy", season=season, asked_by_organisation=school, to_organisation=to, question="什么时候截止",
                due_on=AT.date(), once=f"question{Case.objects.count()}", answer="十一月三十日",
            ),
            by=seat, at=AT,
        )  # fmt: skip
    Case.objects.filter(pk=one.pk).update(state="settled")
    return one.pk


def answer_of(place: Organisation, of: Appointment) -> int:
    """An answer that a body has published."""
    return GeneralAnswer.objects.create(
        pooling_area=place.pooling_area, topic="policy", question="什么时候截止", answer="十一月三十日", for_staff=True,
        for_families=True, once=f"answer{GeneralAnswer.objects.count()}", published_by_body=place,
        published_by=of.user, published_at=AT, grams=["截止"],
    ).pk  # fmt: skip


def own_things(seat: Appointment, season: Season) -> dict[str, Any]:
    """What a community's worker may open beside the pages without an object; nothing at other desks."""
    if seat.desk != Desk.COMMUNITY:
        return {}
    one = child_of(seat.organisation, season)
    return {
        **cards_of(seat.organisation, season, seat, one.person),
        "child": one.person_id, "body below": seat.organisation.pk,
        "case": case_of(seat.organisation, season, one.person, seat),
        "roster": Roster.objects.create(
            school=seat.organisation, season=season, school_year=2019, uploaded_by=seat.user, uploaded_at=AT,
            filename="登记表.xlsx", sha256="0" * 64, size_bytes=1, state=Roster.State.REVIEWED,
        ).pk,
    }  # fmt: skip
