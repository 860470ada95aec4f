"""Money that arrived, what it was applied to, and what is wrong. 到账"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import User
from yingbao.collection.models.obligation import Obligation


class Arrival(models.Model):
    """Money that has moved to us, by whatever way: recorded once, never refused. 到账

    amount = allocated + overpaid + refunded + what is in suspense. `refunded_fen` counts from the approval of a refund
    on. A returned debit is reversed: nothing of it is here any more; what had been refunded before is to be explained.
    """

    WAYS = [("wechat", "微信"), ("alipay", "支付宝"), ("card", "刷卡"), ("transfer", "银行转账"), ("debit", "扣款")]

    pooling_area = models.CharField(max_length=6)
    way = models.CharField(max_length=10, choices=WAYS)
    key = models.CharField(max_length=120, unique=True)
    """the business key, such as wechat:merchant:transaction, alipay:app:trade, card:terminal:voucher, debit:item,
    line:account:date:serial"""
    digest = models.BinaryField(max_length=32)
    """of what was told; the same key with another digest is a conflict"""
    at_account = models.CharField(max_length=60)
    """role:detail of the ledger account where the money sits, such as channel:wechat or bank:3"""
    amount_fen = models.BigIntegerField()
    paid_at = models.DateTimeField()
    """when the payer's money was taken, by the channel's word"""
    heard_at = models.DateTimeField()
    payer = models.CharField(max_length=100, blank=True)
    """who paid, as the channel or bank says"""
    text = models.CharField(max_length=300, blank=True)
    """the remittance text of a transfer"""
    payment = models.ForeignKey("collection.Payment", models.PROTECT, null=True, related_name="arrivals")
    allocated_fen = models.BigIntegerField(default=0)
    overpaid_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    reversed_at = models.DateTimeField(null=True)
    why_suspended = models.CharField(max_length=20, blank=True)
    """why it could not be applied: unidentified, short, wrong_amount, after_close, no_order, conflict"""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="arrival_is_of_something"),
            models.CheckConstraint(
                condition=Q(allocated_fen__gte=0, overpaid_fen__gte=0, refunded_fen__gte=0)
                & Q(amount_fen__gte=F("allocated_fen") + F("overpaid_fen") + F("refunded_fen")),
                name="arrival_is_not_spent_twice",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(allocated_fen=0, overpaid_fen=0),
                name="reversed_arrival_holds_nothing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["pooling_area", "paid_at"],
                condition=Q(reversed_at__isnull=True)
                & Q(amount_fen__gt=F("allocated_fen") + F("overpaid_fen") + F("refunded_fen")),
                name="arrivals_in_suspense",
            ),
            models.Index(
                fields=["pooling_area", "overpaid_fen"], condition=Q(overpaid_fen__gt=0), name="arrivals_overpaid"
            ),
            models.Index(fields=["at_account", "paid_at"], name="arrivals_at_account"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def suspense_fen(self) -> int:
        """What of it nobody has settled yet."""
        if self.reversed_at is not None:
            return 0
        return self.amount_fen - self.allocated_fen - self.overpaid_fen - self.refunded_fen


class Allocation(models.Model):
    """Money that arrived pays what is owed for one child, in full. 入账"""

    arrival = models.ForeignKey(Arrival, models.PROTECT, related_name="allocations")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="allocations")
    amount_fen = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform, by reference or order"""
    released_at = models.DateTimeField(null=True)
    released_because = models.CharField(
        max_length=12,
        blank=True,
        choices=[("returned", "扣款退回"), ("exempted", "转为免缴"), ("withdrawn", "撤回"), ("unmatched", "撤销匹配")],
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["obligation"], condition=Q(released_at__isnull=True), name="obligation_is_paid_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="allocation_is_of_something"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_because="")
                | (Q(released_at__isnull=False) & ~Q(released_because="")),
                name="allocation_released_with_a_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["arrival"], name="allocations_of_arrival")]


class Alarm(models.Model):
    """Something that a person has to look at: a conflict, an old suspense, a difference. 异常"""

    KINDS = [
        ("conflict", "同号异文"), ("wrong_amount", "金额不符"), ("suspense", "暂收未清"), ("difference", "对账差异"),
        ("forged", "伪造通知"), ("abnormal_refund", "退费异常"), ("late", "逾期到账"),
    ]  # fmt: skip

    pooling_area = models.CharField(max_length=6)
    kind = models.CharField(max_length=20, choices=KINDS)
    key = models.CharField(max_length=160)
    """what it is about; raised once while it is open"""
    arrival = models.ForeignKey(Arrival, models.PROTECT, null=True, related_name="alarms")
    said = models.CharField(max_length=300)
    """without secrets or identity numbers"""
    raised_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField(default=0)
    """for suspense: 3, 7 or 30"""
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pooling_area", "kind", "key", "days"],
                condition=Q(settled_at__isnull=True),
                name="alarm_raised_once",
            ),
        ]
