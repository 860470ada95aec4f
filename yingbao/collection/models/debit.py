"""Direct debit: agreements, batches out, results and returns in. 批扣"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.collection.lifecycle import DEBIT_NAMES, DebitState
from yingbao.collection.models.arrival import Arrival
from yingbao.collection.models.obligation import Obligation
from yingbao.collection.models.statement import BankAccount
from yingbao.declaration.models import Declaration


class Mandate(models.Model):
    """The agreement of a payer, its bank and the authority that sums may be taken from an account. 扣款协议"""

    STATES = [("signed", "已签待核验"), ("verified", "已核验"), ("refused", "核验未通过"), ("ended", "已终止")]

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="mandates")
    number = models.CharField(max_length=40, unique=True)
    """the agreement's number"""
    signed_on = models.DateField()
    bank = models.CharField(max_length=100)
    bank_code = models.CharField(max_length=20, blank=True)
    holder = models.CharField(max_length=100)
    """the account's name, which the bank compares"""
    account_cipher = models.BinaryField()
    account_masked = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=STATES, default="signed")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(state__in=["signed", "verified"]), name="one_active_mandate"
            ),
            models.CheckConstraint(condition=Q(account_masked__contains="*"), name="mandate_account_is_masked"),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="mandate_verified_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("entered_by")),
                name="mandate_maker_is_not_checker",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "ended"]) | ~Q(reason=""), name="mandate_left_with_a_reason"
            ),
        ]


class DebitBatch(models.Model):
    """Debits sent to a bank in one file. 扣款批次"""

    pooling_area = models.CharField(max_length=6)
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="debit_batches")
    number = models.CharField(max_length=32, unique=True)
    collect_on = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    """when its file was first handed out for the bank"""
    result_sha256 = models.BinaryField(max_length=32, null=True)
    total_fen = models.BigIntegerField()
    heads = models.PositiveIntegerField()


class DebitItem(models.Model):
    """One debit of a batch: what a declaration sums up to, from its agent's account. 扣款明细"""

    batch = models.ForeignKey(DebitBatch, models.PROTECT, related_name="items")
    ordinal = models.PositiveIntegerField()
    end_to_end = models.CharField(max_length=35, unique=True)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="items")
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="debit_items")
    amount_fen = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=[(s.value, t.zh) for s, t in DEBIT_NAMES.items()], default=DebitState.PENDING.value
    )
    reason = models.CharField(max_length=200, blank=True)
    taken_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    arrival = models.OneToOneField(Arrival, models.PROTECT, null=True, related_name="debit_item")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "ordinal"], name="debit_items_are_numbered"),
            models.UniqueConstraint(
                fields=["declaration"],
                condition=Q(state__in=["pending", "succeeded"]),
                name="declaration_debited_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="debit_is_of_something"),
        ]


class DebitPart(models.Model):
    """For whom a debit is: one child's obligation, as it stood when the batch was made. 扣款构成"""

    item = models.ForeignKey(DebitItem, models.PROTECT, related_name="parts")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="debit_parts")
    amount_fen = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "obligation"], name="child_once_in_a_debit"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="debit_part_is_of_something"),
        ]


class DebitAnswer(models.Model):
    """A result file of a bank, taken whole. 扣款回盘"""

    pooling_area = models.CharField(max_length=6)
    sha256 = models.BinaryField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    form = models.CharField(max_length=8)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    succeeded = models.PositiveIntegerField()
    failed = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    """lines that said what we had been told before"""
    waiting = models.PositiveIntegerField()
    """items that the bank has only accepted: no money has moved"""
