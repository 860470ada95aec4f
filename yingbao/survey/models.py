"""A survey and its versions, a child's answer, a school's report and a sub-district's sum. 问卷调查"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import Organisation, User
from yingbao.cases.models import Case
from yingbao.enrolment.models import Season
from yingbao.people.models import Person
from yingbao.survey.lifecycle import ACT_NAMES, STATE_NAMES, Act, State
from yingbao.survey.questions import Form, decoded
from yingbao.values.text import Text

STATE_CHOICES = [(state.value, text.zh) for state, text in STATE_NAMES.items()]
SOURCES = ("phone", "paper", "sheet")
"""by the family on its phone; by a school from paper, typed or in a workbook"""
DIFFERENCES: dict[str, Text] = {
    "paid": Text("家长说已缴费，平台没有到账", "says paid, and the platform has no payment"),
    "unpaid": Text("家长说没缴费，平台已到账或免缴", "says not paid, and the platform has it paid or exempt"),
    "not_here": Text("家长说没有参保，平台已参保", "says not insured, and is insured here"),
    "not_listed": Text("家长说在本地参保，平台没有参保", "says insured here, and is not"),
    "twice": Text("家长说在别处参保，在本地也参保了", "says insured elsewhere, and is insured here too"),
    "elsewhere": Text("家长说在本地参保，平台查到在别处参保", "says insured here, and the platform has it elsewhere"),
    "help": Text("家长需要帮助", "needs help"),
}
"""In what an answer differs from what the platform knows, or calls for somebody."""


class Survey(models.Model):
    """A questionnaire of a season: its draft, and whether it is closed; what is asked stands in its versions. 问卷"""

    season = models.ForeignKey(Season, models.PROTECT, related_name="surveys")
    draft = models.JSONField()
    """a `questions.Form`, as an officer has it on the desk"""
    edits = models.PositiveIntegerField(default=0)
    """how often the draft was changed: a stale page changes nothing"""
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="survey_closed_by_someone",
            ),
        ]

    @property
    def form(self) -> Form:
        """The draft."""
        return decoded(self.draft)


class Version(models.Model):
    """What is asked, from when and until when: published once, never edited. 问卷版本"""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    asks = models.JSONField()
    """a `questions.Form`"""
    opens_on = models.DateField()
    schools_due_on = models.DateField()
    streets_due_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    """why there is another version"""
    published_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "number"], name="survey_version_numbered_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="survey_changed_for_a_reason"),
            models.CheckConstraint(
                condition=Q(schools_due_on__gte=F("opens_on"), streets_due_on__gte=F("schools_due_on")),
                name="survey_days_in_their_order",
            ),
        ]

    @property
    def form(self) -> Form:
        """What is asked."""
        return decoded(self.asks)


class Answer(models.Model):
    """What a family says of one child in one survey, as it stands. 问卷答案"""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="survey_answers")
    said = models.JSONField()
    """question → option, options, day or figures"""
    words_cipher = models.BinaryField(null=True)
    """free words, sealed: question → words"""
    source = models.CharField(max_length=5)
    times = models.PositiveSmallIntegerField(default=1)
    """how often it was given: a stale form changes nothing"""
    disputed = models.BooleanField(default=False)
    """paper that came later says otherwise than the phone; the phone's word stands until somebody has asked"""
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "person"], name="one_answer_per_child_and_survey"),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="answer_source_known"),
        ]


class Given(models.Model):
    """An answer was given, and stood or not: written once, never edited. 作答记录"""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="given")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    said = models.JSONField()
    words_cipher = models.BinaryField(null=True)
    source = models.CharField(max_length=5)
    stood = models.BooleanField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    """null: the family itself"""
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="given_source_known"),
            models.CheckConstraint(condition=~Q(source="phone") | Q(by__isnull=True), name="phone_is_the_family"),
        ]


class SchoolReport(models.Model):
    """A school's report on a survey: how it stands, and which version of it counts. 学校报告"""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="reports")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    street = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    """who reviews it, when it was last submitted; null: the insurance agency itself"""
    state = models.CharField(max_length=10, choices=STATE_CHOICES, default=State.OPEN.value)
    state_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    """why it was sent back or is being corrected"""
    standing = models.ForeignKey("ReportVersion", models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "survey_report"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "school"], name="one_report_per_school_and_survey"),
            models.CheckConstraint(
                condition=Q(state__in=[State.OPEN, State.SENT_BACK], standing__isnull=True)
                | Q(state__in=[State.SUBMITTED, State.ACCEPTED, State.CORRECTING], standing__isnull=False),
                name="report_counts_by_its_state",
            ),
        ]

    @property
    def state_text(self) -> Text:
        """What the state is called on a page."""
        return STATE_NAMES[State(self.state)]


