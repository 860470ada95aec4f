"""An organisation that closes or merges in mid-season: all that is in hand there goes on, in one transaction. 停办移交

Whoever keeps something that an organisation has in hand adds one function to HAND_OVER: it is called once, in the
transaction that closes, after children, rolls and lists have moved, and returns how many things it handed on. It pulls
what it needs from its own tables; nobody is called back and nothing listens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from yingbao.agents import premises
from yingbao.agents.models import Appointment, Organisation
from yingbao.campaign import opening, training
from yingbao.cases import succession
from yingbao.enrolment import dissolving
from yingbao.enrolment.dissolving import Handed
from yingbao.values.text import Text


class Closing(NamedTuple):
    """What is known when an organisation closes. 停办事项"""

    closing: Organisation
    successor: Organisation | None
    """null: nobody was named, what is in hand goes to the body above"""
    by: Appointment
    at: datetime


class Went(NamedTuple):
    """What went over with the children. 移交结果"""

    children: Handed
    things: dict[str, int]
    """how many of each of HAND_OVER, by its word"""


def _cases(one: Closing) -> int:
    return succession.hand_on(closing=one.closing, successor=one.successor, by=one.by, at=one.at)


def _tasks(one: Closing) -> int:
    if one.successor is None:  # tasks are a body's own: without another one of its kind they end with it
        return 0
    return opening.hand_over(organisation=one.closing, successor=one.successor, by=one.by, at=one.at)


def _training(one: Closing) -> int:
    if one.successor is None:
        return 0
    return training.take_along(closing=one.closing, successor=one.successor, by=one.by, at=one.at)


HAND_OVER: dict[str, tuple[Text, Callable[[Closing], int]]] = {
    "cases": (Text("个案和问题", "cases and questions"), _cases),
    "tasks": (Text("季内任务", "tasks of the season"), _tasks),
    "training": (Text("培训报名", "places at trainings"), _training),
}
"""What is handed on besides the children, in this order: its word, what it is called, and who does it.

Letters, answers and cards are a child's own and go where the child goes; what a body has reported stays its word.
"""


@transaction.atomic
def close(
    *, organisation: Organisation, successor: Organisation, reason: str, by: Appointment, at: datetime, seen: str
) -> Went:
    """Close an organisation and hand on all that it has in hand; said again, it changes nothing. 停办并移交

    Raises Refused as `dissolving.dissolve` does, and then nothing has moved.
    """
    was_open = Organisation.objects.filter(pk=organisation.pk, active=True).exists()
    children = dissolving.dissolve(
        organisation=organisation, successor=successor, reason=reason, by=by, at=at, seen=seen
    )
    if not was_open:
        return Went(children, {})
    return Went(children, _handed_on(Closing(organisation, successor, by, at)))


@transaction.atomic
def shut(*, organisation: Organisation, by: Appointment, at: datetime) -> bool:
    """The system administrator closes a body that has no successor: what is in hand goes to the body above. 停用机构

    Raises Refused as `premises.close` does; whether it was open.
    """
    done = premises.close(organisation=organisation)
    if done:
        _handed_on(Closing(organisation, None, by, at))
    return done


def _handed_on(one: Closing) -> dict[str, int]:
    return {word: hand_on(one) for word, (_, hand_on) in HAND_OVER.items()}
