"""What administrators and whoever signs in did, and the seals over every log of the platform. 审计模型"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import Organisation, User


class Event(models.Model):
    """Someone signed in or failed to, or an administrator did something: written once, never edited. 审计事件"""

    at = models.DateTimeField()
    what = models.CharField(max_length=40)
    """a word such as sign_in, sign_in_failed, locked_out, user_disabled"""
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: nobody who is known, or the platform itself"""
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=100, blank=True)
    """what it was done to, such as user 17; never a name or a number of a person"""
    said = models.JSONField(default=dict)
    """more of it, without personal data"""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(what=""), name="event_says_what"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="event_by_moment"),
            models.Index(fields=["user", "at"], name="event_of_user"),
        ]
