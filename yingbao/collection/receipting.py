"""Electronic receipts: issued for money that arrived, numbered without gaps, voided and replaced. 电子票据

Nobody has to ask: whatever was applied to a child and has no receipt gets one. Numbers are drawn in a batch while the
series' row is locked, so that none is lost and none is given twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from yingbao.agents.models import User
from yingbao.collection.models import Allocation, Receipt, ReceiptSeries
from yingbao.collection.whole import whole
from yingbao.enrolment.seasons import china_day
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

BATCH = 2_000
"""So many receipts are issued while the series is locked."""
ANALYSED = 10
"""After so many batches the planner is told how many receipts there are; it would walk all of them for each child."""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of check codes: nothing that is mistaken for something else on paper."""


class _Due(NamedTuple):
    """Money that stands and has no valid receipt; `replaces` is the voided receipt that it had before."""

    allocation: int
    obligation: int
    payer: str
    amount_fen: int
    replaces: int | None


def issue(*, pooling_area: str, at: datetime, most: int = BATCH, after: int = 0) -> list[Receipt]:
    """Issue receipts for what is paid and has none, the oldest first; returns them. 开具票据

    `after`: only for money applied later than this allocation; what was looked through is not looked through again.
    """

    def deed() -> list[Receipt]:
        series = _locked_series(pooling_area, at)
        waiting = _without_receipt(pooling_area, after, most)
        return _draw(series, waiting, at)

    return whole(deed)


def issue_all(*, pooling_area: str, at: datetime) -> int:
    """Issue all that wait, batch by batch; returns how many. 批量开具"""
    issued = after = 0
    while batch := issue(pooling_area=pooling_area, at=at, after=after):
        if len(batch) == BATCH and issued % (ANALYSED * BATCH) == 0:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE collection_receipt")
        issued += len(batch)
        after = batch[-1].allocation_id
    return issued


def void(*, receipt: Receipt, reason: str, at: datetime, by: User | None = None) -> Receipt:
    """Void a receipt and say why; its number is not given again. 作废

    While its money stands, `issue` gives it another number the next time and ties the two together.
    """
    if not reason.strip():
        raise Refused(
            where=receipt.number,
            what=Text("没有写明作废理由", "there is no reason to void it"),
            mend=Text("写明理由。", "Say why."),
        )
    with transaction.atomic():
        locked = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        if locked.voided_at is None:
            locked.voided_at, locked.void_reason = at, reason.strip()[:100]
            locked.voided_by = by
            locked.save(update_fields=["voided_at", "void_reason", "voided_by"])
        return locked


def replace(
    *, receipt: Receipt, reason: str, at: datetime, by: User | None = None, payer: str | None = None
) -> Receipt:
    """Void a receipt and issue another for the same money under a new number. 换开

    Raises Refused if the money is no longer applied, or another has taken its place already.
    """
    with transaction.atomic():
        series = _locked_series(receipt.series.pooling_area, at)
        # Held before the receipt is, as by those who release it.
        allocation = Allocation.objects.select_for_update().get(pk=receipt.allocation_id)
        voided = void(receipt=receipt, reason=reason, at=at, by=by)
        valid = Receipt.objects.filter(obligation=voided.obligation_id, voided_at__isnull=True)
        if allocation.released_at is not None or valid.exists():
            raise Refused(
                where=receipt.number,
                what=Text("这笔缴费已退回或已换开", "the money went back, or another receipt stands"),
                mend=Text("查看这个孩子的票据。", "Look at the child's receipts."),
            )
        named = (payer or "").strip()[:100] or voided.payer
        row = _Due(allocation.pk, allocation.obligation_id, named, allocation.amount_fen, voided.pk)
        (fresh,) = _draw(series, [row], at)
        return fresh


def void_released(*, at: datetime, arrivals: Sequence[int], obligation: int | None = None) -> int:
    """Void receipts for money that is no longer applied, because it was refunded or returned. 退回作废"""
    gone = Receipt.objects.filter(
        voided_at__isnull=True, allocation__released_at__isnull=False, allocation__arrival__in=arrivals
    )
    if obligation is not None:
        gone = gone.filter(obligation=obligation)
    keys = list(gone.values_list("pk", flat=True))
    return Receipt.objects.filter(pk__in=keys).update(voided_at=at, void_reason="款项已退回")


def _locked_series(pooling_area: str, at: datetime) -> ReceiptSeries:
    year = china_day(at).year
    ReceiptSeries.objects.get_or_create(pooling_area=pooling_area, year=year)
    return ReceiptSeries.objects.select_for_update().get(pooling_area=pooling_area, year=year)


def _without_receipt(pooling_area: str, after: int, most: int) -> list[_Due]:
    """Allocations that stand and have no valid receipt; held, so that none is released while its receipt is drawn.

    What a channel calls its payer is a number of its own, not a name: there the payer is whom the order names, else
    the child for whom it was paid.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT l.id, l.obligation_id,
                   coalesce(nullif(btrim(m.payer), ''),
                            CASE WHEN a.way IN ('transfer', 'debit') THEN nullif(btrim(a.payer), '') END, p.name),
                   l.amount_fen, v.id
            FROM collection_allocation l
            JOIN collection_arrival a ON a.id = l.arrival_id
            JOIN collection_obligation o ON o.id = l.obligation_id
            JOIN people_person p ON p.id = o.person_id
            LEFT JOIN collection_payment m ON m.id = a.payment_id
            LEFT JOIN LATERAL (SELECT r.id FROM collection_receipt r WHERE r.allocation_id = l.id
                               ORDER BY r.id DESC LIMIT 1) v ON true
            WHERE l.released_at IS NULL AND l.id > %s AND a.pooling_area = %s
              AND NOT EXISTS (SELECT FROM collection_receipt r
                              WHERE r.obligation_id = l.obligation_id AND r.voided_at IS NULL)
            ORDER BY l.id LIMIT %s FOR SHARE OF l
            """,
            [after, pooling_area, most],
        )
        return [_Due(*row) for row in cursor.fetchall()]


def _draw(series: ReceiptSeries, rows: Sequence[_Due], at: datetime) -> list[Receipt]:
    """The next numbers of the locked series, one for each row."""
    receipts = [
        Receipt(
            series=series, ordinal=ordinal, number=f"{series.pooling_area}{series.year % 100:02}{ordinal:010}",
            check_code="".join(secrets.choice(ALPHABET) for _ in range(8)), obligation_id=row.obligation,
            allocation_id=row.allocation, payer=row.payer, amount_fen=row.amount_fen, issued_at=at,
            replaces_id=row.replaces,
        )
        for ordinal, row in enumerate(rows, series.last + 1)
    ]  # fmt: skip
    Receipt.objects.bulk_create(receipts)
    if receipts:
        ReceiptSeries.objects.filter(pk=series.pk).update(last=series.last + len(receipts))
    return receipts
