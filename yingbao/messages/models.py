"""Messages on their way out, who does not want them, and where they reach somebody. 消息

A phone is kept as everywhere: three columns, sealed, findable, masked. What is secret in a message (a one-time code)
lies sealed until it is sent and is erased with that.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Appointment, User
from yingbao.messages.lifecycle import WAITING, State
from yingbao.messages.templates import STOPPABLE, Group
from yingbao.people.models import Octets, Person


def _is_index(column: str, name: str) -> models.CheckConstraint:
    length: models.lookups.Exact = models.lookups.Exact(Octets(column), 32)
    return models.CheckConstraint(condition=length, name=name)


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, narrowed to those that someone may see."""

    def visible_to(self, appointment: Appointment) -> MessageQuerySet:
        """Those of the pooling area that somebody looks after, and those of none. 可见消息"""
        area = appointment.organisation.pooling_area
        return self.filter(Q(pooling_area=area) | Q(pooling_area=""))


class Message(models.Model):
    """One message to one recipient. 消息"""

    class Channel(models.TextChoices):
        WECHAT = "wechat", "微信"
        SMS = "sms", "短信"
        PAGE = "page", "站内"

    kind = models.CharField(max_length=40)
    """the name of its template"""
    group = models.CharField(max_length=10, choices=[(one.value, one.text.zh) for one in Group])
    channel = models.CharField(max_length=8, choices=Channel.choices)
    """by which it goes next, or went"""
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="messages")
    """the child whom it is about"""
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="messages")
    """the clerk to whom it goes"""
    pooling_area = models.CharField(max_length=6, blank=True)
    """whose child or clerk it is about; empty where only a phone is known"""
    phone_cipher = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    values = models.JSONField(default=dict)
    """without what is secret"""
    secret_cipher = models.BinaryField(null=True)
    """the secret values as JSON, sealed; gone once they are sent or too old"""
    text = models.TextField()
    """the words in Chinese as they were when it was queued, with secret values hidden"""
    key = models.CharField(max_length=120, unique=True)
    """names what it tells; told once only"""
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=[(one.value, one.text.zh) for one in State])
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    """not to be sent before"""
    expires_at = models.DateTimeField()
    provider_id = models.CharField(max_length=80, blank=True)
    """what the provider calls it"""
    error = models.CharField(max_length=200, blank=True)
    """why the last try failed, or why it is not sent; never with a number in it"""
    queued_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="message_state_known"),
            models.CheckConstraint(condition=Q(group__in=[one.value for one in Group]), name="message_group_known"),
            models.CheckConstraint(
                condition=Q(channel="page", user__isnull=False)
                | Q(phone_cipher__isnull=False, phone_index__isnull=False, phone_masked__contains="*"),
                name="message_reaches_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in sorted(WAITING)]) | Q(secret_cipher__isnull=True),
                name="sent_secret_is_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="message_being_sent_is_claimed"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("queued_at")), name="message_expires_later"),
            models.CheckConstraint(
                condition=Q(phone_index__isnull=True) | Q(models.lookups.Exact(Octets("phone_index"), 32)),
                name="message_phone_index_is_an_index",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(state="queued"), name="message_waiting"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="message_being_sent"),
            models.Index(fields=["next_at"], condition=Q(state="sent"), name="message_unreported"),
            models.Index(fields=["phone_index", "-queued_at"], name="messages_of_phone"),
            models.Index(fields=["-queued_at"], name="message_by_day"),
            models.Index(fields=["pooling_area", "state", "-queued_at"], name="messages_of_area"),
            models.Index(fields=["user", "-queued_at"], condition=Q(user__isnull=False), name="messages_of_user"),
            models.Index(fields=["channel", "provider_id"], condition=~Q(provider_id=""), name="message_of_provider"),
        ]


class OptOut(models.Model):
    """Whoever reads at this phone wants no more of one group of messages. 退订"""

    phone_index = models.BinaryField(max_length=32)
    group = models.CharField(max_length=10, choices=[(one.value, one.text.zh) for one in sorted(STOPPABLE)])
    said_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["phone_index", "group"],
                condition=Q(taken_back_at__isnull=True),
                name="opted_out_once",
            ),
            models.CheckConstraint(
                condition=Q(group__in=[one.value for one in sorted(STOPPABLE)]), name="only_stoppable_groups_stop"
            ),
            _is_index("phone_index", "opt_out_phone_index_is_an_index"),
        ]


class WechatFollower(models.Model):
    """Somebody who follows the official account and has shown which phone is theirs. 公众号关注者"""

    openid_cipher = models.BinaryField()
    openid_index = models.BinaryField(max_length=32, unique=True)
    phone_index = models.BinaryField(max_length=32, db_index=True)
    followed_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            _is_index("openid_index", "openid_index_is_an_index"),
            _is_index("phone_index", "follower_phone_index_is_an_index"),
        ]
