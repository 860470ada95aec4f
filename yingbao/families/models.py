"""What stands between a family's phone and its children: codes, visits, bindings, consent, wishes, requests. 家长

A phone is kept as its blind index and its mask; who was asked about, and from where, as a keyed index that names
nobody.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from yingbao.agents.models import User
from yingbao.enrolment.models import Enrolment, Step
from yingbao.families.lifecycle import REQUEST_KINDS, REQUEST_NAMES, RequestState
from yingbao.people.models import Person
from yingbao.values.text import Text


class CodeRequest(models.Model):
    """Somebody asked for a code by name and number; whether there is such a child stands nowhere. 验证码申请"""

    handle_index = models.BinaryField(max_length=32, unique=True)
    """of a word that only the asking browser has: a code read elsewhere opens nothing"""
    address_index = models.BinaryField(max_length=32)
    child_index = models.BinaryField(max_length=32)
    asked_cipher = models.BinaryField(null=True)
    """name and number, sealed, until they are looked up; then nothing"""
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    looked_up_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="code_tried_five_times_at_most"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="code_expires_later"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["address_index", "asked_at"], name="code_requests_of_address"),
            models.Index(fields=["child_index", "asked_at"], name="code_requests_about_child"),
        ]


class PhoneCode(models.Model):
    """The code that went to one registered phone: a keyed digest, never the code. 验证码"""

    request = models.ForeignKey(CodeRequest, models.CASCADE, related_name="codes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    phone_index = models.BinaryField(max_length=32)
    phone_masked = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "phone_index"], name="one_code_to_a_phone"),
        ]
        indexes: ClassVar = [models.Index(fields=["phone_index", "sent_at"], name="codes_to_phone")]


class FamilySession(models.Model):
    """A browser whose user has shown to hold a phone; nothing that staff have. 家长会话"""

    key_index = models.BinaryField(max_length=32, unique=True)
    phone_index = models.BinaryField(max_length=32)
    phone_masked = models.CharField(max_length=20)
    asked_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """the child whose binding waits for the guardian's consent"""
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["phone_index"], name="sessions_of_phone")]


class Binding(models.Model):
    """A phone and a child belong together: as guardian, or to help to pay and no more. 绑定

    A guardian's holds only while the phone stands registered for the child: once the school changes it, it is over.
    """

    KINDS = [("guardian", "监护人"), ("helper", "代缴人")]
    ENDS = [("unbound", "自行解绑"), ("phone_changed", "登记的手机号已变更"), ("erased", "已删除")]

    person = models.ForeignKey(Person, models.PROTECT, related_name="bindings")
    phone_index = models.BinaryField(max_length=32)
    phone_masked = models.CharField(max_length=20)
    kind = models.CharField(max_length=8, choices=KINDS)
    bound_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=13, choices=ENDS, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "phone_index"], condition=Q(ended_at__isnull=True), name="bound_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=["guardian", "helper"]), name="binding_kind_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="binding_ends_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["phone_index"], condition=Q(ended_at__isnull=True), name="bindings_of_phone"),
        ]

    @property
    def is_guardian(self) -> bool:
        """Whether all of the child may be seen, not only what is to be paid."""
        return self.kind == "guardian"


class Consent(models.Model):
    """A guardian agreed to a text, or took it back: written once, never edited. 监护人同意"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    phone_index = models.BinaryField(max_length=32)
    phone_masked = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    version = models.CharField(max_length=10)
    """of the text that was shown, see `consent.TEXTS`"""
    given = models.BooleanField()
    at = models.DateTimeField()


class Wish(models.Model):
    """What a guardian did to a child's enrolment by phone: not to enrol, and back. 家长意愿

    The step itself stands in the enrolment's history with nobody's name; this says that it was the family.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="wishes")
    step = models.OneToOneField(Step, models.PROTECT, related_name="wish")
    phone_index = models.BinaryField(max_length=32)
    phone_masked = models.CharField(max_length=20)
    at = models.DateTimeField()


class DataRequest(models.Model):
    """A guardian asks the insurance agency: to erase, to correct, or out of a paid year. 家长申请"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="requests")
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, null=True, related_name="+")
    """of an application to leave a year that was declared or paid"""
    pooling_area = models.CharField(max_length=6)
    """whose agency answers"""
    kind = models.CharField(max_length=8, choices=[(kind, text.zh) for kind, text in REQUEST_KINDS.items()])
    words_cipher = models.BinaryField(null=True)
    """what the guardian wrote, sealed; erased with the rest"""
    added_cipher = models.BinaryField(null=True)
    """what was written later, while it was open, each with its moment, sealed"""
    phone_index = models.BinaryField(max_length=32, null=True)
    phone_masked = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(
        max_length=10, choices=[(s.value, t.zh) for s, t in REQUEST_NAMES.items()], default=RequestState.OPEN.value
    )
    answer = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind", "phone_index", "enrolment"],
                condition=Q(state="open"),
                nulls_distinct=False,
                name="guardian_asked_once_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(REQUEST_KINDS)), name="request_kind_known"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RequestState]), name="request_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "partly", "refused"])
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="request_answered_by_someone",
            ),
            models.CheckConstraint(condition=~Q(kind="leave") | Q(enrolment__isnull=False), name="leaves_a_year"),
        ]
        indexes: ClassVar = [models.Index(fields=["pooling_area", "state", "due_on"], name="requests_of_agency")]

    @property
    def kind_text(self) -> Text:
        """What is asked, on a page."""
        return REQUEST_KINDS[self.kind]

    @property
    def state_text(self) -> Text:
        """Where it stands, on a page."""
        return REQUEST_NAMES[RequestState(self.state)]
