"""The book: accounts, journals, transfers, closed days with the balances at their end. 账簿

Nothing here is ever edited or deleted; triggers refuse it (migration 0002). A transfer refers to its journal and
accounts without foreign keys: none of them can go away, a trigger looks once when the transfer is written, and a
foreign key would lock the same few account rows in every posting.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Func, IntegerField, Q, Value

from yingbao.ledger.posting import KINDS, Kind


class Octets(Func):
    """How many bytes a column has. 字节数"""

    function = "octet_length"
    output_field = IntegerField()


class Characters(Func):
    """How many characters a column has. 字符数"""

    function = "char_length"
    output_field = IntegerField()


class Code(Func):
    """An account's code, made of book, role and detail. 账户代码"""

    template = "(%(expressions)s)"
    arg_joiner = " || "


def _kind_fits_role() -> Q:
    """Each role has one kind."""
    fits = Q()
    for kind in Kind:
        fits |= Q(kind=kind.value, role__in=[role.value for role, of in KINDS.items() if of is kind])
    return fits


class Account(models.Model):
    """An account of a book. 账户"""

    code = models.TextField(unique=True)
    """such as `320500:receivable:family`"""
    book = models.TextField()
    """the pooling area whose book it is"""
    role = models.TextField()
    detail = models.TextField(blank=True)
    kind = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "role", "detail"], name="one_account_for_each_use"),
            models.CheckConstraint(condition=_kind_fits_role(), name="account_kind_fits_role"),
            models.CheckConstraint(condition=Q(book__regex=r"^[0-9a-z_-]+$"), name="account_book_is_a_word"),
            models.CheckConstraint(
                condition=Q(detail="", code=Code(F("book"), Value(":"), F("role")))
                | (~Q(detail="") & Q(code=Code(F("book"), Value(":"), F("role"), Value(":"), F("detail")))),
                name="account_code_says_its_use",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Journal(models.Model):
    """One business event in a book, with the key that lets it happen once. 凭证"""

    key = models.TextField(unique=True)
    digest = models.BinaryField()
    """SHA-256 of what was said when it was recorded"""
    event = models.TextField()
    """a word of `posting.Event`"""
    book = models.TextField()
    day = models.DateField()
    """the accounting day, in China"""
    at = models.DateTimeField()
    """when it was recorded"""
    by = models.BigIntegerField(null=True)
    """the user who did it; none if a message from outside did"""
    note = models.TextField(blank=True)
    transfers = models.SmallIntegerField()
    """how many transfers it has: it is written together with all of them, and no more can be added"""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["book", "day"], name="journal_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.lookups.Exact(Octets("digest"), 32), name="journal_digest_is_a_sha256"
            ),
            # By length: a regular expression with a bound of 200 took longer than all the rest of a posting.
            models.CheckConstraint(
                condition=models.lookups.Range(Characters("key"), (1, 200)),
                name="journal_has_a_key",
            ),
            models.CheckConstraint(condition=Q(event__regex=r"^[a-z_]+$"), name="journal_event_is_a_word"),
            models.CheckConstraint(condition=Q(transfers__gt=0), name="journal_has_a_transfer"),
        ]

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """An amount from one account's credit to another's debit. 分录"""

    pk = models.CompositePrimaryKey("journal_id", "ordinal")
    journal = models.ForeignKey(Journal, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    ordinal = models.SmallIntegerField()
    """1, 2, … within its journal"""
    day = models.DateField()
    """its journal's"""
    debit = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    credit = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    amount_fen = models.BigIntegerField()
    subject = models.BigIntegerField(null=True)
    """what the money is for: a dimension, kept by who posts"""
    source = models.BigIntegerField(null=True)
    """what the money came with: a dimension, kept by who posts"""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["debit", "day"], name="transfer_by_debit"),
            models.Index(fields=["credit", "day"], name="transfer_by_credit"),
            models.Index(fields=["subject"], name="transfer_by_subject", condition=Q(subject__isnull=False)),
            models.Index(fields=["source"], name="transfer_by_source", condition=Q(source__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_amount_above_zero"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two_accounts"),
            models.CheckConstraint(condition=Q(ordinal__gt=0), name="transfer_counts_from_one"),
        ]


class ClosedDay(models.Model):
    """The end of an accounting day: nothing is posted into it or an earlier one any more. 日结"""

    book = models.TextField()
    day = models.DateField()
    at = models.DateTimeField()
    by = models.BigIntegerField()
    """the user who closed it"""
    confirmed_by = models.BigIntegerField()
    """the second one who agreed"""
    last_journal = models.BigIntegerField(default=0)
    """the newest journal at that moment, of whatever book; a trigger fills it in"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "day"], name="a_day_is_closed_once"),
            models.CheckConstraint(condition=~Q(by=F("confirmed_by")), name="closing_takes_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.day}"


class DayBalance(models.Model):
    """What an account was debited and credited up to the end of a closed day; a trigger writes it. 日终余额"""

    pk = models.CompositePrimaryKey("closed_id", "account_id")
    closed = models.ForeignKey(ClosedDay, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    account = models.ForeignKey(Account, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    debit_fen = models.BigIntegerField()
    credit_fen = models.BigIntegerField()
