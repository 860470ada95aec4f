"""What the logs say of one person, one user, one organisation or one day, within a pooling area. 审计查询

A row shows who did what to whom and when, in ids and words. What a changed field held, a child's name or number, is
not shown: an audit administrator oversees who handled data and has no business with the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from yingbao.agents.models import Appointment, Organisation, User
from yingbao.enrolment.models import Step
from yingbao.people.models import BasicRegistration, Change, Look, Person, SchoolRoll
from yingbao.people.search import search
from yingbao.trail.models import Event

KINDS = ("look", "change", "step", "event")
"""The logs in which can be searched: looks, changes of persons, steps of enrolments, sign-ins and administration."""
ABOUT_PERSONS = ("look", "change", "step")


@dataclass(frozen=True)
class Wanted:
    """What is asked for; None and empty mean: whatever. 查询条件"""

    area: str
    kind: str = "look"
    first: datetime | None = None
    until: datetime | None = None
    """not included"""
    users: frozenset[int] | None = None
    organisations: frozenset[int] | None = None
    persons: frozenset[int] | None = None
    what: str = ""


class Line(NamedTuple):
    """One row of a log as the desk shows it. 查询结果"""

    id: int
    at: datetime
    user: User | None
    organisation: Organisation | None
    what: str
    person: int | None
    heads: int | None
    more: str


def users_of(area: str) -> QuerySet[User]:
    """Who is employed in an area, or has ever held a desk there. 统筹区用户"""
    seated = Appointment.objects.filter(organisation__pooling_area=area).values("user")
    return User.objects.filter(Q(organisation__pooling_area=area) | Q(pk__in=seated))


def events_of(area: str) -> QuerySet[Event]:
    """Events of an area, and those of nobody who is known: a strange name at the door belongs to every area. 事件"""
    of_nobody = Q(user__isnull=True) | Q(user__in=users_of(area))
    return Event.objects.filter(Q(organisation__pooling_area=area) | Q(organisation__isnull=True) & of_nobody)


def persons_named(number: str, area: str) -> frozenset[int]:
    """The persons of this area whom a whole number finds, with the records merged into them. 按号码找人"""
    found = search(Person.objects.all(), number)
    of_area = found.filter(
        Q(pk__in=SchoolRoll.objects.filter(school__pooling_area=area, person__in=found).values("person"))
        | Q(pk__in=BasicRegistration.objects.filter(pooling_area=area, person__in=found).values("person"))
        | Q(enrolments__season__pooling_area=area)
    )
    kept = set(of_area.values_list("pk", flat=True))
    return frozenset(kept | set(Person.objects.filter(merged_into__in=kept).values_list("pk", flat=True)))


def lines(wanted: Wanted, *, before: int | None = None, most: int) -> list[Line]:
    """So many rows, the newest first; those before the row with this id, if one is given. 查询"""
    rows_of, line = _SHOWN[wanted.kind]
    rows = rows_of(wanted)
    if wanted.first is not None:
        rows = rows.filter(at__gte=wanted.first)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if before is not None:
        moment = rows.model._default_manager.filter(pk=before).values_list("at", flat=True).first()
        if moment is not None:
            rows = rows.filter(Q(at__lt=moment) | Q(at=moment, pk__lt=before), at__lte=moment)
    return [line(one) for one in rows.order_by("-at", "-pk")[:most]]


def _looks(wanted: Wanted) -> QuerySet[Look]:
    rows = Look.objects.filter(organisation__pooling_area=wanted.area).select_related("user", "organisation")
    if wanted.persons is not None:
        rows = rows.filter(person__in=wanted.persons)
    return _narrowed(rows, wanted, "user", "organisation", "what")


def _changes(wanted: Wanted) -> QuerySet[Change]:
    """Those that users of this area made; of a person of this area also those that the platform made by itself."""
    by_us = Q(actor__in=users_of(wanted.area))
    rows = Change.objects.select_related("actor", "actor__organisation")
    if wanted.persons is not None:
        rows = rows.filter(by_us | Q(actor__isnull=True), person_id__in=wanted.persons)
    else:
        rows = rows.filter(by_us)
    return _narrowed(rows, wanted, "actor", "actor__organisation", "table_name")


def _steps(wanted: Wanted) -> QuerySet[Step]:
    rows = Step.objects.filter(enrolment__season__pooling_area=wanted.area)
    if wanted.persons is not None:
        rows = rows.filter(enrolment__person__in=wanted.persons)
    related = rows.select_related("by", "enrolment", "enrolment__organisation")
    return _narrowed(related, wanted, "by", "enrolment__organisation", "act")


def _events(wanted: Wanted) -> QuerySet[Event]:
    rows = events_of(wanted.area).select_related("user", "organisation")
    return _narrowed(rows, wanted, "user", "organisation", "what")


def _narrowed(rows: QuerySet[Any], wanted: Wanted, user: str, organisation: str, what: str) -> QuerySet[Any]:
    if wanted.users is not None:
        rows = rows.filter(**{f"{user}__in": wanted.users})
    if wanted.organisations is not None:
        rows = rows.filter(**{f"{organisation}__in": wanted.organisations})
    if wanted.what:
        rows = rows.filter(**{what: wanted.what})
    return rows


def _look(one: Look) -> Line:
    return Line(one.pk, one.at, one.user, one.organisation, one.what, one.person_id, one.count, one.reason)


def _change(one: Change) -> Line:
    fields = ", ".join(sorted(one.after or one.before or {}))
    more = " · ".join(part for part in (fields, one.source) if part)
    place = one.actor.organisation if one.actor else None
    return Line(one.pk, one.at, one.actor, place, one.table_name, one.person_id, None, more)


def _step(one: Step) -> Line:
    more = f"{one.from_state} → {one.to_state}" if one.from_state != one.to_state else one.to_state
    return Line(one.pk, one.at, one.by, one.enrolment.organisation, one.act, one.enrolment.person_id, None, more)


def _event(one: Event) -> Line:
    return Line(one.pk, one.at, one.user, one.organisation, one.what, None, None, one.about)


_SHOWN: dict[str, tuple[Callable[[Wanted], QuerySet[Any]], Callable[[Any], Line]]] = {
    "look": (_looks, _look),
    "change": (_changes, _change),
    "step": (_steps, _step),
    "event": (_events, _event),
}
