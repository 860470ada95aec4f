"""Files of a bank as an officer brought them, sealed. 银行文件"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import User
from yingbao.collection.models.statement import BankAccount, Statement


class BankFile(models.Model):
    """A statement or a result file as it was uploaded, and what became of it. 银行文件"""

    KINDS = [("statement", "对账单"), ("results", "扣款回盘")]
    STATES = [("waiting", "等待读取"), ("taken", "已导入"), ("refused", "不予受理")]

    pooling_area = models.CharField(max_length=6)
    kind = models.CharField(max_length=10, choices=KINDS)
    account = models.ForeignKey(BankAccount, models.PROTECT, null=True, related_name="+")
    """of a statement"""
    name = models.CharField(max_length=200)
    content_cipher = models.BinaryField()
    covers_first = models.DateField(null=True)
    """the officer's word on the period, where the file itself shows only days on which money moved"""
    covers_last = models.DateField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=STATES, default="waiting")
    message = models.JSONField(null=True)
    """why it was refused, or what was passed over, in both languages"""
    statement = models.ForeignKey(Statement, models.PROTECT, null=True, related_name="files")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="statement") | Q(account__isnull=False), name="statement_file_of_an_account"
            ),
            models.CheckConstraint(
                condition=Q(covers_first__isnull=True)
                | Q(covers_last__isnull=True)
                | Q(covers_first__lte=models.F("covers_last")),
                name="bank_file_covers_forwards",
            ),
        ]
