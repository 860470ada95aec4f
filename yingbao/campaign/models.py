"""What each body has to do in the season, and training: sessions and who goes. 季内任务与培训

The wall of the database (docs/adr/0022) narrows assignments, places and their steps by `organisation`.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Appointment, Organisation, OrganisationKind, User
from yingbao.campaign.lifecycle import ACT_NAMES, GOING_NAMES, STATE_NAMES, TRAINING_ACT_NAMES, Act, Going, State
from yingbao.enrolment.models import Season
from yingbao.values.text import Text

STATES = [(state.value, text.zh) for state, text in STATE_NAMES.items()]
GOINGS = [(going.value, text.zh) for going, text in GOING_NAMES.items()]


class SeasonTask(models.Model):
    """What the season's policy asks of every body of some kinds, with its days. 季内任务"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="tasks")
    word = models.CharField(max_length=60)
    """the task's id in the policy"""
    phase = models.CharField(max_length=60)
    """the phase's id in the policy"""
    zh = models.TextField()
    en = models.TextField()
    clause = models.CharField(max_length=40)
    kinds = ArrayField(models.CharField(max_length=24))
    """the kinds of bodies that have to do it"""
    starts = models.DateField(null=True)
    due = models.DateField(null=True)
    """the last day, in China; null where the notice sets none"""
    seen_by = models.CharField(max_length=40, blank=True)
    """a word of `seen_done.SEEN`: by what the platform sees that it is done"""
    position = models.PositiveSmallIntegerField()
    """its place in the policy"""
    asked = models.BooleanField(default=True)
    """false once the policy asks it no more"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "word"], name="task_asked_once_a_season"),
            models.CheckConstraint(
                condition=Q(kinds__contained_by=OrganisationKind.values), name="task_asks_kinds_that_there_are"
            ),
        ]

    @property
    def text(self) -> Text:
        """What has to be done, in a sentence."""
        return Text(self.zh, self.en)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Tasks of bodies, narrowed."""

    def visible_to(self, appointment: Appointment) -> AssignmentQuerySet:
        """Those of the bodies that a desk sees: its own, and of all below it. 可见任务"""
        return self.filter(organisation__in=Organisation.objects.visible_to(appointment).values("pk"))

    def asked(self) -> AssignmentQuerySet:
        """Those that stand: open or done. 有效任务"""
        return self.exclude(state=State.DROPPED)

    def late(self, on: date) -> AssignmentQuerySet:
        """Those whose day has passed undone. 逾期"""
        return self.filter(state=State.OPEN, task__due__lt=on)


class Assignment(models.Model):
    """One task of the season as one body has to do it. 单位任务"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    task = models.ForeignKey(SeasonTask, models.PROTECT, related_name="assignments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assignments")
    """who does it"""
    asked_of = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """of whom it was asked first: another body, if that one closed and handed it over"""
    state = models.CharField(max_length=8, choices=STATES, default=State.OPEN.value)
    state_at = models.DateTimeField()
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null where the platform sees it; somebody, of a task that the platform could see: that person's word alone"""
    note = models.CharField(max_length=300, blank=True)
    """what was done, as its doer says"""

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "asked_of"], name="task_asked_once_of_a_body"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="assignment_state_known"),
            models.CheckConstraint(condition=Q(done_by__isnull=True) | Q(state="done"), name="only_done_has_a_doer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "season", "state"], name="tasks_of_a_body"),
            models.Index(fields=["season", "task", "state"], name="bodies_of_a_task"),
        ]

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[State(self.state)]

    @property
    def is_open(self) -> bool:
        """Whether it has to be done yet."""
        return self.state == State.OPEN

    def days_left(self, on: date) -> int | None:
        """Days to its last one: 0 on that day, negative once it is late; None where no day is set. 剩余天数"""
        return None if self.task.due is None else (self.task.due - on).days


class AssignmentStep(models.Model):
    """Something happened to a body's task: written once, never edited. 任务记录"""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="steps")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """with whom the task lay afterwards"""
    act = models.CharField(max_length=10, choices=[(act.value, text.zh) for act, text in ACT_NAMES.items()])
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform itself"""
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=[act.value for act in Act]), name="assignment_act_known"),
        ]

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return Act(self.act).text


class TrainingSession(models.Model):
    """A training for clerks: when, where, for whom, how many. 培训场次"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    host = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """the bureau that holds it"""
    title = models.CharField(max_length=100)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    online = models.BooleanField(default=False)
    place = models.CharField(max_length=200)
    """the room, or how to join online"""
    kinds = ArrayField(models.CharField(max_length=24))
    """for which kinds of bodies"""
    places = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    """places that are given away, kept with them under the session's lock"""
    sign_up_until = models.DateField()
    """the last day for it, in China"""
    about = models.CharField(max_length=500, blank=True)
    announced_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    announced_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    """grows with every change, so that a stale page is noticed"""
    cancelled_at = models.DateTimeField(null=True)
    cancelled_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="training_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(places__gte=1) & Q(taken__lte=F("places")), name="training_never_overbooked"
            ),
            models.CheckConstraint(
                condition=Q(kinds__len__gt=0) & Q(kinds__contained_by=OrganisationKind.values),
                name="training_is_for_somebody",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_because="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_because=""),
                name="cancelled_training_says_why",
            ),
            models.UniqueConstraint(
                fields=["host", "title", "starts_at", "place"],
                condition=Q(cancelled_at__isnull=True),
                name="training_announced_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["season", "starts_at"], name="trainings_of_a_season")]

    @property
    def free(self) -> int:
        """Places that nobody has yet. 余位"""
        return self.places - self.taken


class TrainingPlace(models.Model):
    """One person of a body who goes to a training, or waits for a place. 培训报名"""

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="all_places")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=50)
    """the person's name"""
    state = models.CharField(max_length=10, choices=GOINGS)
    queued_at = models.DateTimeField()
    """who waits longest moves up first"""
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attended = models.BooleanField(null=True)
    """as the officer marked it; null: not marked yet"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "organisation", "name"],
                condition=~Q(state="cancelled"),
                name="signed_up_once_for_a_training",
            ),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in Going]), name="place_state_known"),
            models.CheckConstraint(
                condition=Q(attended__isnull=True) | Q(state="going"), name="only_who_had_a_place_attended"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="place_has_a_name"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["session", "state", "queued_at", "id"], name="places_in_turn"),
            models.Index(fields=["organisation", "session"], name="places_of_a_body"),
        ]

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return GOING_NAMES[Going(self.state)]


class TrainingStep(models.Model):
    """Something happened to a training or a place at it: written once, never edited. 培训记录"""

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="steps")
    place = models.ForeignKey(TrainingPlace, models.PROTECT, null=True, related_name="steps")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """whose place it is; of the session itself, who holds it"""
    act = models.CharField(max_length=16, choices=[(act.value, text.zh) for act, text in TRAINING_ACT_NAMES.items()])
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform itself"""
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
