"""Which children a phone looks after: bound with consent, ended by either side. 绑定"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from yingbao.families.consent import PHONE_ACCESS
from yingbao.families.models import Binding, Consent
from yingbao.families.refusing import not_consented
from yingbao.people.models import Guardian, Person


def bind(*, person: Person, phone_index: bytes, phone_masked: str, agreed: bool, version: str, at: datetime) -> Binding:
    """A guardian binds a child and agrees to the text that was shown; again changes nothing. 绑定监护人

    The caller has seen that the phone is registered for the child. Raises Refused without consent, or to an old text.
    """
    if not agreed or version != PHONE_ACCESS.version:
        raise not_consented()
    with transaction.atomic():
        # The person's row is held until the end, so that two tabs make one binding and one consent.
        binding = _bound(person, phone_index, phone_masked, "guardian", at)
        if not has_consented(person, phone_index):
            _note(person, phone_index, phone_masked, at, given=True)
        return binding


def bind_helper(*, person: Person, phone_index: bytes, phone_masked: str, at: datetime) -> Binding:
    """Somebody else keeps a child on the list to pay for; it shows the sum and whether it is paid. 绑定代缴人"""
    return _bound(person, phone_index, phone_masked, "helper", at)


def unbind(*, binding: Binding, at: datetime, because: str = "unbound") -> None:
    """End a binding, and with a guardian's the consent; again changes nothing. 解除绑定"""
    with transaction.atomic():
        row = Binding.objects.select_for_update().select_related("person").get(pk=binding.pk)
        if row.ended_at is not None:
            return
        row.ended_at, row.ended_because = at, because
        row.save(update_fields=["ended_at", "ended_because"])
        if row.is_guardian:
            _note(row.person, bytes(row.phone_index), row.phone_masked, at, given=False)


def bindings_of(*, phone_index: bytes, at: datetime) -> QuerySet[Binding]:
    """The children that a phone looks after now. 本机绑定的孩子

    A guardian's binding whose phone the school has changed meanwhile is ended on the way.
    """
    rows = Binding.objects.filter(phone_index=phone_index, ended_at__isnull=True)
    _follow_merging(rows, at)
    registered = Exists(Guardian.objects.filter(person=OuterRef("person"), phone_index=OuterRef("phone_index")))
    for gone in rows.filter(~registered, kind="guardian"):
        unbind(binding=gone, at=at, because="phone_changed")
    return rows.select_related("person").order_by("kind", "pk")


def has_consented(person: Person, phone_index: bytes) -> bool:
    """Whether the guardian's last word on the present text was yes. 是否已同意"""
    last = Consent.objects.filter(person=person, phone_index=phone_index, purpose=PHONE_ACCESS.purpose)
    word = last.order_by("-pk").values_list("given", "version").first()
    return word == (True, PHONE_ACCESS.version)


def _bound(person: Person, phone_index: bytes, phone_masked: str, kind: str, at: datetime) -> Binding:
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        row = Binding.objects.filter(person=person, phone_index=phone_index, ended_at__isnull=True).first()
        if row is None:
            return Binding.objects.create(
                person=person, phone_index=phone_index, phone_masked=phone_masked, kind=kind, bound_at=at
            )
        if kind == "guardian" and row.kind == "helper":
            row.kind = kind
            row.save(update_fields=["kind"])
        return row


def _follow_merging(rows: QuerySet[Binding], at: datetime) -> None:
    """Where two records of a child became one, the binding goes with it."""
    for row in rows.filter(person__merged_into__isnull=False).select_related("person"):
        target = row.person.merged_into_id
        taken = Binding.objects.filter(person=target, phone_index=row.phone_index, ended_at__isnull=True).exists()
        if taken:
            Binding.objects.filter(pk=row.pk).update(ended_at=at, ended_because="unbound")
        else:
            Binding.objects.filter(pk=row.pk).update(person=target)


def _note(person: Person, phone_index: bytes, phone_masked: str, at: datetime, *, given: bool) -> None:
    Consent.objects.create(
        person=person, phone_index=phone_index, phone_masked=phone_masked, purpose=PHONE_ACCESS.purpose,
        version=PHONE_ACCESS.version, given=given, at=at,
    )  # fmt: skip
