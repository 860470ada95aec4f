"""Electronic receipts: numbers without gaps, and the signed papers. 电子票据"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import User
from yingbao.collection.models.arrival import Allocation
from yingbao.collection.models.obligation import Obligation


class ReceiptSeries(models.Model):
    """Where a pooling area's numbers of one year stand; its row is locked while numbers are drawn. 票据号段"""

    pooling_area = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["pooling_area", "year"], name="one_series_a_year")]


class Receipt(models.Model):
    """The receipt for money that arrived for one child; voided and replaced, never overwritten. 电子票据"""

    series = models.ForeignKey(ReceiptSeries, models.PROTECT, related_name="receipts")
    ordinal = models.BigIntegerField()
    number = models.CharField(max_length=24, unique=True)
    check_code = models.CharField(max_length=12)
    """random; with the number it opens the verification page"""
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="receipts")
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="receipts")
    payer = models.CharField(max_length=100)
    amount_fen = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=100, blank=True)
    voided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform, because the money went back"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "ordinal"], name="receipt_numbers_once"),
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(voided_at__isnull=True), name="one_valid_receipt"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="receipt_is_of_something"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="receipt_voided_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ReceiptPaper(models.Model):
    """The signed PDF of a receipt, as it was issued. 票据文件"""

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="paper")
    pdf = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    face = models.JSONField()
    """what stands on it, word for word: the fields of `paper.receipt.ReceiptPaper`"""
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["sha256"], name="paper_found_by_its_bytes")]
