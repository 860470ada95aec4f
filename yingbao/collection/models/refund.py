"""Money on its way back to where it came from. 退费"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import User
from yingbao.collection.lifecycle import REFUND_NAMES, RefundState
from yingbao.collection.models.arrival import Arrival
from yingbao.collection.models.obligation import Obligation
from yingbao.values.text import Text


class Refund(models.Model):
    """A sum goes back the way it came; one asks, another approves. 退费"""

    REASONS = [
        ("duplicate", "重复缴费"), ("exempted", "已由他方缴费"), ("withdrawn", "退出参保"), ("overpaid", "多缴"),
        ("wrong_amount", "金额不符"), ("unidentified", "无法认定"), ("after_close", "逾期到账"),
    ]  # fmt: skip

    pooling_area = models.CharField(max_length=6)
    number = models.CharField(max_length=32, unique=True)
    arrival = models.ForeignKey(Arrival, models.PROTECT, related_name="refunds")
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, related_name="refunds")
    """the child for whom it had been paid, if it is one child's"""
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=14, choices=REASONS)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(
        max_length=10, choices=[(s.value, t.zh) for s, t in REFUND_NAMES.items()], default=RefundState.REQUESTED.value
    )
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform, which found it by itself"""
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decision_note = models.CharField(max_length=200, blank=True)
    submitted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=200, blank=True)
    """what the channel or bank said"""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_is_of_something"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RefundState]), name="refund_state_known"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(requested_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="refund_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "dropped"]) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="refund_moves_after_a_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(decision_note=""), name="refund_rejected_with_a_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["arrival"], name="refunds_of_arrival")]

    def __str__(self) -> str:
        return self.number

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return REFUND_NAMES[RefundState(self.state)]
