"""What a line of a bank statement is: told by its text, its other side and what we know, never by guessing. 流水判定

A settlement must name its channel and merchant and be what the bill of the day comes to; a bank's payout of debits must
name the batch or be exactly what succeeded in one; a refund is named by its number and sum. All other money in waits
in suspense, all other money out is to be explained.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q, Sum

from yingbao.collection.accounts import bank_of, clearing_of
from yingbao.collection.lifecycle import DebitState, RefundState
from yingbao.collection.models import BankAccount, Bill, DebitBatch, DebitItem, Refund, StatementLine
from yingbao.ledger.posting import AccountName, Entry, Role
from yingbao.values.plain import narrow

TREASURY = AccountName(Role.TREASURY)
UNEXPLAINED = AccountName(Role.UNEXPLAINED)
FEE = AccountName(Role.FEE)
CHANNEL_WORDS = {"wechat": ("财付通", "微信", "WECHAT", "TENPAY"), "alipay": ("支付宝", "ALIPAY")}
"""channel → how a bank's line names it"""
TREASURY_WORDS = ("国库", "国家金库", "划缴")
DEBIT_WORDS = ("代扣", "批扣", "批量扣款")
_DEBIT = re.compile(r"(?<![0-9A-Z])(K[0-9]{15})([0-9]{4})?(?![0-9A-Z])")
_REFUND = re.compile(r"(?<![0-9A-Z])T[0-9]{16,}(?![0-9A-Z])")
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})[-/.年]?([01][0-9])[-/.月]?([0-3][0-9])(?![0-9])")


class LineFacts(NamedTuple):
    """One movement of a statement, as a checked file tells it. 流水内容"""

    key: str
    """what the line is known by for ever"""
    ordinal: int
    serial: str
    booked_on: date
    incoming: bool
    amount_fen: int
    balance_fen: int | None
    counterparty: str
    counterparty_account: str
    text: str

    @property
    def signed_fen(self) -> int:
        """What it adds to the account."""
        return self.amount_fen if self.incoming else -self.amount_fen

    @property
    def words(self) -> str:
        """Text and other side, in plain capitals."""
        return narrow(f"{self.text} {self.counterparty}").upper()


class Decided(NamedTuple):
    """What a line is and which accounts it moves. 判定"""

    meaning: str
    entries: tuple[Entry, ...] = ()
    held_fen: int = 0
    """what of it waits in suspense as an arrival"""
    bill: Bill | None = None
    refund: str = ""
    """number of the refund that it pays out"""
    alarm: str = ""
    """why a person has to look at it"""


