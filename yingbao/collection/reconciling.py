"""A channel's bill of a day is held against the book; what nobody told us of is found in it. 渠道对账

The bill is the truth about a day: a payment that it names and we do not know is recorded by its word, one that we know
and it does not name is listed as missing, and every difference raises an alarm. Keeping a bill again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from django.db import connection

from yingbao.collection.alarming import raise_alarm
from yingbao.collection.lifecycle import Word
from yingbao.collection.models import Arrival, Bill, BillLine, Payment, Refund
from yingbao.collection.settling import Paid, area_of, settle
from yingbao.collection.whole import whole
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day
from yingbao.ledger.posting import digest_of
from yingbao.values.clock import CHINA


class Line(NamedTuple):
    """One line of a channel's bill. 账单行"""

    kind: Literal["payment", "refund"]
    transaction: str
    order_number: str
    refund_number: str
    amount_fen: int
    fee_fen: int
    at: datetime


class DayBill(NamedTuple):
    """A channel's bill of one China day, its sums already held against its own summary. 日账单"""

    channel: str
    merchant: str
    day: date
    sha256: bytes
    lines: Sequence[Line]


class Kept(NamedTuple):
    """What a bill came to. 对账结果"""

    fresh: bool
    """false if the bill had been kept before"""
    outcomes: dict[str, int]
    """outcome → lines; see `BillLine.OUTCOMES`"""


def keep(*, bill: DayBill, at: datetime) -> Kept:
    """Hold a bill against the book and keep it, in a part for each pooling area. 对账

    Payments that it names and we do not know are recorded first, each by itself, so that running it again after a
    break goes on where it ended.
    """
    found = _recorded(bill, at)

    def deed() -> Kept:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 43))", [f"{bill.channel}:{bill.merchant}"]
            )
        before = Bill.objects.filter(channel=bill.channel, merchant=bill.merchant, day=bill.day)
        if before.exists():
            _check_same(bill, list(before), at)
            return Kept(False, _counted(BillLine.objects.filter(bill__in=before)))
        rows = [*_payments(bill, found), *_refunds(bill), *_missing(bill)]
        _write(bill, rows, at)
        return Kept(True, _counted(line for _, line in rows))

    return whole(deed)


def _recorded(bill: DayBill, at: datetime) -> set[str]:
    """Record what the bill names and we do not know; the keys of what was found so."""
    paid = {one.key: one for one in (_paid(bill, line) for line in bill.lines if line.kind == "payment")}
    known = set(Arrival.objects.filter(key__in=list(paid)).values_list("key", flat=True))
    lost = sorted(set(paid) - known)
    for key in lost:
        settle(paid=paid[key], word=Word.BILL, at=at)
    return set(lost)


def _paid(bill: DayBill, line: Line) -> Paid:
    return Paid(bill.channel, bill.merchant, line.order_number, line.transaction, line.amount_fen, line.at)


def _payments(bill: DayBill, found: set[str]) -> Iterable[tuple[str, BillLine]]:
    """The payments of the bill beside our arrivals."""
    lines = {_paid(bill, line).key: line for line in bill.lines if line.kind == "payment"}
    arrivals = {one.key: one for one in Arrival.objects.filter(key__in=list(lines))}
    for key, line in lines.items():
        arrival = arrivals[key]
        if arrival.amount_fen != line.amount_fen:
            outcome = "amount"
        elif arrival.payment_id is None:
            outcome = "foreign"
        else:
            outcome = "found" if key in found else "same"
        yield arrival.pooling_area, _line(line, outcome, arrival)


def _refunds(bill: DayBill) -> Iterable[tuple[str, BillLine]]:
    """The refunds of the bill beside ours, by their numbers."""
    lines = [line for line in bill.lines if line.kind == "refund"]
    ours = {
        one.number: one
        for one in Refund.objects.filter(number__in=[line.refund_number for line in lines]).select_related("arrival")
    }
    for line in lines:
        refund = ours.get(line.refund_number)
        if refund is None:
            yield _area_of_refund(bill, line), _line(line, "foreign", None)
        else:
            outcome = "refund" if refund.amount_fen == line.amount_fen else "amount"
            yield refund.pooling_area, _line(line, outcome, refund.arrival)


def _area_of_refund(bill: DayBill, line: Line) -> str:
    paid = Arrival.objects.filter(key=_paid(bill, line).key).first()
    return paid.pooling_area if paid else area_of(line.order_number)


