"""Persons and what is known of them: identity, guardians, school rolls, lists they stand on. 人员

Identity numbers and phones are kept as three columns: `*_cipher` (encrypted), `*_index` (keyed hash to find
them by) and `*_masked` (what a screen shows). `yingbao.sealing.sealed` makes all three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, get_args

from django.db import models
from django.db.models import F, Func, IntegerField, Q

from yingbao.agents.models import Organisation, User
from yingbao.people.grades import GRADES
from yingbao.policy.rules import Assistance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models.lookups import Exact

ASSISTANCE: tuple[str, ...] = get_args(Assistance)


class Octets(Func):
    """How many bytes a sealed column or an index has."""

    function = "octet_length"
    output_field = IntegerField()


def _is_index(column: str, name: str) -> models.CheckConstraint:
    """A blind index has 32 bytes, so that nobody stores a plain number in its place."""
    length: Exact = models.lookups.Exact(Octets(column), 32)
    return models.CheckConstraint(condition=length, name=name)


def _all_or_none(prefix: str, name: str) -> models.CheckConstraint:
    """A number that may be missing has all of its three columns or none; what is shown is masked."""
    missing = Q(**{f"{prefix}_cipher__isnull": True, f"{prefix}_index__isnull": True, f"{prefix}_masked": ""})
    there = Q(
        **{f"{prefix}_cipher__isnull": False, f"{prefix}_index__isnull": False, f"{prefix}_masked__contains": "*"}
    )
    return models.CheckConstraint(condition=missing | there, name=name)


class Sex(models.TextChoices):
    """Sex as the identity document states it. 性别"""

    MALE = "male", "男"
    FEMALE = "female", "女"


class Stage(models.TextChoices):
    """Stage of schooling. 学段"""

    KINDERGARTEN = "kindergarten", "幼儿园"
    PRIMARY = "primary", "小学"
    JUNIOR = "junior", "初中"
    SENIOR = "senior", "高中"
    VOCATIONAL = "vocational", "中职"
    SPECIAL = "special", "特殊教育"


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons, narrowed."""

    def unmerged(self) -> PersonQuerySet:
        """Without the records that were merged into others. 未并档"""
        return self.filter(merged_into__isnull=True)

    def on_roll_of(self, schools: Iterable[Organisation | int]) -> PersonQuerySet:
        """The children who are on the roll of one of these schools now. 在册"""
        rolls = SchoolRoll.objects.filter(school__in=schools, left_on__isnull=True)
        return self.filter(pk__in=rolls.values("person"))


