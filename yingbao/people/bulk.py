"""Many persons at once, with all that is known of each: one COPY for each table. 批量建档

For rosters and the demonstration. The rows are typed and have been checked where they came from; the database's
constraints hold them to the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

import msgspec
from django.db import IntegrityError, connection
from django.db.backends.utils import CursorWrapper
from psycopg import errors

from yingbao.people import history
from yingbao.sealing import sealed
from yingbao.values import identity, names
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Values = tuple[Any, ...]


class NewDocument(msgspec.Struct, frozen=True, gc=False):
    """An identity document. 证件"""

    kind: str
    number: str


class NewGuardian(msgspec.Struct, frozen=True, gc=False):
    """A guardian. 监护人"""

    name: str = ""
    relation: str = ""
    """father, mother, grandparent, other, or empty if not known"""
    hukou: str = ""
    phone: str = ""
    number: str = ""


class NewRoll(msgspec.Struct, frozen=True, gc=False):
    """A stay on a school's roll. 学籍"""

    school_id: int
    school_year: int
    stage: str
    grade: int | None
    entered_on: date
    class_name: str = ""
    roll_number: str = ""
    left_on: date | None = None
    leave_reason: str = ""
    contested: bool = False


class NewRegistration(msgspec.Struct, frozen=True, gc=False):
    """Basic data registered in a pooling area. 基本信息登记"""

    pooling_area: str
    registered_on: date
    channel: str


class NewAdmission(msgspec.Struct, frozen=True, gc=False):
    """An admission by points. 积分入医"""

    pooling_area: str
    admitted_on: date


class NewListing(msgspec.Struct, frozen=True, gc=False):
    """A place on a body's list of assisted persons. 救助名单"""

    category: str
    provided_by_id: int
    first: date
    last: date | None = None


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person with all that is known at the start. 新建人员"""

    name: str
    """as it is written; the form to match by is made from it"""
    sex: str = ""
    birth_date: date | None = None
    hukou: str = ""
    residence_permit: bool = False
    parent_employee_insured: bool = False
    lapsed_years: int = 0
    repaired_years: int = 0
    documents: tuple[NewDocument, ...] = ()
    """earlier ones first; the last is the current one"""
    guardians: tuple[NewGuardian, ...] = ()
    """at most two, the first to be asked first"""
    rolls: tuple[NewRoll, ...] = ()
    registrations: tuple[NewRegistration, ...] = ()
    admissions: tuple[NewAdmission, ...] = ()
    listings: tuple[NewListing, ...] = ()


PERSON = {
    "id": "int8", "name": "varchar", "name_original": "varchar", "name_pinyin": "varchar", "name_initials": "varchar",
    "sex": "varchar", "birth_date": "date", "hukou": "varchar", "residence_permit": "bool",
    "parent_employee_insured": "bool", "lapsed_years": "int2", "repaired_years": "int2", "merged_because": "varchar",
    "created_at": "timestamptz",
}  # fmt: skip
DOCUMENT = {
    "person_id": "int8", "kind": "varchar", "number_cipher": "bytea", "number_index": "bytea",
    "number_masked": "varchar", "added_at": "timestamptz", "replaced_at": "timestamptz",
}  # fmt: skip
GUARDIAN = {
    "person_id": "int8", "position": "int2", "name": "varchar", "relation": "varchar", "hukou": "varchar",
    "phone_cipher": "bytea", "phone_index": "bytea", "phone_masked": "varchar",
    "number_cipher": "bytea", "number_index": "bytea", "number_masked": "varchar",
}  # fmt: skip
ROLL = {
    "person_id": "int8", "school_id": "int8", "school_year": "int2", "stage": "varchar", "grade": "int2",
    "class_name": "varchar", "roll_number_cipher": "bytea", "roll_number_index": "bytea",
    "roll_number_masked": "varchar", "entered_on": "date", "left_on": "date", "leave_reason": "varchar",
    "contested": "bool",
}  # fmt: skip
REGISTRATION = {"person_id": "int8", "pooling_area": "varchar", "registered_on": "date", "channel": "varchar"}
ADMISSION = {"person_id": "int8", "pooling_area": "varchar", "admitted_on": "date"}
LISTING = {"person_id": "int8", "category": "varchar", "provided_by_id": "int8", "first": "date", "last": "date"}
"""table by table: column → PostgreSQL's type, in the order in which rows are copied"""


class NumberTaken(Refused):
    """An identity number of a row belongs to somebody already, here or in another row. 证件号码已被使用"""

    def __init__(self, *, name: str, masked: str) -> None:
        super().__init__(
            where=f"{name} {masked}",
            what=Text(zh="这个证件号码已属于平台上的人", en="this identity number belongs to someone already"),
            mend=Text(
                zh="按号码找到已有的人，不要重复建档",
                en="find the person by the number; do not enter anyone a second time",
            ),
        )


