"""A card that is made becomes ready on its day, is handed out or collected, and may be lost. 发卡"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from yingbao.agents.models import Appointment
from yingbao.cards import refusals
from yingbao.cards.lifecycle import Act, CardState, Who, origins, target
from yingbao.cards.models import Card
from yingbao.cards.recording import record, step
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import china_day

HOW = {Act.HAND_OUT: "handed_out", Act.COLLECT: "collected"}


def announce(*, at: datetime) -> list[Card]:
    """Cards that are made and whose day has come are ready; returns them. 可领取"""
    with transaction.atomic():
        due = Card.objects.select_for_update().filter(state=CardState.MADE, ready_on__lte=china_day(at)).order_by("pk")
        return _walked(list(due), Act.ANNOUNCE, by=None, part=Who.PROGRAM, at=at)


def hand_out(*, cards: Iterable[int], by: Appointment, at: datetime) -> int:
    """Sign cards off as handed to the children; returns how many. 发卡签收

    One that is handed out already, or was lost meanwhile, is left as it is.
    """
    return len(_put(cards, Act.HAND_OUT, by=by, at=at))


def collect(*, card: int, by: Appointment, at: datetime) -> bool:
    """The family fetched the card itself; False if it stands otherwise by now. 自行领取"""
    return bool(_put([card], Act.COLLECT, by=by, at=at))


def lose(*, card: int, reason: str, by: Appointment, at: datetime) -> bool:
    """A card is gone: the child is without one again and comes onto the list; False if it was recorded before. 挂失

    Raises Refused without a reason.
    """
    if not reason.strip():
        raise refusals.reason_missing()
    return bool(_put([card], Act.LOSE, by=by, at=at, reason=reason.strip()[:200]))


def agent_of(cards: Iterable[Card]) -> dict[int, Enrolment]:
    """Where each card's child enrols now, by person: the card follows the child. 现代办单位"""
    persons = [one.person_id for one in cards]
    rows = Enrolment.objects.filter(person__in=persons).select_related("organisation").order_by("plan_year", "pk")
    return {one.person_id: one for one in rows}


def agent_of_persons(persons: Iterable[int]) -> dict[int, str]:
    """What the agent of each child is called. 代办单位名称"""
    rows = Enrolment.objects.filter(person__in=list(persons)).order_by("plan_year", "pk")
    return dict(rows.values_list("person", "organisation__name"))


def _put(cards: Iterable[int], act: Act, *, by: Appointment, at: datetime, reason: str = "") -> list[Card]:
    with transaction.atomic():
        rows = Card.objects.select_for_update().filter(pk__in=list(cards), state__in=sorted(origins(act)))
        return _walked(list(rows.order_by("pk")), act, by=by, at=at, reason=reason)


def _walked(
    cards: list[Card], act: Act, *, by: Appointment | None, at: datetime, part: Who | None = None, reason: str = ""
) -> list[Card]:
    steps = []
    for one in cards:
        before, one.state, one.state_at = one.state, target(act), at
        if act in HOW:
            one.how, one.held_on = HOW[act], china_day(at)
        one.reason = reason or one.reason
        steps.append(step(one, act, before=before, by=by, part=part, reason=reason, at=at))
    Card.objects.bulk_update(cards, ["state", "state_at", "how", "held_on", "reason"], batch_size=1_000)
    record(steps)
    return cards
