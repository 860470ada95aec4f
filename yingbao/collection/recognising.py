"""Lines that waited because a bill or a result file was not in yet are told again. 补判流水

A channel's bill comes at ten, the bank's statement at nine: what waits in suspense as unidentified is, once the bill is
there, the settlement that it always was.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from yingbao.collection.accounts import bank_of
from yingbao.collection.meanings import Decided, Known, LineFacts
from yingbao.collection.models import Alarm, Arrival, BankAccount, Bill, StatementLine
from yingbao.collection.whole import whole
from yingbao.ledger.closing import open_day
from yingbao.ledger.journals import post
from yingbao.ledger.posting import AccountName, Entry, Event, Posting, Role, digest_of
from yingbao.values.clock import CHINA

SUSPENSE = AccountName(Role.SUSPENSE)


def recognise(*, pooling_area: str, at: datetime) -> int:
    """Look again at money in suspense that came by a statement; returns how many lines are settlements or debits. 补判

    Only money of which nothing was applied, sent back or refunded. Doing it again changes nothing.
    """

    def deed() -> int:
        found = 0
        for account in BankAccount.objects.filter(pooling_area=pooling_area).order_by("pk"):
            BankAccount.objects.select_for_update(no_key=True).get(pk=account.pk)
            found += _of_account(account, at)
        return found

    return whole(deed)


def facts_of(line: StatementLine) -> LineFacts:
    """A line that we keep, as it is read for its meaning; without the other side's account. 流水内容"""
    return LineFacts(
        line.key, line.ordinal, line.serial, line.booked_on, line.incoming, line.amount_fen, line.balance_fen,
        line.counterparty, "", line.text,
    )  # fmt: skip


def _of_account(account: BankAccount, at: datetime) -> int:
    waiting = StatementLine.objects.filter(
        statement__account=account, meaning="arrival", arrival__reversed_at__isnull=True,
        arrival__allocated_fen=0, arrival__overpaid_fen=0, arrival__refunded_fen=0,
        arrival__allocations__isnull=True, arrival__amount_fen=F("amount_fen"),
    )  # fmt: skip
    lines = [(line, facts_of(line)) for line in waiting.order_by("booked_on", "pk")]
    known = Known(account, [facts for _, facts in lines])
    found = 0
    for line, facts in lines:
        one = known.decide(facts)
        if one.meaning in ("settlement", "debit") and not one.held_fen:
            found += _settle(account, line, one, at)
    return found


def _settle(account: BankAccount, line: StatementLine, one: Decided, at: datetime) -> int:
    """Take it out of suspense: it never was a payer's money."""
    arrival = Arrival.objects.select_for_update().get(line=line)
    if arrival.suspense_fen != line.amount_fen:
        return 0
    bank = bank_of(account)
    entries = tuple(
        Entry(SUSPENSE, entry.credit, entry.amount_fen, source=arrival.pk) if entry.debit == bank else entry
        for entry in one.entries
    )
    day = open_day(account.pooling_area, at.astimezone(CHINA).date())
    key = f"recognised:{line.key}"
    post(Posting(key, Event.SETTLED, day, entries, digest_of(key)), book=account.pooling_area, at=at)
    Arrival.objects.filter(pk=arrival.pk).update(reversed_at=at, why_suspended="")
    StatementLine.objects.filter(pk=line.pk).update(meaning=one.meaning)
    if one.bill is not None:
        Bill.objects.filter(pk=one.bill.pk).update(settled_by=line)
    open_alarms = Alarm.objects.filter(arrival=arrival, settled_at__isnull=True)
    open_alarms.update(settled_at=at, note="已判定为渠道结算或扣款入账")
    return 1
