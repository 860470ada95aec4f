"""Money arrives: recorded once, applied to what is owed, the rest held for its payer or in suspense. 到账

Whatever way it came, money that has moved is never refused. It pays what is owed in full or not at all: a child paid
for already, exempt or gone makes it overpaid and opens a refund; a wrong sum or a day outside the window leaves it in
suspense until a person settles it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from yingbao.agents.models import User
from yingbao.collection import owing, refunding
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.models import Allocation, Arrival, Obligation, Payment
from yingbao.enrolment import taking
from yingbao.enrolment.lifecycle import ENROLLED, State
from yingbao.enrolment.models import Enrolment
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, digest_of
from yingbao.values.text import Text


class Told(NamedTuple):
    """What a channel, a bank or a counter says of money that has moved. 到账消息"""

    pooling_area: str
    way: str
    """wechat, alipay, card, transfer or debit"""
    key: str
    """the business key; see `Arrival.key`"""
    digest: bytes
    account: AccountName
    """where the money sits"""
    amount_fen: int
    paid_at: datetime
    payer: str = ""
    text: str = ""


class Use(StrEnum):
    """What money for one child turns out to be. 用途"""

    PAYS = "pays"
    DUPLICATE = "duplicate"
    EXEMPTED = "exempted"
    GONE = "withdrawn"
    LATE = "after_close"
    WRONG = "wrong_amount"


OVERPAYING = frozenset({Use.DUPLICATE, Use.EXEMPTED, Use.GONE})
"""These go back to the payer; the others wait in suspense."""


class Taken(NamedTuple):
    """What became of money that arrived. 到账结果"""

    arrival: Arrival
    fresh: bool
    """false if it had been told before, with the same content"""
    uses: dict[int, Use]
    """obligation → what the money for it was; empty if it was told before"""
    conflict: bool = False
    """the same key was told before with other content: nothing was posted, an alarm was raised"""


def take(
    told: Told, *, wanted: Mapping[int, int], at: datetime, payment: Payment | None = None, why: str = ""
) -> Taken:
    """Record money whose children are known: an order's, or a debit's. 到账入账

    `wanted`: obligation → the sum that was to be paid for it. If they do not add up to what arrived, or `why` is given,
    all of it waits in suspense. Posts one journal. Being told again changes nothing.
    """
    with transaction.atomic():
        obligations = owing.lock(sorted(wanted))
        arrival, fresh = _recorded(told, at, payment)
        if not fresh:
            return _told_again(arrival, told, at)
        if not why and sum(wanted.values()) != told.amount_fen:
            why = "wrong_amount"
        uses = dict.fromkeys(wanted, Use.WRONG) if why else uses_of(obligations, wanted, china_day(told.paid_at))
        if place := _revived(obligations, uses, at, None):
            obligations = owing.lock(sorted(place.get(key, key) for key in wanted))
            wanted = {place.get(key, key): sum_ for key, sum_ in wanted.items()}
            uses = {place.get(key, key): use for key, use in uses.items()}
        if not why and any(use in (Use.LATE, Use.WRONG) for use in uses.values()):
            why = next(use.value for use in uses.values() if use in (Use.LATE, Use.WRONG))
        _post_taken(told, arrival, wanted, uses, at)
        _apply(arrival, obligations, uses, wanted, at, None, why)
        return Taken(arrival, True, uses)


def hold(told: Told, *, why: str, at: datetime, payment: Payment | None = None) -> Taken:
    """Record money of which nobody knows yet for whom it is: it waits in suspense. 暂收"""
    return take(told, wanted={}, at=at, payment=payment, why=why)


def match(
    arrival: Arrival, *, obligations: Sequence[int], at: datetime, by: User | None = None, rest_overpaid: bool = False
) -> dict[int, Use]:
    """Apply money in suspense to named children, each in full; returns what it was for each. 匹配

    Only who owes and is in time is paid; the others are named in the answer and nothing is applied for them. Stops at
    the first child that what is left does not pay in full: no part payments. `rest_overpaid`: what is left goes back
    to the payer.
    """
    with transaction.atomic():
        locked = owing.lock(sorted(obligations))
        arrival = Arrival.objects.select_for_update().get(pk=arrival.pk)
        wanted = {key: locked[key].due_fen for key in obligations if key in locked}
        uses = uses_of(locked, wanted, china_day(arrival.paid_at))
        left, paying = arrival.suspense_fen, {}
        for key in wanted:
            if uses[key] == Use.PAYS and wanted[key] <= left:
                paying[key] = wanted[key]
                left -= wanted[key]
            elif uses[key] == Use.PAYS:
                uses[key] = Use.WRONG
        if place := _revived(locked, dict.fromkeys(paying, Use.PAYS), at, by):
            paying = {place.get(key, key): sum_ for key, sum_ in paying.items()}
            locked = owing.lock(sorted(paying))
        entries = [
            Entry(owing.SUSPENSE, owing.FAMILY, sum_, subject=key, source=arrival.pk) for key, sum_ in paying.items()
        ]
        if rest_overpaid and left:
            entries.append(Entry(owing.SUSPENSE, owing.OVERPAID, left, source=arrival.pk))
        if entries:
            _post_match(arrival, entries, at, by)
        chosen = dict.fromkeys(paying, Use.PAYS)
        _apply(arrival, locked, chosen, paying, at, by, "" if left == 0 or rest_overpaid else "short")
        if rest_overpaid and left:
            give_back(arrival, left, reason="overpaid", at=at, by=by)
        return uses


def give_back(
    arrival: Arrival,
    amount_fen: int,
    *,
    reason: str,
    at: datetime,
    obligation: int | None = None,
    by: User | None = None,
) -> None:
    """Hold a sum for its payer and open the refund; the posting is the caller's. 转多缴待退

    `by`: the officer by whose word it goes back, who cannot approve it then; null where the platform found it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE collection_arrival SET overpaid_fen = overpaid_fen + %s WHERE id = %s", [amount_fen, arrival.pk]
        )
    refunding.ask(arrival=arrival, obligation=obligation, amount_fen=amount_fen, reason=reason, by=by, at=at)


