"""Refunds as pages show them: what waits first, the story of one, what a child's family gets back. 退费查询"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

from yingbao.collection.lifecycle import RefundState
from yingbao.collection.models import Allocation, Refund

UNFINISHED = (
    RefundState.REQUESTED, RefundState.APPROVED, RefundState.SUBMITTED, RefundState.PROCESSING, RefundState.ABNORMAL,
)  # fmt: skip
_FIRST = (RefundState.REQUESTED, RefundState.ABNORMAL, RefundState.APPROVED, *UNFINISHED[2:4])
URGENT = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(_FIRST)),
    default=Value(len(_FIRST)),
    output_field=IntegerField(),
)
"""Those that wait for a person come first."""


class Counted(NamedTuple):
    """How many refunds stand so, and their sum. 件数与金额"""

    number: int
    fen: int


def of_area(pooling_area: str) -> QuerySet[Refund]:
    """Every refund of a pooling area with what a page shows of it. 退费清单"""
    return Refund.objects.filter(pooling_area=pooling_area).select_related(
        "arrival__payment", "obligation__person", "obligation__organisation", "requested_by", "decided_by"
    )


def counted(pooling_area: str) -> dict[str, Counted]:
    """By state. 各状态件数"""
    rows = Refund.objects.filter(pooling_area=pooling_area).values("state")
    return {
        row["state"]: Counted(row["number"], row["fen"] or 0)
        for row in rows.annotate(number=Count("pk"), fen=Sum("amount_fen")).order_by("state")
    }


def counting_payment(refund: Refund) -> Allocation | None:
    """The payment that counts for the child, if it is another one. 有效缴费"""
    if refund.obligation_id is None:
        return None
    rows = Allocation.objects.filter(obligation=refund.obligation_id, released_at__isnull=True)
    return rows.exclude(arrival=refund.arrival_id).select_related("arrival__payment").first()


def of_enrolment(enrolment: int) -> list[Refund]:
    """What goes back to who paid for this child, the newest first; what is off is left out. 孩子的退费"""
    rows = Refund.objects.filter(obligation__enrolment=enrolment).exclude(state=RefundState.DROPPED)
    return list(rows.select_related("arrival__payment").order_by("-requested_at", "-pk"))
