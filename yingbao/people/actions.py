"""What clerks and officers do to one person's data. 人员业务

Each action checks what it is given, holds the person's row, writes down who acted, and may be said twice: the second
time nothing changes. Rolls are in `rolls`, lists of bodies in `lists`, merging in `merging`, many persons in `bulk`.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from yingbao.agents.models import User
from yingbao.people import history
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson, NumberTaken, add_people, named
from yingbao.people.checking import (
    agreed_birth_date,
    checked_division,
    checked_document,
    checked_guardian,
    checked_name,
    checked_person,
    kind_of,
)
from yingbao.people.locking import locked
from yingbao.people.models import Guardian, IdentityDocument, Person, Sex
from yingbao.sealing import sealed
from yingbao.values import identity, names
from yingbao.values.clock import CHINA
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


def add_person(*, person: NewPerson, by: User | None, at: datetime, source: str = "desk") -> Person:
    """Add one person, everything checked. 建档

    Raises Refused for what is malformed or contradicts itself, NumberTaken if somebody bears the number.
    """
    complete = checked_person(person, on=_day(at))
    with history.by(_id(by), source, at=at):
        (number,) = add_people([complete], at=at)
    return Person.objects.get(pk=number)


def replace_document(
    *, person: Person, document: NewDocument, by: User | None, at: datetime, source: str = "desk"
) -> IdentityDocument:
    """Let a new document stand for a person; the earlier one still finds the person. 换证

    A newborn's certificate gives way to the identity number, a passport to the next. A document that the person
    had before becomes current again. Raises NumberTaken if it is someone else's: are the two one person, merge them.
    """
    new = checked_document(document, on=_day(at))
    columns = sealed.number(new.number)
    with history.by(_id(by), source, at=at):
        held = locked(person)
        found = IdentityDocument.objects.filter(number_index=columns.blind_index).first()
        if found is not None and found.person_id != held.pk:
            raise NumberTaken(name=held.name, masked=columns.masked)
        if found is not None and found.replaced_at is None and found.kind == new.kind:
            return found
        _take_from_number(held, new)
        IdentityDocument.objects.filter(person=held, replaced_at__isnull=True).update(replaced_at=at)
        if found is not None:
            found.kind, found.replaced_at = new.kind, None
            found.save(update_fields=["kind", "replaced_at"])
            return found
        try:
            with transaction.atomic():
                return IdentityDocument.objects.create(
                    person=held,
                    kind=new.kind,
                    number_cipher=columns.cipher,
                    number_index=columns.blind_index,
                    number_masked=columns.masked,
                    added_at=at,
                )
        except IntegrityError as error:
            # Someone else was given the number since we looked.
            raise NumberTaken(name=held.name, masked=columns.masked) from error


def move_hukou(*, person: Person, division: str, by: User | None, at: datetime, source: str = "desk") -> None:
    """Note where a person's hukou is now; empty for a person without one. 户籍迁移"""
    correct(person=person, hukou=division, by=by, at=at, source=source)


def correct(
    *,
    person: Person,
    name: str | None = None,
    sex: str | None = None,
    birth_date: date | None = None,
    hukou: str | None = None,
    residence_permit: bool | None = None,
    parent_employee_insured: bool | None = None,
    by: User | None,
    at: datetime,
    source: str = "desk",
) -> Person:
    """Put right what is on record of a person; what is not named stays. 更正

    Raises Refused for what is malformed, and for a sex or birth date that the person's own number contradicts.
    """
    changes: dict[str, object] = {}
    if name is not None:
        written = checked_name(name)
        columns = ("name", "name_original", "name_pinyin", "name_initials")
        changes |= dict(zip(columns, named(written), strict=True))
    if sex is not None:
        changes["sex"] = sex
    if birth_date is not None:
        changes["birth_date"] = birth_date
    if hukou is not None:
        changes["hukou"] = checked_division(hukou)
    if residence_permit is not None:
        changes["residence_permit"] = residence_permit
    if parent_employee_insured is not None:
        changes["parent_employee_insured"] = parent_employee_insured
    with history.by(_id(by), source, at=at):
        held = locked(person)
        _contradicts_no_number(held, sex, birth_date)
        changed = [field for field, value in changes.items() if getattr(held, field) != value]
        for field in changed:
            setattr(held, field, changes[field])
        if changed:
            held.save(update_fields=changed)
    return held


def set_guardian(
    *, person: Person, position: int, guardian: NewGuardian, by: User | None, at: datetime, source: str = "desk"
) -> Guardian:
    """Note who is to be asked first (1) or second (2) about a child; who stood there is replaced. 监护人"""
    new = checked_guardian(guardian, on=_day(at))
    with history.by(_id(by), source, at=at):
        held = locked(person)
        row = Guardian.objects.filter(person=held, position=position).first()
        row = row or Guardian(person=held, position=position)
        before = (row.name, row.relation, row.hukou, _bytes(row.phone_index), _bytes(row.number_index))
        phone, number = sealed.phone(new.phone), sealed.number(new.number)
        after = (names.cleaned(new.name), new.relation, new.hukou, phone.blind_index, number.blind_index)
        if row.pk is None or before != after:
            row.name, row.relation, row.hukou, row.phone_index, row.number_index = after
            row.phone_cipher, row.phone_masked = phone.cipher, phone.masked
            row.number_cipher, row.number_masked = number.cipher, number.masked
            row.save()
    return row


def _take_from_number(person: Person, document: NewDocument) -> None:
    """Birth date and sex as the number holds them, where nothing else is on record."""
    birth_date = agreed_birth_date(person.birth_date, document)
    sex = person.sex or identity.sex(kind_of(document), document.number)
    if (birth_date, sex) != (person.birth_date, person.sex):
        person.birth_date, person.sex = birth_date, sex
        person.save(update_fields=["birth_date", "sex"])


def _contradicts_no_number(person: Person, sex: str | None, birth_date: date | None) -> None:
    current = IdentityDocument.objects.filter(person=person, replaced_at__isnull=True).first()
    if current is None:
        return
    document = NewDocument(current.kind, sealed.unseal(current.number_cipher))
    if birth_date is not None:
        agreed_birth_date(birth_date, document)
    told = identity.sex(kind_of(document), document.number)
    if sex and told and sex != told:
        what = Text(zh="证件号码表明性别为{told}", en="by the identity number the sex is {told}")
        raise Refused(
            where="sex",
            what=what.filled(told=Text(zh=Sex(told).label, en=told)),
            mend=Text(zh="核对证件号码，有误的先换正确的证件", en="check the number; if it is wrong, replace it first"),
        )


def _bytes(index: bytes | memoryview | None) -> bytes | None:
    return None if index is None else bytes(index)


def _id(by: User | None) -> int | None:
    return by.pk if by else None


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