def uses_of(obligations: Mapping[int, Obligation], wanted: Mapping[int, int], paid_on: date) -> dict[int, Use]:
    """For each child: does money of that day pay what is owed, or what else is it. 用途判定"""
    uses = {}
    decisions: dict[int, Mapping[str, object]] = {}
    for season, own in owing.by_season(list(obligations.values())):
        persons = [obligation.person_id for obligation in own]
        for row in taking.payable(season=season, person_ids=persons, paid_on=paid_on).iter_rows(named=True):
            decisions[int(row["person_id"])] = row
    may_revive, paid_since = _may_revive(obligations), _paid_since(obligations)
    for key, sum_ in wanted.items():
        if key in paid_since:
            uses[key] = Use.DUPLICATE
            continue
        free = key in may_revive
        uses[key] = _use(obligations[key], sum_, decisions.get(obligations[key].person_id), may_revive=free)
    return uses


def _paid_since(obligations: Mapping[int, Obligation]) -> set[int]:
    """Of what lapsed at the close, that in whose place another was paid."""
    lapsed = [one for one in obligations.values() if one.ended_because == "lapsed"]
    persons = {one.person_id for one in lapsed}
    if not persons:
        return set()
    paid = Obligation.objects.filter(person__in=persons, ended_at__isnull=True, paid_fen__gt=0)
    now = set(paid.values_list("person_id", "plan_year"))
    return {one.pk for one in lapsed if (one.person_id, one.plan_year) in now}


def _may_revive(obligations: Mapping[int, Obligation]) -> set[int]:
    """Which of these lapsed at the close and stand as they did then: money that was paid in time still pays them."""
    lapsed = [one.pk for one in obligations.values() if one.ended_because == "lapsed"]
    if not lapsed:
        return set()
    later = Obligation.objects.filter(person=OuterRef("person"), plan_year=OuterRef("plan_year"), pk__gt=OuterRef("pk"))
    elsewhere = Enrolment.objects.filter(
        person=OuterRef("person"), plan_year=OuterRef("plan_year"), state__in=sorted(ENROLLED)
    )
    rows = Obligation.objects.filter(pk__in=lapsed, enrolment__state=State.LAPSED, paid_fen=0)
    return set(rows.exclude(Exists(later)).exclude(Exists(elsewhere)).values_list("pk", flat=True))


def _revived(
    obligations: Mapping[int, Obligation], uses: Mapping[int, Use], at: datetime, by: User | None
) -> dict[int, int]:
    """What lapsed and is paid after all is owed anew: lapsed → the obligation in its place."""
    lapsed = [obligations[key] for key, use in uses.items() if use == Use.PAYS and obligations[key].ended_at]
    return owing.revive(obligations=lapsed, at=at, by=by)


def _use(obligation: Obligation, sum_: int, decision: Mapping[str, object] | None, *, may_revive: bool) -> Use:
    if obligation.is_paid:
        return Use.DUPLICATE
    if obligation.ended_at is not None and not may_revive:
        return {"exempted": Use.EXEMPTED, "lapsed": Use.LATE}.get(obligation.ended_because, Use.GONE)
    if obligation.due_fen == 0:
        return Use.EXEMPTED
    if sum_ != obligation.due_fen:
        return Use.WRONG
    if decision is None or not taking.is_in_time(decision):
        return Use.LATE
    if decision["self_paid_fen"] == 0:
        return Use.EXEMPTED
    return Use.PAYS if decision["self_paid_fen"] == sum_ else Use.WRONG


