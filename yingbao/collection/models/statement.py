"""The authority's bank accounts and their statements. 银行流水"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import User
from yingbao.collection.models.arrival import Arrival


class BankAccount(models.Model):
    """An account into which premiums are paid: what is printed on declarations. 收款账户"""

    pooling_area = models.CharField(max_length=6)
    holder = models.CharField(max_length=100)
    number = models.CharField(max_length=40)
    """the authority's own account, published on every declaration"""
    bank = models.CharField(max_length=100)
    bank_code = models.CharField(max_length=20, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="bank_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number}"


class Statement(models.Model):
    """A bank's statement file, taken whole or not at all. 对账单"""

    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    sha256 = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=8)
    number = models.CharField(max_length=40, blank=True)
    first = models.DateField()
    last = models.DateField()
    opening_fen = models.BigIntegerField(null=True)
    closing_fen = models.BigIntegerField(null=True)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["last", "id"]


class StatementLine(models.Model):
    """One line of a statement: money in or out of the account. 流水明细"""

    MEANINGS = [
        ("", "未判定"), ("arrival", "缴费到账"), ("settlement", "渠道结算"), ("debit", "扣款入账"),
        ("debit_return", "扣款退回"), ("refund", "退费付出"), ("hand_over", "划缴国库"), ("unexplained", "待说明支出"),
    ]  # fmt: skip

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    key = models.CharField(max_length=120, unique=True)
    """account + date + the bank's serial, or a digest and its place among equal lines"""
    digest = models.BinaryField(max_length=32)
    ordinal = models.PositiveIntegerField()
    serial = models.CharField(max_length=60, blank=True)
    booked_on = models.DateField()
    incoming = models.BooleanField()
    amount_fen = models.BigIntegerField()
    balance_fen = models.BigIntegerField(null=True)
    counterparty = models.CharField(max_length=100, blank=True)
    counterparty_cipher = models.BinaryField(null=True)
    """the other account's number, sealed"""
    counterparty_masked = models.CharField(max_length=40, blank=True)
    text = models.CharField(max_length=300, blank=True)
    meaning = models.CharField(max_length=14, choices=MEANINGS, blank=True)
    arrival = models.OneToOneField(Arrival, models.PROTECT, null=True, related_name="line")

    class Meta:
        ordering: ClassVar = ["statement", "ordinal"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="statement_line_is_of_something"),
            models.UniqueConstraint(fields=["statement", "ordinal"], name="statement_lines_are_numbered"),
        ]