class Person(models.Model):
    """One human being, once on the whole platform. 人员"""

    name = models.CharField(max_length=50)
    """normalised: middle dots are U+00B7, no invisible characters"""
    name_original = models.CharField(max_length=60)
    """as the family or school writes it"""
    name_pinyin = models.CharField(max_length=200)
    """such as `zhang xiaoming`, to search and sort by"""
    name_initials = models.CharField(max_length=50)
    """such as `zxm`"""
    sex = models.CharField(max_length=6, choices=Sex.choices, blank=True)
    birth_date = models.DateField(null=True)
    hukou = models.CharField(max_length=6, blank=True)
    """six-digit division code; empty for a child without hukou"""
    residence_permit = models.BooleanField(default=False)
    parent_employee_insured = models.BooleanField(default=False)
    lapsed_years = models.PositiveSmallIntegerField(default=0)
    repaired_years = models.PositiveSmallIntegerField(default=0)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged_from")
    merged_because = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            # For equal names; parts of names, pinyin and initials are found by search_words (migration 0003).
            models.Index(fields=["name"], name="person_name", opclasses=["varchar_pattern_ops"]),
            # Children of a division whom nobody enrols yet are looked for by it.
            models.Index(fields=["hukou"], condition=~Q(hukou=""), name="person_hukou"),
            # Two records that may be one child were born on one day and are called alike.
            models.Index(
                fields=["hukou", "birth_date"], condition=Q(merged_into__isnull=True), name="person_of_a_division"
            ),
            models.Index(
                fields=["birth_date", "name_pinyin"],
                condition=Q(birth_date__isnull=False, merged_into__isnull=True),
                name="person_born_and_called",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(hukou__regex=r"^([0-9]{6})?$"), name="person_hukou_six_digits"),
            models.CheckConstraint(condition=~Q(name=""), name="person_has_a_name"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="person_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_because=""), name="merging_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(repaired_years__lte=F("lapsed_years")), name="no_more_years_repaired_than_lapsed"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IdentityKind(models.TextChoices):
    """Kind of identity document, in the words of the command-line contract. 证件类型"""

    RESIDENT_ID = "resident_id", "居民身份证"
    HK_MO_PERMIT = "hk_mo_permit", "港澳居民来往内地通行证"
    TW_PERMIT = "tw_permit", "台湾居民来往大陆通行证"
    HMT_RESIDENCE_PERMIT = "hmt_residence_permit", "港澳台居民居住证"
    FOREIGN_PERMANENT_RESIDENCE = "foreign_permanent_residence", "外国人永久居留身份证"
    PASSPORT = "passport", "护照"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明"


STANDING_IN = ("birth_certificate", "passport", "hk_mo_permit", "tw_permit")
"""Documents that do not stay for life: their bearer may come again under another number. 非终身证件"""


class IdentityDocument(models.Model):
    """A document that says who a person is; a later one replaces an earlier one. 证件"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=32, choices=IdentityKind.choices)
    number_cipher = models.BinaryField()
    number_index = models.BinaryField(max_length=32)
    number_masked = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number_index"], name="identity_number_belongs_to_one_person"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(replaced_at__isnull=True), name="one_current_document_per_person"
            ),
            models.CheckConstraint(condition=Q(kind__in=IdentityKind.values), name="identity_kind_known"),
            models.CheckConstraint(condition=Q(number_masked__contains="*"), name="identity_number_is_masked"),
            _is_index("number_index", "identity_number_index_is_an_index"),
        ]
        indexes: ClassVar = [
            # Whoever stands here may come again under a number that stays for life; so few are looked through whole.
            models.Index(
                fields=["person"],
                condition=Q(replaced_at__isnull=True, kind__in=STANDING_IN),
                name="documents_that_stand_in",
            ),
        ]


class NotTheSame(models.Model):
    """Somebody looked at two records that look alike and said that they are two people: never asked again. 非同一人"""

    first = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    """the one with the higher id"""
    reason = models.CharField(max_length=200)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="said_apart_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="apart_in_the_order_of_ids"),
        ]


class Relation(models.TextChoices):
    """What a guardian is to the child; a father's or mother's hukou counts as a parent's. 关系"""

    FATHER = "father", "父亲"
    MOTHER = "mother", "母亲"
    GRANDPARENT = "grandparent", "祖父母"
    OTHER = "other", "其他"


class Guardian(models.Model):
    """A parent or other guardian of a child. 监护人"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="guardians")
    position = models.PositiveSmallIntegerField()
    """1 for the first to be asked, 2 for the second"""
    name = models.CharField(max_length=50, blank=True)
    relation = models.CharField(max_length=20, choices=Relation.choices, blank=True)
    """empty if not known, which counts as a parent"""
    hukou = models.CharField(max_length=6, blank=True)
    phone_cipher = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True, db_index=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    number_cipher = models.BinaryField(null=True)
    number_index = models.BinaryField(max_length=32, null=True, db_index=True)
    number_masked = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "position"], name="guardian_position_unique"),
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="at_most_two_guardians"),
            models.CheckConstraint(condition=Q(hukou__regex=r"^([0-9]{6})?$"), name="guardian_hukou_six_digits"),
            models.CheckConstraint(condition=Q(relation__in=["", *Relation.values]), name="guardian_relation_known"),
            _all_or_none("phone", "guardian_phone_sealed_and_masked"),
            _all_or_none("number", "guardian_number_sealed_and_masked"),
        ]


class LeaveReason(models.TextChoices):
    """Why a child's stay on a roll ended. 离校原因"""

    GRADUATED = "graduated", "毕业"
    TRANSFERRED = "transferred", "转学"
    ABSENT_FROM_ROSTER = "absent_from_roster", "不在名单"
    ON_ANOTHER_ROLL = "on_another_roll", "学籍在他校"
    MERGED = "merged", "并档"
    OTHER = "other", "其他"


def _grade_of_stage() -> Q:
    known = Q(grade__isnull=True)
    for stage, grades in GRADES.items():
        known |= Q(stage=stage, grade__gte=grades[0], grade__lte=grades[-1])
    return known


class SchoolRoll(models.Model):
    """A child's stay on the roll of a school; grade and class are those of `school_year`. 学籍"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="rolls")
    school = models.ForeignKey(Organisation, models.PROTECT, related_name="rolls")
    school_year = models.PositiveSmallIntegerField()
    """the year in which the school year began: 2019 for 2019/2020"""
    stage = models.CharField(max_length=16, choices=Stage.choices)
    grade = models.PositiveSmallIntegerField(null=True)
    """within the stage, see `grades.py` (kindergarten: 0 nursery, 1 small, 2 middle, 3 large class)"""
    class_name = models.CharField(max_length=40, blank=True)
    roll_number_cipher = models.BinaryField(null=True)
    """school-roll number, 学籍号; sealed because G stands before the identity number itself"""
    roll_number_index = models.BinaryField(max_length=32, null=True)
    roll_number_masked = models.CharField(max_length=40, blank=True)
    entered_on = models.DateField()
    left_on = models.DateField(null=True)
    leave_reason = models.CharField(max_length=20, choices=LeaveReason.choices, blank=True)
    contested = models.BooleanField(default=False)
    """another school's roster of the same year names the child as well; someone has to decide"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "school"], condition=Q(left_on__isnull=True), name="once_on_a_schools_roll"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(left_on__isnull=True, contested=False), name="one_uncontested_roll"
            ),
            models.CheckConstraint(condition=_grade_of_stage(), name="roll_grade_belongs_to_its_stage"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="roll_stage_known"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True, leave_reason="")
                | Q(left_on__isnull=False, leave_reason__in=LeaveReason.values),
                name="leaving_a_roll_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("entered_on")), name="roll_left_after_entered"
            ),
            _all_or_none("roll_number", "roll_number_sealed_and_masked"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "stage", "grade", "class_name"],
                condition=Q(left_on__isnull=True),
                name="roll_of_school",
            ),
            models.Index(
                fields=["roll_number_index"],
                condition=Q(roll_number_index__isnull=False),
                name="roll_by_its_number",
            ),
            models.Index(fields=["school"], condition=Q(contested=True, left_on__isnull=True), name="contested_rolls"),
        ]


