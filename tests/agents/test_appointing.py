"""Who sits at which desk, and who may never sit at two. 任职"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from yingbao.agents.appointing import appoint, dismiss
from yingbao.agents.models import Appointment, Desk, OrganisationKind
from yingbao.agents.organising import organise, organise_bodies
from yingbao.values.refusal import Refused

pytestmark = pytest.mark.django_db
SINCE = date(2019, 9, 1)


@pytest.fixture
def bodies(db):
    return organise_bodies("320500")


@pytest.fixture
def agency(bodies):
    return bodies[OrganisationKind.INSURANCE_AGENCY]


@pytest.fixture
def tax(bodies):
    return bodies[OrganisationKind.TAX_AUTHORITY]


def test_an_appointment_counts_on_its_first_and_on_its_last_day(clerk, agency):
    appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE, until=date(2019, 11, 30))
    days = [date(2019, 8, 31), SINCE, date(2019, 11, 30), date(2019, 12, 1)]
    assert [clerk.appointments_on(day).exists() for day in days] == [False, True, True, False]


def test_appointing_someone_twice_to_the_same_desk_changes_nothing(clerk, agency):
    first = appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE)
    assert appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=date(2019, 10, 1)) == first
    assert Appointment.objects.count() == 1


def test_a_desk_must_stand_in_the_organisation(clerk, tax):
    with pytest.raises(Refused) as refused:
        appoint(user=clerk, organisation=tax, desk=Desk.SCHOOL, since=SINCE)
    assert "税务局" in refused.value.said("zh")


def test_nobody_registers_and_collects_at_the_same_time(clerk, agency, tax):
    appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE)
    with pytest.raises(Refused, match="registration and one of collection"):
        appoint(user=clerk, organisation=tax, desk=Desk.TAX, since=date(2020, 1, 1))


def test_a_span_that_ends_before_the_other_begins_joins_no_duties(clerk, agency, tax):
    held = appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE)
    dismiss(appointment=held, on=date(2020, 1, 1))
    appoint(user=clerk, organisation=tax, desk=Desk.TAX, since=date(2020, 1, 1))
    assert [a.desk for a in clerk.appointments_on(date(2019, 12, 31))] == ["agency"]
    assert [a.desk for a in clerk.appointments_on(date(2020, 1, 1))] == ["tax"]


def test_an_appointment_that_had_not_begun_is_taken_back(clerk, agency):
    dismiss(appointment=appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE), on=SINCE)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("until", [None, date(2019, 12, 31)])
def test_the_database_itself_keeps_registration_and_collection_apart(clerk, agency, tax, until):
    Appointment.objects.create(user=clerk, organisation=agency, desk="agency", since=SINCE, until=until)
    with pytest.raises(IntegrityError, match="registration_and_collection_never_joined"), transaction.atomic():
        Appointment.objects.create(user=clerk, organisation=tax, desk="tax", since=date(2019, 12, 31), until=None)


def test_the_database_refuses_an_appointment_that_ends_before_it_begins(clerk, agency):
    with pytest.raises(IntegrityError, match="appointment_ends_after_it_begins"), transaction.atomic():
        Appointment.objects.create(user=clerk, organisation=agency, desk="agency", since=SINCE, until=date(2019, 8, 31))


@pytest.mark.parametrize(
    ("change", "constraint"),
    [({"desk": "throne"}, "desk_known"), ({"since": date(2019, 10, 1)}, "one_appointment_at_a_desk")],
)
def test_the_database_refuses_an_unknown_desk_and_the_same_desk_twice(clerk, bodies, change, constraint):
    body = bodies[OrganisationKind.EDUCATION_BUREAU]
    held = {"user": clerk, "organisation": body, "desk": "education", "since": SINCE}
    Appointment.objects.create(**held)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Appointment.objects.create(**(held | change))


def test_a_wrong_span_is_refused_in_words(clerk, agency):
    with pytest.raises(Refused, match="the days do not fit"):
        appoint(user=clerk, organisation=agency, desk=Desk.AGENCY, since=SINCE, until=date(2019, 8, 31))


def test_a_desk_that_does_not_stand_there_is_named_as_people_name_it(clerk, agency):
    with pytest.raises(Refused) as refused:
        appoint(user=clerk, organisation=agency, desk=Desk.SECURITY, since=SINCE)
    assert "没有“安全管理”岗位" in refused.value.what.zh
    assert "security" in refused.value.what.en


def test_a_clerk_may_work_for_a_school_and_for_a_community(clerk):
    school = organise(
        pooling_area="320500", kind=OrganisationKind.SCHOOL, code="S", name="校", division="320508", stages=["primary"]
    )
    community = organise(pooling_area="320500", kind=OrganisationKind.COMMUNITY, code="C", name="社区")
    appoint(user=clerk, organisation=school, desk=Desk.SCHOOL, since=SINCE)
    appoint(user=clerk, organisation=community, desk=Desk.COMMUNITY, since=SINCE)
    assert [a.desk for a in clerk.appointments_on(SINCE)] == ["school", "community"]
