"""Keys for the run, schools, a clerk, and children with all that is usual. 人员测试基础"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import msgspec
import pytest

from yingbao.agents.models import Organisation, OrganisationKind, User
from yingbao.agents.organising import organise
from yingbao.people.bulk import NewDocument, NewGuardian, NewPerson, NewRoll, add_people
from yingbao.people.models import Person
from yingbao.values.clock import CHINA
from yingbao.values.identity import with_check_character

AT = datetime(2019, 11, 12, 10, 0, tzinfo=CHINA)
SUZHOU = "320500"

Child = Callable[..., Person]


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create_user(username="wang", name="王老师", password="a long enough word")


def _school(code: str, name: str, division: str) -> Organisation:
    return organise(
        pooling_area=SUZHOU,
        kind=OrganisationKind.SCHOOL,
        code=code,
        name=name,
        division=division,
        stages=["primary", "junior"],
    )


@pytest.fixture
def school(db: None) -> Organisation:
    return _school("S1", "星海学校", "320508")


@pytest.fixture
def other_school(db: None) -> Organisation:
    return _school("S2", "沧浪学校", "320506")


@pytest.fixture
def civil_affairs(db: None) -> Organisation:
    return organise(pooling_area=SUZHOU, kind=OrganisationKind.CIVIL_AFFAIRS, code="MZ", name="民政局")


def resident_id(born: date = date(2010, 5, 6), serial: int = 1, division: str = "320508") -> str:
    return with_check_character(f"{division}{born:%Y%m%d}{serial:03d}")


def roll_at(school: Organisation, stage: str = "primary", grade: int | None = 3, **more: Any) -> NewRoll:
    return NewRoll(
        **{"school_id": school.pk, "school_year": 2019, "stage": stage, "grade": grade, "entered_on": date(2019, 9, 1)}
        | more
    )


_USUAL = NewPerson(
    name="张晓明",
    sex="male",
    birth_date=date(2010, 5, 6),
    hukou="320508",
    guardians=(NewGuardian("张大山", "father", "320508", "13812345678"),),
)


@pytest.fixture
def child(db: None) -> Child:
    """A child, unusual only in what is said; without `documents` it has a resident identity number of its own."""
    serial = iter(range(1, 999))

    def add(**unusual: Any) -> Person:
        born = unusual.get("birth_date") or _USUAL.birth_date
        documents = (NewDocument("resident_id", resident_id(born, next(serial))),)
        person = msgspec.structs.replace(_USUAL, **{"documents": documents} | unusual)
        (number,) = add_people([person], at=AT)
        return Person.objects.get(pk=number)

    return add
