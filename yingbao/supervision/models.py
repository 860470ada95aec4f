"""A report on a season to the education bureau: figures of a day, written once. 通报"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import Appointment, Desk, Organisation, User
from yingbao.enrolment.models import Season


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports, narrowed."""

    def visible_to(self, appointment: Appointment) -> ReportQuerySet:
        """Those of the own area: for who reports and for who is told. 可见范围"""
        if appointment.desk not in (Desk.AGENCY, Desk.TAX, Desk.EDUCATION):
            return self.none()
        return self.filter(season__pooling_area=appointment.organisation.pooling_area)


class Report(models.Model):
    """What the education bureau was told on a day: heads of every school, as they stood then. 通报"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    ordinal = models.PositiveSmallIntegerField()
    """1 for the season's first report"""
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """who reports"""
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    """what the reader should know beyond the figures"""
    figures = models.JSONField()
    """as `reporting.figures_of` tells them: heads, never a child"""

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "ordinal"], name="reports_of_a_season_are_numbered"),
            models.CheckConstraint(condition=Q(ordinal__gt=0), name="reports_are_numbered_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.season} {self.ordinal}"
