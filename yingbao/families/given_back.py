"""What becomes of money that a family paid and does not owe: asked for, approved, under way, back. 退费进度"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Refund
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import china_day
from yingbao.values.text import Text

UNDER_WAY = Text("税务部门已批准，按原路退回中", "Approved by the tax authority, on its way back to where it came from")
SAID = {
    RefundState.REQUESTED: (
        "accent", Text("已申请退费，等税务部门审批；不用再申请",
                       "Asked for; the tax authority has to approve it, there is nothing to do for you"),
    ),
    RefundState.APPROVED: ("accent", UNDER_WAY),
    RefundState.SUBMITTED: ("accent", UNDER_WAY),
    RefundState.PROCESSING: ("accent", UNDER_WAY),
    RefundState.SUCCEEDED: ("good", Text("已退回付款账户", "Back on the account it came from")),
    RefundState.REJECTED: (
        "warn", Text("税务部门没有批准，请打咨询电话询问", "Not approved by the tax authority; call a help line"),
    ),
    RefundState.ABNORMAL: (
        "warn", Text("退不到付款账户，税务部门另行办理；可打咨询电话询问",
                     "That account does not take it; the tax authority sees to it, or call a help line"),
    ),
}  # fmt: skip
"""Tone and words of each state that a family is told of; what is no longer due is not told."""


class GivenBack(NamedTuple):
    """One refund as a family reads it. 一笔退费"""

    number: str
    amount_fen: int
    tone: str
    state: Text
    text: Text
    on: date


def given_back(one: Enrolment) -> list[GivenBack]:
    """The refunds of what was paid for a child's year, the newest first. 退费"""
    rows = Refund.objects.filter(obligation__enrolment=one, state__in=[state.value for state in SAID]).order_by("-pk")
    found = []
    for row in rows:
        tone, text = SAID[RefundState(row.state)]
        since = row.finished_at or row.submitted_at or row.decided_at or row.requested_at
        found.append(GivenBack(row.number, row.amount_fen, tone, row.state_text, text, china_day(since)))
    return found
