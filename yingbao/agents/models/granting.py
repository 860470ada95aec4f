"""Rights that one administrator asks for and another grants: desks of users, tokens of programs. 授权"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yingbao.agents.models.working import Appointment, Desk, Organisation, User


class AppointmentRequest(models.Model):
    """The system administrator asks for a user's desk; the security administrator grants or refuses it. 任职申请"""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointment_requests")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    desk = models.CharField(max_length=16, choices=Desk.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    appointment = models.OneToOneField(Appointment, models.SET_NULL, null=True, related_name="request")
    refused_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "desk"],
                condition=Q(decided_at__isnull=True),
                name="one_open_request_for_a_desk",
            ),
            models.CheckConstraint(condition=Q(desk__in=Desk.values), name="requested_desk_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="request_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="desk_granted_by_another",
            ),
        ]


class Scope(models.TextChoices):
    """What a program may do with a token. 授权范围"""

    ROSTER = "roster", "读花名册"
    ROSTER_WRITE = "roster.write", "交花名册"
    DECISIONS = "decisions", "读核定结果"
    DECLARATIONS = "declarations", "读申报"
    PAYMENTS = "payments", "读缴费"
    COVERAGE = "coverage", "读一名学生的参保凭据"
    STATISTICS = "statistics", "读统计"


class Token(models.Model):
    """Lets a program of an organisation use the HTTP API as one desk, within its scopes. 接口令牌

    It works from the moment the security administrator has granted it, until it expires or is revoked.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tokens")
    desk = models.CharField(max_length=16, choices=Desk.choices)
    scopes = ArrayField(models.CharField(max_length=16, choices=Scope.choices))
    label = models.CharField(max_length=60)
    """which program has it"""
    prefix = models.CharField(max_length=12)
    """the beginning of the secret, to tell tokens apart"""
    digest = models.BinaryField(max_length=32, unique=True)
    """SHA-256 of the secret, which has 256 random bits and needs no slow hash"""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(null=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    counted_since = models.DateTimeField(null=True)
    """when the minute began in which its calls are being counted"""
    calls = models.PositiveIntegerField(default=0)
    """so many in that minute, in all processes of the server together"""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="token_has_a_scope"),
            models.CheckConstraint(condition=Q(scopes__contained_by=Scope.values), name="token_scopes_known"),
            models.CheckConstraint(condition=Q(desk__in=Desk.values), name="token_desk_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="token_expires_after_it_is_made"),
            models.CheckConstraint(
                condition=Q(granted_by__isnull=True, granted_at__isnull=True)
                | Q(granted_by__isnull=False, granted_at__isnull=False) & ~Q(granted_by=F("created_by")),
                name="token_granted_by_another",
            ),
            models.CheckConstraint(
                condition=Q(revoked_by__isnull=True, revoked_at__isnull=True)
                | Q(revoked_by__isnull=False, revoked_at__isnull=False),
                name="token_revoked_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.label}"
