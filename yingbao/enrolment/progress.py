"""How far an agent is: heads and sums of its list. 进度"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q

from yingbao.agents.models import Organisation
from yingbao.enrolment.counting import LIVE, Counting, Of, in_need
from yingbao.enrolment.lifecycle import ENROLLED, State
from yingbao.enrolment.listing import EXEMPT, FIRST_TIMER, INELIGIBLE, MUST_PAY, READY
from yingbao.enrolment.models import Season
from yingbao.enrolment.needs import DATA_KINDS, REGISTRATION_KINDS
from yingbao.people.models import SchoolRoll


class Counts(NamedTuple):
    """Heads and sums of one agent's list; all but the last three are of enrolments that someone still works on. 统计"""

    on_roll: int
    """children on the school's roll now, contested ones too; 0 for a community"""
    listed: int
    confirmed: int
    ready: int
    """nothing but the agent's word is missing"""
    undecided: int
    """could be enrolled, and neither confirmed nor declined"""
    closed: int
    """of the undecided: their time is over"""
    must_pay: int
    must_pay_fen: int
    exempt: int
    exempt_fen: int
    ineligible: int
    first_timers: int
    to_register: int
    """first-timers whose basic data are not registered yet"""
    data_missing: int
    """children of whom the agent itself has to enter something"""
    needs_something: int
    declined: int
    withdrawn: int
    lapsed: int


def _wanted() -> dict[str, Of]:
    enrolled = Q(state__in=sorted(ENROLLED))
    return {
        "listed": Of(LIVE),
        "confirmed": Of(enrolled),
        "ready": Of(READY),
        "undecided": Of(LIVE & ~enrolled & ~Q(status="ineligible")),
        "closed": Of(LIVE & ~enrolled & Q(status="closed")),
        "must_pay": Of(MUST_PAY),
        "must_pay_fen": Of(MUST_PAY, sums="self_paid_fen"),
        "exempt": Of(EXEMPT),
        "exempt_fen": Of(EXEMPT, sums="subsidised_fen"),
        "ineligible": Of(INELIGIBLE),
        "first_timers": Of(FIRST_TIMER),
        "to_register": in_need(*REGISTRATION_KINDS),
        "data_missing": in_need(*DATA_KINDS),
        "needs_something": in_need(),
        "declined": Of(Q(state=State.DECLINED)),
        "withdrawn": Of(Q(state=State.WITHDRAWN)),
        "lapsed": Of(Q(state=State.LAPSED)),
    }


_COUNTING = Counting(_wanted)


def counts(season: Season, organisation: Organisation) -> Counts:
    """The figures of an agent's home page, in one statement and one for the roll. 统计"""
    figures = _COUNTING.of(season=season.pk, organisations=[organisation.pk])
    on_roll = SchoolRoll.objects.filter(school=organisation, left_on__isnull=True).count()
    return Counts(on_roll=on_roll, **figures)
