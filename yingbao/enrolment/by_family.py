"""What a guardian does to a child's enrolment by phone: not to enrol, and to come back. 家长办理

The same edges as everyone's, narrowed to those that are the family's: only while nothing was stated to the tax
authority. Nobody's name stands in the step; the layer above keeps by which phone it was done.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from yingbao.enrolment import refusals
from yingbao.enrolment.determining import decide, determine_people
from yingbao.enrolment.lifecycle import EDGES, ENDED, Act, Edge, State, Who
from yingbao.enrolment.models import Enrolment, Step
from yingbao.enrolment.seasons import OPEN_PHASES, china_day, outside_window
from yingbao.enrolment.taking import walk
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST_REASON = 200


def edge_out(state: State | str) -> Edge | None:
    """The family's own way not to enrol from a state: decline or withdraw; None if there is none. 不参保的途径"""
    return next((edge for edge in _own() if edge.origin == state and edge.act != Act.REOPEN), None)


def edge_back(state: State | str) -> Edge | None:
    """The way back from having left. 重新参保的途径"""
    return next((edge for edge in _own() if edge.origin == state and edge.act == Act.REOPEN), None)


def leave(*, enrolment: Enrolment, reason: str, at: datetime) -> Step | None:
    """The family does not enrol: declined or, where it was confirmed, withdrawn. 家长登记不参保

    None if that is so already. Raises Refused without a reason, after the child was declared, and outside the window.
    """
    with transaction.atomic():
        locked = _locked(enrolment)
        if locked.state in ENDED:
            return None
        edge = edge_out(locked.state)
        if edge is None:
            raise refusals.no_way(Act.WITHDRAW, locked)
        reason = " ".join(reason.split())
        if not reason:
            raise refusals.reason_missing(locked)
        if len(reason) > LONGEST_REASON:
            raise refusals.reason_too_long(locked, LONGEST_REASON)
        _check_window(locked, at)
        return _walk(edge, locked, at, reason)


def come_back(*, enrolment: Enrolment, at: datetime) -> Step | None:
    """The family enrols after all: the enrolment is open again and decided for today. 家长重新参保

    None if it is open already. Raises Refused outside the window.
    """
    with transaction.atomic():
        locked = _locked(enrolment)
        if locked.state not in ENDED:
            return None
        edge = edge_back(locked.state)
        if edge is None:
            raise refusals.no_way(Act.REOPEN, locked)
        _check_window(locked, at)
        step = _walk(edge, locked, at, "")
        determine_people(season=locked.season, person_ids=[locked.person_id], as_of=china_day(at), at=at)
        return step


def _own() -> list[Edge]:
    return [edge for edge in EDGES if Who.FAMILY in edge.who]


def _locked(enrolment: Enrolment) -> Enrolment:
    """The enrolment as it is now, and with it the person's others of the year, in the order that all lockers keep."""
    theirs = Enrolment.objects.filter(person=enrolment.person_id, plan_year=enrolment.plan_year)
    list(theirs.order_by("person_id", "pk").select_for_update().values_list("pk", flat=True))
    return Enrolment.objects.select_related("person", "organisation", "season").get(pk=enrolment.pk)


def _walk(edge: Edge, locked: Enrolment, at: datetime, reason: str) -> Step:
    walk(act=edge.act, enrolments=[locked.pk], at=at, reason=reason)
    return locked.steps.order_by("pk").reverse()[0]


def _check_window(enrolment: Enrolment, at: datetime) -> None:
    on = china_day(at)
    phase = decide(season=enrolment.season, person_ids=[enrolment.person_id], as_of=on)["phase"][0]
    if phase not in OPEN_PHASES:
        raise outside_window(where=str(enrolment.plan_year), season=enrolment.season, phase=phase, on=on)


def being_declared(enrolment: Enrolment) -> Refused:
    """The child stands on a list that the tax authority has before it. 已申报"""
    return Refused(
        where=str(enrolment.plan_year),
        what=Text("{agent}已把孩子列入申报名单", "{agent} has put the child on its declaration").filled(
            agent=enrolment.organisation.name
        ),
        mend=Text(
            "要退出请提出申请，由医保经办机构答复；已缴的钱按原路退回。",
            "To leave, apply for it; the insurance agency answers, and what was paid goes back the way it came.",
        ),
    )