def _recorded(told: Told, at: datetime, payment: Payment | None) -> tuple[Arrival, bool]:
    """The arrival of this key: written now, or the one that was written before."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO collection_arrival
                (pooling_area, way, key, digest, at_account, amount_fen, paid_at, heard_at, payer, text, payment_id,
                 allocated_fen, overpaid_fen, refunded_fen, why_suspended)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, '')
            ON CONFLICT (key) DO NOTHING RETURNING id
            """,
            [
                told.pooling_area, told.way, told.key, told.digest, f"{told.account.role}:{told.account.detail}",
                told.amount_fen, told.paid_at, at, told.payer[:100], told.text[:300], payment.pk if payment else None,
            ],
        )  # fmt: skip
        fresh = cursor.fetchone() is not None
    return Arrival.objects.select_for_update(of=("self",)).get(key=told.key), fresh


def _told_again(arrival: Arrival, told: Told, at: datetime) -> Taken:
    if bytes(arrival.digest) == told.digest:
        return Taken(arrival, False, {})
    said = Text("同一笔到账的内容与先前不同", "the same money was told before with other content")
    raise_alarm(arrival.pooling_area, kind="conflict", key=told.key, said=said.zh, at=at, arrival=arrival)
    return Taken(arrival, False, {}, conflict=True)


def _post_taken(told: Told, arrival: Arrival, wanted: Mapping[int, int], uses: Mapping[int, Use], at: datetime) -> None:
    """One journal for what arrived: to what is owed, to what goes back, and to suspense."""
    entries = []
    held = told.amount_fen
    for key, use in uses.items():
        if use == Use.PAYS:
            entries.append(Entry(told.account, owing.FAMILY, wanted[key], subject=key, source=arrival.pk))
        elif use in OVERPAYING:
            entries.append(Entry(told.account, owing.OVERPAID, wanted[key], subject=key, source=arrival.pk))
        else:
            continue
        held -= wanted[key]
    if held:
        entries.append(Entry(told.account, owing.SUSPENSE, held, source=arrival.pk))
    day = open_day(told.pooling_area, china_day(told.paid_at))
    event = Event.ARRIVED if told.way == "transfer" else Event.SUCCEEDED
    post(Posting(told.key, event, day, tuple(entries), told.digest), book=told.pooling_area, at=at)


def _post_match(arrival: Arrival, entries: Sequence[Entry], at: datetime, by: User | None) -> None:
    # Each match adds allocations, or to what is held or went back; neither ever shrinks, so no key comes twice.
    done = Allocation.objects.filter(arrival=arrival).count()
    key = f"match:{arrival.pk}:{done}:{arrival.overpaid_fen + arrival.refunded_fen}"
    day = open_day(arrival.pooling_area, china_day(at))
    digest = digest_of(*(part for entry in entries for part in (entry.subject, entry.amount_fen)))
    posting = Posting(key, Event.MATCHED, day, tuple(entries), digest)
    post(posting, book=arrival.pooling_area, at=at, by=by.pk if by else None)


def _apply(
    arrival: Arrival,
    obligations: Mapping[int, Obligation],
    uses: Mapping[int, Use],
    wanted: Mapping[int, int],
    at: datetime,
    by: User | None,
    why: str,
) -> None:
    """Write what the posting said onto arrival, obligations and enrolments, and open the refunds."""
    paying = [key for key, use in uses.items() if use == Use.PAYS]
    paid_on = china_day(arrival.paid_at)
    Allocation.objects.bulk_create(
        [Allocation(arrival=arrival, obligation_id=key, amount_fen=wanted[key], at=at, by=by) for key in paying]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE collection_obligation SET paid_fen = due_fen, paid_on = %s WHERE id = ANY(%s::bigint[])",
            [paid_on, paying],
        )
        cursor.execute(
            "UPDATE collection_arrival SET allocated_fen = allocated_fen + %s, why_suspended = %s WHERE id = %s",
            [sum(wanted[key] for key in paying), why, arrival.pk],
        )
    for season, own in owing.by_season([obligations[key] for key in paying]):
        taking.pay(season=season, paid=dict.fromkeys([one.enrolment_id for one in own], paid_on), at=at)
    for key, use in uses.items():
        if use in OVERPAYING:
            give_back(arrival, wanted[key], reason=use.value, at=at, obligation=key)
    arrival.refresh_from_db()
    if why in ("wrong_amount", "after_close"):
        kind = "late" if why == "after_close" else "wrong_amount"
        said = "逾期到账，待人工处理" if why == "after_close" else "到账金额与应缴不符"
        raise_alarm(arrival.pooling_area, kind=kind, key=arrival.key, said=said, at=at, arrival=arrival)
