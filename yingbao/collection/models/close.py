"""The close of a season's window, in two steps by two people. 关账"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import User
from yingbao.enrolment.models import Season


class Close(models.Model):
    """A season is closed: one officer asks, another confirms; suspense is listed with it. 关账"""

    season = models.OneToOneField(Season, models.PROTECT, related_name="close")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    suspense = models.JSONField(default=list)
    """arrivals in suspense when it was asked: key, amount, days"""
    lapsed = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("asked_by")), name="closed_by_two_people"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="close_confirmed_by_someone",
            ),
        ]