class Known:
    """All that lines could refer to, read once for a whole file. 判定依据"""

    def __init__(self, account: BankAccount, lines: Sequence[LineFacts]) -> None:
        self.account, self.bank, self.clearing = account, bank_of(account), clearing_of(account)
        words = [line.words for line in lines]
        self._read_bills()
        self._read_debits(words)
        self._read_refunds(words)

    def _read_bills(self) -> None:
        open_ = Bill.objects.filter(pooling_area=self.account.pooling_area, settled_by__isnull=True)
        self.bills = list(open_.order_by("day", "pk"))
        days = {(bill.channel, bill.merchant, bill.day) for bill in self.bills}
        self.totals = dict.fromkeys(days, 0)
        for bill in Bill.objects.filter(day__in={day for _, _, day in days}):
            if (key := (bill.channel, bill.merchant, bill.day)) in days:
                self.totals[key] += bill.net_fen

    def _read_debits(self, words: Iterable[str]) -> None:
        taken = Q(items__state__in=TAKEN)
        batches = DebitBatch.objects.filter(account=self.account).annotate(
            taken_fen=Sum("items__amount_fen", filter=taken)
        )
        named = {number for said in words for number, _ in _DEBIT.findall(said)}
        self.batches = {batch.number: batch for batch in batches.filter(number__in=named)}
        paid = StatementLine.objects.filter(statement__account=self.account, meaning="debit", text__regex=r"K[0-9]{15}")
        self.paid_fen: dict[str, int] = {}
        for text, fen in paid.values_list("text", "amount_fen"):
            for number in {number for number, _ in _DEBIT.findall(narrow(text).upper())}:
                self.paid_fen[number] = self.paid_fen.get(number, 0) + fen
        self.unpaid_batches = list(batches.exclude(number__in=self.paid_fen).order_by("pk"))
        ends = {number + tail for said in words for number, tail in _DEBIT.findall(said) if tail}
        self.items = {one.end_to_end: one for one in DebitItem.objects.filter(end_to_end__in=ends)}

    def _read_refunds(self, words: Iterable[str]) -> None:
        numbers = {number for said in words for number in _REFUND.findall(said)}
        rows = Refund.objects.filter(number__in=numbers, pooling_area=self.account.pooling_area)
        self.refunds = {one.number: one for one in rows.select_related("arrival")}
        paid = StatementLine.objects.filter(statement__account__pooling_area=self.account.pooling_area)
        texts = paid.filter(meaning="refund").values_list("text", flat=True) if numbers else ()
        self.paid_out = {number for text in texts for number in _REFUND.findall(narrow(text).upper())}

    def decide(self, line: LineFacts) -> Decided:
        """What one line is; what it settles is not there for the next one."""
        return self._incoming(line) if line.incoming else self._outgoing(line)

    def _incoming(self, line: LineFacts) -> Decided:
        words = line.words
        for channel, names in CHANNEL_WORDS.items():
            if any(name in words for name in names) and (settled := self._settlement(line, channel, words)):
                return settled
        if any(word in words for word in DEBIT_WORDS) and (paid := self._payout(line, words)):
            return paid
        back = next((one for one in _REFUND.findall(words) if one in self.refunds), "")
        said = f"退费{back}被银行退汇，款项已回到账户" if back else ""
        return Decided("arrival", held_fen=line.amount_fen, alarm=said)

    def _settlement(self, line: LineFacts, channel: str, words: str) -> Decided | None:
        """A channel pays out a day, or takes back a day on which more went back than came."""
        named = [bill for bill in self.bills if bill.channel == channel and bill.merchant.upper() in words]
        days = {"".join(parts) for parts in _DAY.findall(words)}
        if days:
            named = [bill for bill in named if f"{bill.day:%Y%m%d}" in days]
        whole = [bill for bill in named if bill.net_fen == line.signed_fen]
        if not whole and line.incoming and days:
            # One merchant for several areas: its payout is all their parts; what is others' waits for them.
            whole = [
                bill
                for bill in named
                if 0 < bill.net_fen < self.totals[bill.channel, bill.merchant, bill.day] == line.amount_fen
            ]
        if len(whole) != 1:
            said = "渠道结算款与账单净额不符"
            return Decided("arrival", held_fen=line.amount_fen, alarm=said) if named and line.incoming else None
        (bill,) = whole
        self.bills.remove(bill)
        return Decided("settlement", self._settled(bill), line.signed_fen - bill.net_fen, bill=bill)

    def _settled(self, bill: Bill) -> tuple[Entry, ...]:
        account = AccountName(Role.CHANNEL, bill.channel)
        entries = []
        if bill.net_fen > 0:
            entries.append(Entry(self.bank, account, bill.net_fen))
        if bill.net_fen < 0:
            entries.append(Entry(account, self.bank, -bill.net_fen))
        if bill.fees_fen > 0:
            entries.append(Entry(FEE, account, bill.fees_fen))
        return tuple(entries)

    def _payout(self, line: LineFacts, words: str) -> Decided | None:
        """The bank pays in what it collected, for a batch at a time or item by item."""
        decided = Decided("debit", (Entry(self.bank, self.clearing, line.amount_fen),))
        for number, tail in _DEBIT.findall(words):
            item, batch = self.items.get(number + tail), self.batches.get(number)
            if batch is None or (tail and (item is None or item.amount_fen != line.amount_fen)):
                continue
            self.paid_fen[number] = self.paid_fen.get(number, 0) + line.amount_fen
            self.unpaid_batches = [one for one in self.unpaid_batches if one.pk != batch.pk]
            if self.paid_fen[number] > batch.total_fen:
                return Decided("arrival", held_fen=line.amount_fen, alarm=f"批次{number}的扣款入账超过批次总额")
            told = batch.taken_fen is not None and not tail and batch.taken_fen != line.amount_fen
            return decided._replace(alarm=f"批次{number}的扣款入账与回盘成功合计不符" if told else "")
        fitting = [batch for batch in self.unpaid_batches if batch.taken_fen == line.amount_fen]
        if len(fitting) != 1:
            return None
        self.unpaid_batches.remove(fitting[0])
        return decided

    def _outgoing(self, line: LineFacts) -> Decided:
        words = line.words
        for number in _REFUND.findall(words):
            if (refund := self.refunds.get(number)) is not None:
                return self._refund(line, refund)
        for number, tail in _DEBIT.findall(words):
            item = self.items.get(number + tail)
            if item is not None and item.amount_fen == line.amount_fen and item.state in TAKEN:
                return Decided("debit_return", (Entry(self.clearing, self.bank, line.amount_fen),))
        for channel, names in CHANNEL_WORDS.items():
            if any(name in words for name in names) and (settled := self._settlement(line, channel, words)):
                return settled
        if any(word in words for word in TREASURY_WORDS):
            return Decided("hand_over", (Entry(TREASURY, self.bank, line.amount_fen),))
        return self._unexplained(line, "账户有一笔待说明的支出")

    def _refund(self, line: LineFacts, refund: Refund) -> Decided:
        """A refund left the account. Where its money had not come into this account, it is made up for here."""
        if refund.number in self.paid_out:
            return self._unexplained(line, f"退费{refund.number}被重复付出")
        if refund.amount_fen != line.amount_fen:
            return self._unexplained(line, f"退费{refund.number}付出的金额不符")
        role, _, detail = refund.arrival.at_account.partition(":")
        held = AccountName(Role(role), detail)
        online = role == Role.CHANNEL and detail in CHANNEL_WORDS
        if RefundState(refund.state) not in PAYING or online or (role == Role.BANK and held != self.bank):
            return self._unexplained(line, f"退费{refund.number}不应从这个账户付出")
        self.paid_out.add(refund.number)
        entries = () if held == self.bank else (Entry(held, self.bank, line.amount_fen),)
        return Decided("refund", entries, refund=refund.number)

    def _unexplained(self, line: LineFacts, said: str) -> Decided:
        return Decided("unexplained", (Entry(UNEXPLAINED, self.bank, line.amount_fen),), alarm=said)


TAKEN = frozenset({DebitState.SUCCEEDED, DebitState.RETURNED})
"""The bank had taken these debits; it may take them out of our account again."""
PAYING = frozenset({RefundState.APPROVED, RefundState.SUBMITTED, RefundState.PROCESSING, RefundState.SUCCEEDED})
"""A refund in these states may be what the bank paid out; from the last one a file of results had told it before."""
