"""Whose child: which school or community is responsible for somebody, and by which clause. 由谁办理

The answer names the body, how to reach it and why; of the child it says nothing that the asker did not say. Every
look is recorded, found or not, and a clerk has so many a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from yingbao.agents.models import Appointment, Organisation, OrganisationKind
from yingbao.determination.counter import Decision, determine_one
from yingbao.determination.explain import reasons
from yingbao.enrolment.determining import decide
from yingbao.enrolment.lifecycle import ENDED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, policy_of, season_for
from yingbao.people.looks import looked
from yingbao.people.matching import same_name
from yingbao.people.models import IdentityDocument, Look, Person, SchoolRoll
from yingbao.sealing.sealed import index_of
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

MOST_A_DAY = 60
"""so many looks a clerk has in a day: more than a counter needs, fewer than a list takes"""
LOOK = "whose"


class Responsible(NamedTuple):
    """Who works on a child, and why. 责任单位"""

    person: Person
    season: Season
    organisation: Organisation | None
    """None: nobody here; the sentence says why"""
    because: Text
    clause: str
    first_registers: str
    """a word of `parts.REGISTRATION_PLACES` where a first-timer's basic data are registered before; empty: nowhere"""


class Contact(NamedTuple):
    """How to reach a body: its own number, or that of the body above it. 联系方式"""

    organisation: Organisation
    contact: str
    phone: str


def look(*, name: str, number: str, by: Appointment, at: datetime) -> Responsible | None:
    """Whose child this is, by its whole number and its name; None if nobody here is both. 查询

    Raises Refused once the day's looks are used up.
    """
    morning = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Look.objects.filter(user=by.user, what=LOOK, at__gte=morning, at__lt=morning + timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise Refused(
            where="number",
            what=Text("今天已查{n}次，不能再查", "You have looked {n} times today").filled(n=MOST_A_DAY),
            mend=Text(
                "明天再查；成批核对请用名单导入。",
                "Look again tomorrow; many children are checked by handing in a list.",
            ),
        )
    person = known(name, number)
    looked(user=by.user, organisation=by.organisation, what=LOOK, person=person, count=int(person is not None), at=at)
    return None if person is None else responsible_for(person=person, area=by.organisation.pooling_area, at=at)


def known(name: str, number: str) -> Person | None:
    """The person who bears the number, if that is the name; an earlier number finds it too. 按证件查人"""
    found = IdentityDocument.objects.filter(number_index=index_of(number), person__merged_into__isnull=True)
    document = found.select_related("person").first()
    return document.person if document is not None and same_name(document.person.name, name) else None


def responsible_for(*, person: Person, area: str, at: datetime) -> Responsible:
    """Who works on a child in a pooling area; where nobody does, who does elsewhere on the platform. 责任单位"""
    here = _in_season(person, season_for(area, china_day(at)), at)
    if here.organisation is not None:
        return here
    roll = _current_roll(person)
    if roll is not None and roll.school.pooling_area != area:
        seasons = Season.objects.filter(pooling_area=roll.school.pooling_area, plan_year=here.season.plan_year)
        for season in seasons:
            there = _in_season(person, season, at)
            if there.organisation is not None:
                return there
    return here


def contact_of(organisation: Organisation) -> Contact | None:
    """How to reach a body; without a number of its own, that of the body above. 联系方式"""
    place: Organisation | None = organisation
    while place is not None:
        if place.phone:
            return Contact(place, place.contact, place.phone)
        place = place.parent
    return None


def communities_of(area: str, divisions: list[str]) -> list[Organisation]:
    """The communities of these divisions, the oldest of each division first. 区划内社区"""
    found = Organisation.objects.filter(
        kind=OrganisationKind.COMMUNITY, active=True, pooling_area=area, division__in=divisions
    )
    return sorted(found.select_related("parent"), key=lambda one: (divisions.index(one.division), one.pk))


def _in_season(person: Person, season: Season, at: datetime) -> Responsible:
    policy, today = policy_of(season), china_day(at)
    row = decide(season=season, person_ids=[person.pk], as_of=today).row(0, named=True)
    facts = {**msgspec.json.decode(row["facts"]), "person_id": str(person.pk), "paid_on": None}
    decision = determine_one(policy, facts, today)
    why = reasons(policy, facts, decision, today)[0]
    return Responsible(
        person, season, _body(person, season, decision, facts), why.sentence, why.clause, decision.registration or ""
    )


def _body(person: Person, season: Season, decision: Decision, facts: dict[str, object]) -> Organisation | None:
    """The school on whose roll the child is, the community that has it, or the one to which it would go."""
    rows = Enrolment.objects.filter(season=season, person=person).exclude(state__in=sorted(ENDED))
    held = rows.select_related("organisation__parent").first()
    roll = _current_roll(person)
    if roll is not None and roll.school.pooling_area == season.pooling_area:
        return roll.school if decision.agent == "school" or held is None else held.organisation
    if decision.agent is None:
        return None
    if held is not None:
        return held.organisation
    parents = str(facts.get("parent_hukou") or "").split(";")
    return next(iter(communities_of(season.pooling_area, [person.hukou, *parents])), None)


def _current_roll(person: Person) -> SchoolRoll | None:
    rolls = SchoolRoll.objects.filter(person=person, left_on__isnull=True, contested=False)
    return rolls.select_related("school__parent").first()