def _missing(bill: DayBill) -> Iterable[tuple[str, BillLine]]:
    """What we hold of the day and the bill does not name."""
    begins = datetime.combine(bill.day, datetime.min.time(), CHINA)
    ends = datetime.combine(bill.day, datetime.max.time(), CHINA)
    named = [_paid(bill, line).key for line in bill.lines if line.kind == "payment"]
    prefix = f"{bill.channel}:{bill.merchant}:"
    rows = Arrival.objects.filter(
        at_account=f"channel:{bill.channel}", key__startswith=prefix, paid_at__gte=begins, paid_at__lte=ends
    ).exclude(key__in=named)
    for arrival in rows.select_related("payment"):
        order_number = arrival.payment.number if arrival.payment else ""
        transaction = arrival.key.removeprefix(prefix)
        line = Line("payment", transaction, order_number, "", arrival.amount_fen, 0, arrival.paid_at)
        yield arrival.pooling_area, _line(line, "missing", arrival)


def _line(line: Line, outcome: str, arrival: Arrival | None) -> BillLine:
    return BillLine(
        kind=line.kind, transaction=line.transaction, order_number=line.order_number,
        refund_number=line.refund_number, amount_fen=line.amount_fen, fee_fen=line.fee_fen, at=line.at,
        outcome=outcome, arrival=arrival,
    )  # fmt: skip


def _write(bill: DayBill, rows: Sequence[tuple[str, BillLine]], at: datetime) -> None:
    """A part of the bill for each pooling area there is, also one without any line; the sums are the bill's own."""
    areas = set(Season.objects.values_list("pooling_area", flat=True)) | {area for area, _ in rows}
    for area in sorted(areas):
        own = [line for its, line in rows if its == area]
        told = [line for line in own if line.outcome != "missing"]
        part = Bill.objects.create(
            pooling_area=area, channel=bill.channel, merchant=bill.merchant, day=bill.day, sha256=bill.sha256,
            gross_fen=sum(line.amount_fen for line in told if line.kind == "payment"),
            refunds_fen=sum(line.amount_fen for line in told if line.kind == "refund"),
            fees_fen=sum(line.fee_fen for line in told), fetched_at=at,
        )  # fmt: skip
        for line in own:
            line.bill = part
        BillLine.objects.bulk_create(own, batch_size=2000)
        for line in own:
            _raise(part, line, at)


def _raise(part: Bill, line: BillLine, at: datetime) -> None:
    told = {
        "amount": "账单金额与本平台记录不同",
        "foreign": "账单中有本平台没有的订单或退费",
        "missing": "本平台已记到账，账单中没有",
    }
    if line.outcome in told:
        key = f"{part.channel}:{part.day:%Y%m%d}:{line.kind}:{line.transaction}:{line.refund_number}"
        said = f"{part.day:%Y-%m-%d} {told[line.outcome]}"
        raise_alarm(part.pooling_area, kind="difference", key=key, said=said, at=at, arrival=line.arrival)


def _check_same(bill: DayBill, before: Sequence[Bill], at: datetime) -> None:
    """A bill that was fetched again says what it said, though its archive may be packed anew."""
    if all(bytes(one.sha256) == bill.sha256 for one in before):
        return
    kept = BillLine.objects.filter(bill__in=before).exclude(outcome="missing")
    columns = ("kind", "transaction", "refund_number", "amount_fen", "fee_fen")
    then = sorted(kept.values_list(*columns))
    now = sorted(tuple(getattr(line, name) for name in columns) for line in bill.lines)
    if digest_of(*then) != digest_of(*now):
        for one in before:
            said = f"{bill.day:%Y-%m-%d} 的账单再次下载，内容与先前不同"
            key = f"{bill.channel}:{bill.day:%Y%m%d}:again"
            raise_alarm(one.pooling_area, kind="difference", key=key, said=said, at=at)


def _counted(lines: Iterable[BillLine]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.outcome] = counts.get(line.outcome, 0) + 1
    return counts


def is_kept(*, channel: str, merchant: str, day: date) -> bool:
    """Whether the bill of that day is in. 账单是否已取回"""
    return Bill.objects.filter(channel=channel, merchant=merchant, day=day).exists()


def knows_payments(*, channel: str, day: date) -> bool:
    """Whether the channel told us of any payment of that day. 当日是否有到账"""
    begins = datetime.combine(day, datetime.min.time(), CHINA)
    ends = datetime.combine(day, datetime.max.time(), CHINA)
    return Arrival.objects.filter(at_account=f"channel:{channel}", paid_at__gte=begins, paid_at__lte=ends).exists()


def first_day() -> date | None:
    """The day of the first order through a channel: before it no bill can hold anything. 首笔订单日"""
    created = (
        Payment.objects.exclude(channel="card").order_by("created_at").values_list("created_at", flat=True).first()
    )
    return china_day(created) if created else None
