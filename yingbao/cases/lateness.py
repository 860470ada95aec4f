"""A question that nobody answers goes to the body above; before and after its day whoever holds it is reminded. 超期

Run each morning by a job, with a lock on each question: a second run finds it moved and does nothing.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from yingbao.agents.models import Organisation, OrganisationKind
from yingbao.cases.due import LATE_DAYS, working_days_from
from yingbao.cases.handing import agency_of, walk
from yingbao.cases.lifecycle import Act, State
from yingbao.cases.models import Case
from yingbao.enrolment.seasons import china_day

HELD = (State.OPEN, State.ACCEPTED)


def raise_late(*, at: datetime) -> int:
    """Send up every question that is late by so many working days; returns how many went. 超期上报"""
    last = working_days_from(china_day(at), -LATE_DAYS)
    late = Case.objects.questions().filter(state__in=HELD, due_on__lte=last)
    return sum(_up(pk, last, at) for pk in late.order_by("pk").values_list("pk", flat=True))


def above(place: Organisation, area: str) -> Organisation | None:
    """The body above one that answers too late: its sub-district, else the agency; of a bureau none. 上级"""
    if place.kind not in (OrganisationKind.SCHOOL, OrganisationKind.COMMUNITY, OrganisationKind.SUB_DISTRICT):
        return None
    street = place.parent
    if street is not None and street.kind == OrganisationKind.SUB_DISTRICT and street.active:
        return street
    return agency_of(area)


def to_remind(on: date) -> list[Case]:
    """Questions that are due today, or were due the working day before. 待提醒"""
    days = [on, working_days_from(on, 1), working_days_from(on, -1)]
    rows = Case.objects.questions().filter(state__in=HELD, due_on__in=days)
    return list(rows.select_related("to_organisation").order_by("pk"))


@transaction.atomic
def _up(pk: int, last: date, at: datetime) -> int:
    rows = Case.objects.select_for_update(of=("self",), skip_locked=True)
    if not rows.filter(pk=pk, state__in=HELD, due_on__lte=last).exists():
        return 0
    case = Case.objects.select_related("season", "to_organisation__parent").get(pk=pk)
    top = above(case.to_organisation, case.season.pooling_area)
    if top is None or top.pk == case.to_organisation_id:
        return 0
    case.raised_to = top
    walk(case, Act.GO_UP, to=top, by=None, at=at)
    return 1
