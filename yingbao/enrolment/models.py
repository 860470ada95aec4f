"""One person, one plan year: the season, the enrolment and its decision. 参保"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.lifecycle import ENDED, ENROLLED, LEFT, STATE_NAMES, Act, State
from yingbao.enrolment.listing import EnrolmentQuerySet
from yingbao.enrolment.rolling_tables import RollOver, StatusCheck  # noqa: F401  as below
from yingbao.enrolment.standing_tables import (  # noqa: F401  Django looks for an application's tables here
    BodyDay,
    BodyStanding,
    ClassStanding,
    SeasonDay,
    StandingMark,
)
from yingbao.enrolment.unlisted_tables import Unlisted, UnlistedAsOf  # noqa: F401  as above
from yingbao.people.models import Person
from yingbao.values.text import Text

STATE_CHOICES = [(state.value, text.zh) for state, text in STATE_NAMES.items()]


class PolicyProposal(models.Model):
    """A policy's text that an officer proposes, until another officer puts it to work. 政策修订"""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        ASKED = "asked", "待复核"
        PUBLISHED = "published", "已发布"
        DROPPED = "dropped", "已作废"

    policy = models.CharField(max_length=11)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    clause = models.CharField(max_length=100)
    """what the change rests on: a notice's number and clause"""
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    simulation = models.JSONField(null=True)
    """what it would do, as `simulating.simulate` tells it; keys and figures, no names"""
    simulated_for = models.CharField(max_length=64, blank=True)
    """digests of this text and of the one in force then, joined: another text or version needs another look"""
    simulated_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=300, blank=True)
    """why it was sent back"""

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason="") & ~Q(clause=""), name="proposal_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("made_by")),
                name="proposal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="proposal_published_by_someone",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["policy", "state"], name="proposals_of_policy")]

    def __str__(self) -> str:
        return f"{self.policy} {self.pk} {self.state}"


class PolicyVersion(models.Model):
    """A policy's text as it was put to work: written once, never edited. 政策版本

    The first of a policy is the file's own text, taken in when the first change is published; it has no proposal.
    """

    policy = models.CharField(max_length=11)
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)
    clause = models.CharField(max_length=100, blank=True)
    proposal = models.OneToOneField(PolicyProposal, models.PROTECT, null=True, related_name="version")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["policy", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=Q(number=1, proposal__isnull=True, proposed_by__isnull=True, published_by__isnull=True)
                | Q(proposal__isnull=False, proposed_by__isnull=False, published_by__isnull=False)
                & ~Q(proposed_by=F("published_by"))
                & ~Q(reason="")
                & ~Q(clause=""),
                name="version_published_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"


class Season(models.Model):
    """One policy at work: a pooling area's plan year. 参保季"""

    policy = models.CharField(max_length=11, unique=True)
    """the policy's id, such as 320500/2020"""
    pooling_area = models.CharField(max_length=6)
    plan_year = models.PositiveSmallIntegerField()
    policy_digest = models.CharField(max_length=64)
    """SHA-256 of the policy's text that the stored decisions rest on"""
    version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    """the published version in force; null: the policy's file, as long as nothing was published"""
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pooling_area", "plan_year"], name="one_season_per_area_and_year"),
        ]

    def __str__(self) -> str:
        return self.policy