class BasicRegistration(models.Model):
    """A person's basic data are registered in a pooling area; who has one is no first-timer. 基本信息登记"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="registrations")
    pooling_area = models.CharField(max_length=6)
    registered_on = models.DateField()
    channel = models.CharField(max_length=24)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "pooling_area"], name="registered_once_in_a_pooling_area"),
        ]


class PointsAdmission(models.Model):
    """A child with hukou elsewhere was admitted by the points procedure. 积分入医"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="points_admissions")
    pooling_area = models.CharField(max_length=6)
    admitted_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "pooling_area", "admitted_on"], name="points_admission_once_a_day"
            ),
        ]


class AssistedStatus(models.Model):
    """A body lists the person as assisted, for a span of days. 医疗救助对象"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="assisted_statuses")
    category = models.CharField(max_length=32)
    """a code of the command-line contract, such as minimum_living"""
    provided_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "category", "provided_by"],
                condition=Q(last__isnull=True),
                name="listed_once_by_a_body",
            ),
            models.CheckConstraint(condition=Q(category__in=ASSISTANCE), name="assistance_category_known"),
            models.CheckConstraint(
                condition=Q(last__isnull=True) | Q(last__gte=F("first")), name="assistance_ends_after_it_begins"
            ),
        ]


class Change(models.Model):
    """What changed about a person: written by a trigger on every table above, never edited. 变更记录"""

    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=60)
    """through what it came: roster 17, desk, merge, demo"""
    person_id = models.BigIntegerField()
    table_name = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    """only the fields that differ; sealed fields show as their mask"""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person_id", "at"], name="change_of_person")]


class Look(models.Model):
    """Someone looked at personal data. 查阅记录"""

    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """null where a whole list was looked at or exported"""
    what = models.CharField(max_length=30)
    """page, list, export, search, full_number"""
    count = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="look_at_person")]
