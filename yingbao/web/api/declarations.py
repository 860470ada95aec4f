"""Declarations and their lines, for the agent that stated them and the bodies that compare them. 申报接口"""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Router

from yingbao.agents.models import Desk, Organisation, Scope
from yingbao.declaration.models import Declaration, DeclarationLine
from yingbao.web.api.caller import Called, Caller, opens
from yingbao.web.api.shapes import (
    AFTER,
    LIMIT,
    REFUSALS,
    DeclarationOut,
    DeclarationPage,
    LineOut,
    LinePage,
    Number,
)

SEE_DECLARATIONS = frozenset({Desk.SCHOOL, Desk.COMMUNITY, Desk.TAX, Desk.AGENCY})
OPENS = opens(Scope.DECLARATIONS, SEE_DECLARATIONS)
router = Router(tags=["申报 declarations"])
SUBMITTED_TO = frozenset({Desk.TAX, Desk.AGENCY})
"""Desks to which a list does not exist until it is submitted."""


@router.get("/declarations", **OPENS, response={200: DeclarationPage, **REFUSALS}, summary="申报表")
def declarations(request: Called, after: int = AFTER, limit: int = LIMIT) -> DeclarationPage:
    """Declarations of the season, oldest first. 申报表"""
    found = seen_by(request.auth).filter(season=request.auth.season(), pk__gt=after).order_by("pk")
    page = list(found.select_related("organisation")[: limit + 1])
    more = page[limit - 1].pk if len(page) > limit else None
    return DeclarationPage(items=[_told(one) for one in page[:limit]], next=more)


@router.get("/declarations/{pk}/lines", **OPENS, response={200: LinePage, **REFUSALS}, summary="申报明细")
def lines(request: Called, pk: Number, after: int = AFTER, limit: int = LIMIT) -> LinePage:
    """The children of one declaration, as they were stated. 申报明细"""
    declaration = get_object_or_404(seen_by(request.auth), pk=pk)
    page = list(DeclarationLine.objects.filter(declaration=declaration, pk__gt=after).order_by("pk")[: limit + 1])
    request.auth.saw("list", count=len(page[:limit]))
    more = page[limit - 1].pk if len(page) > limit else None
    return LinePage(items=[LineOut.model_validate(one, from_attributes=True) for one in page[:limit]], next=more)


def seen_by(caller: Caller) -> QuerySet[Declaration]:
    """One's own, or all that were submitted in the pooling area. 可见申报"""
    agents = Organisation.objects.visible_to(caller.appointment)
    found = Declaration.objects.filter(organisation__in=agents.values("pk"))
    return found.filter(submitted_at__isnull=False) if caller.appointment.desk in SUBMITTED_TO else found


def _told(one: Declaration) -> DeclarationOut:
    same = (
        "reference", "ordinal", "state", "method", "heads", "payers", "exempt", "removals", "corrections",
        "self_paid_fen", "subsidised_fen", "submitted_at", "decided_at", "reason",
    )  # fmt: skip
    return DeclarationOut(
        id=one.pk, agent_code=one.organisation.code, sha256=bytes(one.digest).hex(),
        **{name: getattr(one, name) for name in same},
    )  # fmt: skip
