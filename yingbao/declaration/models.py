"""Declarations: a list frozen by its agent, its lines, and what the tax authority said of each. 申报"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.declaration.lifecycle import OPEN, STATE_NAMES, State
from yingbao.enrolment.models import Enrolment, Season
from yingbao.values.text import Text


class Declaration(models.Model):
    """What a school or community states to the tax authority as a batch; frozen, never edited. 申报表"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="declarations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="declarations")
    ordinal = models.PositiveSmallIntegerField()
    """1 is the declaration itself, 2 and on are supplements, by agent and season"""
    reference = models.CharField(max_length=24, unique=True)
    """the remittance reference: what the payer writes into the transfer; carries a check, see values.reference"""
    method = models.CharField(
        max_length=10, choices=[("transfer", "银行转账"), ("debit", "扣款"), ("none", "无需缴费")]
    )
    """how the agent pays what the lines sum up to"""
    state = models.CharField(max_length=16, choices=[(state.value, text.zh) for state, text in STATE_NAMES.items()])
    because = models.CharField(max_length=200, blank=True)
    """what was wrong before: why there is a supplement, such as a list that came late"""
    heads = models.PositiveIntegerField()
    """lines of the list, additions only"""
    payers = models.PositiveIntegerField()
    """of these, children whose family pays something"""
    exempt = models.PositiveIntegerField()
    removals = models.PositiveIntegerField(default=0)
    corrections = models.PositiveIntegerField(default=0)
    """declared children whose sums changed; like removals in no other figure"""
    self_paid_fen = models.BigIntegerField()
    subsidised_fen = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    """SHA-256 of the frozen lines, see `freezing.digest_of`"""
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform itself, for a list that came late"""
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    """why it was returned or accepted in part"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "organisation", "ordinal"], name="declarations_are_numbered"),
            models.UniqueConstraint(
                fields=["season", "organisation"],
                condition=Q(state__in=sorted(state.value for state in OPEN)),
                name="one_open_declaration_of_an_agent",
            ),
            # Lines hang under their declaration by these together, so that none can stray under another agent's.
            models.UniqueConstraint(fields=["id", "organisation"], name="declaration_with_its_agent"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="declaration_state_known"
            ),
            models.CheckConstraint(condition=Q(heads=F("payers") + F("exempt")), name="declared_heads_add_up"),
            models.CheckConstraint(condition=Q(ordinal__gte=1), name="declaration_ordinal_from_one"),
            models.CheckConstraint(
                condition=Q(state__in=["frozen", "discarded"]) | Q(submitted_at__isnull=False),
                name="declaration_submitted_before_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "partly_accepted", "returned"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="declaration_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["partly_accepted", "returned"]) | ~Q(reason=""),
                name="declaration_refused_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[State(self.state)]

    @property
    def is_supplement(self) -> bool:
        """Whether it adds to an earlier declaration of the same agent."""
        return self.ordinal > 1


class DeclarationLine(models.Model):
    """One child on a frozen list, as it was stated; never edited but for the tax authority's word. 申报明细"""

    ADD = "add"
    CORRECT = "correct"
    REMOVE = "remove"

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="lines")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """the declaration's agent; the database holds the two together"""
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="declaration_lines")
    ordinal = models.PositiveIntegerField()
    change = models.CharField(max_length=8, choices=[(ADD, "新增"), (CORRECT, "更正"), (REMOVE, "退出")], default=ADD)
    name = models.CharField(max_length=50)
    number_masked = models.CharField(max_length=40, blank=True)
    class_label = models.CharField(max_length=60, blank=True)
    """stage, grade and class as they were, for the printed form"""
    premium_fen = models.PositiveIntegerField()
    self_paid_fen = models.PositiveIntegerField()
    subsidised_fen = models.PositiveIntegerField()
    paid_by = models.CharField(max_length=40, blank=True)
    category = models.CharField(max_length=32, blank=True)
    """the assistance category that exempts, if one does"""
    listed_by = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """the body whose list exempts the child"""
    verdict = models.CharField(
        max_length=8, choices=[("", "待受理"), ("accepted", "受理"), ("refused", "不予受理")], blank=True
    )
    verdict_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "ordinal"], name="declaration_lines_are_numbered"),
            models.UniqueConstraint(fields=["declaration", "enrolment"], name="child_once_on_a_declaration"),
            models.CheckConstraint(
                condition=Q(premium_fen=F("self_paid_fen") + F("subsidised_fen")), name="declared_premium_adds_up"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="refused") | ~Q(verdict_reason=""), name="line_refused_with_a_reason"
            ),
            models.CheckConstraint(condition=Q(change__in=["add", "correct", "remove"]), name="line_change_known"),
            models.CheckConstraint(condition=Q(verdict__in=["", "accepted", "refused"]), name="line_verdict_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["enrolment"], name="lines_of_enrolment")]
