"""The tables of a roll-over: one season opened from the last, and the statuses that wait for their bodies. 结转表"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.people.models import ASSISTANCE, Person


class RollOver(models.Model):
    """One season opened from the one before: what it would do, how far it is, what it did. 参保季结转

    It is carried out child by child in the order of their keys; `carried_to` is the last one whose turn is over, so
    that a run that was cut off goes on behind it.
    """

    policy = models.CharField(max_length=11, unique=True)
    """the policy of the season that is opened"""
    last = models.ForeignKey("enrolment.Season", models.PROTECT, related_name="+")
    """the season whose children are taken over"""
    opened = models.OneToOneField("enrolment.Season", models.PROTECT, null=True, related_name="rolled_over")
    """the season that was opened; null as long as nothing was done"""
    outlook = models.JSONField(null=True)
    """what it would do, as `outlook.look_ahead` tells it; figures, no names"""
    outlook_for = models.CharField(max_length=64, blank=True)
    """the digest of the policy's text that the outlook was reckoned with"""
    outlook_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    carried_to = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    """what was done so far, counted in the transactions that did it"""
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(opened=F("last")), name="no_season_rolls_into_itself"),
            models.CheckConstraint(
                condition=Q(opened__isnull=True, started_by__isnull=True, started_at__isnull=True, done_at__isnull=True)
                | Q(opened__isnull=False, started_by__isnull=False, started_at__isnull=False),
                name="roll_over_started_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.last_id} → {self.policy}"


class StatusCheck(models.Model):
    """An assisted status of last year; in the new season it counts once its body confirms it. 待确认的救助身份"""

    class State(models.TextChoices):
        WAITING = "waiting", "待确认"
        CONFIRMED = "confirmed", "已确认"

    season = models.ForeignKey("enrolment.Season", models.PROTECT, related_name="status_checks", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="status_checks")
    category = models.CharField(max_length=32)
    provided_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    at = models.DateTimeField()
    """when it became so"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["season", "person", "category", "provided_by"], name="status_checked_once_a_season"
            ),
            models.CheckConstraint(condition=Q(state__in=["waiting", "confirmed"]), name="status_check_state_known"),
            models.CheckConstraint(condition=Q(category__in=ASSISTANCE), name="checked_category_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["season", "provided_by"], condition=Q(state="waiting"), name="statuses_waiting_for_body"
            ),
        ]
