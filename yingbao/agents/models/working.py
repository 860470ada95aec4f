"""Organisations, the people who work for them, and the desks they sit at. 机构、用户与岗位"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL

if TYPE_CHECKING:
    from collections.abc import Iterable


class OrganisationKind(models.TextChoices):
    """What an organisation is. 机构类别"""

    DISTRICT = "district", "区"
    SUB_DISTRICT = "sub_district", "街道"
    SCHOOL = "school", "学校"
    COMMUNITY = "community", "社区"
    INSURANCE_AGENCY = "insurance_agency", "医保经办机构"
    TAX_AUTHORITY = "tax_authority", "税务机关"
    CIVIL_AFFAIRS = "civil_affairs", "民政部门"
    UNION_FEDERATION = "union_federation", "总工会"
    DISABLED_FEDERATION = "disabled_federation", "残联"
    POINTS_OFFICE = "points_office", "积分办"
    EDUCATION_BUREAU = "education_bureau", "教育部门"
    CARD_CENTRE = "card_centre", "市民卡中心"
    OPERATIONS = "operations", "信息中心"


class Desk(models.TextChoices):
    """The work a user comes to do. 岗位"""

    SCHOOL = "school", "学校"
    COMMUNITY = "community", "社区·街道"
    AGENCY = "agency", "医保经办"
    TAX = "tax", "税务"
    LIST_PROVIDER = "list_provider", "名单提供部门"
    EDUCATION = "education", "教育"
    CARD = "card", "市民卡"
    SYSTEM = "system", "系统管理"
    SECURITY = "security", "安全管理"
    AUDIT = "audit", "审计管理"


KINDS_OF_DESK: dict[Desk, frozenset[OrganisationKind]] = {
    Desk.SCHOOL: frozenset({OrganisationKind.SCHOOL}),
    Desk.COMMUNITY: frozenset({OrganisationKind.COMMUNITY, OrganisationKind.SUB_DISTRICT, OrganisationKind.DISTRICT}),
    Desk.AGENCY: frozenset({OrganisationKind.INSURANCE_AGENCY}),
    Desk.TAX: frozenset({OrganisationKind.TAX_AUTHORITY}),
    Desk.LIST_PROVIDER: frozenset(
        {
            OrganisationKind.CIVIL_AFFAIRS,
            OrganisationKind.UNION_FEDERATION,
            OrganisationKind.DISABLED_FEDERATION,
            OrganisationKind.POINTS_OFFICE,
        }
    ),
    Desk.EDUCATION: frozenset({OrganisationKind.EDUCATION_BUREAU}),
    Desk.CARD: frozenset({OrganisationKind.CARD_CENTRE}),
    Desk.SYSTEM: frozenset({OrganisationKind.OPERATIONS}),
    Desk.SECURITY: frozenset({OrganisationKind.OPERATIONS}),
    Desk.AUDIT: frozenset({OrganisationKind.OPERATIONS}),
}
"""where each desk stands"""
ADMINISTRATORS = frozenset({Desk.SYSTEM, Desk.SECURITY, Desk.AUDIT})
"""the desks that look after the platform; none of them does business, and no two are one person"""
WHOLE_AREA = frozenset({Desk.AGENCY, Desk.TAX, Desk.EDUCATION, Desk.CARD}) | ADMINISTRATORS
"""the desks whose work covers every organisation of their pooling area"""


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, narrowed to those that someone may see."""

    def under(self, roots: Iterable[int]) -> OrganisationQuerySet:
        """These organisations and all below them in the tree. 本级及下级"""
        below = """
            WITH RECURSIVE below AS (
                SELECT id FROM agents_organisation WHERE id = ANY(%s)
                UNION ALL
                SELECT o.id FROM agents_organisation o JOIN below b ON o.parent_id = b.id
            ) SELECT id FROM below"""
        return self.filter(id__in=RawSQL(below, [list(roots)]))  # noqa: S611  the only parameter is a list of ids

    def visible_to(self, appointment: Appointment) -> OrganisationQuerySet:
        """The organisations that someone sees from a desk. 可见机构

        A school and a list provider see themselves; a community, sub-district or district all below it; insurance
        agency, tax authority, education bureau and card centre their pooling area. At a desk that does not
        belong to the organisation there is nothing to see but the organisation.
        """
        organisation = appointment.organisation
        if organisation.kind in KINDS_OF_DESK[Desk(appointment.desk)]:
            if appointment.desk in WHOLE_AREA:
                return self.filter(pooling_area=organisation.pooling_area)
            if appointment.desk == Desk.COMMUNITY:
                return self.under([organisation.pk])
        return self.filter(pk=organisation.pk)

    def schools(self) -> OrganisationQuerySet:
        """Schools and kindergartens. 学校与托幼机构"""
        return self.filter(kind=OrganisationKind.SCHOOL)