class ReportVersion(models.Model):
    """What a school reported at one moment: frozen, never edited. 报告版本"""

    report = models.ForeignKey(SchoolReport, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    asked = models.PositiveIntegerField()
    """children on the roll at that moment who are counted here"""
    answered = models.PositiveIntegerField()
    by_phone = models.PositiveIntegerField()
    unanswered = models.PositiveIntegerField()
    counted_elsewhere = models.PositiveIntegerField(default=0)
    """children on the roll whom another school's standing report has counted already"""
    late = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    """why it is corrected"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_numbered_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="report_corrected_for_a_reason"),
            models.CheckConstraint(
                condition=Q(asked=F("answered") + F("unanswered"), answered__gte=F("by_phone")),
                name="asked_is_the_sum_of_its_parts",
            ),
        ]


class Count(models.Model):
    """How many said what, in one version of a school's report: the summary that all sums are made of. 问卷计数"""

    version = models.ForeignKey(ReportVersion, models.PROTECT, related_name="counts")
    question = models.CharField(max_length=30)
    option = models.CharField(max_length=30, blank=True)
    """empty: how many answered the question at all; of a date its month"""
    heads = models.PositiveIntegerField()
    amount = models.BigIntegerField(default=0)
    """of a number, the sum of what was said"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "question", "option"], name="counted_once_per_option"),
        ]


class Counted(models.Model):
    """A child counts in one school's standing report, and in no other's. 计入学校"""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    report = models.ForeignKey(SchoolReport, models.PROTECT, related_name="counted")
    answered = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "person"], name="counted_once_in_a_survey"),
        ]


class ReportStep(models.Model):
    """Something was done to a school's report: written once, never edited. 报告记录"""

    report = models.ForeignKey(SchoolReport, models.PROTECT, related_name="steps")
    act = models.CharField(max_length=10)
    to_state = models.CharField(max_length=10, choices=STATE_CHOICES)
    version = models.ForeignKey(ReportVersion, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(act__in=[act.value for act in Act]), name="report_act_known"),
        ]

    @property
    def text(self) -> Text:
        """What was done, in words."""
        return ACT_NAMES[Act(self.act)]


class Difference(models.Model):
    """An answer and what the platform knew when the school reported do not agree, or a family needs help. 问卷差异"""

    report = models.ForeignKey(SchoolReport, models.PROTECT, related_name="differences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    """a word of DIFFERENCES"""
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "person", "kind"], name="differs_once_in_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=list(DIFFERENCES)), name="difference_kind_known"),
        ]

    @property
    def text(self) -> Text:
        """In what it differs, in words."""
        return DIFFERENCES[self.kind]


class Sum(models.Model):
    """What a sub-district reported to the district: which versions of which schools, never edited. 街道汇总

    The figures are not written down a second time: they are the sums of the versions that it names.
    """

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sums")
    street = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    missing = models.PositiveSmallIntegerField()
    """schools that had not reported"""
    late = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    """why schools are missing, or why it is summed again"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "street", "number"], name="sum_numbered_once"),
            models.CheckConstraint(
                condition=Q(number=1, missing=0) | ~Q(reason=""), name="sum_again_or_incomplete_for_a_reason"
            ),
        ]


class SumPart(models.Model):
    """One version of a school's report that a sub-district summed. 汇总明细"""

    sum = models.ForeignKey(Sum, models.PROTECT, related_name="parts")
    part = models.ForeignKey(ReportVersion, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sum", "part"], name="summed_once"),
        ]


class Sheet(models.Model):
    """A workbook with paper answers that a school handed in, kept sealed until what is wrong is mended. 答卷表"""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="+")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    filename = models.CharField(max_length=200)
    content_cipher = models.BinaryField(null=True)
    """sealed, as long as there is something to mend in it"""
    layout = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    errors_cipher = models.BinaryField(null=True)
    """sealed, because names stand in it"""
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
