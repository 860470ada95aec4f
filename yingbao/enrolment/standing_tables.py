"""What is kept of how bodies stand, so that a dashboard reads sums and no children. 应保尽保统计表

Written by `reckoning` alone; see docs/adr/0029. Reasons are columns, so that a city of thousands of bodies is one small
table, whose size has nothing to do with how many children there are.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yingbao.agents.models import Organisation


class Heads(models.Model):
    """Heads by where they stand: a column for each word of `standing.INSURED`, `MISSING` and `BESIDE`. 人数"""

    insured = models.PositiveIntegerField(default=0)
    unlisted = models.PositiveIntegerField(default=0)
    unregistered = models.PositiveIntegerField(default=0)
    unconfirmed = models.PositiveIntegerField(default=0)
    undeclared = models.PositiveIntegerField(default=0)
    unpaid = models.PositiveIntegerField(default=0)
    declined = models.PositiveIntegerField(default=0)
    elsewhere = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    unknown = models.PositiveIntegerField(default=0)
    ineligible = models.PositiveIntegerField(default=0)
    with_other = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


def _season() -> models.ForeignKey[models.Model, models.Model]:
    return models.ForeignKey("enrolment.Season", models.PROTECT, related_name="+", db_index=False)


def _organisation() -> models.ForeignKey[models.Model, models.Model]:
    return models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)


class BodyStanding(Heads):
    """How the children of a school or community stand in a season. 单位参保情况"""

    season = _season()
    organisation = _organisation()
    reckoned_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    """when an enrolment there last moved"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "organisation"], name="one_standing_of_a_body"),
        ]


class ClassStanding(Heads):
    """The same of a class; children outside school are in the class without a name. 班级参保情况"""

    id = models.BigAutoField(primary_key=True)
    season = _season()
    organisation = _organisation()
    stage = models.CharField(max_length=16, blank=True)
    grade = models.PositiveSmallIntegerField(null=True)
    class_name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["season", "organisation", "stage", "grade", "class_name"],
                name="one_standing_of_a_class",
                nulls_distinct=False,
            ),
        ]


class StandingMark(models.Model):
    """Something changed at a body since it was reckoned: added by trigger, taken away by who reckons. 待重算标记

    Rows are only added and taken away, so two clerks of a school never wait for one mark.
    """

    id = models.BigAutoField(primary_key=True)
    season = models.ForeignKey(
        "enrolment.Season", models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "organisation"], name="marks_of_standing")]


class BodyDay(models.Model):
    """By how much a body's figures changed on a day; their sum is how it stands. 单位每日变化"""

    id = models.BigAutoField(primary_key=True)
    season = _season()
    organisation = _organisation()
    day = models.DateField()
    should = models.IntegerField()
    insured = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "organisation", "day"], name="one_change_of_a_body_a_day"),
        ]


class SeasonDay(models.Model):
    """By how much a whole area's figures changed on a day. 全市每日变化"""

    id = models.BigAutoField(primary_key=True)
    season = _season()
    day = models.DateField()
    should = models.IntegerField()
    insured = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "day"], name="one_change_of_a_season_a_day"),
        ]
