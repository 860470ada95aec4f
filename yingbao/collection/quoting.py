"""What a child costs today by each tier, and why it cannot be paid for by this way. 报价"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from yingbao.collection import unpayable
from yingbao.collection.models import Obligation
from yingbao.determination.counter import Decision, determine_one
from yingbao.enrolment.determining import decide
from yingbao.enrolment.lifecycle import ENROLLED
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day, china_time, policy_of
from yingbao.policy.model import Policy
from yingbao.values.refusal import Refused

Kind = Literal["page", "qr", "counter"]
"""How somebody pays: on a phone's page, by a QR code at a desk, at the community's counter. 缴费方式"""
TIERS = (1, 2)


class Offer(NamedTuple):
    """What one tier of cover costs if it is paid today. 档次报价"""

    tier: int | None
    """null: the policy has no tiers"""
    decision: Decision

    @property
    def due_fen(self) -> int:
        """The family's part."""
        return self.decision.self_paid_fen


class Quote(NamedTuple):
    """What can be paid for one child today, or why nothing can. 报价"""

    enrolment: Enrolment
    offers: tuple[Offer, ...]
    """one for each tier; what is to be paid and what comes of it"""
    owed: Obligation | None
    """what is owed already, by a declaration or an earlier order"""
    refused: Refused | None

    def offer(self, tier: int | None) -> Offer:
        """The offer of a tier; without one, of the tier chosen before, else of the first."""
        wanted = tier or self.enrolment.tier
        return next((offer for offer in self.offers if offer.tier == wanted), self.offers[0])


def has_tiers(policy: Policy) -> bool:
    """Whether the family chooses a tier of cover. 是否分档"""
    return any(criterion.fact == "tier" for criterion in policy.criteria.values())


def quote(*, enrolments: Sequence[Enrolment], kind: Kind, at: datetime) -> list[Quote]:
    """What each of these children costs today, in their order; nothing is stored. 报价

    One statement for the facts of all children of a season, then each is decided for each tier.
    """
    by_enrolment: dict[int, Quote] = {}
    for season in {one.season_id: one.season for one in enrolments}.values():
        own = [one for one in enrolments if one.season_id == season.pk]
        by_enrolment |= _of_season(season, own, kind, at)
    return [by_enrolment[one.pk] for one in enrolments]


def _of_season(season: Season, own: Sequence[Enrolment], kind: Kind, at: datetime) -> dict[int, Quote]:
    policy, today = policy_of(season), china_day(at)
    persons = [one.person_id for one in own]
    facts = {
        int(row["person_id"]): msgspec.json.decode(row["facts"])
        for row in decide(season=season, person_ids=persons, as_of=today).iter_rows(named=True)
    }
    live = Obligation.objects.filter(person_id__in=persons, plan_year=season.plan_year, ended_at__isnull=True)
    owed = {one.person_id: one for one in live}
    others = Enrolment.objects.filter(
        person_id__in=persons, plan_year=season.plan_year, state__in=sorted(ENROLLED)
    ).exclude(season=season)
    elsewhere = set(others.values_list("person_id", flat=True))
    quotes = {}
    for one in own:
        offers = _offers(policy, one.person_id, facts[one.person_id], at)
        held = owed.get(one.person_id)
        why = unpayable.why(
            enrolment=one, decision=offers[0].decision, owed=held, kind=kind, today=today,
            elsewhere=one.person_id in elsewhere or (held is not None and held.season_id != season.pk),
        )  # fmt: skip
        quotes[one.pk] = Quote(one, offers, held, why)
    return quotes


def _offers(policy: Policy, person: int, facts: dict[str, object], at: datetime) -> tuple[Offer, ...]:
    tiers: tuple[int | None, ...] = TIERS if has_tiers(policy) else (None,)
    # A window may close in the course of its last day.
    known = {**facts, "person_id": str(person), "paid_on": None, "paid_time": china_time(at)}
    return tuple(Offer(tier, determine_one(policy, {**known, "tier": tier}, china_day(at))) for tier in tiers)
