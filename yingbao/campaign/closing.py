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
from yingbao.collection.lifecycle import PaymentState
from yingbao.collection.models import Payment
from yingbao.declaration.lifecycle import OPEN
from yingbao.declaration.models import Declaration
from yingbao.enrolment import dissolving
from yingbao.enrolment.dissolving import Handed
from yingbao.publicity import succession as letters
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

UNDER_WAY = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN)
"""Orders of a counter of which nobody knows yet whether the money comes."""


class Closing(NamedTuple):
    """What is known when an organisation closes. 停办事项"""

    closing: Organisation
    successor: Organisation | None
    """null: nobody was named, what is in hand goes to the body above"""
    by: Appointment
    at: datetime
    renamed: tuple[dissolving.Renamed, ...] = ()
    """classes that are called otherwise at the successor"""


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


def _letters(one: Closing) -> int:
    if one.successor is None:
        return 0
    renamed = {(each.stage, each.grade, each.was): each.now for each in one.renamed}
    return letters.hand_on(closing=one.closing, successor=one.successor, renamed=renamed, by=one.by, at=one.at)


HAND_OVER: dict[str, tuple[Text, Callable[[Closing], int]]] = {
    "cases": (Text("个案和问题", "cases and questions"), _cases),
    "tasks": (Text("季内任务", "tasks of the season"), _tasks),
    "training": (Text("培训报名", "places at trainings"), _training),
    "letters": (Text("已发的告家长书", "letters handed out"), _letters),
}
"""What is handed on besides the children, in this order: its word, what it is called, and who does it.

Answers, cards, and letters printed or read are a child's own and go where the child goes; what a body has reported
stays its word.
"""


@transaction.atomic
def close(
    *, organisation: Organisation, successor: Organisation, reason: str, by: Appointment, at: datetime, seen: str
) -> Went:
    """Close an organisation and hand on all that it has in hand; said again, it changes nothing. 停办并移交

    Also the children whom a body that was closed before has still. Raises Refused as `dissolving.dissolve` does, or
    while a declaration is not decided, and then nothing has moved.
    """
    list(Organisation.objects.select_for_update().filter(pk__in=[organisation.pk, successor.pk]).order_by("pk"))
    organisation.refresh_from_db(fields=["active"])
    if not organisation.active and not any(dissolving.children_of(organisation)):
        return Went(Handed(0, 0), {})
    if declarations_in_hand(organisation):
        raise Refused(
            where=organisation.name,
            what=Text("有申报没有办完", "a declaration is not decided yet"),
            mend=_ends_with(organisation),
        )
    children = dissolving.dissolve(
        organisation=organisation, successor=successor, reason=reason, by=by, at=at, seen=seen
    )
    return Went(children, _handed_on(Closing(organisation, successor, by, at, children.renamed)))


@transaction.atomic
def shut(*, organisation: Organisation, by: Appointment, at: datetime) -> bool:
    """The system administrator closes a body that has no successor: what is in hand goes to the body above. 停用机构

    Raises Refused as `premises.close` does, and while it has children, a declaration or a payment under way: those
    need a successor, whom the insurance agency names. Whether it was open.
    """
    done = premises.close(organisation=organisation)
    if done:
        _check_empty(organisation)
        _handed_on(Closing(organisation, None, by, at))
    return done


def declarations_in_hand(organisation: Organisation) -> int:
    """Declarations that are frozen or with the tax desk: they are settled before their agent ends. 未办完的申报"""
    return Declaration.objects.filter(organisation=organisation, state__in=sorted(OPEN)).count()


def _ends_with(organisation: Organisation) -> Text:
    if organisation.active:
        return Text(
            "没有提交的由该单位提交或作废，已提交的等税务受理或退回，然后再办。",
            "It submits or discards what is frozen; the tax desk decides what was submitted. Then do it again.",
        )
    return Text(
        "已提交的等税务受理或退回；没有提交的，请系统管理员先恢复该单位，由它提交或作废，然后再办。",
        "The tax desk decides what was submitted; what is frozen the body submits or discards once it is open again.",
    )


def _check_empty(organisation: Organisation) -> None:
    """Refuse while anything hangs on it that a body without a successor would lose; the row is held already."""
    on_roll, listed = dissolving.children_of(organisation)
    paying = Payment.objects.filter(taken_at=organisation, state__in=[one.value for one in UNDER_WAY]).count()
    found = [
        text.filled(n=count)
        for text, count in (
            (Text("在册学生 {n} 名", "children on its roll: {n}"), on_roll),
            (Text("名单上的孩子 {n} 名", "children on its lists: {n}"), listed),
            (Text("没办完的申报 {n} 份", "declarations not decided: {n}"), declarations_in_hand(organisation)),
            (Text("没有结果的收款 {n} 笔", "payments without a result: {n}"), paying),
        )
        if count
    ]
    if found:
        raise Refused(
            where=organisation.name,
            what=Text("还不能停用：{what}", "it cannot be closed yet ({what})").filled(
                what=Text("、".join(one.zh for one in found), ", ".join(one.en for one in found))
            ),
            mend=Text(
                "请医保经办机构在“学校与社区”里打开这个单位，选定接收单位，办理停办移交。",
                "The insurance agency hands its children over to another body, among its schools and communities.",
            ),
        )


def _handed_on(one: Closing) -> dict[str, int]:
    return {word: hand_on(one) for word, (_, hand_on) in HAND_OVER.items()}