class Organisation(models.Model):
    """A school, community, sub-district, bureau or other body that works on the platform. 机构"""

    kind = models.CharField(max_length=24, choices=OrganisationKind.choices)
    pooling_area = models.CharField(max_length=6)
    """six-digit code of the city or district whose policy holds, 统筹区"""
    code = models.CharField(max_length=40)
    """the body's own code, unique in the pooling area"""
    name = models.CharField(max_length=100)
    division = models.CharField(max_length=6)
    """six-digit division code of where it stands"""
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    stages = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    """for a school: kindergarten, primary, junior, senior, vocational, special"""
    contact = models.CharField(max_length=50, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    """the office's published number"""
    active = models.BooleanField(default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pooling_area", "code"], name="organisation_code_unique"),
            models.CheckConstraint(condition=Q(division__regex=r"^[0-9]{6}$"), name="organisation_division_six_digits"),
            models.CheckConstraint(
                condition=~Q(kind="school") | Q(stages__len__gt=0), name="school_has_at_least_one_stage"
            ),
            models.CheckConstraint(condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_known"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="organisation_not_below_itself"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Finds and makes users."""

    def create_user(self, *, username: str, name: str, password: str) -> User:
        """Make a user who can sign in. 开户"""
        user = self.model(username=username, name=name)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in to work. 用户"""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=50)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_until = models.DateTimeField(null=True)
    """until when a password that an administrator gave out opens the door"""
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="staff")
    """who employs the user; the administrators of its pooling area look after the account"""
    phone_cipher = models.BinaryField(null=True)
    phone_index = models.BinaryField(max_length=32, null=True, db_index=True)
    phone_masked = models.CharField(max_length=20, blank=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(phone_cipher__isnull=True, phone_index__isnull=True, phone_masked="")
                | Q(phone_cipher__isnull=False, phone_index__isnull=False, phone_masked__contains="*"),
                name="user_phone_sealed_and_masked",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def appointments_on(self, day: date) -> models.QuerySet[Appointment]:
        """The desks this user holds on that day. 当日岗位"""
        return (
            self.appointments.filter(since__lte=day)
            .filter(Q(until__isnull=True) | Q(until__gte=day))
            .select_related("organisation")
            .order_by("id")
        )


class Appointment(models.Model):
    """A user works at a desk of an organisation for a span of days. 任职"""

    user = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="appointments")
    desk = models.CharField(max_length=16, choices=Desk.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "organisation", "desk"],
                condition=Q(until__isnull=True),
                name="one_appointment_at_a_desk",
            ),
            # Ranges on both sides, because they need no extension of PostgreSQL; a range of one user is that user.
            ExclusionConstraint(
                name="registration_and_collection_never_joined",
                expressions=[
                    (RawSQL("int8range(user_id, user_id, '[]')", []), RangeOperators.OVERLAPS),
                    (RawSQL("daterange(since, until, '[]')", []), RangeOperators.OVERLAPS),
                ],
                condition=Q(desk__in=["agency", "tax"]),
            ),
            # An administrator's range meets every other; those of two desks of business never meet.
            ExclusionConstraint(
                name="administrators_do_no_business",
                expressions=[
                    (RawSQL("int8range(user_id, user_id, '[]')", []), RangeOperators.OVERLAPS),
                    (RawSQL("daterange(since, until, '[]')", []), RangeOperators.OVERLAPS),
                    (
                        RawSQL(
                            "CASE WHEN desk IN ('system', 'security', 'audit') THEN int8range(NULL, NULL) "
                            "ELSE int8range(id, id, '[]') END",
                            [],
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(condition=Q(desk__in=Desk.values), name="desk_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="appointment_ends_after_it_begins",
            ),
        ]