class Enrolment(models.Model):
    """A person's enrolment for a plan year through an agent, with the decision that was made. 参保"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    plan_year = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="enrolments")
    """the enrolling agent: the school or community that works on this child"""
    state = models.CharField(max_length=12, choices=STATE_CHOICES, default=State.DRAFT.value)
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    """why declined or withdrawn"""

    tier = models.PositiveSmallIntegerField(null=True)
    """the tier of cover that the family chose, where the policy has several (Yuzhong 一(二)); null: not chosen"""

    # The decision, with the words of the command-line contract; empty until determined.
    status = models.CharField(max_length=10, blank=True)
    agent = models.CharField(max_length=10, blank=True)
    registration = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    phase = models.CharField(max_length=8, blank=True)
    premium_fen = models.PositiveIntegerField(default=0)
    self_paid_fen = models.PositiveIntegerField(default=0)
    subsidised_fen = models.PositiveIntegerField(default=0)
    paid_by = models.CharField(max_length=40, blank=True)
    coverage_from = models.DateField(null=True)
    coverage_to = models.DateField(null=True)
    because = models.CharField(max_length=300, blank=True)
    as_of = models.DateField(null=True)
    """the day the decision was reckoned for"""
    facts = models.JSONField(default=dict)
    """the facts that the decision used, by the columns of the command-line contract"""
    version = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    """the published version under which the decision became what it is; null: the policy's file before any"""

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["season", "person"], name="one_enrolment_per_season_and_person"),
            models.UniqueConstraint(
                fields=["person", "plan_year"],
                condition=Q(state__in=sorted(state.value for state in ENROLLED)),
                name="never_enrolled_twice_for_a_year",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="enrolment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(premium_fen=F("self_paid_fen") + F("subsidised_fen")),
                name="premium_is_the_sum_of_its_parts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(state.value for state in LEFT)) | ~Q(reason=""),
                name="leaving_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(state.value for state in ENROLLED)) | Q(status="enrolled"),
                name="only_the_entitled_are_confirmed",
            ),
            models.CheckConstraint(condition=Q(tier__isnull=True) | Q(tier__in=[1, 2]), name="tier_known"),
            models.UniqueConstraint(fields=["id", "person", "plan_year"], name="enrolment_with_its_person_and_year"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "season", "state"], name="enrolments_of_agent"),
            # First-timers who still have to be registered somewhere.
            models.Index(fields=["season", "registration"], condition=Q(state="draft"), name="drafts_of_season"),
            # Who cannot be enrolled, of one school or of a city: few among many.
            models.Index(
                fields=["season", "organisation"], condition=Q(status="ineligible"), name="ineligible_of_season"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[State(self.state)]

    @property
    def is_live(self) -> bool:
        """Whether someone still works on it."""
        return self.state not in ENDED


class Step(models.Model):
    """Something was done to an enrolment: written once, never edited. 办理记录"""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=12)
    """a word of `lifecycle.Act`"""
    from_state = models.CharField(max_length=12, choices=STATE_CHOICES, blank=True)
    to_state = models.CharField(max_length=12, choices=STATE_CHOICES)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the platform itself, because facts or days changed"""
    reason = models.CharField(max_length=200, blank=True)
    """what the person who did it wrote"""
    changes = models.JSONField(default=dict)
    """field → [before, after], where a decision changed or another organisation took over"""

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=[act.value for act in Act]), name="step_act_known"),
        ]
        # What happened since the last look is told to families (jobs.occasions).
        indexes: ClassVar = [models.Index(fields=["act", "at"], name="steps_of_late")]

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return Act(self.act).text


class Tally(models.Model):
    """How many enrolments of an agent stand where: written by trigger, read as a sum. 人数汇总

    Each statement that touches enrolments adds what it changed (+1, −1); `tallying.compact` adds rows up. So a city's
    numbers are read without counting its children, and two clerks never wait for one counter.
    """

    id = models.BigAutoField(primary_key=True)
    season = models.ForeignKey(Season, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=12)
    status = models.CharField(max_length=10)
    registration = models.CharField(max_length=20)
    heads = models.IntegerField()
    self_paid_fen = models.BigIntegerField()
    subsidised_fen = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["season", "organisation"], name="tally_of_season")]


class CorrectionRequest(models.Model):
    """An agent asks the insurance agency to put a child's data right. 更正申请"""

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        DONE = "done", "已更正"
        REFUSED = "refused", "不予更正"

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=30)
    """a key of `corrections.FIELDS`"""
    wanted = models.CharField(max_length=200)
    """what is right, as a screen shows it: a number is masked here"""
    wanted_cipher = models.BinaryField(null=True)
    """the whole number, sealed, where the field is one"""
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "field"], condition=Q(state="open"), name="asked_once_about_a_field"
            ),
        ]


class RegistrationRequest(models.Model):
    """A school asks the insurance agency to register a first-timer's basic data. 登记申请"""

    class State(models.TextChoices):
        ASKED = "asked", "待审核"
        REGISTERED = "registered", "已登记"
        SENT_BACK = "sent_back", "已退回"
        HANDED = "handed", "已转其他渠道"

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="registration_requests")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=200, blank=True)
    """why it was sent back or handed on"""
    channel = models.CharField(max_length=20, blank=True)
    """where the child is registered instead, once handed on: a word of `parts.REGISTRATION_PLACES`"""
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=Q(state="asked"), name="registration_asked_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="registration_answer_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent_back", "handed"]) | ~Q(answer=""),
                name="registration_not_made_has_a_reason",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "asked_at"], name="registrations_asked")]


class RegistrationStep(models.Model):
    """A request for registration went from one state to another: written once, never edited. 登记申请记录"""

    request = models.ForeignKey(RegistrationRequest, models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
