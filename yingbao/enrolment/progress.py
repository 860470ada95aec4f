"""How far an agent is: heads and sums of its list. 进度"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Q, Sum

from yingbao.agents.models import Organisation
from yingbao.enrolment.lifecycle import ENDED, ENROLLED, State
from yingbao.enrolment.listing import EXEMPT, FIRST_TIMER, INELIGIBLE, MUST_PAY, READY
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.needs import DATA_KINDS, REGISTRATION_KINDS, holds
from yingbao.people.models import SchoolRoll

LIVE = ~Q(state__in=sorted(ENDED))


class Counts(NamedTuple):
    """Heads and sums of one agent's list; all but the last two are of enrolments that someone still works on. 统计"""

    on_roll: int
    """children on the school's roll now, contested ones too; 0 for a community"""
    listed: int
    confirmed: int
    ready: int
    """nothing but the agent's word is missing"""
    undecided: int
    """could be enrolled, and neither confirmed nor declined"""
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


def counts(season: Season, organisation: Organisation) -> Counts:
    """The figures of an agent's home page, in one statement and one for the roll. 统计"""
    own = Enrolment.objects.of(season, organisation)
    figures = own.aggregate(
        listed=Count("pk", filter=LIVE),
        confirmed=Count("pk", filter=Q(state__in=sorted(ENROLLED))),
        ready=Count("pk", filter=READY),
        undecided=Count("pk", filter=LIVE & ~Q(state__in=sorted(ENROLLED)) & ~Q(status="ineligible")),
        must_pay=Count("pk", filter=MUST_PAY),
        must_pay_fen=Sum("self_paid_fen", filter=MUST_PAY, default=0),
        exempt=Count("pk", filter=EXEMPT),
        exempt_fen=Sum("subsidised_fen", filter=EXEMPT, default=0),
        ineligible=Count("pk", filter=INELIGIBLE),
        first_timers=Count("pk", filter=FIRST_TIMER),
        to_register=Count("pk", filter=holds(*REGISTRATION_KINDS)),
        data_missing=Count("pk", filter=holds(*DATA_KINDS)),
        needs_something=Count("pk", filter=holds()),
        declined=Count("pk", filter=Q(state=State.DECLINED)),
        withdrawn=Count("pk", filter=Q(state=State.WITHDRAWN)),
    )
    on_roll = SchoolRoll.objects.filter(school=organisation, left_on__isnull=True).count()
    return Counts(on_roll=on_roll, **figures)
