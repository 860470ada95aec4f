"""Rosters that schools upload and lists that bodies send, staged for review before anything else is written. 暂存

A staged row holds what the file said, with numbers and phones sealed as in `people`, and what would become of
it. Nothing outside these tables changes until the clerk commits; what is no longer needed is dropped then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yingbao.agents.models import Organisation, User
from yingbao.enrolment.models import Season
from yingbao.people.models import ASSISTANCE, Person


class RosterQuerySet(models.QuerySet["Roster"]):
    """Rosters, narrowed to those that someone may see."""

    def of(self, bodies: Iterable[Organisation]) -> RosterQuerySet:
        """The rosters that are of these schools or communities. 本单位花名册"""
        return self.filter(school__in=[body.pk for body in bodies])


class Roster(models.Model):
    """One uploaded file of a school's pupils, or of a community's children outside school. 花名册"""

    class State(models.TextChoices):
        WAITING = "waiting", "等待读取"
        REVIEWED = "reviewed", "待确认"
        REFUSED = "refused", "未能受理"
        COMMITTED = "committed", "已导入"
        DROPPED = "dropped", "已放弃"

    school = models.ForeignKey(Organisation, models.PROTECT, related_name="rosters")
    season = models.ForeignKey(Season, models.PROTECT, related_name="rosters")
    school_year = models.PositiveSmallIntegerField()
    """the school year that the file describes: 2019 for 2019/2020"""
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content_cipher = models.BinaryField(null=True)
    """the file itself, encrypted; dropped once it is committed and no row is left to mend"""
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    message = models.JSONField(null=True)
    """why refused, or why it has to be looked at again: zh and en, and `where`, `what`, `mend` of a refusal"""
    notes = models.JSONField(default=list)
    """what the reader passed over or assumed, in both languages"""
    layout = models.JSONField(default=dict)
    """how the file is built: kind, encoding, sheet, header_row, and columns: field → [letter, header]"""
    counts = models.JSONField(default=dict)
    """rows per outcome, and `on_roll`, `covered`, `nameless`, `warned`: see `review.counted`"""
    whole_file = models.BooleanField(null=True)
    """whether the clerk said that the file is the whole school"""
    committed_at = models.DateTimeField(null=True)
    committed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = RosterQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["school", "-uploaded_at"], name="rosters_of_school")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="committed", committed_at__isnull=False)
                | (~Q(state="committed") & Q(committed_at__isnull=True)),
                name="committed_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dropped", "refused"]) | Q(content_cipher__isnull=True),
                name="what_was_dropped_is_gone",
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class RosterRow(models.Model):
    """One row of a roster and what would become of it. 花名册行"""

    class Outcome(models.TextChoices):
        NEW = "new", "新增"
        UNCHANGED = "unchanged", "无变化"
        CHANGED = "changed", "有变化"
        MOVED_HERE = "moved_here", "转入"
        ON_TWO_ROSTERS = "on_two_rosters", "两校同时在册"
        DUPLICATE = "duplicate", "文件内重复"
        ERROR = "error", "有错误"
        LEFT = "left", "不在名单"

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="rows", db_constraint=False, db_index=False)
    row_number = models.PositiveIntegerField(null=True)
    """the row in the sheet; null for a child who is on the roll but not in the file"""
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    fault = models.CharField(max_length=20, blank=True)
    """what the comparison found wrong with the row, a key of `faults.FAULTS`"""
    errors = models.JSONField(default=list)
    """what the reader found wrong or doubtful: errors refuse the row, warnings do not"""
    changes = models.JSONField(default=dict)
    """field → [before, after]; masked where the field is sealed, no `before` of a child who is not ours yet"""
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    """the known person this row was matched to"""
    other_school = models.ForeignKey(
        Organisation, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    """where the child comes from, or who else names it"""
    other_row = models.PositiveIntegerField(null=True)
    """the row of the same file that names the same child"""

    # What the file said, in the words of `spreadsheet.rows`; empty means that it said nothing.
    name = models.CharField(max_length=60, blank=True)
    name_original = models.CharField(max_length=60, blank=True)
    identity_kind = models.CharField(max_length=32, blank=True)
    number_cipher = models.BinaryField(null=True)
    number_index = models.BinaryField(max_length=32, null=True)
    number_masked = models.CharField(max_length=40, blank=True)
    sex = models.CharField(max_length=6, blank=True)
    birth_date = models.DateField(null=True)
    hukou = models.CharField(max_length=6, blank=True)
    residence_permit = models.BooleanField(null=True)
    parent_employee_insured = models.BooleanField(null=True)
    stage = models.CharField(max_length=16, blank=True)
    grade = models.PositiveSmallIntegerField(null=True)
    class_name = models.CharField(max_length=40, blank=True)
    roll_number_cipher = models.BinaryField(null=True)
    roll_number_index = models.BinaryField(max_length=32, null=True)
    roll_number_masked = models.CharField(max_length=40, blank=True)
    entered_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roster", "row_number"], name="one_staged_row_per_sheet_row"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["roster", "outcome", "row_number"], name="rows_by_outcome"),
            models.Index(fields=["roster", "row_number"], condition=~Q(errors=[]), name="rows_with_remarks"),
        ]


class RosterGuardian(models.Model):
    """A guardian whom a roster's row names. 花名册监护人"""

    roster = models.ForeignKey(Roster, models.CASCADE, related_name="guardians", db_constraint=False, db_index=False)
    row_number = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=50, blank=True)
    relation = models.CharField(max_length=20, blank=True)
    hukou = models.CharField(max_length=6, blank=True)
    phone_cipher = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    number_cipher = models.BinaryField(null=True)
    number_index = models.BinaryField(max_length=32, null=True)
    number_masked = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["roster", "row_number", "position"], name="one_staged_guardian_per_place"),
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="at_most_two_staged_guardians"),
        ]


