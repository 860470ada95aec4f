"""Orders to pay: for one or several children at once, at today's sums, through a channel or at the counter. 下单

An order is written before anybody outside hears of it; the layer above then asks the channel and says what it answered.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from django.db import IntegrityError, connection

from yingbao.agents.models import Organisation, User
from yingbao.collection import owing, refusing
from yingbao.collection.lifecycle import OPEN_PAYMENTS, PaymentState, Word, may_move
from yingbao.collection.models import Obligation, Payment, PaymentLine
from yingbao.collection.owing import Owed
from yingbao.collection.quoting import Kind, Offer, Quote, quote
from yingbao.collection.whole import whole
from yingbao.enrolment import taking
from yingbao.enrolment.determining import determine_people
from yingbao.enrolment.lifecycle import TAKEN, Act, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.seasons import china_day
from yingbao.values.clock import CHINA

Channel = Literal["wechat", "alipay", "card"]
MOST_CHILDREN = 20
"""So many children in one order at most."""
OPEN_FOR = timedelta(hours=2)
SHORTEST = timedelta(minutes=1)
"""A channel takes no order that ends sooner."""


def order(
    *,
    enrolments: Sequence[Enrolment],
    channel: Channel,
    kind: Kind,
    payer: str,
    token: str,
    at: datetime,
    tiers: Mapping[int, int] | None = None,
    taken_at: Organisation | None = None,
    taken_by: User | None = None,
    terminal: str = "",
) -> Payment:
    """Order to pay for these children, all of them or none. 下单缴费

    `token`: made by the form; the same one finds the first order again. `tiers`: enrolment → tier of cover, where the
    policy has tiers. The children become confirmed and owe what the policy says for today. Raises Refused for the
    first child that cannot be paid for by this way, and says by which it can.
    """

    def deed() -> Payment:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 42))", [token])
        before = Payment.objects.filter(token=token).first()
        if before is not None:
            return before
        chosen = _locked(enrolments)
        obligations = _owed(chosen, kind, tiers or {}, at, taken_by)
        return _written(
            chosen, obligations, at,
            channel=channel, kind=kind, payer=payer[:50], token=token, taken_at=taken_at, taken_by=taken_by,
            terminal=terminal,
        )  # fmt: skip

    try:
        return whole(deed)
    except IntegrityError as error:
        if "never_enrolled_twice_for_a_year" not in str(error):
            raise
        raise refusing.just_changed() from error


def answered(*, payment: Payment, address: str = "", declined: str = "", unsure: str = "") -> Payment:
    """What the channel answered to an order: where to pay, or no, or nothing that can be believed. 渠道应答

    A notice may have overtaken the answer: then the order is paid already and stays so.
    """
    target = PaymentState.PENDING if address else PaymentState.FAILED if declined else PaymentState.UNKNOWN

    def deed() -> Payment:
        held = Payment.objects.select_for_update().get(pk=payment.pk)
        if may_move(held.state, target, Word.ANSWER):
            held.state = target.value
        held.address = address or held.address
        held.said = (declined or unsure)[:200]
        held.save(update_fields=["state", "address", "said"])
        return held

    return whole(deed)


def number_for(pooling_area: str, on: date) -> str:
    """A new order number: pooling area, day, and 64 random bits; letters and digits, 28 of them. 订单号"""
    return f"{pooling_area}{on:%y%m%d}{secrets.token_hex(8).upper()}"


def ends(*, kind: str, quotes: Sequence[Quote], offers: Mapping[int, Offer], at: datetime) -> datetime:
    """The last moment at which an order can be paid: in two hours, or before a day on which a sum differs. 失效时间

    Raises Refused if that is sooner than a channel can take an order.
    """
    latest = at + OPEN_FOR
    midnight = datetime.combine(china_day(at) + timedelta(days=1), datetime.min.time(), CHINA)
    if latest >= midnight:
        tomorrow = quote(enrolments=[one.enrolment for one in quotes], kind="counter", at=midnight)
        now = {key: offer.decision for key, offer in offers.items()}
        then = {one.enrolment.pk: one.offer(offers[one.enrolment.pk].tier).decision for one in tomorrow}
        if any((now[key].status, now[key].self_paid_fen) != (then[key].status, then[key].self_paid_fen) for key in now):
            latest = midnight - timedelta(seconds=1)
    if latest - at < SHORTEST and kind != "counter":
        raise refusing.day_ends()
    return max(latest, at + timedelta(seconds=1))


def _locked(enrolments: Sequence[Enrolment]) -> list[Enrolment]:
    """These enrolments and what their children owe, locked in the order that all lockers keep."""
    if not 0 < len(enrolments) <= MOST_CHILDREN:
        raise refusing.how_many(MOST_CHILDREN)
    keys = [one.pk for one in enrolments]
    persons = list(Enrolment.objects.filter(pk__in=keys).values_list("person_id", flat=True))
    years = {one.plan_year for one in enrolments}
    live = Obligation.objects.filter(person_id__in=persons, plan_year__in=years, ended_at__isnull=True)
    owing.lock(list(live.order_by("pk").values_list("pk", flat=True)))
    theirs = Enrolment.objects.filter(person_id__in=persons, plan_year__in=years).order_by("person_id", "pk")
    list(theirs.select_for_update().values_list("pk", flat=True))
    rows = _read(keys)
    if len({one.season.pooling_area for one in rows}) != 1:
        raise refusing.two_areas()
    return rows


def _read(keys: Sequence[int]) -> list[Enrolment]:
    rows = Enrolment.objects.filter(pk__in=keys).select_related("person", "organisation", "season")
    return list(rows.order_by("person_id", "pk"))


def _owed(
    chosen: list[Enrolment], kind: Kind, tiers: Mapping[int, int], at: datetime, by: User | None
) -> tuple[list[Obligation], datetime]:
    """What each of the children owes at today's sum, made where it is not owed yet; and until when that is right."""
    quotes = _quoted_afresh(chosen, kind, at, by)
    for one in quotes:
        if one.refused is not None:
            raise one.refused
    offers = {one.enrolment.pk: one.offer(tiers.get(one.enrolment.pk)) for one in quotes}
    until = ends(kind=kind, quotes=quotes, offers=offers, at=at)
    for one in quotes:
        if one.owed is None or one.owed.due_fen != offers[one.enrolment.pk].due_fen:
            _prepare(one, offers[one.enrolment.pk], at, by)
    for season, own in _by_season(_read(list(offers))):
        _assess(season, [one for one in own if one.state not in TAKEN], offers, at, by)
    live = Obligation.objects.filter(enrolment_id__in=offers, ended_at__isnull=True).order_by("pk")
    found = {one.enrolment_id: one for one in live}
    if any(key not in found or found[key].due_fen != offer.due_fen for key, offer in offers.items()):
        raise refusing.just_changed()
    return list(found.values()), until


