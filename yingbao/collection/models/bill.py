"""The channels' daily bills, line by line, and what became of each. 渠道账单"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yingbao.collection.models.arrival import Arrival
from yingbao.collection.models.statement import StatementLine


class Bill(models.Model):
    """A channel's bill of one day: what it took and paid back for one pooling area. 渠道账单

    Where one merchant collects for several areas, its bill is kept in parts, one for each of them.
    """

    pooling_area = models.CharField(max_length=6)
    channel = models.CharField(max_length=10)
    merchant = models.CharField(max_length=40)
    day = models.DateField()
    sha256 = models.BinaryField(max_length=32)
    gross_fen = models.BigIntegerField()
    refunds_fen = models.BigIntegerField()
    fees_fen = models.BigIntegerField()
    fetched_at = models.DateTimeField()
    settled_by = models.OneToOneField(StatementLine, models.PROTECT, null=True, related_name="settles")
    """the bank line with which the channel paid it out"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "merchant", "day", "pooling_area"], name="one_bill_a_day"),
        ]

    @property
    def net_fen(self) -> int:
        """What the channel pays out for the day."""
        return self.gross_fen - self.refunds_fen - self.fees_fen


class BillLine(models.Model):
    """One line of a bill, and whether we know it. 账单明细"""

    OUTCOMES = [
        ("same", "一致"), ("found", "补记"), ("amount", "金额不符"), ("refund", "退费一致"),
        ("foreign", "非本平台订单"), ("missing", "账单缺少"),
    ]  # fmt: skip

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines")
    kind = models.CharField(max_length=8, choices=[("payment", "缴费"), ("refund", "退费")])
    transaction = models.CharField(max_length=64)
    order_number = models.CharField(max_length=64, blank=True)
    refund_number = models.CharField(max_length=64, blank=True)
    amount_fen = models.BigIntegerField()
    fee_fen = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    """`missing`: we know a payment of the day that the bill does not name"""
    arrival = models.ForeignKey(Arrival, models.PROTECT, null=True, related_name="bill_lines")
    explained = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["bill", "kind", "transaction", "refund_number"], name="bill_line_once"),
        ]
