"""The channels' bills of past days are fetched and held against the book. 取账单"""

from __future__ import annotations

import hashlib
import logging
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from yingbao.collection import models, reconciling, settling
from yingbao.collection.alarming import raise_alarm
from yingbao.collection.recognising import recognise
from yingbao.collection.reconciling import DayBill, Line
from yingbao.exchange.channels import channels
from yingbao.exchange.gateway import Bill, Declined, Gateway, NotFound, Unsure
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused

log = logging.getLogger(__name__)

READY_FROM = time(10)
"""In the morning of the next day, China time."""
MOST_DAYS = 30
NOTHING = hashlib.sha256(b"").digest()


class Fetched(NamedTuple):
    """Which bills came in, and which are still to come. 取账单结果"""

    kept: list[tuple[str, date]]
    waiting: list[tuple[str, date]]


def fetch_bills(*, now: datetime) -> Fetched:
    """Fetch every bill that is ready and not kept yet, of the last thirty days. 取回账单"""
    fetched = Fetched([], [])
    for day in _days(now):
        for channel, gateway in channels().items():
            try:
                if reconciling.is_kept(channel=channel, merchant=gateway.merchant, day=day):
                    continue
                is_in = fetch_bill(gateway=gateway, day=day, now=now)
            except Refused as refused:
                log.error("channel=%s day=%s: %s", channel, day, refused.said("en"))
                is_in = False
            (fetched.kept if is_in else fetched.waiting).append((channel, day))
    return fetched


def fetch_bill(*, gateway: Gateway, day: date, now: datetime) -> bool:
    """Fetch and keep one bill; false if it has to be asked for again. 取回一日账单

    Where the channel says that there is none and nobody told us of a payment of that day, an empty one is kept.
    Raises Refused if the channel's configuration cannot be read.
    """
    channel, merchant = gateway.channel, gateway.merchant
    try:
        bill = gateway.bill(day)
    except NotFound:
        if reconciling.knows_payments(channel=channel, day=day):
            _alarm(channel, day, "渠道没有这一天的账单，但本平台有到账", now)
            return False
        reconciling.keep(bill=DayBill(channel, merchant, day, NOTHING, ()), at=now)
        return True
    except (Unsure, Declined) as unsure:
        log.warning("no bill yet: channel=%s day=%s reason=%s", channel, day, unsure)
        return False
    except Refused as refused:
        # A bill that contradicts itself is kept by nobody; a person has to see it.
        _alarm(channel, day, refused.said("zh"), now)
        return False
    reconciling.keep(bill=_of(bill), at=now)
    kept = models.Bill.objects.filter(channel=channel, merchant=merchant, day=day)
    for area in kept.order_by("pooling_area").values_list("pooling_area", flat=True):
        # The bank's line that pays it out may have come first.
        recognise(pooling_area=area, at=now)
    return True


def _of(bill: Bill) -> DayBill:
    lines = [
        Line(one.kind, one.transaction, one.order_number, one.refund_number, one.amount_fen, one.fee_fen, one.at)
        for one in bill.lines
    ]
    return DayBill(bill.channel, bill.merchant, bill.day, bill.sha256, lines)


def _days(now: datetime) -> list[date]:
    """The past days whose bills are ready, from the first order on."""
    here = now.astimezone(CHINA)
    last = here.date() - timedelta(days=1 if here.time() >= READY_FROM else 2)
    first = reconciling.first_day()
    if first is None:
        return []
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _alarm(channel: str, day: date, said: str, now: datetime) -> None:
    key = f"{channel}:{day:%Y%m%d}:bill"
    raise_alarm(settling.area_of(""), kind="difference", key=key, said=said, at=now)