def _quoted_afresh(chosen: list[Enrolment], kind: Kind, at: datetime, by: User | None) -> list[Quote]:
    """Today's quotes; where what is stored about a child is no longer what would be decided, it is decided first.

    Deciding and storing costs ten times a quote, and on a last evening nearly every child's decision is the night's.
    """
    quotes = quote(enrolments=chosen, kind=kind, at=at)
    stale = [one.enrolment for one in quotes if _is_stale(one)]
    if not stale:
        return quotes
    for season, own in _by_season(stale):
        persons = [one.person_id for one in own]
        determine_people(season=season, person_ids=persons, as_of=china_day(at), at=at, by=by)
    return quote(enrolments=_read([one.pk for one in chosen]), kind=kind, at=at)


def _is_stale(one: Quote) -> bool:
    held, fresh = one.enrolment, one.offer(None).decision
    if held.state not in (State.DETERMINED, State.CONFIRMED):
        return held.state not in TAKEN
    stored = (held.status, held.agent, held.registration, held.channel, held.premium_fen, held.self_paid_fen)
    return stored != (
        fresh.status, fresh.agent or "", fresh.registration or "", fresh.channel or "", fresh.premium_fen,
        fresh.self_paid_fen,
    )  # fmt: skip


def _prepare(one: Quote, offer: Offer, at: datetime, by: User | None) -> None:
    """Take back what was owed at another sum, and let the family's tier be decided upon."""
    enrolment = one.enrolment
    if one.owed is not None:
        waiting = Payment.objects.filter(lines__obligation=one.owed, state__in=sorted(OPEN_PAYMENTS)).first()
        if waiting is not None:
            raise refusing.order_open(enrolment, waiting)
        owing.end_unpaid(obligations=[one.owed], because="repriced", at=at, by=by)
        taking.walk(act=Act.GIVE_BACK, enrolments=[enrolment.pk], at=at, by=by)
    if offer.tier is not None and offer.tier != (enrolment.tier or 1):
        taking.choose_tier(enrolment=enrolment, tier=offer.tier, at=at)


def _assess(
    season: Season, own: Sequence[Enrolment], offers: Mapping[int, Offer], at: datetime, by: User | None
) -> None:
    """Confirm by the family's word, and owe today's sum; the enrolment is told the day and what comes of it."""
    taking.confirm_by_family(enrolments=[one.pk for one in own], at=at)
    ready = _read([one.pk for one in own])
    if any(one.state != State.CONFIRMED for one in ready):
        raise refusing.just_changed()
    for one in ready:
        _note_decision(one, offers[one.pk], at)
    owed = [
        Owed(
            one.pk,
            offers[one.pk].due_fen,
            offers[one.pk].decision.subsidised_fen,
            offers[one.pk].decision.paid_by or "",
        )
        for one in ready
    ]
    owing.assess(season=season, owed=owed, at=at, by=by)


def _note_decision(enrolment: Enrolment, offer: Offer, at: datetime) -> None:
    """What was confirmed weeks ago may cost and give something else today."""
    decision = offer.decision
    Enrolment.objects.filter(pk=enrolment.pk).update(
        tier=offer.tier,
        phase=decision.phase,
        premium_fen=decision.premium_fen,
        self_paid_fen=decision.self_paid_fen,
        subsidised_fen=decision.subsidised_fen,
        paid_by=decision.paid_by or "",
        coverage_from=decision.coverage_from,
        coverage_to=decision.coverage_to,
        because=";".join(decision.because),
        as_of=china_day(at),
    )


def _written(
    chosen: Sequence[Enrolment], owed: tuple[list[Obligation], datetime], at: datetime, **about: object
) -> Payment:
    obligations, until = owed
    area = chosen[0].season.pooling_area
    payment = Payment.objects.create(
        pooling_area=area,
        number=number_for(area, china_day(at)),
        total_fen=sum(one.due_fen for one in obligations),
        created_at=at,
        expires_at=until,
        **about,
    )
    PaymentLine.objects.bulk_create(
        [PaymentLine(payment=payment, obligation=one, amount_fen=one.due_fen) for one in obligations]
    )
    return payment


def _by_season(rows: Sequence[Enrolment]) -> list[tuple[Season, list[Enrolment]]]:
    seasons = {one.season_id: one.season for one in rows}
    return [(seasons[key], [one for one in rows if one.season_id == key]) for key in sorted(seasons)]
