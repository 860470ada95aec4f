"""What is said of a person, checked before it is kept. 数据核对"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import cast

import msgspec

from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson
from yingbao.values import divisions, identity, names, phones
from yingbao.values.fault import Fault
from yingbao.values.refusal import Refused
from yingbao.values.text import Text


@contextmanager
def of_field(field: str) -> Iterator[None]:
    """Say of a fault in which field it was found. 所在字段"""
    try:
        yield
    except Fault as fault:
        raise fault.at(field) from fault


def checked_person(person: NewPerson, *, on: date) -> NewPerson:
    """The person with every value in the form in which it is kept. 核对人员

    Sex and birth date come from the number where it holds them. Raises Refused for what is malformed or
    contradicts itself.
    """
    birth_date, sex, documents = person.birth_date, person.sex, []
    for document in person.documents:
        checked = checked_document(document, on=on)
        birth_date = agreed_birth_date(birth_date, checked)
        sex = identity.sex(kind_of(checked), checked.number) or sex
        documents.append(checked)
    return msgspec.structs.replace(
        person,
        name=checked_name(person.name),
        sex=sex,
        birth_date=birth_date,
        hukou=checked_division(person.hukou),
        documents=tuple(documents),
        guardians=tuple(checked_guardian(guardian, on=on) for guardian in person.guardians[:2]),
    )


def checked_name(name: str) -> str:
    """A name as it is written, if it can be one. 姓名"""
    with of_field("name"):
        names.check(name)
    return name


def checked_document(document: NewDocument, *, on: date) -> NewDocument:
    """A document with its number as it is kept. 证件"""
    if document.kind not in identity.KINDS:
        what = Text(zh="没有“{kind}”这种证件", en="there is no document of the kind “{kind}”").filled(
            kind=document.kind
        )
        kinds = Text(
            zh="、".join(name.zh for name in identity.NAMES.values()),
            en=", ".join(name.en for name in identity.NAMES.values()),
        )
        mend = Text(zh="选择：{kinds}", en="choose one of: {kinds}").filled(kinds=kinds)
        raise Refused(where="kind", what=what.filled(kind=document.kind), mend=mend)
    with of_field("number"):
        return NewDocument(document.kind, identity.check(kind_of(document), document.number, on=on))


def agreed_birth_date(known: date | None, document: NewDocument) -> date | None:
    """The birth date, from the number or as known. Raises Refused if the two contradict each other. 出生日期"""
    told = identity.birth_date(kind_of(document), document.number)
    if known and told and known != told:
        what = Text(
            zh="证件号码里的出生日期是{told}，登记的是{known}",
            en="the number holds the birth date {told}, on record is {known}",
        )
        mend = Text(
            zh="核对证件；登记的日期有误的，先更正出生日期",
            en="check the document; if the date on record is wrong, correct it first",
        )
        raise Refused(where="birth_date", what=what.filled(told=told, known=known), mend=mend)
    return told or known


def checked_division(code: str) -> str:
    """A division code that exists, or none. 区划代码"""
    if code and not divisions.exists(code):
        what = Text(zh="没有代码为{code}的区划", en="there is no division with the code {code}").filled(code=code)
        raise Refused(
            where="hukou",
            what=what,
            mend=Text(
                zh="填写6位行政区划代码，没有户籍的留空", en="give a six-digit division code, or none without hukou"
            ),
        )
    return code


def checked_guardian(guardian: NewGuardian, *, on: date) -> NewGuardian:
    """A guardian with numbers as they are kept. 监护人

    The kind of a guardian's document is not kept, so its number is checked as the kind it looks like.
    """
    phone, number = guardian.phone, guardian.number
    with of_field("phone"):
        phone = phones.check(phone) if phone else ""
    with of_field("number"):
        number = identity.check(identity.guess_kind(number) or "resident_id", number, on=on) if number else ""
    hukou = checked_division(guardian.hukou)
    name = checked_name(guardian.name) if guardian.name else ""
    return msgspec.structs.replace(guardian, name=name, phone=phone, number=number, hukou=hukou)


def kind_of(document: NewDocument) -> identity.Kind:
    """The kind of a document that was checked, as a word of `identity`."""
    return cast(identity.Kind, document.kind)
