"""Money in suspense finds its children: by reference and sum, by a school's advice, or by an officer's word. 匹配

By itself only what leaves no doubt is matched: the text names a standing declaration and the sum is exactly what is
unpaid of it, or the school has said for whom it pays. Nothing is spread over children, nothing is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Q, QuerySet

from yingbao.collection import arriving, owing
from yingbao.collection.arriving import Use
from yingbao.collection.models import Advice, Allocation, Arrival, Obligation
from yingbao.collection.whole import whole
from yingbao.declaration.lifecycle import STANDING
from yingbao.declaration.models import Declaration
from yingbao.enrolment import taking
from yingbao.enrolment.lifecycle import State
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post_many
from yingbao.ledger.posting import Entry, Event, Posting, digest_of
from yingbao.values import reference

AT_ONCE = 500
"""arrivals matched in one transaction"""
Progress = Callable[[int, int], None]


class Matched(NamedTuple):
    """What matching by itself came to. 自动匹配结果"""

    arrivals: int
    children: int


class Pick(NamedTuple):
    """Money and the children it is for. 拟匹配"""

    arrival: Arrival
    obligations: tuple[Obligation, ...]
    advice: Advice | None = None


def match_by_reference(*, pooling_area: str, at: datetime, progress: Progress | None = None) -> Matched:
    """Match what leaves no doubt, among all transfers in suspense that nobody has matched before. 自动匹配

    A match that a person has undone is not made again. Each part is a transaction of its own.
    """
    waiting = [arrival for arrival in _untouched(pooling_area) if reference.found_in(arrival.text)]
    matched = Matched(0, 0)
    for first in range(0, len(waiting), AT_ONCE):
        part = waiting[first : first + AT_ONCE]
        done = whole(lambda part=part: _match_part(part, at))  # type: ignore[misc]
        matched = Matched(matched.arrivals + done.arrivals, matched.children + done.children)
        if progress:
            progress(first + len(part), len(waiting))
    return matched


def in_suspense(pooling_area: str) -> QuerySet[Arrival]:
    """Money of an area of which something waits. 暂收款"""
    spent = F("allocated_fen") + F("overpaid_fen") + F("refunded_fen")
    return Arrival.objects.filter(pooling_area=pooling_area, reversed_at__isnull=True, amount_fen__gt=spent)


def named_in(texts: Iterable[str], pooling_area: str) -> dict[str, Declaration]:
    """The standing declarations of the area that these texts name by their references. 附言所指申报表"""
    found = {one for text in texts for one in reference.found_in(text)}
    rows = Declaration.objects.filter(reference__in=found, state__in=STANDING, season__pooling_area=pooling_area)
    return {one.reference: one for one in rows.select_related("organisation", "season")}


def unpaid_of(declarations: Iterable[int], *, and_lapsed: bool = False) -> dict[int, list[Obligation]]:
    """What families still owe of each declaration. 申报表未缴

    `and_lapsed`: also what lapsed at the close, which money of a day before it still pays.
    """
    rows = Obligation.objects.filter(declaration__in=list(declarations), due_fen__gt=0, paid_fen=0)
    lapsed = Q(ended_because="lapsed", enrolment__state=State.LAPSED) if and_lapsed else Q(pk=None)
    rows = rows.filter(Q(ended_at__isnull=True) | lapsed)
    unpaid: dict[int, list[Obligation]] = defaultdict(list)
    for one in rows.order_by("pk"):
        if one.declaration_id is not None:
            unpaid[one.declaration_id].append(one)
    return unpaid


def _untouched(pooling_area: str) -> QuerySet[Arrival]:
    return (
        in_suspense(pooling_area)
        .filter(way="transfer", allocated_fen=0, overpaid_fen=0, refunded_fen=0, allocations__isnull=True)
        .order_by("paid_at", "pk")
    )


def _match_part(part: Sequence[Arrival], at: datetime) -> Matched:
    picks = _picked(part)
    locked = owing.lock(sorted({one.pk for pick in picks for one in pick.obligations}))
    rows = Arrival.objects.filter(pk__in=[pick.arrival.pk for pick in picks]).order_by("pk").select_for_update()
    arrivals = {one.pk: one for one in rows}
    picks = [pick for pick in picks if _still(pick, arrivals[pick.arrival.pk], locked)]
    picks = _payable(picks, locked)
    exact = [pick for pick in picks if pick.advice is None]
    _apply(exact, at)
    for pick in picks:
        if pick.advice is not None:
            named = [one.pk for one in pick.obligations]
            arriving.match(pick.arrival, obligations=named, at=at, rest_overpaid=True)
    _answer_advices(picks)
    return Matched(len(picks), sum(len(pick.obligations) for pick in picks))


def _picked(part: Sequence[Arrival]) -> list[Pick]:
    """For each the children it is for beyond doubt; the earlier money comes first, no child is picked twice."""
    if not part:
        return []
    declarations = named_in((arrival.text for arrival in part), part[0].pooling_area)
    unpaid = unpaid_of(one.pk for one in declarations.values())
    advices = _open_advices([one.pk for one in declarations.values()])
    gone: set[int] = set()
    picks = []
    for arrival in part:
        named = [declarations[one] for one in reference.found_in(arrival.text) if one in declarations]
        pick = _pick(arrival, named, unpaid, advices)
        if pick is not None and gone.isdisjoint(one.pk for one in pick.obligations):
            gone.update(one.pk for one in pick.obligations)
            picks.append(pick)
    return picks


def _pick(
    arrival: Arrival, named: Sequence[Declaration], unpaid: dict[int, list[Obligation]], advices: dict[int, Advice]
) -> Pick | None:
    owed = [one for declaration in named for one in unpaid.get(declaration.pk, ())]
    if owed and sum(one.due_fen for one in owed) == arrival.suspense_fen:
        return Pick(arrival, tuple(owed))
    if len(named) == 1 and (advice := advices.get(named[0].pk)) is not None:
        chosen = {line.obligation_id for line in advice.lines.all()}
        told = tuple(one for one in owed if one.pk in chosen)
        if told and sum(one.due_fen for one in told) <= arrival.suspense_fen:
            return Pick(arrival, told, advice)
    return None


def _open_advices(declarations: Sequence[int]) -> dict[int, Advice]:
    rows = Advice.objects.filter(declaration__in=declarations, arrival__isnull=True, withdrawn_at__isnull=True)
    return {one.declaration_id: one for one in rows.select_for_update().order_by("pk").prefetch_related("lines")}


def _still(pick: Pick, arrival: Arrival, locked: dict[int, Obligation]) -> bool:
    """Whether under the locks all is as it was when it was picked."""
    untouched = arrival.suspense_fen == arrival.amount_fen and not arrival.allocations.exists()
    if not untouched:
        return False
    now = [locked[one.pk] for one in pick.obligations]
    return all(one.paid_fen == 0 and one.ended_at is None for one in now)


def _payable(picks: Sequence[Pick], locked: dict[int, Obligation]) -> list[Pick]:
    """Those of which every child can be paid for with money of that day; all or none of a transfer."""
    uses: dict[int, Use] = {}
    days: dict[date, list[Pick]] = defaultdict(list)
    for pick in picks:
        days[china_day(pick.arrival.paid_at)].append(pick)
    for day, own in days.items():
        wanted = {one.pk: one.due_fen for pick in own for one in pick.obligations}
        uses |= arriving.uses_of({key: locked[key] for key in wanted}, wanted, day)
    fitting = []
    for pick in picks:
        of = {uses[one.pk] for one in pick.obligations}
        if of == {Use.PAYS}:
            fitting.append(pick._replace(obligations=tuple(locked[one.pk] for one in pick.obligations)))
        elif of == {Use.LATE}:
            Arrival.objects.filter(pk=pick.arrival.pk).update(why_suspended="after_close")
    return fitting


def _apply(picks: Sequence[Pick], at: datetime) -> None:
    """Post and write the matches of money that goes up in its children, all in a few statements."""
    if not picks:
        return
    book = picks[0].arrival.pooling_area
    day = open_day(book, china_day(at))
    postings = []
    for pick in picks:
        entries = tuple(
            Entry(owing.SUSPENSE, owing.FAMILY, one.due_fen, subject=one.pk, source=pick.arrival.pk)
            for one in pick.obligations
        )
        digest = digest_of(*(part for entry in entries for part in (entry.subject, entry.amount_fen)))
        postings.append(Posting(f"match:{pick.arrival.pk}:0:0", Event.MATCHED, day, entries, digest))
    post_many(postings, book=book, at=at)
    pairs = [(pick.arrival, one) for pick in picks for one in pick.obligations]
    Allocation.objects.bulk_create(
        [Allocation(arrival=arrival, obligation=one, amount_fen=one.due_fen, at=at) for arrival, one in pairs]
    )
    paid = {one.pk: china_day(arrival.paid_at) for arrival, one in pairs}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE collection_obligation o SET paid_fen = o.due_fen, paid_on = p.on_
            FROM unnest(%s::bigint[], %s::date[]) AS p (id, on_) WHERE o.id = p.id
            """,
            [list(paid), list(paid.values())],
        )
        cursor.execute(
            """
            UPDATE collection_arrival SET allocated_fen = amount_fen, why_suspended = '' WHERE id = ANY(%s::bigint[])
            """,
            [[pick.arrival.pk for pick in picks]],
        )
    for season, own in owing.by_season([one for _, one in pairs]):
        taking.pay(season=season, paid={one.enrolment_id: paid[one.pk] for one in own}, at=at)


def _answer_advices(picks: Sequence[Pick]) -> None:
    """What schools had said of these declarations has found its money."""
    by = {one.declaration_id: pick.arrival for pick in picks for one in pick.obligations}
    open_ = Advice.objects.filter(declaration__in=list(by), arrival__isnull=True, withdrawn_at__isnull=True)
    for advice in open_.order_by("pk"):
        Advice.objects.filter(pk=advice.pk).update(arrival=by[advice.declaration_id])
