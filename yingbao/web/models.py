"""What the pages themselves have to remember: look-ups that found nobody. 网页数据"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yingbao.agents.models import User


class Miss(models.Model):
    """A family's look-up that found no child; too many of them close the door for a while. 查询未中

    By whom and about whom is kept as a keyed index, which names nobody.
    """

    KINDS = [("session", "会话"), ("address", "网络地址"), ("child", "证件号码")]

    kind = models.CharField(max_length=8, choices=KINDS)
    index = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["session", "address", "child"]), name="miss_kind_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "index", "at"], name="misses_of_someone"),
            models.Index(fields=["at"], name="misses_by_age"),
        ]


class Typed(models.Model):
    """What was typed into a form whose session had ended: kept sealed for some minutes, for the same user. 未提交的填写

    The browser holds the secret, the database its hash. Passwords and files are never among it.
    """

    secret_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    """where the form was sent to"""
    page = models.CharField(max_length=500)
    """where it stood"""
    fields_cipher = models.BinaryField()
    had_files = models.BooleanField(default=False)
    kept_at = models.DateTimeField(db_index=True)
