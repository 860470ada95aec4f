"""Which direct-debit agreements serve the next season as they are, and which need a hand. 扣款协议沿用"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.collection.lifecycle import DebitState
from yingbao.collection.models import DebitItem, Mandate

LOST = (DebitState.FAILED, DebitState.RETURNED)


class Kept(NamedTuple):
    """How the agreements of an area stand. 协议现状"""

    kept: int
    """verified, and the last debit went well or there was none"""
    signed: list[Mandate]
    """entered, not verified yet: not usable"""
    failing: list[tuple[Mandate, str]]
    """verified, but the last debit failed, with what the bank said: an account closed or blocked"""
    without: list[Mandate]
    """ended or refused, and the agent has no other since"""


def mandates_kept(pooling_area: str) -> Kept:
    """The agreements of all agents; they belong to no season, so what is kept is kept by itself. 协议沿用情况"""
    of_area = Mandate.objects.filter(organisation__pooling_area=pooling_area, organisation__active=True)
    rows = list(of_area.select_related("organisation").defer("account_cipher").order_by("organisation__code", "pk"))
    active = [one for one in rows if one.state == "verified"]
    lost = _lost([one.pk for one in active])
    failing = [(one, lost[one.pk]) for one in active if one.pk in lost]
    served = {one.organisation_id for one in rows if one.state in ("signed", "verified")}
    newest: dict[int, Mandate] = {one.organisation_id: one for one in rows if one.organisation_id not in served}
    return Kept(
        kept=len(active) - len(failing),
        signed=[one for one in rows if one.state == "signed"],
        failing=failing,
        without=list(newest.values()),
    )


def _lost(mandates: list[int]) -> dict[int, str]:
    """Of these agreements, those whose last debit was lost, with the bank's reason."""
    last = (
        DebitItem.objects.filter(mandate__in=mandates)
        .exclude(state=DebitState.PENDING)
        .order_by("mandate", "-pk")
        .distinct("mandate")
        .values_list("mandate", "state", "reason")
    )
    return {mandate: reason for mandate, state, reason in last if state in LOST}
