"""What had been paid is no longer applied: a debit returned, a family exempt or gone, a match that was wrong. 冲正

Corrections are new rows: the allocation is released, a journal says where the money stands now, and the obligation is
unpaid again or ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from yingbao.agents.models import User
from yingbao.collection import owing, receipting, refunding
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.arriving import give_back
from yingbao.collection.models import Allocation, Arrival, Obligation
from yingbao.enrolment import taking
from yingbao.enrolment.lifecycle import Act
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post, post_many
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Leaving = Literal["exempted", "withdrawn", "repriced"]
"""Why a paid obligation ends: its money goes back to the payer."""
UNEXPLAINED = AccountName(Role.UNEXPLAINED)


def account_of(arrival: Arrival) -> AccountName:
    """The ledger account where the money of an arrival sits. 所在账户"""
    role, _, detail = arrival.at_account.partition(":")
    return AccountName(Role(role), detail)


def end_paid(*, obligations: Sequence[Obligation], because: Leaving, at: datetime, by: User | None = None) -> None:
    """End obligations that were paid; the money is held for its payer and refunds open. 已缴终止

    The caller holds their locks. Another body's part is taken back with them.
    """
    with transaction.atomic():
        allocations = _live([obligation.pk for obligation in obligations])
        for season, own in owing.by_season(obligations):
            postings = []
            book = season.pooling_area
            day = open_day(book, china_day(at))
            for obligation in own:
                held = allocations[obligation.pk]
                entries = [
                    Entry(
                        owing.TREASURY, owing.OVERPAID, held.amount_fen, subject=obligation.pk, source=held.arrival_id
                    )
                ]
                if obligation.body_fen:
                    account = owing.body(obligation.paid_by)
                    entries.append(Entry(owing.TREASURY, account, obligation.body_fen, subject=obligation.pk))
                key = f"release:{held.pk}"
                event = Event.EXEMPTED if because == "exempted" else Event.CANCELLED
                postings.append(Posting(key, event, day, tuple(entries), digest_of(key, because)))
            post_many(postings, book=book, at=at, by=by.pk if by else None)
        _let_go(list(allocations.values()), "withdrawn" if because == "repriced" else because, at)
        owing.mark_ended([obligation.pk for obligation in obligations], because, at)
        for owed, freed in allocations.items():
            give_back(freed.arrival, freed.amount_fen, reason=_reason(because), at=at, obligation=owed)


def unmatch(*, allocations: Sequence[Allocation], at: datetime, by: User) -> None:
    """Undo matches that a person made wrongly: the money is in suspense again, the children owe. 撤销匹配

    Those of them that still stand: what has paid for a child since is left alone.
    """
    with transaction.atomic():
        owing.lock(sorted(one.obligation_id for one in allocations))
        asked = {one.pk for one in allocations}
        live = _live([one.obligation_id for one in allocations]).values()
        held = [one for one in live if one.pk in asked]
        for arrival_id in sorted({one.arrival_id for one in held}):
            own = [one for one in held if one.arrival_id == arrival_id]
            arrival = Arrival.objects.select_for_update().get(pk=arrival_id)
            entries = tuple(
                Entry(owing.FAMILY, owing.SUSPENSE, one.amount_fen, subject=one.obligation_id, source=arrival_id)
                for one in own
            )
            key = f"unmatch:{arrival_id}:{max(one.pk for one in own)}"
            posting = Posting(
                key, Event.UNMATCHED, open_day(arrival.pooling_area, china_day(at)), entries, digest_of(key)
            )
            post(posting, book=arrival.pooling_area, at=at, by=by.pk)
        _let_go(held, "unmatched", at)
        receipting.void_released(at=at, arrivals=[one.arrival_id for one in held])
        _owe_again(held, at)


def reverse(*, arrival: Arrival, key: str, returned_fen: int, at: datetime, by: User | None = None) -> list[int]:
    """A debit that had succeeded was returned: all it paid is owed again; returns those obligations. 退回冲正

    `key` is the return's own business key: a return told twice is done once. Raises Refused if another sum comes back
    than was taken.
    """
    with transaction.atomic():
        owing.lock(sorted(one.obligation_id for one in _live_of(arrival)))
        arrival = Arrival.objects.select_for_update().get(pk=arrival.pk)
        if arrival.reversed_at is not None:
            return []
        # What stood before the locks may be released by now; who holds the arrival releases and applies alone.
        held = _live_of(arrival)
        if returned_fen != arrival.amount_fen:
            raise Refused(
                where=arrival.key,
                what=Text("退回金额与扣款金额不符", "another sum was returned than was taken"),
                mend=Text("请向银行核实。", "Ask the bank."),
            )
        refunding.drop(arrival=arrival, note="扣款已退回", by=by, at=at)
        arrival.refresh_from_db()
        account = account_of(arrival)
        entries = [
            Entry(owing.FAMILY, account, one.amount_fen, subject=one.obligation_id, source=arrival.pk) for one in held
        ]
        left = [(owing.OVERPAID, arrival.overpaid_fen), (owing.SUSPENSE, arrival.suspense_fen)]
        left.append((UNEXPLAINED, arrival.refunded_fen))
        entries += [Entry(where, account, sum_, source=arrival.pk) for where, sum_ in left if sum_]
        day = open_day(arrival.pooling_area, china_day(at))
        posting = Posting(key, Event.RETURNED, day, tuple(entries), digest_of(key, returned_fen))
        post(posting, book=arrival.pooling_area, at=at, by=by.pk if by else None)
        if arrival.refunded_fen:
            said = "扣款退回前已退费，差额待说明"
            raise_alarm(arrival.pooling_area, kind="difference", key=key, said=said, at=at, arrival=arrival)
        _let_go(held, "returned", at)
        receipting.void_released(at=at, arrivals=[arrival.pk])
        Arrival.objects.filter(pk=arrival.pk).update(reversed_at=at, overpaid_fen=0, why_suspended="")
        return _owe_again(held, at)


def _reason(because: Leaving) -> str:
    return "overpaid" if because == "repriced" else because


def _live(obligations: Sequence[int]) -> dict[int, Allocation]:
    rows = Allocation.objects.filter(obligation__in=obligations, released_at__isnull=True)
    return {row.obligation_id: row for row in rows.select_related("arrival", "obligation__season").order_by("pk")}


def _live_of(arrival: Arrival) -> list[Allocation]:
    rows = Allocation.objects.filter(arrival=arrival, released_at__isnull=True)
    return list(rows.select_related("arrival", "obligation__season").order_by("obligation_id"))


def _let_go(allocations: Sequence[Allocation], because: str, at: datetime) -> None:
    """Release allocations and take their sums off their arrivals, in two statements."""
    keys = [one.pk for one in allocations]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH freed AS (
                UPDATE collection_allocation SET released_at = %s, released_because = %s
                WHERE id = ANY(%s::bigint[]) AND released_at IS NULL RETURNING arrival_id, amount_fen
            ), sums AS (SELECT arrival_id, sum(amount_fen) AS fen FROM freed GROUP BY arrival_id)
            UPDATE collection_arrival a SET allocated_fen = a.allocated_fen - sums.fen
            FROM sums WHERE a.id = sums.arrival_id
            """,
            [at, because, keys],
        )


def _owe_again(allocations: Sequence[Allocation], at: datetime) -> list[int]:
    """Obligations are unpaid and their enrolments declared again."""
    obligations = [one.obligation_id for one in allocations]
    Obligation.objects.filter(pk__in=obligations, ended_at__isnull=True).update(paid_fen=0, paid_on=None)
    enrolments = Obligation.objects.filter(pk__in=obligations).values_list("enrolment_id", flat=True)
    taking.walk(act=Act.BOUNCE, enrolments=list(enrolments), at=at)
    return obligations
