"""A case: whose child it is or what is to be decided, asked of a body and followed to its end. 个案"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q

from yingbao.agents.models import Appointment, Desk, Organisation, User
from yingbao.cases.kinds import Kind, kind_of
from yingbao.cases.lifecycle import STATE_NAMES, UNSETTLED, Act, State
from yingbao.enrolment.models import Season
from yingbao.people.models import Person
from yingbao.values.text import Text

STATE_CHOICES = [(state.value, text.zh) for state, text in STATE_NAMES.items()]


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases, narrowed."""

    def visible_to(self, appointment: Appointment) -> CaseQuerySet:
        """What a desk may see: what it asked, holds or held; a sub-district all below; the agency its area. 可见范围"""
        place = appointment.organisation
        match appointment.desk:
            case Desk.SCHOOL:
                return self.of([place.pk])
            case Desk.COMMUNITY:
                return self.of(Organisation.objects.under([place.pk]).values("pk"))
            case Desk.AGENCY:
                return self.filter(Q(season__pooling_area=place.pooling_area) | Q(asked_by_organisation=place))
            case _:
                return self.none()

    def of(self, places: object) -> CaseQuerySet:
        """Those in which one of these bodies has or had a part. 相关个案"""
        held = CaseStep.objects.filter(Q(organisation__in=places) | Q(to_organisation__in=places))
        return self.filter(pk__in=held.values("case"))

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


class Case(models.Model):
    """A question about one child that lies with one body until it is settled. 个案"""

    number = models.CharField(max_length=12, unique=True)
    """with a check in it, to tell by phone; it stands on the slip that the family takes along"""
    kind = models.CharField(max_length=20)
    """a word of `kinds.KINDS`"""
    season = models.ForeignKey(Season, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    asked_by_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """with whom it lies"""
    raised_to = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """the body above to which it went up by itself; what that one decides stands"""
    state = models.CharField(max_length=10, choices=STATE_CHOICES, default=State.OPEN.value)
    state_at = models.DateTimeField()
    question = models.CharField(max_length=300)
    answer = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    """the day by which whoever it lies with has to do something, in China"""

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=[state.value for state in State]), name="case_state_known"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(question=""), name="case_says_what_is_asked"),
            models.CheckConstraint(condition=~Q(state="settled") | ~Q(answer=""), name="settled_case_has_an_answer"),
            models.UniqueConstraint(
                fields=["season", "person", "kind"],
                condition=~Q(state="settled"),
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
    """whose doing it was; null: the platform itself"""
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    """with whom the case lay afterwards"""
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=[act.value for act in Act]), name="case_act_known"),
        ]

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return Act(self.act).text