class AssistedListQuerySet(models.QuerySet["AssistedList"]):
    """Lists of assisted persons, narrowed to those that someone may see."""

    def of_body(self, body: Organisation) -> AssistedListQuerySet:
        """The lists that this body sent. 本单位名单"""
        return self.filter(organisation=body)


class AssistedList(models.Model):
    """One list of assisted persons that a body uploaded. 救助名单"""

    class Kind(models.TextChoices):
        FULL = "full", "全量名单"
        CHANGES = "changes", "变动名单"

    class State(models.TextChoices):
        READING = "reading", "等待读取"
        REVIEWED = "reviewed", "待确认"
        COMMITTING = "committing", "正在生效"
        COMMITTED = "committed", "已生效"
        DISCARDED = "discarded", "已放弃"
        REFUSED = "refused", "未能受理"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="assisted_lists")
    pooling_area = models.CharField(max_length=6)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    as_of = models.DateField()
    """the list's date: who is no longer on a full list was assisted until the day before"""
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    content_cipher = models.BinaryField(null=True)
    """the file itself, encrypted; dropped once it is committed and no row is left to mend"""
    state = models.CharField(max_length=10, choices=State.choices, default=State.READING)
    message = models.JSONField(null=True)
    """why refused, or why it has to be looked at again: zh and en, and `where`, `what`, `mend` of a refusal"""
    notes = models.JSONField(default=list)
    """what the reader passed over or assumed, in both languages"""
    layout = models.JSONField(default=dict)
    """how the file is built: kind, encoding, sheet, header_row, and columns: field → [letter, header]"""
    categories = ArrayField(models.CharField(max_length=32), default=list)
    """the categories that its rows name; a full list speaks of these and of no others"""
    counts = models.JSONField(default=dict)
    """rows per view and effect, and `standing`, `absent`, `spared`, `nameless`: see `assisted_comparing.counted`"""
    meant = models.BooleanField(null=True)
    """whether the body said that ending more than half of its places is meant"""
    committed_at = models.DateTimeField(null=True)
    committed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    """when the body took the whole list back; what it had done was undone then"""
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = AssistedListQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["organisation", "-uploaded_at"], name="assisted_lists_of_body")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "sha256", "kind", "as_of"],
                condition=~Q(state__in=["discarded", "refused"]),
                name="one_answer_to_one_assisted_file",
            ),
            models.CheckConstraint(
                condition=Q(state="committed", committed_at__isnull=False)
                | (~Q(state="committed") & Q(committed_at__isnull=True)),
                name="committed_list_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["discarded", "refused"]) | Q(content_cipher__isnull=True),
                name="discarded_list_is_gone",
            ),
            models.CheckConstraint(condition=Q(kind__in=["full", "changes"]), name="assisted_list_kind_known"),
        ]

    def __str__(self) -> str:
        return self.filename


