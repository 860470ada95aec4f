"""What was paid for whom, for the agent and the tax authority. 缴费接口"""

from __future__ import annotations

from django.db.models import F, FilteredRelation, Q
from ninja import Router

from yingbao.agents.models import Desk, Organisation, Scope
from yingbao.collection.models import Allocation
from yingbao.web.api.caller import Called, opens
from yingbao.web.api.shapes import AFTER, LIMIT, REFUSALS, PaymentOut, PaymentPage

SEE_PAYMENTS = frozenset({Desk.SCHOOL, Desk.COMMUNITY, Desk.TAX})
OPENS = opens(Scope.PAYMENTS, SEE_PAYMENTS)
router = Router(tags=["缴费 payments"])


@router.get("/payments", **OPENS, response={200: PaymentPage, **REFUSALS}, summary="到账入账")
def payments(request: Called, after: int = AFTER, limit: int = LIMIT) -> PaymentPage:
    """Money that pays for a child of this season and has not been taken back, in the order it was applied. 缴费"""
    agents = Organisation.objects.visible_to(request.auth.appointment)
    found = (
        Allocation.objects.filter(
            pk__gt=after, released_at__isnull=True, obligation__season=request.auth.season(),
            obligation__organisation__in=agents.values("pk"),
        )
        .annotate(valid=FilteredRelation("receipts", condition=Q(receipts__voided_at__isnull=True)))
        .order_by("pk")
        .values(
            "id", "amount_fen", child=F("obligation__person"), agent_code=F("obligation__organisation__code"),
            plan_year=F("obligation__plan_year"), paid_at=F("arrival__paid_at"), way=F("arrival__way"),
            receipt=F("valid__number"),
        )
    )  # fmt: skip
    page = list(found[: limit + 1])
    request.auth.saw("list", count=len(page[:limit]))
    more = page[limit - 1]["id"] if len(page) > limit else None
    return PaymentPage(items=[PaymentOut(**one) for one in page[:limit]], next=more)
