"""Long work that a user started, with its progress. 后台任务"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import Organisation, User


class Job(models.Model):
    """One piece of long work: what it is, how far it is, and for whom. 后台任务

    The queue itself is procrastinate's (`queue_id` is its job); this row is what people see.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        CANCELLED = "cancelled", "已取消"

    task = models.CharField(max_length=60)
    """the task's name, such as roster.review"""
    about = models.JSONField()
    """what it is about in both languages: {"zh": …, "en": …}"""
    arguments = models.JSONField(default=dict)
    owner = models.ForeignKey(User, models.PROTECT, related_name="jobs")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="jobs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    message = models.JSONField(null=True)
    """how it ended or why it failed, in both languages"""
    result_url = models.CharField(max_length=200, blank=True)
    """where its outcome is seen"""
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    queue_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "-asked_at"], name="jobs_of_user")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(done__lte=models.F("total")), name="no_more_done_than_there_is"
            ),
        ]