class AssistedRow(models.Model):
    """One row of a body's list, whom it means and what would become of it. 救助名单行"""

    class Act(models.TextChoices):
        ADD = "add", "新增"
        END = "end", "退出"
        NONE = "none", "不办理"

    class Match(models.TextChoices):
        MATCHED = "matched", "已匹配"
        UNMATCHED = "unmatched", "未匹配"
        AMBIGUOUS = "ambiguous", "疑似"
        NAME_DIFFERS = "name_differs", "姓名不符"
        FAULTY = "faulty", "有错误"

    class Effect(models.TextChoices):
        NEW = "new", "新列入"
        SAME = "same", "已在名单"
        CHANGED = "changed", "日期有变"
        ENDS = "ends", "退出"
        NOTHING = "nothing", "原本不在名单"

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "是同一人"
        REFUSED = "refused", "不是同一人"

    assisted_list = models.ForeignKey(
        AssistedList, models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    row_number = models.PositiveIntegerField(null=True)
    """the row in the sheet; null for a person whom a full list no longer names"""
    act = models.CharField(max_length=4, choices=Act.choices)
    match = models.CharField(max_length=12, choices=Match.choices)
    effect = models.CharField(max_length=8, choices=Effect.choices, blank=True)
    """what it does to the person's places on this body's list; empty where nobody is known yet"""
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="assisted_rows", db_constraint=False)
    """whom the number belongs to, or whom somebody said that it means; follows a person who is merged"""
    candidates = ArrayField(models.BigIntegerField(), default=list)
    """where the number is unknown: persons of the same name and birth date"""
    faults = models.JSONField(default=list)
    """what the reader found wrong or doubtful: errors refuse the row, warnings do not"""
    verdict = models.CharField(max_length=8, choices=Verdict.choices, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    """when it took effect"""
    was = models.JSONField(null=True)
    """[first, last] of the place that stood before it took effect; null where there was none"""
    withdrawn_at = models.DateTimeField(null=True)
    """when the body took the row back, after it had taken effect or while it waited"""
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    name = models.CharField(max_length=60, blank=True)
    identity_kind = models.CharField(max_length=32, blank=True)
    number_cipher = models.BinaryField(null=True)
    """only as long as the row waits for its person"""
    number_index = models.BinaryField(max_length=32, null=True)
    number_masked = models.CharField(max_length=40, blank=True)
    birth_date = models.DateField(null=True)
    category = models.CharField(max_length=32, blank=True)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    school_name = models.CharField(max_length=100, blank=True)
    """where an admitted child goes to school, as the points office says"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assisted_list", "row_number"], name="one_assisted_row_per_sheet_row"),
            models.CheckConstraint(condition=Q(category__in=["", *ASSISTANCE]), name="listed_category_known"),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(person__isnull=False), name="what_took_effect_has_a_person"
            ),
            models.CheckConstraint(
                condition=Q(verdict="", settled_at__isnull=True) | (~Q(verdict="") & Q(settled_at__isnull=False)),
                name="settled_row_has_its_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["assisted_list", "match", "row_number"], name="assisted_rows_by_match"),
            models.Index(
                fields=["number_index"],
                condition=Q(applied_at__isnull=True, number_index__isnull=False),
                name="assisted_rows_waiting",
            ),
        ]
