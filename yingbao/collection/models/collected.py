"""What a season's collection came to when it was last added up: of a large season a first page reads this. 征收合计"""

from __future__ import annotations

from django.db import models

from yingbao.enrolment.models import Season


class Collected(models.Model):
    """The sums of a season as of a moment; nothing follows from them. 征收合计"""

    season = models.OneToOneField(Season, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    sums = models.JSONField()
    """in the order of `summing.Sums`"""
    by_way = models.JSONField()
    """way → fen"""
