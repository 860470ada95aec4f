"""Orders to pay through a channel or at the counter, and what they are for. 缴费订单"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.collection.lifecycle import PAYMENT_NAMES, PaymentState
from yingbao.collection.models.obligation import Obligation
from yingbao.values.text import Text


class Payment(models.Model):
    """One attempt to pay for one or more children at once, for oneself or on behalf of another. 缴费订单"""

    CHANNELS = [("wechat", "微信"), ("alipay", "支付宝"), ("card", "刷卡")]

    pooling_area = models.CharField(max_length=6)
    number = models.CharField(max_length=32, unique=True)
    """our order number, told to the channel: letters and digits"""
    token = models.CharField(max_length=64, unique=True)
    """made by the form, so that a second click finds the first order"""
    channel = models.CharField(max_length=10, choices=CHANNELS)
    kind = models.CharField(max_length=8, choices=[("page", "手机页面"), ("qr", "二维码"), ("counter", "柜台")])
    state = models.CharField(
        max_length=10, choices=[(s.value, t.zh) for s, t in PAYMENT_NAMES.items()], default=PaymentState.CREATED.value
    )
    total_fen = models.PositiveIntegerField()
    payer = models.CharField(max_length=50, blank=True)
    """who pays, as they say; may be another than the guardian"""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """no later than the last moment at which this sum is right"""
    address = models.CharField(max_length=4000, blank=True)
    """the page or code where the channel takes the money"""
    merchant = models.CharField(max_length=40, blank=True)
    transaction = models.CharField(max_length=64, blank=True)
    """the channel's own number, or the counter slip's voucher"""
    paid_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    """when the channel was last asked"""
    said = models.CharField(max_length=200, blank=True)
    """why it failed, is unknown or in conflict"""
    taken_at = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """the community at whose counter it was taken"""
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    terminal = models.CharField(max_length=30, blank=True)
    """of a card payment"""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="payment_is_of_something"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in PaymentState]), name="payment_state_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="payment_expires_later"),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(paid_at__isnull=False) & ~Q(transaction=""),
                name="payment_succeeded_with_its_number",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["created", "pending", "unknown"]),
                name="payments_not_known",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return PAYMENT_NAMES[PaymentState(self.state)]


class PaymentLine(models.Model):
    """What an order pays: one child's obligation. 订单明细"""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="lines")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="payment_lines")
    amount_fen = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "obligation"], name="child_once_in_an_order"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_line_is_of_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["obligation"], name="payment_lines_of_obligation")]
