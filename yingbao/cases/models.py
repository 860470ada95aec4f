"""A case: whose child it is, what is to be decided or a question, asked of a body and followed to its end. 个案"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from yingbao.agents.models import Appointment, Desk, Organisation, User
from yingbao.cases.kinds import Kind, kind_of
from yingbao.cases.lifecycle import STATE_NAMES, UNSETTLED, Act, State
from yingbao.enrolment.models import Season
from yingbao.people.models import Person
from yingbao.values.text import Text

OF_WHO_ASKED = frozenset({Act.ASK, Act.SEND_AGAIN, Act.REOPEN, Act.WITHDRAW})
STATE_CHOICES = [(state.value, text.zh) for state, text in STATE_NAMES.items()]


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, narrowed."""

    def visible_to(self, appointment: Appointment) -> CaseQuerySet:
        """What a desk may see: what it asked, holds or held; a sub-district all below. 可见范围

        The agency, which registers, sees whose child is asked after in its area; of questions, like every other
        bureau, those that came to it.
        """
        place = appointment.organisation
        match appointment.desk:
            case Desk.SCHOOL | Desk.TAX | Desk.EDUCATION | Desk.CARD:
                return self.of([place.pk])
            case Desk.COMMUNITY:
                return self.of(Organisation.objects.under([place.pk]).values("pk"))
            case Desk.AGENCY:
                placing = Q(season__pooling_area=place.pooling_area, once__isnull=True)
                return self.filter(placing | Q(pk__in=_parts([place.pk])))
            case _:
                return self.none()

    def of(self, places: object) -> CaseQuerySet:
        """Those in which one of these bodies has or had a part. 相关个案"""
        return self.filter(pk__in=_parts(places))

    def questions(self) -> CaseQuerySet:
        """Those that ask for an answer. 问题"""
        return self.filter(once__isnull=False)

    def of_family(self, phone_index: bytes) -> CaseQuerySet:
        """Those that a family asked by this phone. 家长提出"""
        return self.filter(family_asker__phone_index=phone_index)

    def unsettled(self) -> CaseQuerySet:
        """Those in which someone still has to do something. 未办结"""
        return self.filter(state__in=sorted(UNSETTLED))

    def overdue(self, on: date) -> CaseQuerySet:
        """Those whose day has passed. 超期"""
        return self.unsettled().filter(due_on__lt=on)

    def waiting_for(self, place: Organisation) -> CaseQuerySet:
        """Those in which this very body is the next to do something. 待本单位办理"""
        return self.filter(
            Q(to_organisation=place, state__in=[State.OPEN, State.ACCEPTED])
            | Q(asked_by_organisation=place, state=State.RETURNED)
        )


def _parts(places: object) -> models.QuerySet[CaseStep, Any]:
    """The cases in which one of these bodies has or had a part, by their steps."""
    return CaseStep.objects.filter(Q(organisation__in=places) | Q(to_organisation__in=places)).values("case")


class Case(models.Model):
    """A question, mostly about one child, that lies with one body until it is settled. 个案"""

    number = models.CharField(max_length=12, unique=True)
    """with a check in it, to tell by phone; it stands on the slip that the family takes along"""
    kind = models.CharField(max_length=20)
    """a word of `kinds.KINDS`"""
    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="cases")
    """null: a question about no child"""
    asked_by_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """null: a family asked, see `FamilyAsker`"""
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """with whom it lies"""
    raised_to = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """the body above to which it went up by itself; what that one decides stands"""
    state = models.CharField(max_length=10, choices=STATE_CHOICES, default=State.OPEN.value)
    state_at = models.DateTimeField()
    question = models.CharField(max_length=6000)
    """of a family all that it wrote, so that it can be erased: steps are never rewritten"""
    answer = models.CharField(max_length=1000, blank=True)
    """the last one; those before stand in the steps"""
    asked_at = models.DateTimeField()
    once = models.CharField(max_length=32, null=True, unique=True)
    """of a question: the mark of the form that asked it, so that a second click asks nothing; else null"""
    reopened = models.BooleanField(default=False)
    """asked again once, because the answer did not help"""
    due_on = models.DateField()
    """the day, in China, by which whoever holds a question has to do something; a case about a child's place is to be
    settled by it, and no hand-over puts it off"""

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="case_state_known"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(question=""), name="case_says_what_is_asked"),
            models.CheckConstraint(condition=~Q(state="settled") | ~Q(answer=""), name="settled_case_has_an_answer"),
            models.CheckConstraint(
                condition=Q(once__isnull=False) | Q(person__isnull=False, asked_by_organisation__isnull=False),
                name="only_a_question_is_about_nobody_or_a_familys",
            ),
            models.CheckConstraint(
                condition=Q(once__isnull=False) | (~Q(state="withdrawn") & Q(reopened=False)),
                name="only_a_question_is_withdrawn_or_reopened",
            ),
            models.UniqueConstraint(
                fields=["season", "person", "kind"],
                condition=~Q(state__in=["settled", "withdrawn"]) & Q(once__isnull=True),
                name="asked_once_about_a_child_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["to_organisation", "state"], name="cases_with_a_body"),
            models.Index(fields=["asked_by_organisation", "state"], name="cases_of_an_asker"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[State(self.state)]

    @property
    def about(self) -> Kind:
        """What it is about."""
        return kind_of(self.kind)

    @property
    def is_question(self) -> bool:
        """Whether it asks for an answer; else it is about a child's place. 是否提问"""
        return self.once is not None

    @property
    def is_familys(self) -> bool:
        """Whether a family asked."""
        return self.asked_by_organisation_id is None

    def is_overdue(self, on: date) -> bool:
        """Whether its day has passed. 是否超期"""
        return self.state in UNSETTLED and self.due_on < on


class CaseStep(models.Model):
    """Something was done to a case: written once, never edited. 个案记录"""

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=12)
    """a word of `lifecycle.Act`"""
    to_state = models.CharField(max_length=10, choices=STATE_CHOICES)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """whose doing it was; null: the platform itself, or the family that asked"""
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """with whom the case lay afterwards"""
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=[act.value for act in Act]), name="case_act_known"),
        ]

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return Act(self.act).text

    @property
    def is_familys(self) -> bool:
        """Whether the family that asked did it; what nobody's organisation did otherwise, the platform did."""
        return self.organisation_id is None and self.act in OF_WHO_ASKED


