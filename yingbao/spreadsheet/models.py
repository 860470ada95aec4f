"""Rosters that schools upload, staged for review before anything else is written. 花名册

A staged row holds what the file said, sealed as in `people`, and what would happen to it. Nothing outside
these two tables changes until the clerk commits.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.models import Season
from yingbao.people.models import Person


class Roster(models.Model):
    """One uploaded file of a school's pupils. 花名册"""

    class State(models.TextChoices):
        WAITING = "waiting", "等待读取"
        REVIEWED = "reviewed", "待确认"
        REFUSED = "refused", "未能受理"
        COMMITTED = "committed", "已导入"
        DROPPED = "dropped", "已放弃"

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="rosters")
    season = models.ForeignKey(Season, models.PROTECT, related_name="rosters")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content_cipher = models.BinaryField(null=True)
    """the file itself, encrypted; dropped once it is committed and its errors are mended"""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.JSONField(null=True)
    """why refused, in both languages"""
    notes = models.JSONField(default=list)
    """what the reader passed over or assumed, in both languages"""
    counts = models.JSONField(default=dict)
    """rows per outcome"""
    committed_at = models.DateTimeField(null=True)
    committed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")


class RosterRow(models.Model):
    """One row of a roster and what would become of it. 花名册行"""

    class Outcome(models.TextChoices):
        NEW = "new", "新增"
        UNCHANGED = "unchanged", "无变化"
        CHANGED = "changed", "有变化"
        MOVED_HERE = "moved_here", "转入"
        ON_TWO_ROSTERS = "on_two_rosters", "两校同时在册"
        DUPLICATE = "duplicate", "文件内重复"
        ERROR = "error", "有错误"
        LEFT = "left", "不在名单"

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="rows")
    row_number = models.PositiveIntegerField(null=True)
    """the row in the sheet; null for a child who is on the roll but not in the file"""
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    """the known person this row was matched to"""
    name = models.CharField(max_length=60, blank=True)
    class_label = models.CharField(max_length=60, blank=True)
    number_masked = models.CharField(max_length=40, blank=True)
    number_index = models.BinaryField(max_length=32, null=True)
    sealed = models.BinaryField(null=True)
    """all that the row says, encrypted"""
    changes = models.JSONField(default=dict)
    """field → [before, after], masked where the field is sealed"""
    errors = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roster", "row_number"], name="one_staged_row_per_sheet_row"),
        ]
        indexes: ClassVar = [models.Index(fields=["roster", "outcome"], name="rows_by_outcome")]
