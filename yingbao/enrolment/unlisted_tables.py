"""What is kept of the children of large divisions who are on nobody's list: made anew every few minutes. 未列入名单

Written by `unlisted` alone. It is a queue of work, not a record: nothing follows from a row, and a page asks each child
that it shows anew.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yingbao.people.models import Person


class Unlisted(models.Model):
    """A child of a division whom nobody had listed when it was last looked; in the order of work. 待分派"""

    id = models.BigAutoField(primary_key=True)
    season = models.ForeignKey("enrolment.Season", models.CASCADE, related_name="+", db_index=False)
    division = models.CharField(max_length=6)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_constraint=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "division", "id"], name="unlisted_of_a_division")]


class UnlistedAsOf(models.Model):
    """When a division was last looked through, and how many were found. 待分派截至"""

    season = models.ForeignKey("enrolment.Season", models.CASCADE, related_name="+", db_index=False)
    division = models.CharField(max_length=6)
    reckoned_at = models.DateTimeField()
    heads = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "division"], name="one_look_through_a_division"),
        ]
