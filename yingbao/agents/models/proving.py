"""How a user proves who they are beside the password, and where they are signed in. 身份验证"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models.working import User


class Totp(models.Model):
    """A user's authenticator: six digits that change every 30 seconds (RFC 6238). 动态口令"""

    user = models.OneToOneField(User, models.CASCADE, related_name="totp")
    secret_cipher = models.BinaryField()
    last_step = models.BigIntegerField(default=0)
    """the 30 seconds whose code was used last; no code of that time or earlier is taken again"""
    added_at = models.DateTimeField()


class Passkey(models.Model):
    """A key that lives in a user's device and signs for this site only (WebAuthn). 通行密钥"""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(max_length=1023, unique=True)
    """the name that the device gave it"""
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    """how often the device says it has signed; a number that goes back betrays a copy"""
    label = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code on paper for the day when phone and key are lost; each opens once. 恢复码"""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    ordinal = models.PositiveSmallIntegerField()
    """stands before the code on paper, so that only one has to be tried"""
    hashed = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "ordinal"], name="recovery_code_ordinal_unique"),
        ]


class Visit(models.Model):
    """One session of a user, from signing in until it ends. 会话

    The session itself is Django's. This says whose it was when it is gone, so that what was typed into its last form
    comes back to the same user, and lets a user or an administrator end it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="visits")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=40, blank=True)
    """family and system only, such as “Edge · Windows”"""
    factor = models.CharField(max_length=8, blank=True)
    """how the second step was passed; empty where none was asked"""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(factor__in=["", "totp", "passkey", "recovery"]), name="visit_factor_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="visits_under_way"),
            models.Index(fields=["began_at"], name="visits_by_age"),
        ]
