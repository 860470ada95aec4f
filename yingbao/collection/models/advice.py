"""For whom a school's transfer is, when it is not for all that its declaration owes. 汇款说明"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import User
from yingbao.collection.models.arrival import Arrival
from yingbao.collection.models.obligation import Obligation
from yingbao.declaration.models import Declaration


class Advice(models.Model):
    """A school says for which children of a declaration its transfer is. 汇款说明

    A declaration has at most one that waits for its money; a newer one takes the place of an older.
    """

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="advices")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    total_fen = models.BigIntegerField()
    """what its children owed when it was made"""
    arrival = models.ForeignKey(Arrival, models.PROTECT, null=True, related_name="advices")
    """the money that was matched by it"""
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["declaration"],
                condition=Q(arrival__isnull=True, withdrawn_at__isnull=True),
                name="one_open_advice_of_a_declaration",
            ),
            models.CheckConstraint(condition=Q(total_fen__gt=0), name="advice_is_of_something"),
            models.CheckConstraint(
                condition=Q(arrival__isnull=True) | Q(withdrawn_at__isnull=True), name="advice_used_or_withdrawn"
            ),
        ]


class AdviceLine(models.Model):
    """One child for whom the transfer is. 汇款说明明细"""

    advice = models.ForeignKey(Advice, models.PROTECT, related_name="lines")
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["advice", "obligation"], name="child_once_on_an_advice"),
        ]
