"""The steps "declare" and "pay" of a school's season, as they really stand. 申报与缴费步骤

`enrolment.steps` only knows that they come; declaration and collection lie above it, so they are put in here.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Q, Sum

from yingbao.agents.models import Organisation
from yingbao.collection.models import Obligation
from yingbao.declaration.building import waiting
from yingbao.declaration.lifecycle import OPEN, STANDING, State
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Season
from yingbao.enrolment.steps import SeasonStep, StepState
from yingbao.values import money
from yingbao.values.text import Text

WAITS = Text("已提交，等税务部门受理", "handed in, the tax authority decides")


class Standing(NamedTuple):
    """How far a school is with its money. 申报缴费进度"""

    waiting: int
    """children who can be declared now"""
    open: Declaration | None
    returned: Declaration | None
    """the last one, if it was sent back"""
    declared: bool
    """the tax authority took a list of the school"""
    unpaid: int
    unpaid_fen: int


def standing(season: Season, school: Organisation, at: datetime) -> Standing:
    """How far a school is with its declarations and payments. 进度"""
    own = list(Declaration.objects.filter(season=season, organisation=school).order_by("-ordinal"))
    last = next((one for one in own if one.state != State.DISCARDED), None)
    owed = Obligation.objects.filter(season=season, organisation=school, ended_at__isnull=True).aggregate(
        unpaid=Count("pk", filter=Q(due_fen__gt=0, paid_fen=0)), fen=Sum(F("due_fen") - F("paid_fen"), default=0)
    )
    return Standing(
        waiting=waiting(season=season, organisation=school, at=at),
        open=next((one for one in own if one.state in OPEN), None),
        returned=last if last is not None and last.state == State.RETURNED else None,
        declared=any(one.state in STANDING for one in own),
        unpaid=owed["unpaid"],
        unpaid_fen=owed["fen"],
    )


def with_money(steps: list[SeasonStep], now: Standing) -> list[SeasonStep]:
    """The season's steps with "declare" and "pay" as they stand. 办理步骤"""
    before = [step for step in steps if step.id not in ("declaration", "payment") and step.state != "reminder"]
    reached = all(step.state in ("done", "over") for step in before)
    found = []
    for step in steps:
        if step.id == "declaration":
            step = _declaration(step, now, reached)
        elif step.id == "payment":
            step = _payment(step, now)
        found.append(step)
    return found


def _declaration(step: SeasonStep, now: Standing, reached: bool) -> SeasonStep:
    turn: StepState = "next" if reached else "later"
    if now.open is not None and now.open.state == State.FROZEN:
        return step._replace(state="next", left=1, text=Text("名单已锁定，请提交", "frozen, hand it in"))
    if now.open is not None:
        return step._replace(state="later", text=WAITS)
    if now.returned is not None and now.waiting:
        why = Text("被退回：{why}", "returned: {why}").filled(why=now.returned.reason)
        return step._replace(state="next", left=now.waiting, text=why)
    if now.waiting:
        text = Text("{n}名已确认，可以申报", "{n} confirmed children can be declared").filled(n=now.waiting)
        return step._replace(state=turn, left=now.waiting, text=text)
    if now.declared:
        return step._replace(state="done", text=Text("已完成", "done"))
    return step


def _payment(step: SeasonStep, now: Standing) -> SeasonStep:
    if now.unpaid:
        text = Text("{n}名待缴，共{sum}", "{n} to be paid, {sum} in all")
        if step.state == "over":
            text = Text("期限已过，{n}名没有缴，共{sum}", "the time is over; {n} are not paid, {sum} in all")
        filled = text.filled(n=now.unpaid, sum=money.said(now.unpaid_fen))
        if step.state == "over":
            return step._replace(text=filled)
        return step._replace(state="next", left=now.unpaid, text=filled)
    if now.declared:
        return step._replace(
            state="done", text=Text("已受理的均已到账或免缴", "all that is declared is paid or exempt")
        )
    return step
