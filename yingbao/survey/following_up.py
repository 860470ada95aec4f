"""Answers that differ from the platform become cases with the schools where the children are now. 差异立案"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from yingbao.agents.models import Appointment, Organisation
from yingbao.cases import handing
from yingbao.cases.models import Case
from yingbao.people.models import SchoolRoll
from yingbao.survey.models import DIFFERENCES, Difference, SchoolReport
from yingbao.values.refusal import Refused

CASE_KIND = "survey"


class FollowedUp(NamedTuple):
    """What became of a report's differences, in children. 差异去向"""

    asked: int
    """a school is asked, or was already"""
    left: int
    """on no open school's roll now: nobody was asked"""


def ask_schools(report: SchoolReport, *, by: Appointment, at: datetime) -> None:
    """One case for each child whose answer differs; who needs help is the school's own to hand over. 立案核实"""
    found: dict[int, list[Difference]] = {}
    for one in _differing(report).filter(case__isnull=True).select_related("person").order_by("person", "kind"):
        found.setdefault(one.person_id, []).append(one)
    schools = _schools_of(report, found)
    for person, differences in found.items():
        made = _asked(report, schools[person], differences, by, at) if person in schools else None
        if made is not None:
            Difference.objects.filter(pk__in=[one.pk for one in differences]).update(case=made)


def followed_up(report: SchoolReport) -> FollowedUp:
    """How many children's differences are with a school, and how many with nobody. 差异去向"""
    rows = _differing(report)
    asked = rows.filter(case__isnull=False).values("person").distinct().count()
    return FollowedUp(asked, rows.filter(case__isnull=True).values("person").distinct().count())


def _differing(report: SchoolReport) -> QuerySet[Difference]:
    return Difference.objects.filter(report=report).exclude(kind="help")


def _schools_of(report: SchoolReport, persons: Iterable[int]) -> dict[int, Organisation]:
    """Where each child is now: with the reporting school if it is there still, else with the one it went to."""
    area = report.survey.season.pooling_area
    rolls = SchoolRoll.objects.filter(
        person__in=list(persons), left_on__isnull=True, school__active=True, school__pooling_area=area
    )
    found: dict[int, SchoolRoll] = {}
    for roll in rolls.select_related("school").order_by("contested", "pk"):
        if roll.person_id not in found or roll.school_id == report.school_id:
            found[roll.person_id] = roll
    return {person: roll.school for person, roll in found.items()}


def _asked(
    report: SchoolReport, school: Organisation, differences: list[Difference], by: Appointment, at: datetime
) -> Case | None:
    person, season = differences[0].person, report.survey.season
    said = "；".join(DIFFERENCES[one.kind].zh for one in differences)
    try:
        return handing.ask(
            person=person, season=season, kind=CASE_KIND, to=school, by=by, at=at,
            question=f"问卷与平台记录不一致：{said}。请问清家长，写明结果。",
        )  # fmt: skip
    except Refused:
        # The school has handed this child over itself: one case for a child, not two.
        return Case.objects.unsettled().filter(person=person, season=season, kind=CASE_KIND).first()
