"""Somebody at every desk, and a browser without a window for each. 网页测试基础"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.core.handlers.base import BaseHandler
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client

from tests.enrolment.building import AT, organisation
from yingbao.agents.models import Appointment, Desk, Organisation, User
from yingbao.enrolment.models import Enrolment, Season
from yingbao.enrolment.opening import list_and_determine
from yingbao.enrolment.seasons import open_season
from yingbao.people.models import Person
from yingbao.values import clock

PASSWORD = "corridor lantern 7"
Enter = Callable[..., Client]


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    clock.set_to(AT)
    yield
    clock.run_true()


@pytest.fixture(autouse=True)
def _a_page_locks_rows_in_a_transaction_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction around a test would hide that a page has none, and that its lock fails at a desk."""
    answer, compiled, within = BaseHandler.get_response, SQLCompiler.as_sql, []

    def answered(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        within.append(request)
        try:
            return answer(self, request)
        finally:
            within.pop()

    def as_sql(self: SQLCompiler, *args: object, **options: object) -> tuple[str, tuple[object, ...]]:
        blocks = self.connection.atomic_blocks
        if within and self.query.select_for_update and all(block._from_testcase for block in blocks):
            raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")
        return compiled(self, *args, **options)

    monkeypatch.setattr(BaseHandler, "get_response", answered)
    monkeypatch.setattr(SQLCompiler, "as_sql", as_sql)


@pytest.fixture
def suzhou(db: None) -> Season:
    return open_season(policy_id="320500/2020", at=AT)


@pytest.fixture
def school(suzhou: Season) -> Organisation:
    return organisation(name="星海学校")


@pytest.fixture
def other_school(suzhou: Season) -> Organisation:
    return organisation(name="沧浪学校", division="320506")


def clerk_of(place: Organisation, desk: str, name: str = "王老师") -> Appointment:
    """A clerk who can sign in."""
    user = User.objects.create_user(username=f"{desk}-{place.pk}-{User.objects.count()}", name=name, password=PASSWORD)
    return Appointment.objects.create(user=user, organisation=place, desk=desk, since=date(2019, 1, 1))


@pytest.fixture
def clerk(school: Organisation) -> Appointment:
    return clerk_of(school, Desk.SCHOOL)


@pytest.fixture
def agency(suzhou: Season) -> Organisation:
    return organisation("insurance_agency", name="医保中心")


@pytest.fixture
def maker(agency: Organisation, signed_in: Enter) -> Client:
    """The officer of the agency who begins something that another one decides."""
    return signed_in(clerk_of(agency, Desk.AGENCY, "顾平"))


@pytest.fixture
def checker(agency: Organisation, signed_in: Enter) -> Client:
    """The officer who decides it."""
    return signed_in(clerk_of(agency, Desk.AGENCY, "严丽"))


@pytest.fixture
def signed_in() -> Enter:
    """A client in which this appointment's user has signed in."""

    def enter(appointment: Appointment, **more: object) -> Client:
        client = Client(**more)
        client.force_login(appointment.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


def listed(school: Organisation, season: Season, *people: Person) -> list[Enrolment]:
    """The children's enrolments, decided for today."""
    list_and_determine(season=season, organisation=school, at=AT)
    found = {one.person_id: one for one in Enrolment.objects.filter(season=season, person__in=people)}
    return [found[person.pk] for person in people]
