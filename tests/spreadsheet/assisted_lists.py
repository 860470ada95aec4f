"""Lists as bodies make them, for the tests: bodies, workbooks, and their way through the platform. 救助名单样例"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from tests.enrolment.building import AT, enter, organisation
from tests.spreadsheet.rosters import resident_id, workbook
from yingbao.agents.models import Organisation, User
from yingbao.people.bulk import NewDocument, NewPerson, NewRegistration, add_people
from yingbao.people.models import AssistedStatus, Person
from yingbao.spreadsheet import assisted_committing, assisted_review
from yingbao.spreadsheet.models import AssistedList

HEADER = ("姓名", "证件号码", "救助类别", "起始日期", "终止日期")
CHANGE = ("变动", *HEADER)
XLSX = "民政救助名单.xlsx"
AS_OF = date(2019, 11, 1)
SINCE = "2019-01-01"


def body(kind: str = "civil_affairs", **more: Any) -> Organisation:
    """A body that sends lists."""
    return organisation(kind, **({"name": "民政局"} | more))


def known(name: str, school: Organisation | None = None, *, number: str = "", **more: Any) -> Person:
    """A child that the platform knows, with a number of its own, registered in Suzhou long ago."""
    number = number or resident_id()
    usual = NewPerson(
        name=name,
        sex="male",
        birth_date=date(int(number[6:10]), int(number[10:12]), int(number[12:14])),
        hukou="320508",
        documents=(NewDocument("resident_id", number),),
        registrations=(NewRegistration("320500", date(2018, 10, 1), "community"),),
    )
    (pk,) = add_people([msgspec.structs.replace(usual, **more)], at=AT)
    person = Person.objects.get(pk=pk)
    person.number = number
    if school is not None:
        enter(person, school)
    return person


def row(person: Person | None = None, **more: Any) -> dict[str, Any]:
    """A row of a list; without a person, of somebody nobody knows."""
    number = person.number if person is not None else resident_id(born="19800504")
    usual = {
        "姓名": person.name if person is not None else "路人甲",
        "证件号码": number,
        "救助类别": "低保",
        "起始日期": SINCE,
    }
    return usual | more


def file_of(rows: Sequence[dict[str, Any]], *, kind: str = "full") -> bytes:
    """The list as a workbook."""
    return workbook(rows, header=CHANGE if kind == "changes" else HEADER)


def received(
    of: Organisation, by: User, rows: Sequence[dict[str, Any]] | bytes, *, kind: str = "full", as_of: date = AS_OF,
    at: datetime = AT, filename: str = XLSX,
) -> AssistedList:  # fmt: skip
    """The file, uploaded and not read yet."""
    data = rows if isinstance(rows, bytes) else file_of(rows, kind=kind)
    return assisted_review.receive(organisation=of, kind=kind, as_of=as_of, filename=filename, data=data, by=by, at=at)


def reviewed(of: Organisation, by: User, rows: Sequence[dict[str, Any]] | bytes, **more: Any) -> AssistedList:
    """The same, uploaded and reviewed."""
    return assisted_review.review(received(of, by, rows, **more).pk, at=more.get("at", AT))


def committed(
    of: Organisation, by: User, rows: Sequence[dict[str, Any]] | bytes, *, meant: bool = False, **more: Any
) -> AssistedList:
    """The same, and in effect."""
    found = reviewed(of, by, rows, **more)
    return assisted_committing.commit(assisted_list=found, by=by, at=more.get("at", AT), meant=meant).assisted_list


def places(of: Organisation) -> list[tuple[str, str, date, date | None]]:
    """Who stands on a body's list: name, category, first and last day."""
    found = AssistedStatus.objects.filter(provided_by=of).order_by("person__name", "category", "first")
    return list(found.values_list("person__name", "category", "first", "last"))


def views(found: AssistedList) -> dict[str, int]:
    """How many rows each view has, without those that none has."""
    names = ("faulty", "to_settle", "will_end", "unmatched", "matched", "not_meant")
    return {name: found.counts[name] for name in names if found.counts[name]}
