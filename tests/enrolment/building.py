"""Children, schools and desks for the tests of enrolment. 测试数据"""

from __future__ import annotations

import itertools
from datetime import date, datetime

from yingbao.agents.models import Appointment, Desk, Organisation, OrganisationKind, User
from yingbao.people.models import (
    AssistedStatus,
    BasicRegistration,
    Guardian,
    IdentityDocument,
    Person,
    PointsAdmission,
    SchoolRoll,
)
from yingbao.sealing import sealed
from yingbao.values.clock import CHINA

AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
LAST_YEAR = date(2018, 10, 1)
_numbers = itertools.count(1)


def at(day: str, hour: int = 10) -> datetime:
    """A moment on a day in China."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA).replace(hour=hour)


def organisation(kind: str = "school", *, area: str = "320500", division: str | None = None, **more) -> Organisation:
    """A school, community or body."""
    number = next(_numbers)
    default = "500103" if area == "500103" else "320508"
    stages = ["primary", "junior"] if kind == "school" else []
    values = {"code": f"o{number}", "name": f"{kind} {number}", "stages": stages} | more
    return Organisation.objects.create(kind=kind, pooling_area=area, division=division or default, **values)


def clerk(of: Organisation, desk: str | None = None) -> Appointment:
    """Someone who works there."""
    desks = {
        OrganisationKind.SCHOOL: Desk.SCHOOL,
        OrganisationKind.COMMUNITY: Desk.COMMUNITY,
        OrganisationKind.SUB_DISTRICT: Desk.COMMUNITY,
        OrganisationKind.INSURANCE_AGENCY: Desk.AGENCY,
        OrganisationKind.TAX_AUTHORITY: Desk.TAX,
        OrganisationKind.EDUCATION_BUREAU: Desk.EDUCATION,
    }
    user = User.objects.create(username=f"u{next(_numbers)}", name="经办人", password="!")
    return Appointment.objects.create(user=user, organisation=of, desk=desk or desks[of.kind], since=date(2019, 1, 1))


def child(
    school: Organisation | None = None,
    *,
    name: str = "张小明",
    hukou: str = "320508",
    born: date | None = date(2012, 5, 4),
    registered: date | None = LAST_YEAR,
    area: str = "320500",
    stage: str = "primary",
    grade: int | None = 1,
    class_name: str = "1班",
    document: str | None = "resident_id",
    phone: str | None = "13800000000",
    parent_hukou: str = "",
    points: date | None = None,
    assisted: str | None = None,
    contested: bool = False,
) -> Person:
    """A child of whom everything is known, unless it is said otherwise."""
    number = next(_numbers)
    person = Person.objects.create(
        name=name, name_original=name, name_pinyin=f"zhang xiaoming {number:06}", name_initials="zxm",
        birth_date=born, hukou=hukou, created_at=AT,
    )  # fmt: skip
    if document:
        cipher, index, masked = sealed.number(f"X{number:017}")
        IdentityDocument.objects.create(
            person=person, kind=document, added_at=AT, number_cipher=cipher, number_index=index,
            number_masked=masked,
        )  # fmt: skip
    if phone or parent_hukou:
        cipher, index, masked = sealed.phone(phone or "")
        Guardian.objects.create(
            person=person, position=1, relation="mother", hukou=parent_hukou, phone_cipher=cipher,
            phone_index=index, phone_masked=masked,
        )  # fmt: skip
    if registered:
        BasicRegistration.objects.create(
            person=person, pooling_area=area, registered_on=registered, channel="community"
        )
    if points:
        PointsAdmission.objects.create(person=person, pooling_area=area, admitted_on=points)
    if assisted:
        AssistedStatus.objects.create(person=person, category=assisted, provided_by=body(area), first=date(2019, 1, 1))
    if school:
        enter(person, school, stage=stage, grade=grade, class_name=class_name, contested=contested)
    return person


def enter(
    person: Person,
    school: Organisation,
    *,
    stage: str = "primary",
    grade: int | None = 1,
    class_name: str = "1班",
    school_year: int = 2019,
    contested: bool = False,
) -> SchoolRoll:
    """Put a child on a school's roll."""
    return SchoolRoll.objects.create(
        person=person, school=school, school_year=school_year, stage=stage, grade=grade, class_name=class_name,
        entered_on=date(school_year, 9, 1), contested=contested,
    )  # fmt: skip


def body(area: str = "320500") -> Organisation:
    """The civil affairs bureau, which lists assisted children."""
    found = Organisation.objects.filter(kind="civil_affairs", pooling_area=area).first()
    return found or organisation("civil_affairs", area=area)