class FamilyAsker(models.Model):
    """By which phone a family asked; gone once the family has its data erased. 提问的家长"""

    case = models.OneToOneField(Case, models.CASCADE, related_name="family_asker")
    phone_index = models.BinaryField(max_length=32)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_index"], name="questions_of_a_phone")]


class AnswerQuerySet(models.QuerySet["GeneralAnswer"]):
    """General answers, narrowed."""

    def current(self) -> AnswerQuerySet:
        """Those that hold: neither withdrawn nor replaced. 有效答复"""
        return self.filter(end__isnull=True)

    def for_readers(self, pooling_area: str, plan_year: int | None, *, staff: bool) -> AnswerQuerySet:
        """What a reader of an area and a season may find. 可见答复"""
        found = self.filter(pooling_area=pooling_area).filter(Q(plan_year=plan_year) | Q(plan_year__isnull=True))
        return found.filter(for_staff=True) if staff else found.filter(for_families=True)


class GeneralAnswer(models.Model):
    """An answer that helps others, rewritten about nobody; replaced or withdrawn, never edited. 公开答复"""

    pooling_area = models.CharField(max_length=6)
    plan_year = models.PositiveSmallIntegerField(null=True)
    """the season for which it holds; null: for every one until it is withdrawn"""
    topic = models.CharField(max_length=20)
    """a word of `kinds.TOPICS`"""
    question = models.CharField(max_length=200)
    answer = models.CharField(max_length=1000)
    clause = models.CharField(max_length=60, blank=True)
    """the notice and its clause, by number"""
    for_staff = models.BooleanField()
    for_families = models.BooleanField()
    from_case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    """the question from which it was made; never shown"""
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    once = models.CharField(max_length=32, unique=True)
    """the mark of the form, so that a second click publishes nothing twice"""
    published_by_body = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    grams = ArrayField(models.CharField(max_length=20))
    """what it is found by, see `finding.grams_of`"""

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(question="") & ~Q(answer=""), name="general_answer_says_something"),
            models.CheckConstraint(
                condition=Q(for_staff=True) | Q(for_families=True), name="general_answer_has_readers"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["pooling_area", "topic"], name="answers_of_an_area"),
            GinIndex(fields=["grams"], name="answers_by_words"),
        ]

    @property
    def about(self) -> Kind:
        """What it is about."""
        return kind_of(self.topic)


class AnswerEnd(models.Model):
    """A general answer holds no more: by whom, when and why; written once, never edited. 答复停用"""

    answer = models.OneToOneField(GeneralAnswer, models.PROTECT, related_name="end")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(reason=""), name="answer_ends_with_a_reason")]


class Helped(models.Model):
    """A reader said once whether an answer helped; who it was stands nowhere. 是否有用"""

    answer = models.ForeignKey(GeneralAnswer, models.PROTECT, related_name="said")
    reader_index = models.BinaryField(max_length=32)
    """a keyed digest of the user, the phone or the browser"""
    yes = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["answer", "reader_index"], name="counted_once_a_reader")
        ]