def add_people(rows: Sequence[NewPerson], *, at: datetime) -> list[int]:
    """Add these persons, all of them or none; their ids, in order. 批量建档

    Whose act it is and through what is said around it: `with history.by(user, "roster 17"):`. Raises NumberTaken
    naming the row whose number somebody bears.
    """
    with history.at(at), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('people_person', 'id')) FROM generate_series(1, %s)", [len(rows)]
        )
        ids: list[int] = [number for (number,) in cursor.fetchall()]
        people = list(zip(ids, rows, strict=True))
        copy(cursor, "people_person", PERSON, (_person(number, row, at) for number, row in people))
        try:
            copy(cursor, "people_identitydocument", DOCUMENT, _of_each(people, _documents, at))
        except IntegrityError as error:
            raise _number_taken(error, rows) from error
        copy(cursor, "people_guardian", GUARDIAN, _of_each(people, _guardians, at))
        copy(cursor, "people_schoolroll", ROLL, _of_each(people, _rolls, at))
        copy(cursor, "people_basicregistration", REGISTRATION, _of_each(people, _registrations, at))
        copy(cursor, "people_pointsadmission", ADMISSION, _of_each(people, _admissions, at))
        copy(cursor, "people_assistedstatus", LISTING, _of_each(people, _listings, at))
    return ids


def copy(cursor: CursorWrapper, table: str, columns: Mapping[str, str], rows: Iterable[Values]) -> None:
    """Copy rows into a table; nothing is said to the database if there are none. 批量写入"""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    with (
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as target,
    ):
        target.set_types(list(columns.values()))
        for row in chain([first], rows):
            target.write_row(row)


def named(name: str) -> tuple[str, str, str, str]:
    """What is kept of a name: to match by, as written, pinyin, initials. 姓名四列"""
    pinyin, initials = names.pinyin(name)
    return names.cleaned(name), name.strip(), pinyin, initials


def _of_each(people: Sequence[tuple[int, NewPerson]], values: Any, at: datetime) -> Iterator[Values]:
    return (value for number, row in people for value in values(number, row, at))


def _person(number: int, row: NewPerson, at: datetime) -> Values:
    return (
        number, *named(row.name), row.sex, row.birth_date, row.hukou, row.residence_permit, row.parent_employee_insured,
        row.lapsed_years, row.repaired_years, "", at,
    )  # fmt: skip


def _documents(number: int, row: NewPerson, at: datetime) -> Iterator[Values]:
    last = len(row.documents) - 1
    for place, document in enumerate(row.documents):
        yield (number, document.kind, *sealed.number(document.number), at, None if place == last else at)


def _guardians(number: int, row: NewPerson, at: datetime) -> Iterator[Values]:
    for position, each in enumerate(row.guardians, 1):
        yield (
            number, position, names.cleaned(each.name), each.relation, each.hukou, *sealed.phone(each.phone),
            *sealed.number(each.number),
        )  # fmt: skip


def _rolls(number: int, row: NewPerson, at: datetime) -> Iterator[Values]:
    for roll in row.rolls:
        yield (
            number, roll.school_id, roll.school_year, roll.stage, roll.grade, roll.class_name,
            *sealed.number(roll.roll_number), roll.entered_on, roll.left_on, roll.leave_reason, roll.contested,
        )  # fmt: skip


def _registrations(number: int, row: NewPerson, at: datetime) -> Iterator[Values]:
    return ((number, each.pooling_area, each.registered_on, each.channel) for each in row.registrations)


def _admissions(number: int, row: NewPerson, at: datetime) -> Iterator[Values]:
    return ((number, each.pooling_area, each.admitted_on) for each in row.admissions)


def _listings(number: int, row: NewPerson, at: datetime) -> Iterator[Values]:
    return ((number, each.category, each.provided_by_id, each.first, each.last) for each in row.listings)


def _number_taken(error: IntegrityError, rows: Sequence[NewPerson]) -> Exception:
    """Which row's number it was: PostgreSQL names the index that stands there already."""
    cause = error.__cause__
    detail = cause.diag.message_detail if isinstance(cause, errors.UniqueViolation) else None
    found = re.search(r"\(number_index\)=\(\\x([0-9a-f]{64})\)", detail or "")
    taken = bytes.fromhex(found[1]) if found else b""
    for row in rows:
        for document in row.documents:
            if sealed.index_of(document.number) == taken:
                return NumberTaken(name=row.name, masked=identity.masked(document.number))
    return error
