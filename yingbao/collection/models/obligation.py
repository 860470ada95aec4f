"""What is owed for one child and one year. 应缴"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation
from yingbao.declaration.models import Declaration
from yingbao.enrolment.models import Enrolment, Season
from yingbao.people.models import Person


class Obligation(models.Model):
    """What is owed for one child's plan year, the family's part and another body's. 应缴

    Never changed in its sums: when they change, it ends and another takes its place.
    """

    season = models.ForeignKey(Season, models.PROTECT, related_name="obligations")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="obligations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    plan_year = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="obligations")
    """the agent that declared or collects; it keeps its line when the child moves on"""
    declaration = models.ForeignKey(Declaration, models.PROTECT, null=True, related_name="obligations")
    """null: paid without one, by a family"""
    due_fen = models.PositiveIntegerField()
    """the family's part"""
    body_fen = models.PositiveIntegerField()
    """the part of `paid_by`, such as treasury"""
    paid_by = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=32, blank=True)
    listed_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """the body whose list exempts the child, for the bill of each body"""
    assessed_at = models.DateTimeField()
    paid_fen = models.PositiveIntegerField(default=0)
    paid_on = models.DateField(null=True)
    """the day in China on which the payer's money was taken"""
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(
        max_length=12,
        blank=True,
        choices=[
            ("exempted", "转为免缴"),
            ("charged", "恢复缴费"),
            ("withdrawn", "撤回"),
            ("lapsed", "到期"),
            ("repriced", "标准有变"),
        ],
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "plan_year"],
                condition=Q(ended_at__isnull=True),
                name="one_live_obligation_for_person_and_year",
            ),
            models.CheckConstraint(
                condition=Q(paid_fen=0, paid_on__isnull=True) | Q(paid_fen=F("due_fen"), paid_on__isnull=False),
                name="obligation_is_paid_in_full_or_not",
            ),
            models.CheckConstraint(condition=Q(due_fen__gt=0) | Q(body_fen__gt=0), name="obligation_owes_something"),
            models.CheckConstraint(condition=~Q(body_fen__gt=0) | ~Q(paid_by=""), name="body_that_pays_is_named"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="obligation_ends_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "season"], name="obligations_of_agent"),
            models.Index(fields=["enrolment"], name="obligations_of_enrolment"),
        ]

    def __str__(self) -> str:
        return f"obligation {self.pk}"

    @property
    def is_paid(self) -> bool:
        """Whether the family's part is in."""
        return self.paid_fen == self.due_fen > 0
