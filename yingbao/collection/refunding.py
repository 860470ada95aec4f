"""Money goes back to where it came from: asked for by one, approved by another. 退费"""

from __future__ import annotations

from datetime import datetime

from yingbao.agents.models import User
from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Arrival, Refund
from yingbao.enrolment.seasons import china_day


def ask(
    *,
    arrival: Arrival,
    amount_fen: int,
    reason: str,
    by: User | None,
    at: datetime,
    obligation: int | None = None,
    note: str = "",
) -> Refund:
    """Ask for a refund of what is overpaid; without `by` the platform found it by itself. 申请退费"""
    count = Refund.objects.filter(arrival=arrival).count()
    number = f"T{china_day(at):%y%m%d}{arrival.pk:08}{count:02}"
    return Refund.objects.create(
        pooling_area=arrival.pooling_area, number=number, arrival=arrival, obligation_id=obligation,
        amount_fen=amount_fen, reason=reason, note=note, requested_at=at, requested_by=by,
    )  # fmt: skip


def drop(*, arrival: Arrival, note: str, by: User | None, at: datetime) -> None:
    """Refunds that nobody approved yet are off: the money itself has gone back. 撤销退费"""
    waiting = Refund.objects.filter(arrival=arrival, state=RefundState.REQUESTED)
    waiting.update(state=RefundState.DROPPED, finished_at=at, decision_note=note)
