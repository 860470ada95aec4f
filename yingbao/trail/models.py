"""What administrators and whoever signs in did, and the chain over every log of the platform. 审计模型"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

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


class Block(models.Model):
    """A block of the chain: rows of one log, each with its digest, bound to the block before. 封存块"""

    number = models.BigIntegerField(primary_key=True)
    """1, 2, 3 without a gap, over all logs"""
    version = models.PositiveSmallIntegerField()
    """how a row becomes text, see `chain.VERSION`"""
    table_name = models.CharField(max_length=63)
    columns = ArrayField(models.CharField(max_length=63))
    """of which columns each row's digest is, in this order"""
    after_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    """every row of the table with after_id < id ≤ last_id is in this block"""
    ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    """SHA-256 of each row, 32 bytes each, in the order of `ids`"""
    previous = models.BinaryField()
    digest = models.BinaryField(unique=True)
    """SHA-256 of the previous block's digest, of what is said of this block above, and of `digests`"""
    sealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gt=0), name="blocks_are_counted_from_one"),
            models.CheckConstraint(condition=Q(last_id__gt=F("after_id")), name="block_has_a_span"),
            models.UniqueConstraint(fields=["table_name", "after_id"], name="blocks_of_a_log_follow_each_other"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["table_name", "last_id"], name="blocks_of_log"),
            models.Index(fields=["sealed_at"], name="blocks_by_moment"),
        ]


class Horizon(models.Model):
    """Up to which row a log can be sealed once the transactions that ran at that moment have ended. 封存界限"""

    table_name = models.CharField(max_length=63, primary_key=True)
    last_id = models.BigIntegerField()
    holders = ArrayField(models.CharField(max_length=40))
    """the virtual transactions that were writing when `last_id` was the highest to be seen"""


class Forwarded(models.Model):
    """How far the chain has been sent to a place outside. 外送进度"""

    destination = models.CharField(max_length=200, primary_key=True)
    number = models.BigIntegerField(default=0)
    """the last block of which everything was sent"""
    at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=200, blank=True)
    """why the last attempt failed; empty if it did not"""
