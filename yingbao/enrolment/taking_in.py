"""A body takes a child onto its own list, by name: a community one of its division, a school one onto its roll. 接收"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import transaction

from yingbao.agents.models import Appointment, Organisation, OrganisationKind
from yingbao.determination.counter import determine_one
from yingbao.determination.explain import reasons
from yingbao.enrolment.determining import decide, determine_people
from yingbao.enrolment.lifecycle import LEFT, TAKEN, Act, State
from yingbao.enrolment.models import Enrolment, Season, Step
from yingbao.enrolment.opening import open_enrolments
from yingbao.enrolment.parts import is_agent
from yingbao.enrolment.refusals import not_the_agent
from yingbao.enrolment.seasons import china_day, policy_of, school_year_of
from yingbao.people.models import Person, SchoolRoll
from yingbao.people.rolls import enter_roll
from yingbao.values import divisions
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


class Seat(NamedTuple):
    """Where a school puts a child that comes to it. 入班"""

    stage: str
    grade: int | None
    class_name: str = ""


def take_in(
    *,
    season: Season,
    person: Person,
    organisation: Organisation,
    by: Appointment,
    at: datetime,
    seat: Seat | None = None,
) -> Enrolment:
    """Put a child on a body's list for the season and decide it afresh; done already, nothing changes. 接收

    Raises Refused if `by` does not act for the body, and where the policy makes somebody else responsible: a child on a
    school's roll is that school's, one outside school a community's in the division of its own or a parent's hukou.
    """
    if not is_agent(by, organisation):
        raise not_the_agent(organisation, by)
    with transaction.atomic():
        if organisation.kind == OrganisationKind.SCHOOL:
            _onto_the_roll(season, person, organisation, by, at, seat)
            open_enrolments(season=season, organisation=organisation, at=at, by=by.user)
        else:
            _check_outside_school(season, person)
            open_enrolments(season=season, organisation=organisation, at=at, by=by.user, person_ids=[person.pk])
        held = Enrolment.objects.select_for_update(of=("self",)).filter(season=season, person=person).first()
        if held is None:
            raise _nobodys(season, person, at)
        _hand_over(held, organisation, by, at)
        determine_people(season=season, person_ids=[person.pk], as_of=china_day(at), at=at, by=by.user)
        taken = Enrolment.objects.select_related("person", "season", "organisation").get(pk=held.pk)
        if taken.organisation_id != organisation.pk:
            raise _somebody_elses(taken, organisation)
        return taken


def hindrance(*, season: Season, person: Person, organisation: Organisation) -> Refused | None:
    """What is known beforehand to stand in the way of `take_in`; None does not promise that nothing does. 不能接收"""
    held = Enrolment.objects.filter(season=season, person=person).select_related("organisation", "person").first()
    try:
        if organisation.kind != OrganisationKind.SCHOOL:
            _check_outside_school(season, person)
        if held is not None:
            _check_not_taken(held, organisation)
    except Refused as refused:
        return refused
    return None


def _onto_the_roll(
    season: Season, person: Person, school: Organisation, by: Appointment, at: datetime, seat: Seat | None
) -> None:
    if SchoolRoll.objects.filter(person=person, school=school, left_on__isnull=True).exists():
        return
    if seat is None:
        raise Refused(
            where="grade",
            what=Text("孩子还不在本校学籍上，没有选年级", "The child is not on your roll, and no grade is chosen"),
            mend=Text("请选年级；不是本校学生的请退回或转交。", "Choose the grade, or return the case."),
        )
    enter_roll(
        person=person, school=school, school_year=school_year_of(season), stage=seat.stage, grade=seat.grade,
        class_name=seat.class_name, entered_on=china_day(at), by=by.user, at=at, source="case",
    )  # fmt: skip


def _check_outside_school(season: Season, person: Person) -> None:
    rolls = SchoolRoll.objects.filter(person=person, left_on__isnull=True, school__pooling_area=season.pooling_area)
    roll = rolls.select_related("school").first()
    if roll is not None:
        raise Refused(
            where=person.name,
            what=Text("孩子的学籍在“{school}”", "The child is on the roll of {school}").filled(school=roll.school.name),
            mend=Text("由学校办理，请转交给学校。", "The school works on it; hand the child over to it."),
        )


def _hand_over(held: Enrolment, organisation: Organisation, by: Appointment, at: datetime) -> None:
    """The enrolment goes from one body's list to the other's, and its history says so."""
    _check_not_taken(held, organisation)
    changes = {}
    if held.organisation_id != organisation.pk:
        changes = {"organisation": [held.organisation_id, organisation.pk]}
    before = held.state
    held.organisation = organisation
    if held.state in LEFT:
        held.state, held.state_at, held.reason = State.DRAFT.value, at, ""
    if not changes and held.state == before:
        return
    held.save(update_fields=["organisation", "state", "state_at", "reason"])
    act = Act.MOVE if changes else Act.REOPEN
    Step.objects.create(
        enrolment=held, act=act.value, from_state=before, to_state=held.state, at=at, by=by.user, changes=changes
    )


def _check_not_taken(held: Enrolment, organisation: Organisation) -> None:
    if held.state in TAKEN and held.organisation_id != organisation.pk:
        raise Refused(
            where=held.person.name,
            what=Text(
                "“{agent}”已为孩子申报或收费，不用再转", "{agent} has declared or taken money for the child already"
            ).filled(agent=held.organisation.name),
            mend=Text("请由该单位办完。", "Leave it to them."),
        )


def _nobodys(season: Season, person: Person, at: datetime) -> Refused:
    """The policy makes no community responsible: its own sentence says why."""
    today = china_day(at)
    row = decide(season=season, person_ids=[person.pk], as_of=today).row(0, named=True)
    if row["agent"] is None:
        policy = policy_of(season)
        facts = {**msgspec.json.decode(row["facts"]), "person_id": str(person.pk), "paid_on": None}
        mend = reasons(policy, facts, determine_one(policy, facts, today), today)[0].sentence
        return Refused(
            where=person.name, what=Text("孩子不能在本地参保", "The child cannot be enrolled here"), mend=mend
        )
    return Refused(
        where=person.name,
        what=Text("孩子不属于本社区：户籍在{hukou}", "The child is not your community's: its hukou is {hukou}").filled(
            hukou=divisions.name(person.hukou) if person.hukou else Text("（无）", "none")
        ),
        mend=Text("请转交户籍所在地或父母户籍所在地的社区。", "Hand it to the community of its or its parents' hukou."),
    )


def _somebody_elses(taken: Enrolment, organisation: Organisation) -> Refused:
    return Refused(
        where=taken.person.name,
        what=Text(
            "按政策，孩子由“{agent}”办理，不由“{place}”办理", "By the policy {agent} works on the child, not {place}"
        ).filled(agent=taken.organisation.name, place=organisation.name),
        mend=Text("请转交给它。", "Hand the case to it."),
    )
