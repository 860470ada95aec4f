"""How many children of an agent stand otherwise with the tax desk than with the agency, as last compared. 差异数"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yingbao.agents.models import Organisation
from yingbao.enrolment.models import Season


class MismatchCount(models.Model):
    """A kind of mismatch at an agent, counted aside because a whole city is compared for it. 差异计数"""

    season = models.ForeignKey(Season, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    """a word of `handover.Mismatched`"""
    children = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "organisation", "kind"], name="one_count_of_a_mismatch"),
        ]


class Comparison(models.Model):
    """When a season was last compared. 比对时间"""

    season = models.OneToOneField(Season, models.CASCADE, related_name="+")
    at = models.DateTimeField()
